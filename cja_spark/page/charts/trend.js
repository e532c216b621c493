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

// A day, or a week called by its first day, as "5 Jan", the first one with its year; an hour or a minute as "5 Jan 14:30", midnight as "5 Jan"; other labels as they are, but no longer
// than there is room until the next one.
function axisLabel(text, isFirst, apart = 200) {
  const day = /^(?:week of )?(\d{4})-(\d{2})-(\d{2})(?: (\d{2}:\d{2})[+-]\d{4})?$/.exec(text);
  if (!day) return shortened(text, Math.min(98, 0.66 * apart));
  const named = `${Number(day[3])} ${MONTHS[Number(day[2]) - 1] || day[2]}`;
  if (day[4]) return day[4] === "00:00" ? named : `${named} ${day[4]}`;
  return `${named}${isFirst ? ` ${day[1]}` : ""}`;
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
  const beside = panel.beside || [], numbers = metrics.flatMap((metric) => [...panel.rows, ...beside.flatMap((one) => one.rows.slice(0, labels.length).filter(Boolean))].map((row) => figure(row[metric.at]))).filter((number) => number !== null).concat(group.level ?? []);
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
    for (const one of beside) drawing.append(mark("path", { class: `line beside ${metric.colour}`, "stroke-dasharray": one.dashes, d: linePath(labels.map((_, at) => (one.rows[at] && figure(one.rows[at][metric.at]) !== null ? [x(at), y(figure(one.rows[at][metric.at]))] : null))) }));
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

// What stands beside the line: the range that it is compared with, bucket by bucket, and means of several buckets.
function besideTrend(whole, rows) {
  const kindAt = columnAt(whole, "row_kind"), bucketAt = columnAt(whole, "bucket"), labelAt = columnAt(whole, "label");
  const of = (kind) => whole.rows.filter((row) => kindAt >= 0 && row[kindAt] === kind);
  const before = of("bucket_before"), means = of("moving_average"), size = rows.length - means.length + 1;
  const found = [];
  if (before.length) found.push({ rows: before, total: of("total_before")[0], dashes: "1 6", name: (at) => `before (${before[at][labelAt]})`, head: "before", note: `Dotted: ${before[0][labelAt]} to ${before[before.length - 1][labelAt]}, beside the periods of the range one by one.` });
  if (means.length) found.push({ rows: rows.map((row) => means.find((mean) => mean[bucketAt] === row[bucketAt])), dashes: "9 5", name: () => `mean of ${size}`, head: `mean of ${size}`, mean: true, note: `Dashed: the mean of ${size} periods, each one's own and those before it.` });
  return found;
}

// A row per bucket: each metric, and beside it what it is compared with, the change and the mean.
function trendTable(whole, rows, beside, labelAt, metrics) {
  const kindAt = columnAt(whole, "row_kind"), totals = whole.rows.filter((row) => row[kindAt] === "total"), kept = [...totals, ...rows];
  const columns = [{ name: "row_kind", label: "", format: "text", unit: "" }, whole.columns[labelAt]], cells = kept.map((row) => [row[kindAt], row[labelAt]]);
  const add = (column, cellOf) => { columns.push(column); kept.forEach((row, at) => cells[at].push(cellOf(row, at - totals.length))); };
  for (const one of beside) if (!one.mean) add({ ...whole.columns[labelAt], name: "label_before", label: "Compared with" }, (_, at) => (at < 0 ? null : one.rows[at]?.[labelAt] ?? null));
  for (const metric of metrics) {
    add(whole.columns[metric.at], (row) => row[metric.at]);
    for (const one of beside) {
      const other = (at) => (at < 0 ? one.total : one.rows[at])?.[metric.at] ?? null, counts = ["count", "people"].includes(metric.format);
      add({ ...metric, name: `${metric.name}_${one.mean ? "mean" : "before"}`, label: `${metric.label}, ${one.head}`, format: one.mean && counts ? "number" : metric.format }, (_, at) => other(at));
      if (!one.mean) add({ name: `${metric.name}_change`, label: `${metric.label}, change`, format: "percent", unit: "" }, (row, at) => (figure(row[metric.at]) === null || !figure(other(at)) ? null : figure(row[metric.at]) / figure(other(at)) - 1));
    }
  }
  return { ...whole, columns, rows: cells };
}

charts.trend = (host, whole) => {
  const kindAt = columnAt(whole, "row_kind"), panel = { ...whole, rows: whole.rows.filter((row) => kindAt < 0 || row[kindAt] === "bucket") };
  const labelAt = columnAt(panel, "label"), bucketAt = columnAt(panel, "bucket");
  const metrics = panel.columns.map((column, at) => ({ ...column, at })).filter(isFigure).map((metric, at) => ({ ...metric, colour: `c${at % 6}` }));
  if (!panel.rows.length || !metrics.length) { host.append(nothing()); return; }
  const beside = labelAt < 0 || bucketAt < 0 ? [] : besideTrend(whole, panel.rows);
  panel.beside = beside;
  const labels = panel.rows.map((row, at) => String(row[labelAt] ?? row[bucketAt] ?? at + 1));
  const off = new Set(), grid = node("div", { class: "small-multiples" });
  let pointers = [];
  const pointAt = (at, x, y) => {
    pointers.forEach((point) => point(at));
    if (at === null) { hideTip(); return; }
    showTip(labels[at], metrics.filter((metric) => !off.has(metric.at)).flatMap((metric) => [[metric.colour, metric.label, panel.rows[at]], ...beside.filter((one) => one.rows[at]).map((one) => [metric.colour, `${metric.label}, ${one.name(at)}`, one.rows[at]])]
      .map(([colour, name, row]) => [colour, name, isHidden(row[metric.at]) ? shown(row[metric.at], metric) : exact(row[metric.at], metric)])), x, y);
  };
  const places = axisGroups(panel, metrics).map((group) => ({ group, place: node("div", { class: "plot" }) }));
  const redraw = () => { pointers = places.map(({ group, place }) => drawLines(place, panel, labels, group, off, pointAt)); };
  grid.append(...places.map(({ group, place }) => node("figure", {}, legend(group, off, redraw), place)));
  host.append(grid, ...beside.map((one) => node("p", { class: "note" }, one.note)));
  redraw();
  let width = grid.clientWidth;
  new ResizeObserver(() => { if (grid.clientWidth !== width) { width = grid.clientWidth; redraw(); } }).observe(grid);
  if (beside.length) { tableBelow(host, trendTable(whole, panel.rows, beside, labelAt, metrics)); return; }
  tableBelow(host, labelAt < 0 || bucketAt < 0 ? whole : { ...whole, columns: whole.columns.filter((_, at) => at !== bucketAt), rows: whole.rows.map((row) => row.filter((_, at) => at !== bucketAt)) });
};
