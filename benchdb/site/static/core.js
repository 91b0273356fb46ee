"use strict";
/* What every page shares: loading data by script, so that a page opened from a disk works too, and drawing pictures. */
const benchdb = (() => {
  const root = document.documentElement.dataset.root;
  const waiting = new Map();

  function script(path) {
    return new Promise((resolve, reject) => {
      const element = document.createElement("script");
      element.src = root + path;
      element.onload = resolve;
      element.onerror = () => reject(new Error(`${path} cannot be loaded`));
      document.head.append(element);
    });
  }

  /* A data file calls this with its name and its JSON as text. */
  function receive(name, text) {
    const found = waiting.get(name);
    if (found) found.value = JSON.parse(text);
  }

  async function load(name) {
    if (!waiting.has(name)) {
      const entry = {};
      entry.done = script(`${name}.js`).then(() => entry.value);
      waiting.set(name, entry);
    }
    return waiting.get(name).done;
  }

  /* An element with attributes and children; texts are never read as markup. */
  function element(tag, attributes = {}, ...children) {
    const made = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) {
      if (value !== null && value !== undefined && value !== false) made.setAttribute(name, value === true ? "" : value);
    }
    made.append(...children);
    return made;
  }

  function named(text) {
    const made = element("bdi", { class: "name", title: text });
    made.textContent = text;
    return made;
  }

  /* The cells of a benchmark, split when they are first needed. */
  function cellsOf(benchmark, nModels) {
    if (benchmark.cells) return benchmark.cells;
    const cells = new Array(nModels).fill(null);
    const [values, errors, lowers, uppers] = ["value", "error", "lower", "upper"].map((key) => benchmark[key].split("|"));
    const n = benchmark.rows ? benchmark.rows.length : nModels;
    for (let i = 0; i < n; i += 1) {
      const row = benchmark.rows ? benchmark.rows[i] : i;
      cells[row] = {
        text: values[i],
        number: Number(values[i].replace("~", "")),
        error: errors[i],
        lower: lowers[i],
        upper: uppers[i],
        evidence: benchmark.evidence[i],
      };
    }
    benchmark.cells = cells;
    return cells;
  }

  /* What a table says of the rows that are drawn: numbers from their attributes, texts by the headings of their columns. */
  function rowsOf(table) {
    const text = (cell) => cell.textContent.trim();
    const headings = Array.from(table.tHead.rows[0].cells, text);
    return Array.from(table.querySelectorAll("tr[data-score]"), (line) => {
      const [value, lower = null, upper = null] = line.dataset.score.split(" ").map(Number);
      const row = Object.fromEntries(headings.map((heading, place) => [heading, text(line.cells[place])]));
      const variant = row.Variant && row.Variant !== "–" ? ` [${row.Variant}]` : "";
      return { ...row, label: `${row.Benchmark}${variant}`, value, lower, upper, unit: line.dataset.unit };
    });
  }

  /* A specification without rows becomes one panel for each unit of the rows, as wide as a phone leaves beside the labels. */
  function fill(specification, rows, room) {
    const { $schema, config, ...panel } = specification;
    for (const key of Object.keys(specification)) delete specification[key];
    specification.$schema = $schema;
    specification.config = config;
    specification.vconcat = [...new Set(rows.map((row) => row.unit))].map((unit) => {
      const values = rows.filter((row) => row.unit === unit);
      const width = Math.max(100, Math.min(panel.width, room - 230));
      return { ...panel, width, title: { ...panel.title, text: unit }, data: { values } };
    });
  }

  /* The picture with its rows as a file to take away; one drawn without them stands on the disk already. */
  function takeaway(figure, specification) {
    const file = new Blob([JSON.stringify(specification)], { type: "application/json" });
    figure.querySelector("figcaption a")?.remove();
    const name = document.location.pathname.split("/").pop().replace(/\.html$/, "");
    figure.querySelector("figcaption").append(" ", element("a", { href: URL.createObjectURL(file), download: `${name}.vl.json` }, "Vega-Lite"));
  }

  let library = null;
  const dark = window.matchMedia("(prefers-color-scheme: dark)");

  async function draw(figure) {
    library ??= script("static/vega.js");
    const view = figure.querySelector(".view");
    try {
      await library;
      const specification = await load(`${figure.dataset.picture}${dark.matches ? ".dark" : ""}`);
      const shown = structuredClone(specification);
      if (figure.dataset.rows) {
        fill(shown, rowsOf(document.getElementById(figure.dataset.rows)), figure.clientWidth);
        takeaway(figure, shown);
      }
      shown.config = { ...shown.config, background: "transparent" };
      await window.vegaEmbed(view, shown, {
        ast: true,
        renderer: "svg",
        defaultStyle: false,
        forceActionsMenu: true,
        tooltip: { disableDefaultStyle: true },
        actions: { export: true, source: false, compiled: false, editor: false },
      });
      /* One picture with one name for screen readers, whose numbers stand in the tables; its menu stands beside it. */
      const picture = view.querySelector("svg.marks");
      picture.setAttribute("role", "img");
      picture.setAttribute("aria-label", view.dataset.label);
      picture.firstElementChild.setAttribute("aria-hidden", "true");
      view.querySelector("summary").setAttribute("aria-label", "Save the picture");
      figure.dataset.drawn = "yes";
    } catch (problem) {
      view.textContent = `The picture cannot be drawn: ${problem.message}`;
      figure.dataset.drawn = "failed";
    }
  }

  function pictures() {
    const figures = document.querySelectorAll("figure[data-picture]");
    const watcher = new IntersectionObserver((entries) => {
      for (const entry of entries) {
        if (entry.isIntersecting) {
          watcher.unobserve(entry.target);
          draw(entry.target);
        }
      }
    }, { rootMargin: "400px" });
    figures.forEach((figure) => watcher.observe(figure));
    dark.addEventListener("change", () => {
      figures.forEach((figure) => figure.dataset.drawn && draw(figure));
    });
  }

  document.addEventListener("DOMContentLoaded", pictures);
  return { root, receive, load, element, named, cellsOf };
})();
