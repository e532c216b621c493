// The best and the worst paths: each with its rate, the interval that the true one lies in, and the rate of all as a line.
const LISTS = { top: "Convert most often", bottom: "Convert least often" };
const BETWEEN = " \u2192 ", ROOM = 1.03; // so that a mark or a line at the far end is whole

function stepsOf(text) {
  const steps = String(text).split(BETWEEN);
  return steps.flatMap((step, at) => [at ? node("span", { class: "arrow", "aria-hidden": "true" }, BETWEEN) : null, isolated(step)]).filter(Boolean);
}

function interval(cells, scale) {
  const [rate, low, high] = cells.map(figure), at = (number) => `${((100 * number) / scale.most).toFixed(2)}%`;
  const line = scale.overall === null ? null : node("s", { style: `left:${at(scale.overall)}` });
  if ([rate, low, high].includes(null)) return node("div", { class: "track", "aria-hidden": "true" }, line);
  return node("div", { class: "track", "aria-hidden": "true" }, line, node("i", { style: `left:${at(low)};width:${at(high - low)}` }), node("b", { style: `left:${at(rate)}` }));
}

// The two counts that the rate is of: trials, or people where those are counted.
function countsOf(panel, row) {
  const [rate, part, whole] = ["converted_rate", "converted_people", "people"].map((name) => figure(row[columnAt(panel, name)]));
  const known = ![rate, part, whole].includes(null) && whole > 0;
  const [ordered, tried] = ["converted_trials", "trials"].map((name) => figure(row[columnAt(panel, name)]));
  return known && Math.abs(part / whole - rate) < 1e-9 && Math.abs(ordered / tried - rate) > 1e-9 ? ["converted_people", "people"] : ["converted_trials", "trials"];
}

function pathRow(panel, row, scale) {
  const at = (name) => columnAt(panel, name), text = (name) => shown(row[at(name)], panel.columns[at(name)]);
  const cells = ["converted_rate", "rate_lower", "rate_upper"].map((name) => row[at(name)]), known = cells.every((cell) => figure(cell) !== null);
  const of = countsOf(panel, row).map(text).join(" of ");
  return node("li", { class: "path" }, node("div", { class: "path-name", title: String(row[at("path_taken")]) }, ...stepsOf(row[at("path_taken")])),
    interval(cells, scale),
    node("div", { class: "path-figures", title: exact(cells[0], panel.columns[at("converted_rate")]) }, node("b", {}, text("converted_rate")),
      node("span", { class: "note" }, known ? `${text("rate_lower")} to ${text("rate_upper")}, ${of}` : of)));
}

charts.paths = (host, panel) => {
  const kindAt = columnAt(panel, "row_kind"), rateAt = columnAt(panel, "converted_rate"), highAt = columnAt(panel, "rate_upper");
  const listed = panel.rows.filter((row) => row[kindAt] in LISTS), total = panel.rows.find((row) => row[kindAt] === "total");
  if (!listed.length) host.append(nothing());
  const overall = total ? figure(total[rateAt]) : null;
  const most = listed.reduce((top, row) => Math.max(top, figure(row[highAt]) || 0), overall || 0) * ROOM || 1;
  for (const [kind, title] of Object.entries(LISTS)) {
    const rows = listed.filter((row) => row[kindAt] === kind);
    if (rows.length) host.append(node("h3", {}, title), node("ol", { class: "paths" }, ...rows.map((row) => pathRow(panel, row, { most, overall }))));
  }
  if (listed.length) host.append(node("p", { class: "note" }, "Bars show where the true rate lies, 95 times of 100; the line is the rate of all."));
  const lists = { top: "Best", bottom: "Worst" };
  tableBelow(host, { ...panel, columns: [{ name: "list", label: "List", format: "text", unit: "" }, ...panel.columns], rows: panel.rows.map((row) => [lists[row[kindAt]] || null, ...row]) });
};
