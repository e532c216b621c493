// Growth as stacked columns: who is active above the line, by where they come from, who is not any more below it; the net growth as a line under them.
const ACTIVE = [["repeat_people", "c0"], ["return_people", "c2"], ["new_people", "c4"]], GONE = ["dormant_people", "c1"];

function growthColumn(row, at, places, place, y) {
  const x = place.x + (place.width * BARS.gap) / 2, width = place.width * (1 - BARS.gap), zero = y(0);
  const parts = [mark("rect", { class: "catch", x: place.x, y: BARS.top, width: place.width, height: place.height })];
  const bar = (name, from, to) => parts.push(mark("rect", { class: name, x, y: Math.min(y(from), y(to)), width, height: Math.abs(y(from) - y(to)) }));
  const people = figure(row[places.people]), gone = row[places[GONE[0]]];
  if (isHidden(gone)) {
    const height = people === null ? 14 : zero - y(people);
    parts.push(mark("rect", { class: "unknown", x, y: zero - height, width, height }), mark("rect", { class: "unknown", x, y: zero, width, height: 10 }));
  } else if (people !== null) {
    let from = 0;
    for (const [name, colour] of ACTIVE) { const many = figure(row[places[name]]); if (many) bar(colour, from, from + many); from += many; }
    if (figure(gone)) bar(GONE[1], 0, -figure(gone));
  }
  return mark("g", { "data-at": at }, ...parts);
}

function drawGrowth(host, panel, periods, places, pointAt) {
  const width = Math.max(260, host.clientWidth), inner = width - BARS.left - BARS.right, height = BARS.height - BARS.top - BARS.bottom, each = inner / periods.length;
  const most = (name) => periods.reduce((top, at) => Math.max(top, figure(panel.rows[at][places[name]]) || 0), 0);
  const marks = ticks(-most(GONE[0]), most("people"), 1), bottom = marks[0], top = marks[marks.length - 1];
  const y = (number) => BARS.top + height * (1 - (number - bottom) / (top - bottom || 1)), label = (at) => String(panel.rows[at][places.label]);
  const drawing = mark("svg", { viewBox: `0 0 ${width} ${BARS.height}`, width, height: BARS.height, role: "img", tabindex: "0", class: "lines columns growth",
    "aria-label": `People active in ${periods.length} periods by where they come from, those not active any more below. Arrow keys read the values.` });
  for (const tick of marks) {
    drawing.append(mark("line", { class: tick === 0 ? "zero" : "grid", x1: BARS.left, x2: width - BARS.right, y1: y(tick), y2: y(tick) }),
      mark("text", { class: "tick", x: BARS.left - 8, y: y(tick) + 4, "text-anchor": "end" }, numberText(tick, panel.columns[places.people], true)));
  }
  const every = Math.max(1, Math.ceil(periods.length / Math.max(2, Math.floor(inner / 92))));
  periods.forEach((at, order) => {
    drawing.append(growthColumn(panel.rows[at], at, places, { x: BARS.left + order * each, width: each, height }, y));
    if (order % every === 0) drawing.append(mark("text", { class: "tick", x: BARS.left + (order + 0.5) * each, y: BARS.height - 8, "text-anchor": order === 0 && each < 60 ? "start" : "middle" }, axisLabel(label(at), order === 0, every * each)));
  });
  host.replaceChildren(drawing);
  return pointsAtColumns(drawing, periods, width, each, pointAt);
}

charts.growth = (host, whole) => {
  const kindAt = columnAt(whole, "row_kind"), total = whole.rows.find((row) => row[kindAt] === "total");
  const names = ["label", "people", ...ACTIVE.map(([name]) => name), GONE[0], "net_growth"], places = Object.fromEntries(names.map((name) => [name, columnAt(whole, name)]));
  const panel = { ...whole, rows: whole.rows.filter((row) => row[kindAt] !== "total") }, periods = panel.rows.map((_, at) => at);
  const bucketAt = columnAt(whole, "bucket"), left = (cells) => cells.filter((_, at) => at !== bucketAt);
  const below = () => tableBelow(host, { ...whole, columns: left(whole.columns), rows: whole.rows.map(left) });
  if (!periods.length) { host.append(nothing()); below(); return; }
  const classes = [...ACTIVE, GONE].map(([name, colour]) => ({ ...whole.columns[places[name]], at: places[name], colour })), net = { ...whole.columns[places.net_growth], at: places.net_growth, colour: "c3" };
  const labels = panel.rows.map((row) => String(row[places.label])), plot = node("div", { class: "plot" }), line = node("div", { class: "plot" });
  const told = (row, metric) => {
    const cell = row[metric.at], text = isHidden(cell) ? shown(cell, metric) : exact(cell, metric);
    return metric.name === GONE[0] && figure(cell) ? `−${text}` : text;
  };
  let pointers = [];
  const pointAt = (at, x, y) => {
    pointers.forEach((point) => point(at));
    if (at === null) { hideTip(); return; }
    const people = { ...whole.columns[places.people], at: places.people };
    showTip(labels[at], [people, ...classes, net].map((metric) => [metric.colour || null, metric.at === places.people ? "Active" : metric.label, told(panel.rows[at], metric)]), x, y);
  };
  const hasNet = panel.rows.some((row) => figure(row[net.at]) !== null);
  const redraw = () => { pointers = [drawGrowth(plot, panel, periods, places, pointAt), ...(hasNet ? [drawLines(line, panel, labels, { family: "number", metrics: [net], level: 1 }, new Set(), pointAt)] : [])]; };
  const swatches = (metrics) => node("div", { class: "legend" }, ...metrics.map((metric) => node("span", {}, node("i", { class: metric.colour }), isolated(metric.label))));
  if (total) host.append(node("p", { class: "note started" }, node("b", {}, shown(total[places.people], whole.columns[places.people])), " people active in the range"));
  host.append(node("div", { class: "grown" }, node("figure", {}, swatches(classes), plot),
    hasNet ? node("figure", {}, swatches([net]), line, node("p", { class: "note" }, "Above 1 more people come, new or back, than go; below 1 more go.")) : null));
  redraw();
  let width = plot.clientWidth;
  new ResizeObserver(() => { if (plot.clientWidth !== width) { width = plot.clientWidth; redraw(); } }).observe(plot);
  below();
};
