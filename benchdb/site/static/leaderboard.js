"use strict";
/* The leaderboard's table: all models, sorted, filtered, with the chosen benchmarks; only the rows in sight are made. */
(() => {
  const { root, load, element, named, cellsOf } = benchdb;
  const table = document.getElementById("board");
  if (!table) return;
  const box = document.getElementById("board-scroll");
  const form = document.getElementById("filters");
  const status = document.getElementById("status");
  const compare = document.getElementById("compare-link");
  const head = table.tHead.rows[0];
  const body = table.tBodies[0];
  const fixed = [...head.cells].map((cell) => cell.dataset.key).filter((key) => key in FIXED());
  const state = { sort: fixed.includes("rank") ? "rank" : "count", down: !fixed.includes("rank"), chosen: [], ticked: new Set(), order: [] };
  const MOST_COMPARED = 6;
  let data = null;
  let rowHeight = 0;
  let first = -1;
  let last = -1;
  let painted = "";

  function FIXED() {
    return {
      name: { label: "Model", text: true },
      rank: { label: "Rank" },
      tier: { label: "Tier" },
      best: { label: "P(best)", down: true },
      value: { down: true },
      maker: { label: "Maker", text: true, plain: true },
      size: { label: "Size", by: "parameters", down: true },
      released: { label: "Released", down: true },
      count: { label: "n", down: true },
    };
  }

  function numberIn(text) {
    if (text === null || text === undefined || text === "") return null;
    const found = Number(String(text).replace(/[^0-9.eE+-]/g, ""));
    return Number.isNaN(found) ? null : found;
  }

  /* What a column sorts by: one value a model, null where nothing is known. */
  function keyOf(key) {
    const models = data.models;
    if (key === "best") return models.best.map((text) => (text === "<1%" ? 0.5 : text === ">99%" ? 99.5 : numberIn(text)));
    if (key === "value") return models.value.map(numberIn);
    if (key in FIXED()) {
      const held = models[FIXED()[key].by ?? key];
      return FIXED()[key].text ? held.map((text) => (text === null ? null : text.toLowerCase())) : held;
    }
    const benchmark = data.benchmarks.find((each) => each.column === key);
    return cellsOf(benchmark, models.name.length).map((cell) => (cell ? cell.number : null));
  }

  function sizeIn(text) {
    const found = /^\s*([0-9]*\.?[0-9]+)\s*([kmbt]?)\s*$/i.exec(text);
    if (!found) return null;
    return Number(found[1]) * { "": 1, k: 1e3, m: 1e6, b: 1e9, t: 1e12 }[found[2].toLowerCase()];
  }

  function filtered() {
    const models = data.models;
    const asked = Object.fromEntries(new FormData(form));
    const words = asked.q.toLowerCase().split(/\s+/).filter(Boolean);
    const min = sizeIn(asked.min);
    const max = sizeIn(asked.max);
    const kept = [];
    for (let i = 0; i < models.name.length; i += 1) {
      const text = data.search[i];
      if (!words.every((word) => text.includes(word))) continue;
      if (asked.maker && models.maker[i] !== asked.maker) continue;
      if (asked.open && models.open[i] !== (asked.open === "yes")) continue;
      if (min !== null && !(models.parameters[i] !== null && models.parameters[i] >= min)) continue;
      if (max !== null && !(models.parameters[i] !== null && models.parameters[i] <= max)) continue;
      if (asked.since && !(models.released[i] !== null && models.released[i] >= asked.since)) continue;
      if (asked.until && !(models.released[i] !== null && models.released[i] <= asked.until)) continue;
      kept.push(i);
    }
    return kept;
  }

  function arrange() {
    const keys = keyOf(state.sort);
    const turn = state.down ? -1 : 1;
    const order = filtered();
    order.sort((a, b) => {
      const [x, y] = [keys[a], keys[b]];
      if (x === null || y === null) return x === y ? a - b : x === null ? 1 : -1;
      return x < y ? -turn : x > y ? turn : a - b;
    });
    state.order = order;
    const total = data.models.name.length;
    status.textContent = order.length === total ? `${total} models` : `${order.length} of ${total} models`;
    table.setAttribute("aria-rowcount", String(order.length + 1));
    first = -1;
    box.scrollTop = 0;
    paint();
    remember();
  }

  function score(model, benchmark, cell) {
    if (!cell) {
      const none = element("span", { class: "missing" });
      none.textContent = "–";
      return none;
    }
    const models = data.models;
    const [kind, meaning] = data.evidence[cell.evidence];
    const parts = cell.lower ? [`${Math.round(100 * data.level)}% interval ${cell.lower} to ${cell.upper}`] : [];
    parts.push(cell.error ? `error ${meaning}` : meaning);
    const link = element("a", {
      class: `score ${kind}`,
      href: `${root}models/${models.file[model]}.html#${models.mark[model]}-${benchmark.column}`,
      title: parts.join("; "),
    });
    link.append(cell.text);
    if (cell.error) {
      const error = element("span", { class: "error" });
      error.textContent = `±\u2009${cell.error}`;
      link.append(" ", error);
    }
    return link;
  }

  function plain(key, i) {
    const models = data.models;
    const cell = element("td", { class: FIXED()[key].text ? null : "num" });
    if (key === "maker" || key === "size") cell.append(named(models[key][i] ?? "–"));
    else if (key === "rank") cell.append(models.ranks[i] ?? "–");
    else if (key === "value" && models.value[i] !== null) {
      const link = element("a", { href: `${root}models/${models.file[i]}.html#scores` });
      link.append(models.value[i]);
      if (models.error[i]) {
        const error = element("span", { class: "error" });
        error.textContent = models.error[i];
        link.append(" ", error);
      }
      cell.append(link);
    } else cell.append(models[key][i] === null ? "–" : String(models[key][i]));
    return cell;
  }

  function line(place) {
    const i = state.order[place];
    const models = data.models;
    const row = element("tr", { "aria-rowindex": place + 2 });
    const tick = element("input", { type: "checkbox", "aria-label": `Compare ${models.name[i]}`, "data-model": i });
    tick.checked = state.ticked.has(i);
    const link = element("a", { href: `${root}models/${models.file[i]}.html` }, named(models.name[i]));
    row.append(element("th", { scope: "row", class: "model" }, tick, link));
    for (const key of fixed.slice(1)) row.append(plain(key, i));
    for (const benchmark of state.chosen) {
      row.append(element("td", { class: "num" }, score(i, benchmark, cellsOf(benchmark, models.name.length)[i])));
    }
    return row;
  }

  function spacer(rows) {
    const made = element("tr", { class: "spacer", "aria-hidden": true });
    const cell = element("td", { colspan: fixed.length + state.chosen.length });
    cell.style.height = `${rows * rowHeight}px`;
    made.append(cell);
    return made;
  }

  function paint() {
    const n = state.order.length;
    const top = Math.max(0, Math.floor(box.scrollTop / rowHeight) - 10);
    const from = Math.min(top - (top % 2), Math.max(0, n - 1));
    const to = Math.min(n, from + Math.ceil(box.clientHeight / rowHeight) + 24);
    if (from === first && to === last) return;
    const focused = document.activeElement?.dataset?.model;
    [first, last] = [from, to];
    const lines = [];
    for (let place = from; place < to; place += 1) lines.push(line(place));
    body.replaceChildren(...(from > 0 ? [spacer(from)] : []), ...lines, ...(to < n ? [spacer(n - to)] : []));
    if (focused !== undefined) body.querySelector(`input[data-model="${focused}"]`)?.focus({ preventScroll: true });
  }

  function heading(key, label, full, isText, text) {
    const cell = element("th", { scope: "col", class: key === "name" ? "model" : isText ? null : "num", "data-key": key, title: full });
    const button = element("button", { type: "button" });
    button.append(text ?? label);
    cell.append(button);
    if (state.sort === key) cell.setAttribute("aria-sort", state.down ? "descending" : "ascending");
    return cell;
  }

  function headings() {
    painted = state.chosen.map((each) => each.column).join(",");
    const cells = fixed.map((key) => heading(key, FIXED()[key].label ?? data.aggregate.replace(/^./, (first) => first.toUpperCase()), null, FIXED()[key].text));
    for (const benchmark of state.chosen) {
      const way = { true: "higher is better", false: "lower is better" }[benchmark.higher] ?? "direction not known";
      const full = `${benchmark.name}, ${benchmark.metric}, ${way}`;
      cells.push(heading(benchmark.column, benchmark.name, full, false, named(benchmark.name)));
    }
    head.replaceChildren(...cells);
  }

  /* Show the chosen benchmarks; several choices within one frame are one painting. */
  function columns() {
    const wanted = state.chosen.map((each) => each.column).join(",");
    if (wanted === painted) return;
    headings();
    first = -1;
    paint();
    remember();
  }

  function sortBy(key) {
    if (state.sort === key) state.down = !state.down;
    else {
      state.sort = key;
      const benchmark = data.benchmarks.find((each) => each.column === key);
      state.down = benchmark ? benchmark.higher !== false : Boolean(FIXED()[key].down);
    }
    headings();
    arrange();
    head.querySelector(`[data-key="${CSS.escape(key)}"] button`).focus();
  }

  /* The view as it stands, in the address, so that it can be sent to somebody. */
  function remember() {
    const asked = new URLSearchParams();
    for (const [name, value] of new FormData(form)) if (value) asked.set(name, value);
    asked.set("sort", (state.down ? "-" : "") + state.sort);
    asked.set("show", state.chosen.map((each) => each.column).join(","));
    history.replaceState(null, "", `#${asked}`);
  }

  function recall() {
    const asked = new URLSearchParams(location.hash.slice(1));
    for (const field of form.elements) if (field.name && asked.has(field.name)) field.value = asked.get(field.name);
    if (asked.has("show")) {
      const wanted = asked.get("show").split(",");
      state.chosen = wanted.map((key) => data.benchmarks.find((each) => each.column === key)).filter(Boolean);
    }
    const sort = asked.get("sort");
    const key = sort?.replace(/^-/, "");
    if (key && (fixed.includes(key) || data.benchmarks.some((each) => each.column === key))) {
      state.sort = key;
      state.down = sort.startsWith("-");
    }
  }

  function choices() {
    const list = document.getElementById("benchmark-choices");
    const find = document.getElementById("find-benchmark");
    const count = document.getElementById("n-chosen");
    const nModels = data.models.name.length;
    const show = () => {
      const word = find.value.toLowerCase();
      list.replaceChildren(
        ...data.benchmarks.filter((each) => each.name.toLowerCase().includes(word)).map((each) => {
          const box = element("input", { type: "checkbox", value: each.column });
          box.checked = state.chosen.includes(each);
          const seen = element("span", { class: "quiet" });
          seen.textContent = String(each.rows ? each.rows.length : nModels);
          return element("label", {}, box, named(each.name), seen);
        }),
      );
      count.textContent = `(${state.chosen.length} of ${data.benchmarks.length})`;
    };
    find.addEventListener("input", show);
    list.addEventListener("change", (event) => {
      const each = data.benchmarks.find((one) => one.column === event.target.value);
      state.chosen = event.target.checked ? [...state.chosen, each] : state.chosen.filter((one) => one !== each);
      count.textContent = `(${state.chosen.length} of ${data.benchmarks.length})`;
      requestAnimationFrame(columns);
    });
    show();
    return show;
  }

  function tick(event) {
    const i = Number(event.target.dataset.model);
    if (event.target.checked) state.ticked.add(i);
    else state.ticked.delete(i);
    const n = state.ticked.size;
    const ready = n > 1 && n <= MOST_COMPARED;
    compare.setAttribute("aria-disabled", String(!ready));
    compare.textContent = n > MOST_COMPARED ? `Compare ticked (choose up to ${MOST_COMPARED})` : `Compare ticked (${n})`;
    const names = [...state.ticked].map((model, place) => [String.fromCharCode(97 + place), data.models.slug[model] + variantOf(model)]);
    compare.href = ready ? `compare.html#${new URLSearchParams(names)}` : "compare.html";
  }

  function variantOf(model) {
    return data.models.variant[model] === null ? "" : `[${data.models.variant[model]}]`;
  }

  function makers() {
    const counted = new Map();
    for (const maker of data.models.maker) if (maker !== null) counted.set(maker, (counted.get(maker) ?? 0) + 1);
    const select = form.elements.maker;
    for (const maker of [...counted.keys()].sort((a, b) => a.localeCompare(b, "en"))) {
      const option = element("option", { value: maker });
      option.textContent = maker;
      select.append(option);
    }
  }

  async function start() {
    data = await load("data/board");
    data.search = data.models.name.map((name, i) => `${name} ${data.models.slug[i]} ${data.models.maker[i] ?? ""}`.toLowerCase());
    const shown = [...head.cells].map((cell) => cell.dataset.key);
    state.chosen = data.benchmarks.filter((each) => shown.includes(each.column));
    makers();
    recall();
    const showChoices = choices();
    table.classList.add("live");
    rowHeight = parseFloat(getComputedStyle(document.documentElement).fontSize) * 2.125;
    headings();
    arrange();
    form.hidden = false;
    head.addEventListener("click", (event) => {
      const cell = event.target.closest("th");
      if (cell && event.target.closest("button")) sortBy(cell.dataset.key);
    });
    body.addEventListener("change", tick);
    box.addEventListener("scroll", () => requestAnimationFrame(paint), { passive: true });
    addEventListener("resize", paint);
    form.addEventListener("input", (event) => event.target.name && arrange());
    form.addEventListener("submit", (event) => event.preventDefault());
    form.addEventListener("reset", () => setTimeout(arrange));
    addEventListener("hashchange", () => {
      if (!location.hash.includes("=")) return;
      for (const field of form.elements) if (field.name) field.value = "";
      recall();
      showChoices();
      headings();
      arrange();
    });
    compare.addEventListener("click", (event) => compare.getAttribute("aria-disabled") === "true" && event.preventDefault());
    document.documentElement.dataset.ready = "yes";
  }

  start().catch((problem) => {
    status.textContent = `The table cannot be sorted: ${problem.message}`;
  });
})();
