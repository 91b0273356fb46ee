"use strict";
/* Two models side by side: their printed values and intervals, and the difference of the values. No verdict is made here. */
(() => {
  const { root, load, element, named, cellsOf } = benchdb;
  const form = document.getElementById("pair");
  const status = document.getElementById("status");
  const answer = document.getElementById("answer");
  const lines = document.getElementById("lines");
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

  function verdictCells(said) {
    const between = element("td", { class: "num" }, said?.lower ? `${said.lower} to ${said.upper}` : "–");
    const verdict = element("td", { title: said?.grounds });
    verdict.append(said ? said.verdict : "–");
    if (said && said.verdict in opposite) verdict.classList.add("established");
    return [between, verdict];
  }

  function show() {
    const names = [form.elements.a.value, form.elements.b.value];
    const [a, b] = names.map(find);
    answer.hidden = true;
    const unknown = names.filter((name, i) => name.trim() && [a, b][i] < 0);
    if (unknown.length) status.textContent = `No model is called ${unknown.join(" or ")}.`;
    else if (a < 0 || b < 0) status.textContent = "Choose two models.";
    else if (a === b) status.textContent = "Both are the same model.";
    if (a < 0 || b < 0 || a === b) return;
    const models = data.models;
    const n = models.name.length;
    const common = data.benchmarks.filter((each) => cellsOf(each, n)[a] && cellsOf(each, n)[b]);
    document.getElementById("head-a").replaceChildren(named(models.name[a]));
    document.getElementById("head-b").replaceChildren(named(models.name[b]));
    const said = judged(a, b);
    const made = common.map((each) => {
      const [x, y] = [each.cells[a], each.cells[b]];
      const way = { true: "higher is better", false: "lower is better" }[each.higher] ?? "direction not known";
      const link = element("a", { href: `${root}benchmarks/${each.file}.html`, title: `${each.metric}, ${way}` }, named(each.name));
      const cells = [shown(a, each, x), interval(x), shown(b, each, y), interval(y), said.get(each.column)?.difference ?? difference(x, y)];
      return element("tr", {}, element("th", { scope: "row", class: "model" }, link), ...cells.map((cell) => element("td", { class: "num" }, cell)), ...verdictCells(said.get(each.column)));
    });
    const overall = said.get(null);
    if (overall) {
      const blank = Array.from({ length: 4 }, () => element("td"));
      const title = element("th", { scope: "row", class: "model", title: overall.grounds }, overall.grounds.split(";")[0]);
      made.push(element("tr", {}, title, ...blank, element("td", { class: "num" }, overall.difference), ...verdictCells(overall)));
    }
    lines.replaceChildren(...made);
    document.getElementById("judged").hidden = said.size === 0;
    document.getElementById("unjudged").hidden = said.size > 0;
    const quoted = [a, b].map((each) => `'${labels[each].replaceAll("'", "'\\''")}'`);
    document.getElementById("command").textContent = `benchdb compare ${quoted.join(" ")}`;
    status.textContent = common.length ? `${common.length} benchmarks in common.` : "They have no benchmark in common.";
    answer.hidden = common.length === 0;
    history.replaceState(null, "", `#${new URLSearchParams({ a: labels[a], b: labels[b] })}`);
  }

  function recall() {
    const asked = new URLSearchParams(location.hash.includes("=") ? location.hash.slice(1) : location.search);
    for (const name of ["a", "b"]) form.elements[name].value = asked.get(name) ?? form.elements[name].value;
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
    document.getElementById("swap").addEventListener("click", () => {
      const { a, b } = form.elements;
      [a.value, b.value] = [b.value, a.value];
      show();
    });
    show();
    document.documentElement.dataset.ready = "yes";
  }

  start().catch((problem) => {
    status.textContent = `The comparison cannot be made: ${problem.message}`;
  });
})();
