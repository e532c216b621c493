// How long it takes: a curve of the share that has reached the event by then, how many take how long beside it, and values ranked by how many start.
function timeFigures(panel, row) {
  const column = (name) => panel.columns[columnAt(panel, name)], text = (name) => shown(row[columnAt(panel, name)], column(name)), known = (name) => columnAt(panel, name) >= 0;
  const unit = known("people") ? "people" : "sessions", openAt = columnAt(panel, `open_${unit}`), open = row[openAt];
  const names = [unit, "reached_share", "p50_seconds", "mean_seconds"].filter(known);
  return [node("div", { class: "tiles lengths" }, ...names.map((name) => tile({ ...column(name), at: columnAt(panel, name), ...(name === "reached_share" ? { label: "Reached it" } : {}) }, row))),
  node("p", { class: "note" }, `${text(`reached_${unit}`)} reached it, ${text(`censored_${unit}`)} did not (${text("censored_share")})`,
    openAt >= 0 && (isHidden(open) || figure(open)) ? `; ${text(`open_${unit}`)} of these still may: their time is not over yet.` : ".")];
}

function timeValues(panel, rows) {
  const at = (name) => columnAt(panel, name), text = (row, name) => shown(row[at(name)], panel.columns[at(name)]), unit = at("people") >= 0 ? "people" : "sessions";
  const line = (row) => {
    const share = figure(row[at("reached_share")]);
    return node("li", { class: "path" }, node("div", { class: "path-name", title: text(row, "breakdown") }, isolated(text(row, "breakdown"))),
      node("div", { class: "track" }, share === null ? null : node("i", { style: `left:0;width:${(100 * share).toFixed(2)}%` })),
      node("div", { class: "path-figures", title: exact(row[at("reached_share")], panel.columns[at("reached_share")]) }, node("b", {}, text(row, "reached_share")),
        isHidden(row[at(unit)]) ? null : node("span", { class: "note" }, `of ${text(row, unit)}`, share === null || at("p50_seconds") < 0 ? "" : `, median ${text(row, "p50_seconds")}`)));
  };
  return [node("h3", {}, isolated(panel.columns[at("breakdown")].label)), node("ol", { class: "paths" }, ...rows.map(line)),
    node("p", { class: "note" }, "Bars show which share of those who start with a value reach the event.")];
}

charts.time_to_event = (host, panel) => {
  const at = (name) => columnAt(panel, name), of = (kind) => panel.rows.filter((row) => row[at("row_kind")] === kind);
  const [total] = of("total"), buckets = of("bucket"), values = of("value");
  if (!total || figure(total[at(at("people") >= 0 ? "people" : "sessions")]) === 0) { host.append(nothing("Nobody starts in this range.")); tableBelow(host, panel); return; }
  host.append(...timeFigures(panel, total));
  if (buckets.length) {
    const own = { ...panel, rows: buckets }, labels = buckets.map((row) => String(row[at("time_taken")])), metric = (name) => ({ ...panel.columns[at(name)], at: at(name) });
    const share = { ...metric("share_by_then"), colour: "c0" }, unit = metric(at("people") >= 0 ? "reached_people" : "reached_sessions"), told = [unit, metric("reached_share"), share];
    const ends = labels.map((label) => label.replace(/^.*–/, "≤ ").replace(/^> .*/, "longer")), places = [node("div", { class: "plot" }), node("div", { class: "plot" })];
    let points = [];
    const pointAt = (order, x, y) => {
      points.forEach((point) => point(order));
      if (order === null) { hideTip(); return; }
      showTip(labels[order], told.map((one) => [one.at === share.at ? "c0" : null, one.label, isHidden(buckets[order][one.at]) ? shown(buckets[order][one.at], one) : exact(buckets[order][one.at], one)]), x, y);
    };
    const group = { family: "percent", metrics: [share] }, all = buckets.map((_, order) => order);
    const known = buckets.some((row) => figure(row[share.at]) !== null);
    const redraw = () => { points = [...(known ? [drawLines(places[0], own, ends, group, new Set(), pointAt)] : []), drawColumns(places[1], own, all, unit, pointAt, "time_taken")]; };
    const drawn = node("div", { class: "small-multiples" }, node("figure", {}, legend({ metrics: [{ ...share, label: "Share that has reached it by then" }] }, new Set(), redraw), known ? places[0] : nothing("No share is shown: each would tell of too few people.")),
      node("figure", {}, node("p", { class: "note" }, unit.label, " in a time of"), places[1]));
    host.append(drawn);
    redraw();
    let width = drawn.clientWidth;
    new ResizeObserver(() => { if (drawn.clientWidth !== width) { width = drawn.clientWidth; redraw(); } }).observe(drawn);
  }
  if (values.length) host.append(...timeValues(panel, values));
  const kept = panel.columns.map((_, place) => place).filter((place) => panel.columns[place].format !== "bound");
  tableBelow(host, { ...panel, columns: kept.map((place) => panel.columns[place]), rows: panel.rows.map((row) => kept.map((place) => row[place])) });
};
