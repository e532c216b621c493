// How often something is done: a drawing of its own per event, as wide a column for each number of times. Who did it less often than the first one says stands in the table.
charts.frequency = (host, panel) => {
  const [kindAt, nameAt, timesAt] = ["row_kind", "step_name", "times"].map((name) => columnAt(panel, name)), unit = unitOf(panel);
  const names = [...new Set(panel.rows.map((row) => row[nameAt]))];
  if (!names.length || !unit) { host.append(nothing()); drawTable(host, panel); return; }
  const metrics = panel.columns.map((column, at) => ({ ...column, at })).filter(isFigure), grid = node("div", { class: "small-multiples" });
  const plots = names.map((name) => {
    const places = panel.rows.map((_, at) => at).filter((at) => panel.rows[at][nameAt] === name), total = places.find((at) => panel.rows[at][kindAt] === "total");
    const place = node("div", { class: "plot" });
    grid.append(node("figure", {}, node("p", { class: "note started" }, isolated(String(name)), ": ", node("b", {}, shown(panel.rows[total][unit.at], unit)), ` ${unit.label.toLowerCase()} at all`), place));
    return { name, place, buckets: places.filter((at) => panel.rows[at][kindAt] === "bucket") };
  });
  const draw = (plot) => {
    const pointAt = (at, x, y) => {
      point(at);
      if (at === null) { hideTip(); return; }
      const row = panel.rows[at];
      showTip(`${plot.name}: ${row[timesAt]} ${String(row[timesAt]) === "1" ? "time" : "times"}`, metrics.map((metric) => [null, metric.label, isHidden(row[metric.at]) ? shown(row[metric.at], metric) : exact(row[metric.at], metric)]), x, y);
    };
    const point = drawColumns(plot.place, panel, plot.buckets, unit, pointAt, "times");
  };
  host.append(grid);
  plots.forEach(draw);
  let width = grid.clientWidth;
  new ResizeObserver(() => { if (grid.clientWidth !== width) { width = grid.clientWidth; plots.forEach(draw); } }).observe(grid);
  const kept = panel.columns.map((_, at) => at).filter((at) => panel.columns[at].format !== "bound");
  tableBelow(host, { ...panel, columns: kept.map((at) => panel.columns[at]), rows: panel.rows.map((row) => kept.map((at) => row[at])) });
};
