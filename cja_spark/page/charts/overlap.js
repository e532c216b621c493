// Sets that overlap, as an UpSet plot: a row per combination, dots for the sets that it has, a bar for those in these and no others.
const dotsOf = (mask, sets) => node("div", { class: "dots", "aria-hidden": "true" }, ...sets.map((_, at) => node("i", { class: Math.floor(mask / 2 ** at) % 2 ? "in" : null })));

function combinationRow(panel, row, sets, only, most) {
  const mask = Number(row[columnAt(panel, "set_mask")]), cell = row[only.at], number = figure(cell);
  const name = mask ? String(row[columnAt(panel, "in_sets")]) : "none of them";
  return node("li", { title: name }, dotsOf(mask, sets), node("div", { class: "combination" }, isolated(name)),
    node("div", { class: isHidden(cell) ? "track unknown" : "track", "aria-hidden": "true" }, node("i", { style: `width:${((100 * (number || 0)) / most).toFixed(2)}%` })),
    node("b", { class: "amount", title: exact(cell, only) }, shown(cell, only)));
}

// The combinations that somebody is in, the largest first, those in none at the end; null where there are none.
function combinationList(panel) {
  const kindAt = columnAt(panel, "row_kind"), nameAt = columnAt(panel, "in_sets");
  const sets = panel.rows.filter((row) => row[kindAt] === "set").map((row) => String(row[nameAt]));
  const only = panel.columns.map((column, at) => ({ ...column, at })).find((column) => ["only_sessions", "only_people"].includes(column.name));
  const rows = only ? panel.rows.filter((row) => row[kindAt] !== "total" && (isHidden(row[only.at]) || figure(row[only.at]) > 0)) : [];
  if (!rows.length) return null;
  const order = (row) => (row[kindAt] === "none" ? -2 : figure(row[only.at]) ?? -1), listed = [...rows].sort((one, other) => order(other) - order(one));
  const most = listed.reduce((top, row) => Math.max(top, figure(row[only.at]) || 0), 0) || 1;
  return node("ol", { class: "combinations" }, ...listed.map((row) => combinationRow(panel, row, sets, only, most)));
}

charts.overlap = (host, panel) => {
  const list = combinationList(panel);
  host.append(list || nothing());
  if (list) host.append(node("p", { class: "note" }, "Each is counted once: in the sets of its row and in no other. The table also says who is in a set whatever else they are in."));
  tableBelow(host, panel);
};
