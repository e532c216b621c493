// Summary tiles: the figures that people quote large, the others small; by a dimension as a ranked table.
const LARGE = ["sessions", "people", "events", "bounce_rate", "events_per_session", "mean_session_seconds", "reached_share", "p50_seconds", "mean_seconds"];

function tile(column, row) {
  return node("div", { class: LARGE.includes(column.name) ? "tile large" : "tile", title: exact(row[column.at], column) },
    node("span", { class: "tile-name" }, isolated(column.label)), node("b", {}, shown(row[column.at], column, !["count", "people"].includes(column.format) || figure(row[column.at]) >= 1e6)));
}

charts.sessions = (host, panel) => {
  const kindAt = columnAt(panel, "row_kind");
  const total = panel.rows.find((row) => kindAt >= 0 && row[kindAt] === "total") || (panel.rows.length === 1 ? panel.rows[0] : null);
  const metrics = panel.columns.map((column, at) => ({ ...column, at })).filter(isFigure);
  if (!panel.rows.length || !metrics.length) { host.append(nothing()); return; }
  const rank = (column) => (LARGE.includes(column.name) ? LARGE.indexOf(column.name) : LARGE.length);
  if (total) host.append(node("div", { class: "tiles" }, ...[...metrics].sort((one, other) => rank(one) - rank(other)).map((column) => tile(column, total))));
  if (panel.rows.length > 1) drawTable(host, panel);
  else tableBelow(host, panel);
};
