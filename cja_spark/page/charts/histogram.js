// Buckets side by side: how many have how much. What lies below and above stands apart at the ends, open as it is.
const BARS = { top: 22, right: 8, bottom: 30, left: 58, height: 240, gap: 0.14 };

const unitOf = (panel) => panel.columns.map((column, at) => ({ ...column, at })).find((column) => ["people", "sessions", "events"].includes(column.name));

function barOf(panel, at, unit, place, top) {
  const row = panel.rows[at], number = figure(row[unit.at]), height = number === null ? 0 : (place.height * number) / (top || 1);
  const end = ["below", "above"].includes(row[columnAt(panel, "row_kind")]);
  const hidden = isHidden(row[unit.at]);
  const parts = [mark("rect", { class: "catch", x: place.x, y: BARS.top, width: place.width, height: place.height })];
  const x = place.x + (place.width * BARS.gap) / 2, width = place.width * (1 - BARS.gap);
  if (hidden) parts.push(mark("rect", { class: "unknown", x, y: BARS.top + place.height - 14, width, height: 14 }));
  else parts.push(mark("rect", { class: end ? "column end" : "column", x, y: BARS.top + place.height - height, width, height: number > 0 ? Math.max(1, height) : 0 }));
  const text = shown(row[unit.at], unit, true), middle = place.x + place.width / 2, above = BARS.top + place.height - (hidden ? 14 : height) - 6;
  if (place.width >= 7 * text.length + 4) parts.push(mark("text", { class: "on-top", x: middle, y: above, "text-anchor": "middle" }, text));
  else if (hidden && place.width >= 13) parts.push(mark("text", { class: "on-top", x: middle + 4, y: above, transform: `rotate(-90 ${middle + 4} ${above})` }, text)); // upright: no column is without its word
  return mark("g", { "data-at": at }, ...parts);
}

// The pointer and the arrow keys on columns tell of the one that they are at.
function pointsAtColumns(drawing, buckets, width, each, pointAt) {
  const under = (event) => Math.max(0, Math.min(buckets.length - 1, Math.floor((((event.clientX - drawing.getBoundingClientRect().left) * width) / drawing.getBoundingClientRect().width - BARS.left) / each)));
  drawing.addEventListener("pointermove", (event) => pointAt(buckets[under(event)], event.clientX, event.clientY));
  for (const name of ["pointerleave", "blur"]) drawing.addEventListener(name, () => pointAt(null));
  drawing.addEventListener("keydown", (event) => {
    const step = { ArrowLeft: -1, ArrowRight: 1, Home: -buckets.length, End: buckets.length }[event.key];
    if (event.key === "Escape") pointAt(null);
    if (!step) return;
    event.preventDefault();
    const now = Number(drawing.dataset.order ?? (step > 0 ? -1 : buckets.length)), order = Math.max(0, Math.min(buckets.length - 1, now + step));
    const box = drawing.getBoundingClientRect();
    pointAt(buckets[order], box.left + ((BARS.left + (order + 0.5) * each) * box.width) / width, box.top + box.height / 2);
    drawing.dataset.order = order;
  });
  return (at) => {
    if (at === null) delete drawing.dataset.order;
    for (const bar of drawing.querySelectorAll("g[data-at]")) bar.classList.toggle("pointed", Number(bar.dataset.at) === at);
  };
}

// As much of a text as a place so many pixels wide has room for.
const shortened = (text, wide) => { const most = Math.max(2, Math.floor(wide / 7)); return text.length > most ? `${text.slice(0, most - 1)}…` : text; };
const LONGEST = 22; // characters below a column

function drawColumns(host, panel, buckets, unit, pointAt, name = "amount_range", least = 1) {
  const amountAt = columnAt(panel, name), width = Math.max(260, host.clientWidth), inner = width - BARS.left - BARS.right;
  const height = BARS.height - BARS.top - BARS.bottom, each = inner / buckets.length;
  const most = buckets.reduce((top, at) => Math.max(top, figure(panel.rows[at][unit.at]) || 0), 0), marks = ticks(0, most, least), top = marks[marks.length - 1];
  const drawing = mark("svg", { viewBox: `0 0 ${width} ${BARS.height}`, width, height: BARS.height, role: "img", tabindex: "0", class: "lines columns",
    "aria-label": `${unit.label} in ${buckets.length} ranges. Arrow keys read the values.` });
  for (const tick of marks) {
    const y = BARS.top + height * (1 - tick / (top || 1));
    drawing.append(mark("line", { class: tick === 0 ? "zero" : "grid", x1: BARS.left, x2: width - BARS.right, y1: y, y2: y }),
      mark("text", { class: "tick", x: BARS.left - 8, y: y + 4, "text-anchor": "end" }, numberText(tick, unit, true)));
  }
  const widest = Math.min(LONGEST, buckets.reduce((long, at) => Math.max(long, String(panel.rows[at][amountAt]).length), 1)), every = Math.max(1, Math.ceil((7 * widest + 8) / each));
  buckets.forEach((at, order) => {
    drawing.append(barOf(panel, at, unit, { x: BARS.left + order * each, width: each, height }, top));
    const last = order === buckets.length - 1, x = BARS.left + (order + 0.5) * each;
    const text = shortened(String(panel.rows[at][amountAt]), Math.min(7 * LONGEST, every * each, width / 2 - 8)), half = 4 * text.length, side = x + half > width ? "end" : x < half ? "start" : "middle";
    if (last || (order % every === 0 && buckets.length - 1 - order >= every)) drawing.append(mark("text", { class: "tick", x: { start: 1, middle: x, end: width - 1 }[side], y: BARS.height - 10, "text-anchor": side }, text));
  });
  host.replaceChildren(drawing);
  return pointsAtColumns(drawing, buckets, width, each, pointAt);
}

charts.histogram = (host, panel) => {
  const kindAt = columnAt(panel, "row_kind"), unit = unitOf(panel);
  const buckets = panel.rows.map((_, at) => at).filter((at) => panel.rows[at][kindAt] !== "total");
  if (!buckets.length || !unit) { host.append(nothing()); drawTable(host, panel); return; }
  const metrics = panel.columns.map((column, at) => ({ ...column, at })).filter(isFigure), place = node("div", { class: "plot" });
  let point = null;
  const pointAt = (at, x, y) => {
    point(at);
    if (at === null) { hideTip(); return; }
    showTip(String(panel.rows[at][columnAt(panel, "amount_range")]), metrics.map((metric) => [null, metric.label, isHidden(panel.rows[at][metric.at]) ? shown(panel.rows[at][metric.at], metric) : exact(panel.rows[at][metric.at], metric)]), x, y);
  };
  const redraw = () => { point = drawColumns(place, panel, buckets, unit, pointAt); };
  host.append(place);
  redraw();
  let width = place.clientWidth;
  new ResizeObserver(() => { if (place.clientWidth !== width) { width = place.clientWidth; redraw(); } }).observe(place);
  const kept = panel.columns.map((_, at) => at).filter((at) => panel.columns[at].format !== "bound");
  tableBelow(host, { ...panel, columns: kept.map((at) => panel.columns[at]), rows: panel.rows.map((row) => kept.map((at) => row[at])) });
};
