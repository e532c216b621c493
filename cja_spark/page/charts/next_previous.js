// What comes next or before, ranked: the table with bars, the end of a visit named as a row of its own.
const ENDS = { other: "Other", exit: "Exit", entry: "Entry" };

charts.next_previous = (host, panel) => {
  const [kindAt, partAt, itemAt] = ["row_kind", "item_kind", "flow_item"].map((name) => columnAt(panel, name));
  const kept = panel.columns.map((_, at) => at).filter((at) => at !== partAt);
  const rows = panel.rows.map((row) => row.map((cell, at) => {
    if (at === kindAt) return cell === "total" ? cell : row[partAt] === "other" ? "other" : "item";
    return at === itemAt && row[partAt] in ENDS ? ENDS[row[partAt]] : cell;
  }));
  drawTable(host, { ...panel, columns: kept.map((at) => panel.columns[at]), rows: rows.map((row) => kept.map((at) => row[at])) });
};
