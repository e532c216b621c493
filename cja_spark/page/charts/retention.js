// Periods side by side: which share of those who started is back in each, or at some time from then on.
charts.retention = (host, panel) => {
  const [kindAt, nameAt, peopleAt, rateAt] = ["row_kind", "label", "people", "retention_rate"].map((name) => columnAt(panel, name));
  const of = (kind) => panel.rows.find((row) => row[kindAt] === kind);
  const periods = panel.rows.map((_, at) => at).filter((at) => !["total", "reserved"].includes(panel.rows[at][kindAt]));
  if (!periods.length || rateAt < 0) { host.append(nothing()); drawTable(host, panel); return; }
  const rate = { ...panel.columns[rateAt], at: rateAt }, count = (row) => shown(row[peopleAt], panel.columns[peopleAt]);
  const [total, reserved] = [of("total"), of("reserved")];
  if (total) host.append(node("p", { class: "note started" }, node("b", {}, count(total)), " people started",
    reserved && (isHidden(reserved[peopleAt]) || figure(reserved[peopleAt])) ? ` · ${count(reserved)} more too late to have all periods, so they are not counted` : null));
  const metrics = panel.columns.map((column, at) => ({ ...column, at })).filter(isFigure), place = node("div", { class: "plot" });
  let point = null;
  const pointAt = (at, x, y) => {
    point(at);
    if (at === null) { hideTip(); return; }
    showTip(String(panel.rows[at][nameAt]), metrics.map((metric) => [null, metric.label, isHidden(panel.rows[at][metric.at]) ? shown(panel.rows[at][metric.at], metric) : exact(panel.rows[at][metric.at], metric)]), x, y);
  };
  const redraw = () => { point = drawColumns(place, panel, periods, rate, pointAt, "label", 0); };
  host.append(place);
  redraw();
  let width = place.clientWidth;
  new ResizeObserver(() => { if (place.clientWidth !== width) { width = place.clientWidth; redraw(); } }).observe(place);
  tableBelow(host, panel);
};
