// Lines over time. Metrics of one kind and size share an axis; others get their own: no second axis that misleads.
// The total of the range is no point in time: it stands in the table below.
const MARGIN = { top: 10, right: 14, bottom: 26, left: 58 };
const HEIGHT = 230;
const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

function family(column) { return column.format === "people" ? "count" : column.format + column.unit; }

function axisGroups(panel, metrics) {
  const groups = [];
  for (const metric of metrics) {
    const top = panel.rows.reduce((most, row) => Math.max(most, Math.abs(figure(row[metric.at]) || 0)), 0);
    const fits = groups.find((group) => group.family === family(metric) && group.metrics.length < 5 && top <= 6 * group.top && group.top <= 6 * top);
    if (fits) { fits.metrics.push(metric); fits.top = Math.max(fits.top, top); } else groups.push({ family: family(metric), top, metrics: [metric] });
  }
  return groups;
}

function ticks(low, high, least) {
  const span = high - low || 1, raw = span / 4, power = 10 ** Math.floor(Math.log10(raw));
  const step = [1, 2, 2.5, 5, 10, 20, 50, 100].map((size) => size * power).find((size) => size >= raw && size >= least);
  const first = Math.floor(low / step), last = Math.ceil((high || 1) / step);
  return Array.from({ length: last - first + 1 }, (_, at) => (first + at) * step);
}

// A day, or a week called by its first day, as "5 Jan", the first one with its year; other labels as they are, but no longer than there is room until the next one.
function axisLabel(text, isFirst, apart = 200) {
  const day = /^(?:week of )?(\d{4})-(\d{2})-(\d{2})$/.exec(text);
  if (!day) return shortened(text, Math.min(98, 0.66 * apart));
  return `${Number(day[3])} ${MONTHS[Number(day[2]) - 1] || day[2]}${isFirst ? ` ${day[1]}` : ""}`;
}

function linePath(points) {
  let path = "", pen = "M";
  for (const point of points) {
    if (point === null) { pen = "M"; continue; }
    path += `${pen}${point[0].toFixed(1)} ${point[1].toFixed(1)}`;
    pen = "L";
  }
  return path;
}

// What tells how wide a text of a drawing is.
function penOf() {
  const pen = document.createElement("canvas").getContext("2d");
  pen.font = `12px ${getComputedStyle(document.body).fontFamily}`;
  return pen;
}

// Points with no neighbour have no line, so they get a dot.
const lonely = (points) => points.filter((point, at) => point && !points[at - 1] && !points[at + 1]);

function drawLines(host, panel, labels, group, off, pointAt) {
  const metrics = group.metrics.filter((metric) => !off.has(metric.at));
  const width = Math.max(260, host.clientWidth), inner = width - MARGIN.left - MARGIN.right, height = HEIGHT - MARGIN.top - MARGIN.bottom;
  const numbers = metrics.flatMap((metric) => panel.rows.map((row) => figure(row[metric.at]))).filter((number) => number !== null).concat(group.level ?? []);
  const withheld = !numbers.length && metrics.some((metric) => panel.rows.some((row) => isHidden(row[metric.at])));
  const low = numbers.reduce((least, number) => Math.min(least, number), 0), high = numbers.reduce((most, number) => Math.max(most, number), 0);
  const marks = ticks(low, high, group.family === "count" ? 1 : 0), bottom = marks[0], top = marks[marks.length - 1];
  const x = (at) => MARGIN.left + (labels.length > 1 ? (inner * at) / (labels.length - 1) : inner / 2);
  const y = (number) => MARGIN.top + height * (1 - (number - bottom) / (top - bottom || 1));
  const drawing = mark("svg", { viewBox: `0 0 ${width} ${HEIGHT}`, width, height: HEIGHT, role: "img", "aria-label": `${group.metrics.map((metric) => metric.label).join(", ")} over ${labels.length} periods. Arrow keys read the values.`, tabindex: "0", class: "lines" });
  for (const tick of marks) {
    drawing.append(mark("line", { class: tick === 0 ? "zero" : "grid", x1: MARGIN.left, x2: width - MARGIN.right, y1: y(tick), y2: y(tick) }),
      mark("text", { class: "tick", x: MARGIN.left - 8, y: y(tick) + 4, "text-anchor": "end" }, numberText(tick, group.metrics[0], true)));
  }
  const every = Math.max(1, Math.ceil(labels.length / Math.max(2, Math.floor(inner / 92))));
  for (let at = 0; at < labels.length; at += every) {
    const anchor = labels.length === 1 ? "middle" : at === 0 ? "start" : x(at) > width - 50 ? "end" : "middle";
    drawing.append(mark("text", { class: "tick", x: x(at), y: HEIGHT - 6, "text-anchor": anchor }, axisLabel(labels[at], at === 0, (every * inner) / Math.max(1, labels.length - 1))));
  }
  for (const metric of metrics) {
    const points = panel.rows.map((row, at) => (figure(row[metric.at]) === null ? null : [x(at), y(figure(row[metric.at]))]));
    const whole = points.every((point) => point !== null) && points.length > 1;
    if (metrics.length === 1 && whole && group.level === undefined) drawing.append(mark("path", { class: `area ${metric.colour}`, d: `${linePath(points)}L${x(labels.length - 1)} ${y(Math.max(bottom, 0))}L${x(0)} ${y(Math.max(bottom, 0))}Z` }));
    drawing.append(mark("path", { class: `line ${metric.colour}`, d: linePath(points) }), ...lonely(points).map(([cx, cy]) => mark("circle", { class: `dot ${metric.colour}`, cx, cy, r: 4 })));
  }
  if (withheld) drawing.append(mark("text", { class: "tick", x: MARGIN.left + inner / 2, y: MARGIN.top + height / 2, "text-anchor": "middle" }, "Every figure is about too few people."));
  if (group.level !== undefined) drawing.append(mark("line", { class: "level", x1: MARGIN.left, x2: width - MARGIN.right, y1: y(group.level), y2: y(group.level) }));
  const cross = mark("g", { class: "cross", visibility: "hidden" });
  drawing.append(cross);
  const nearest = (event) => {
    const box = drawing.getBoundingClientRect(), part = ((event.clientX - box.left) * (width / box.width) - MARGIN.left) / (inner || 1);
    return Math.max(0, Math.min(labels.length - 1, Math.round(part * (labels.length - 1))));
  };
  drawing.addEventListener("pointermove", (event) => pointAt(nearest(event), event.clientX, event.clientY));
  drawing.addEventListener("pointerleave", () => pointAt(null));
  drawing.addEventListener("blur", () => pointAt(null));
  drawing.addEventListener("keydown", (event) => {
    const step = { ArrowLeft: -1, ArrowRight: 1, Home: -labels.length, End: labels.length }[event.key];
    if (event.key === "Escape") pointAt(null);
    if (!step) return;
    event.preventDefault();
    const now = Number(drawing.dataset.at ?? (step > 0 ? -1 : labels.length)), at = Math.max(0, Math.min(labels.length - 1, now + step));
    const box = drawing.getBoundingClientRect();
    pointAt(at, box.left + (x(at) * box.width) / width, box.top + box.height / 2);
  });
  host.replaceChildren(drawing);
  return (at) => {
    cross.setAttribute("visibility", at === null ? "hidden" : "visible");
    if (at === null) { delete drawing.dataset.at; return; }
    drawing.dataset.at = at;
    const dots = metrics.filter((metric) => figure(panel.rows[at][metric.at]) !== null);
    cross.replaceChildren(mark("line", { x1: x(at), x2: x(at), y1: MARGIN.top, y2: MARGIN.top + height }),
      ...dots.map((metric) => mark("circle", { class: `dot ${metric.colour}`, cx: x(at), cy: y(figure(panel.rows[at][metric.at])), r: 4 })));
  };
}

function legend(group, off, redraw) {
  return node("div", { class: "legend" }, ...group.metrics.map((metric) => {
    const swatch = node("i", { class: metric.colour });
    if (group.metrics.length === 1) return node("span", {}, swatch, isolated(metric.label));
    const flip = (event) => {
      if (off.has(metric.at)) off.delete(metric.at); else if (group.metrics.length - group.metrics.filter((other) => off.has(other.at)).length > 1) off.add(metric.at);
      event.currentTarget.setAttribute("aria-pressed", String(!off.has(metric.at)));
      redraw();
    };
    return node("button", { type: "button", "aria-pressed": "true", title: `Show or hide ${metric.label}`, click: flip }, swatch, isolated(metric.label));
  }));
}

charts.trend = (host, whole) => {
  const kindAt = columnAt(whole, "row_kind"), panel = { ...whole, rows: whole.rows.filter((row) => kindAt < 0 || row[kindAt] !== "total") };
  const labelAt = columnAt(panel, "label"), bucketAt = columnAt(panel, "bucket");
  const metrics = panel.columns.map((column, at) => ({ ...column, at })).filter(isFigure).map((metric, at) => ({ ...metric, colour: `c${at % 6}` }));
  if (!panel.rows.length || !metrics.length) { host.append(nothing()); return; }
  const labels = panel.rows.map((row, at) => String(row[labelAt] ?? row[bucketAt] ?? at + 1));
  const off = new Set(), grid = node("div", { class: "small-multiples" });
  let pointers = [];
  const pointAt = (at, x, y) => {
    pointers.forEach((point) => point(at));
    if (at === null) { hideTip(); return; }
    showTip(labels[at], metrics.filter((metric) => !off.has(metric.at)).map((metric) => [metric.colour, metric.label, isHidden(panel.rows[at][metric.at]) ? shown(panel.rows[at][metric.at], metric) : exact(panel.rows[at][metric.at], metric)]), x, y);
  };
  const places = axisGroups(panel, metrics).map((group) => ({ group, place: node("div", { class: "plot" }) }));
  const redraw = () => { pointers = places.map(({ group, place }) => drawLines(place, panel, labels, group, off, pointAt)); };
  grid.append(...places.map(({ group, place }) => node("figure", {}, legend(group, off, redraw), place)));
  host.append(grid);
  redraw();
  let width = grid.clientWidth;
  new ResizeObserver(() => { if (grid.clientWidth !== width) { width = grid.clientWidth; redraw(); } }).observe(grid);
  tableBelow(host, labelAt < 0 || bucketAt < 0 ? whole : { ...whole, columns: whole.columns.filter((_, at) => at !== bucketAt), rows: whole.rows.map((row) => row.filter((_, at) => at !== bucketAt)) });
};
