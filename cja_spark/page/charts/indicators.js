// What comes before an outcome, as a forest plot: the ratio of each behaviour with its interval on a logarithmic axis, in two lists.
const SIDES = { leads_to: "More often before the outcome", protects: "Less often before the outcome" };
const RATIOS = ["adjusted_ratio", "ratio_lower", "ratio_upper"], WIDEST = 50, TICKS = [0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50];

// From a ratio to its place on the axis, 0 to 100; what lies beyond an end stands at it.
function ratioScale(panel, rows) {
  const all = rows.flatMap((row) => RATIOS.map((name) => figure(row[columnAt(panel, name)]))).filter((one) => one > 0);
  const low = Math.log(all.reduce((least, one) => Math.max(1 / WIDEST, Math.min(least, one)), 0.8)), high = Math.log(all.reduce((most, one) => Math.min(WIDEST, Math.max(most, one)), 1.25));
  return (ratio) => 100 * Math.min(1, Math.max(0, (Math.log(ratio) - low) / (high - low)));
}

function ratioTrack(cells, place) {
  const [ratio, low, high] = cells.map(figure), line = node("s", { style: `left:${place(1).toFixed(2)}%` });
  if ([ratio, low, high].includes(null)) return node("div", { class: "track", "aria-hidden": "true" }, line);
  return node("div", { class: "track", "aria-hidden": "true" }, line, node("i", { style: `left:${place(low).toFixed(2)}%;width:${(place(high) - place(low)).toFixed(2)}%` }), node("b", { style: `left:${place(ratio).toFixed(2)}%` }));
}

function ratioAxis(place) {
  const inside = TICKS.filter((one) => one === 1 || (place(one) > 2 && place(one) < 98)), ticks = inside.length > 7 ? inside.filter((one) => Number.isInteger(Math.log10(one))) : inside;
  return node("li", { class: "path axis", "aria-hidden": "true" }, node("div"), node("div", { class: "ticks" }, ...ticks.map((one) => node("span", { style: `left:${place(one).toFixed(2)}%` }, intl({}).format(one)))), node("div"));
}

function indicatorRow(panel, row, place) {
  const at = (name) => columnAt(panel, name), text = (name) => shown(row[at(name)], panel.columns[at(name)]);
  const cells = RATIOS.map((name) => row[at(name)]), [, low, high] = cells.map(figure), known = low !== null && high !== null, unsure = known && low <= 1 && high >= 1;
  const counts = `${text("outcome_units")} of ${text("counted_units")} with it`;
  const said = known ? [`${text("ratio_lower")} to ${text("ratio_upper")}${unsure ? ", may be chance" : ""}`, `${text("outcome_rate")} with it, ${text("unexposed_rate")} without`, counts] : [isHidden(row[at("counted_units")]) ? "about too few people" : counts];
  return node("li", { class: unsure ? "path unsure" : "path" }, node("div", { class: "path-name", title: text("indicator") }, isolated(text("indicator"))), ratioTrack(cells, place),
    node("div", { class: "path-figures", title: exact(cells[0], panel.columns[at(RATIOS[0])]) }, node("b", {}, known ? `${text(RATIOS[0])} ×` : text(RATIOS[0])),
      node("span", { class: "note" }, ...said.flatMap((line, number) => (number ? [node("br"), line] : [line])))));
}

// What is in no list, in a sentence each.
function besideIndicators(panel, rows) {
  const kindAt = columnAt(panel, "row_kind"), of = (kind) => rows.filter((row) => row[kindAt] === kind), column = (name) => panel.columns[columnAt(panel, name)];
  const text = (row, name) => shown(row[columnAt(panel, name)], column(name)), units = column("counted_units").label.toLowerCase();
  const without = of("undefined").flatMap((row, at) => [at ? ", " : "", isolated(text(row, "indicator")), ` (${text(row, "outcome_units")} of ${text(row, "counted_units")})`]);
  const said = without.length ? [["Without a ratio, because with it or without it no comparable one has the outcome: ", ...without, "."]] : [];
  for (const row of of("other")) said.push([`Behaviours in no list, because few did them or the lists are full: ${text(row, "indicator_count")}.`]);
  for (const row of of("left_out")) said.push([`${units[0].toUpperCase()}${units.slice(1)} that begin with the outcome, so that nothing comes before it, are left out: ${text(row, "counted_units")}.`]);
  return said.map((words) => node("p", { class: "note beside" }, ...words));
}

charts.indicators = (host, panel) => {
  const kindAt = columnAt(panel, "row_kind"), listed = panel.rows.filter((row) => row[kindAt] in SIDES), place = ratioScale(panel, listed);
  const units = panel.columns[columnAt(panel, "counted_units")].label.toLowerCase();
  host.append(node("p", { class: "note association" }, node("b", {}, "This is association, not cause. "),
    `Who does one of these things differs from who does not in other ways too. Compared are ${units} with as many events before the outcome, or about as many.`));
  if (!listed.length) host.append(nothing("No behaviour has a ratio."));
  for (const [kind, title] of Object.entries(SIDES)) {
    const rows = listed.filter((row) => row[kindAt] === kind);
    if (rows.length) host.append(node("h3", {}, title), node("ol", { class: `paths ratios ${kind}` }, ...rows.map((row) => indicatorRow(panel, row, place)), ratioAxis(place)));
  }
  if (listed.length) host.append(node("p", { class: "note" }, "A mark is how many times as often the outcome follows with the behaviour as without it. Bars show where the true ratio lies, 95 times of 100; a grey one crosses the line at 1. Of 100 behaviours that make no difference about 5 do not cross it."));
  host.append(...besideIndicators(panel, panel.rows));
  const names = { leads_to: "More often", protects: "Less often", undefined: "No ratio" }, kept = panel.columns.map((_, at) => at).filter((at) => panel.columns[at].name !== "indicator_count");
  const rows = panel.rows.filter((row) => row[kindAt] !== "left_out").map((row) => [names[row[kindAt]] || null, ...kept.map((at) => row[at])]);
  tableBelow(host, { ...panel, columns: [{ name: "list", label: "List", format: "text", unit: "" }, ...kept.map((at) => panel.columns[at])], rows });
};
