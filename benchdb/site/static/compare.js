"use strict";
/* Two to six models side by side: their printed values and intervals, and of two the difference. No verdict is made here. */
(() => {
  const { root, load, element, named, cellsOf } = benchdb;
  const form = document.getElementById("pair");
  const status = document.getElementById("status");
  const answer = document.getElementById("answer");
  const lines = document.getElementById("lines");
  const FIELDS = ["a", "b", "c", "d", "e", "f"];
  let data = null;
  let verdicts = null;
  let labels = [];

  function find(text) {
    const wanted = text.trim().toLowerCase();
    if (!wanted) return -1;
    const models = data.models;
    for (const tries of [labels, models.slug, models.name, models.file]) {
      const place = tries.findIndex((each) => each.toLowerCase() === wanted);
      if (place >= 0) return place;
    }
    return -1;
  }

  function shown(model, benchmark, cell) {
    const link = element("a", { class: `score ${data.evidence[cell.evidence][0]}`, href: `${root}models/${data.models.file[model]}.html#${data.models.mark[model]}-${benchmark.column}`, title: data.evidence[cell.evidence][1] });
    link.append(cell.text);
    if (cell.error) {
      const error = element("span", { class: "error" });
      error.textContent = `±\u2009${cell.error}`;
      link.append(" ", error);
    }
    return link;
  }

  function interval(cell) {
    return cell.lower ? `${cell.lower} to ${cell.upper}` : "–";
  }

  function difference(a, b) {
    const decimals = (text) => (text.split(".")[1] ?? "").length;
    const places = Math.min(decimals(a.text), decimals(b.text));
    const value = a.number - b.number;
    const about = a.text.startsWith("~") || b.text.startsWith("~") ? "~" : "";
    return `${about}${value > 0 ? "+" : ""}${value.toFixed(places)}`;
  }

  const turn = (text) => text && text.replace(/^[+-]/, (sign) => (sign === "+" ? "-" : "+"));
  const opposite = { better: "worse", worse: "better" };

  /* The verdicts that the database gave on a pair, by column; those on (b, a) turned round. */
  function judged(a, b) {
    const places = [labels[a], labels[b]].map((label) => verdicts.models.indexOf(label));
    const found = new Map();
    for (const [x, y, column, difference, lower, upper, verdict, grounds] of verdicts.rows) {
      if (x === places[0] && y === places[1]) found.set(column, { difference, lower, upper, verdict, grounds });
      if (x === places[1] && y === places[0]) {
        found.set(column, { difference: turn(difference), lower: turn(upper), upper: turn(lower), verdict: opposite[verdict] ?? verdict, grounds });
      }
    }
    return found;
  }

  /* On a live server the database judges the models chosen here; a site that was built knows the pairs it was built with. */
  async function asked(chosen) {
    const address = document.documentElement.dataset.api;
    const canBeNamed = (model) => !data.models.slug[model].includes("[");
    if (!address || !chosen.every(canBeNamed)) return null;
    const query = new URLSearchParams([...chosen.map((model) => ["models", labels[model]]), ["limit", "1000"]]);
    const answer = await fetch(`${address}/compare?${query}`);
    if (!answer.ok) return null;
    const found = await answer.json();
    if (found.n_rows > found.rows.length) return null;
    const places = { percent: 1, elo: 0, points: 1, usd: 2, seconds: 1 };
    const signed = (value, unit) => (value === null ? null : `${value < 0 ? "" : "+"}${value.toFixed(places[unit] ?? 3)}`);
    const by = new Map();
    for (const row of found.rows) {
      const pair = `${labels.indexOf(row.model_a)} ${labels.indexOf(row.model_b)}`;
      if (!by.has(pair)) by.set(pair, new Map());
      const grounds = [row.benchmark_name, row.evidence, row.p_adjusted === null ? null : `adjusted p ${row.p_adjusted.toPrecision(2)}`];
      by.get(pair).set(row.benchmark, {
        difference: signed(row.difference, row.unit),
        lower: signed(row.lower, row.unit),
        upper: signed(row.upper, row.unit),
        verdict: row.verdict,
        grounds: grounds.filter((each) => each !== null).join("; "),
      });
    }
    return (a, b) => by.get(`${a} ${b}`) ?? new Map();
  }

  function verdictCells(said) {
    const between = element("td", { class: "num" }, said?.lower ? `${said.lower} to ${said.upper}` : "–");
    const verdict = element("td", { title: said?.grounds });
    verdict.append(said ? said.verdict : "–");
    if (said && said.verdict in opposite) verdict.classList.add("established");
    return [between, verdict];
  }

  function number(cell) {
    return element("td", { class: "num" }, cell);
  }

  function titled(each) {
    const way = { true: "higher is better", false: "lower is better" }[each.higher] ?? "direction not known";
    const link = element("a", { href: `${root}benchmarks/${each.file}.html`, title: `${each.metric}, ${way}` }, named(each.name));
    return element("th", { scope: "row", class: "model" }, link);
  }

  /* What is said of a benchmark: by its name in the catalogue where the database was asked, else by its column. */
  const saidOf = (said, each) => (each.column === each.file ? said.get(each.slug) ?? said.get(each.column) : undefined);

  function two([a, b], common, said) {
    const made = common.map((each) => {
      const [x, y] = [each.cells[a], each.cells[b]];
      const known = saidOf(said, each);
      const cells = [shown(a, each, x), interval(x), shown(b, each, y), interval(y), known?.difference ?? difference(x, y)];
      return element("tr", {}, titled(each), ...cells.map(number), ...verdictCells(known));
    });
    const overall = said.get(null);
    if (overall) {
      const blank = Array.from({ length: 4 }, () => element("td"));
      const title = element("th", { scope: "row", class: "model", title: overall.grounds }, overall.grounds.split(";")[0]);
      made.push(element("tr", {}, title, ...blank, number(overall.difference), ...verdictCells(overall)));
    }
    return made;
  }

  function several(chosen, common) {
    return common.map((each) => {
      const cells = chosen.map((model) => (each.cells[model] ? shown(model, each, each.cells[model]) : "–"));
      return element("tr", {}, titled(each), ...cells.map(number));
    });
  }

  function eachPair(chosen, common, saidOn) {
    const made = [];
    chosen.forEach((a, i) => {
      for (const b of chosen.slice(i + 1)) {
        const both = common.filter((each) => each.cells[a] && each.cells[b]);
        const said = saidOn(a, b);
        const one = both.length === 1 ? saidOf(said, both[0]) : undefined;
        const overall = said.get(null) ?? one;
        const link = element("a", { href: `#${new URLSearchParams({ a: labels[a], b: labels[b] })}` }, named(data.models.name[a]), " – ", named(data.models.name[b]));
        const title = element("th", { scope: "row", class: "model pair" }, link);
        made.push(element("tr", {}, title, number(String(both.length)), number(overall?.difference ?? "–"), ...verdictCells(overall)));
      }
    });
    return made;
  }

  function headings(chosen) {
    const heads = document.getElementById("heads");
    const names = chosen.map((model) => element("th", { scope: "col", class: "num" }, named(data.models.name[model])));
    const plain = (text, isNumber = true) => element("th", { scope: "col", class: isNumber ? "num" : null }, text);
    const [a, b] = names;
    const all = chosen.length === 2 ? [a, plain("Interval"), b, plain("Interval"), plain("Difference"), plain("Interval"), plain("Verdict on the first", false)] : names;
    heads.replaceChildren(element("th", { scope: "col", class: "model" }, "Benchmark"), ...all);
  }

  let turnOf = 0;

  async function show() {
    const fields = FIELDS.map((name) => form.elements[name]);
    const texts = fields.map((field) => field.value.trim()).filter(Boolean);
    const chosen = texts.map(find);
    const unknown = texts.filter((_, i) => chosen[i] < 0);
    const mine = (turnOf += 1);
    answer.hidden = true;
    if (unknown.length) status.textContent = `No model is called ${unknown.join(" or ")}.`;
    else if (chosen.length < 2) status.textContent = "Choose two models or more.";
    else if (new Set(chosen).size < chosen.length) status.textContent = chosen.length === 2 ? "Both are the same model." : "One model is named twice.";
    if (unknown.length || chosen.length < 2 || new Set(chosen).size < chosen.length) return;
    const n = data.models.name.length;
    const common = data.benchmarks.filter((each) => chosen.filter((model) => cellsOf(each, n)[model]).length > 1);
    const live = common.length ? await asked(chosen).catch(() => null) : null;
    if (mine !== turnOf) return;
    const saidOn = live ?? judged;
    const isPair = chosen.length === 2;
    headings(chosen);
    lines.replaceChildren(...(isPair ? two(chosen, common, saidOn(...chosen)) : several(chosen, common)));
    const pairs = isPair ? [] : eachPair(chosen, common, saidOn);
    document.getElementById("each").hidden = isPair;
    document.getElementById("each-lines").replaceChildren(...pairs);
    const isJudged = chosen.some((a, i) => chosen.slice(i + 1).some((b) => saidOn(a, b).size > 0));
    document.getElementById("asked").hidden = !(live && isJudged);
    document.getElementById("judged").hidden = Boolean(live) || !isJudged;
    document.getElementById("unjudged").hidden = isJudged;
    const quoted = chosen.map((each) => `'${labels[each].replaceAll("'", "'\\''")}'`);
    document.getElementById("command").textContent = `benchdb compare ${quoted.join(" ")}`;
    const shared = isPair ? `${common.length} benchmarks in common.` : `${common.length} benchmarks that two or more of them have.`;
    status.textContent = common.length ? shared : "They have no benchmark in common.";
    answer.hidden = common.length === 0;
    history.replaceState(null, "", `#${new URLSearchParams(chosen.map((each, i) => [FIELDS[i], labels[each]]))}`);
  }

  function reveal() {
    for (const name of FIELDS.slice(2)) {
      const field = form.elements[name];
      if (field.value) field.parentElement.hidden = false;
    }
    document.getElementById("more").hidden = FIELDS.every((name) => !form.elements[name].parentElement.hidden);
  }

  function recall() {
    const asked = new URLSearchParams(location.hash.includes("=") ? location.hash.slice(1) : location.search);
    if (![...asked.keys()].some((name) => FIELDS.includes(name))) return;
    for (const name of FIELDS) {
      form.elements[name].value = asked.get(name) ?? (name < "c" ? form.elements[name].value : "");
      if (name >= "c") form.elements[name].parentElement.hidden = !asked.has(name);
    }
    reveal();
  }

  async function start() {
    [data, verdicts] = await Promise.all([load("data/board"), load("data/verdicts")]);
    const models = data.models;
    labels = models.slug.map((slug, i) => slug + (models.variant[i] === null ? "" : `[${models.variant[i]}]`));
    document.getElementById("model-names").append(...labels.map((label) => element("option", { value: label })));
    recall();
    addEventListener("hashchange", () => {
      recall();
      show();
      scrollTo(0, 0);
    });
    form.hidden = false;
    form.addEventListener("change", show);
    form.addEventListener("submit", (event) => event.preventDefault());
    document.getElementById("more").addEventListener("click", () => {
      const hidden = FIELDS.map((name) => form.elements[name]).find((field) => field.parentElement.hidden);
      hidden.parentElement.hidden = false;
      hidden.focus();
      reveal();
    });
    document.getElementById("swap").addEventListener("click", () => {
      const { a, b } = form.elements;
      [a.value, b.value] = [b.value, a.value];
      show();
    });
    await show();
    document.documentElement.dataset.ready = "yes";
  }

  start().catch((problem) => {
    status.textContent = `The comparison cannot be made: ${problem.message}`;
  });
})();
