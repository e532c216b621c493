// Engagement as a plane: how widely things are done to the right, how often upwards, parted by the medians. What has no room for its name is told by the tip and the table.
const PLANE = { top: 30, right: 16, bottom: 46, left: 58, height: 380, dot: 6, line: 15, strip: 24 };
const CORNERS = { power: [0, 0], "high impact": [1, 0], "low impact": [0, 1], "one-time": [1, 1] }, COLOURS = { power: "c3", "high impact": "c2", "low impact": "c5", "one-time": "c4" };
const heading = (text) => text.charAt(0).toUpperCase() + text.slice(1);

// Names beside their points, the first free place of eight; a box is [left, top, right, bottom].
function placedNames(points, taken, width) {
  const meet = ([a, b, c, d], [e, f, g, h]) => a < g && e < c && b < h && f < d;
  const pen = penOf();
  return points.map((point) => {
    const text = point.name.length > 24 ? `${point.name.slice(0, 23)}…` : point.name, long = pen.measureText(text).width + 2, away = PLANE.dot + 4;
    for (const [x, y] of [[away, 0], [-away - long, 0], [-long / 2, -away - 6], [-long / 2, away + 6], [away, -12], [away, 12], [-away - long, -12], [-away - long, 12]]) {
      const left = point.x + x, middle = point.y + y, box = [left, middle - PLANE.line / 2, left + long, middle + PLANE.line / 2];
      if (left < PLANE.left || left + long > width || box[1] < PLANE.top || box[3] > PLANE.height - PLANE.bottom || taken.some((other) => meet(box, other))) continue;
      taken.push(box);
      const side = x === away ? "start" : x === -long / 2 ? "middle" : "end";
      return mark("text", { class: "name", x: point.x + (side === "middle" ? 0 : side === "end" ? -away : away), y: middle + 4, "text-anchor": side }, text);
    }
    return null;
  });
}

function drawPlane(host, panel, things, middle, at, pointAt) {
  const [wide, often] = [panel.columns[at.average_share], panel.columns[at.times_per_person]], width = Math.max(260, host.clientWidth);
  const inner = width - PLANE.left - PLANE.right, height = PLANE.height - PLANE.top - PLANE.bottom;
  const axis = (numbers) => { const marks = ticks(Math.min(...numbers), Math.max(...numbers), 0); return { marks, low: marks[0], span: marks[marks.length - 1] - marks[0] || 1 }; };
  const [across, upwards] = [at.average_share, at.times_per_person].map((place) => axis(things.map((row) => figure(row[place]))));
  const x = (number) => PLANE.left + (inner * (number - across.low)) / across.span, y = (number) => PLANE.top + PLANE.strip + (height - 2 * PLANE.strip) * (1 - (number - upwards.low) / upwards.span);
  const drawing = mark("svg", { viewBox: `0 0 ${width} ${PLANE.height}`, width, height: PLANE.height, role: "img", tabindex: "0", class: "lines plane",
    "aria-label": `${things.length} things by how widely and how often they are done. Arrow keys read the values.` });
  const apart = Math.max(1, Math.ceil(across.marks.length / Math.max(2, Math.floor(inner / 60))));
  across.marks.forEach((tick, order) => { drawing.append(mark("line", { class: order ? "grid" : "zero", x1: x(tick), x2: x(tick), y1: PLANE.top, y2: PLANE.top + height }));
    if (order % apart === 0) drawing.append(mark("text", { class: "tick", x: x(tick), y: PLANE.top + height + 16, "text-anchor": "middle" }, numberText(tick, wide, true))); });
  upwards.marks.forEach((tick, order) => drawing.append(mark("line", { class: order ? "grid" : "zero", x1: PLANE.left, x2: width - PLANE.right, y1: y(tick), y2: y(tick) }),
    mark("text", { class: "tick", x: PLANE.left - 8, y: y(tick) + 4, "text-anchor": "end" }, numberText(tick, often, true))));
  drawing.append(mark("line", { class: "grid", x1: PLANE.left, x2: width - PLANE.right, y1: PLANE.top + height, y2: PLANE.top + height }),
    mark("text", { class: "tick", x: width - PLANE.right, y: PLANE.height - 8, "text-anchor": "end" }, wide.label), mark("text", { class: "tick", x: 4, y: 14 }, often.label));
  const points = things.map((row) => ({ row, name: String(row[at.step_name]), x: x(figure(row[at.average_share])), y: y(figure(row[at.times_per_person])) })).sort((a, b) => a.x - b.x || a.y - b.y);
  const taken = points.map((point) => [point.x - PLANE.dot, point.y - PLANE.dot, point.x + PLANE.dot, point.y + PLANE.dot]);
  if (middle) {
    drawing.append(mark("line", { class: "level", x1: x(middle[0]), x2: x(middle[0]), y1: PLANE.top, y2: PLANE.top + height }), mark("line", { class: "level", x1: PLANE.left, x2: width - PLANE.right, y1: y(middle[1]), y2: y(middle[1]) }));
    for (const [name, [right, low]] of Object.entries(CORNERS)) {
      const left = right ? width - PLANE.right - 6 : PLANE.left + 6, base = low ? PLANE.top + height - 8 : PLANE.top + 16, long = 7.5 * name.length;
      drawing.append(mark("text", { class: "corner", x: left, y: base, "text-anchor": right ? "end" : "start" }, heading(name)));
      taken.push(right ? [left - long, base - 13, left, base + 3] : [left, base - 13, left + long, base + 3]);
    }
  }
  const dots = points.map((point) => mark("circle", { class: `dot ${COLOURS[point.row[at.quadrant]] || "c0"}`, cx: point.x, cy: point.y, r: PLANE.dot }));
  drawing.append(...dots, ...placedNames(points, taken, width).filter(Boolean));
  const tell = (number, place) => { dots.forEach((dot, other) => dot.classList.toggle("pointed", other === number)); pointAt(number === null ? null : points[number].row, ...place); };
  const screen = (number) => { const box = drawing.getBoundingClientRect(); return [box.left + (points[number].x * box.width) / width, box.top + (points[number].y * box.height) / PLANE.height]; };
  drawing.addEventListener("pointermove", (event) => {
    const far = points.map((_, number) => Math.hypot(...screen(number).map((one, side) => one - [event.clientX, event.clientY][side]))), near = far.indexOf(Math.min(...far));
    tell(far[near] < 48 ? near : null, [event.clientX, event.clientY]);
  });
  for (const name of ["pointerleave", "blur"]) drawing.addEventListener(name, () => { delete drawing.dataset.order; tell(null, []); });
  drawing.addEventListener("keydown", (event) => {
    const step = { ArrowLeft: -1, ArrowRight: 1, Home: -points.length, End: points.length }[event.key];
    if (event.key === "Escape") tell(null, []);
    if (!step) return;
    event.preventDefault();
    const order = Math.max(0, Math.min(points.length - 1, Number(drawing.dataset.order ?? (step > 0 ? -1 : points.length)) + step));
    drawing.dataset.order = order;
    tell(order, screen(order));
  });
  host.replaceChildren(drawing);
}

charts.engagement = (host, panel) => {
  const at = Object.fromEntries(["row_kind", "step_name", "people", "average_share", "times_per_person", "quadrant"].map((name) => [name, columnAt(panel, name)]));
  const of = (kind) => panel.rows.filter((row) => row[at.row_kind] === kind), places = [at.average_share, at.times_per_person], [all] = of("total"), [medians] = of("median");
  const things = of("event"), drawn = things.filter((row) => places.every((place) => figure(row[place]) !== null)), known = medians ? places.map((place) => figure(medians[place])) : [null];
  const named = (rows) => rows.flatMap((row, number) => [number ? ", " : "", isolated(String(row[at.step_name]))]);
  const hidden = things.filter((row) => isHidden(row[at.average_share])), undone = things.filter((row) => figure(row[at.people]) === 0);
  if (all) host.append(node("p", { class: "note started" }, node("b", {}, shown(all[at.people], panel.columns[at.people])), " people active in the range"));
  if (!drawn.length) host.append(nothing("Nothing has a place here."));
  else {
    const place = node("div", { class: "plot" });
    const pointAt = (row, x, y) => {
      if (row === null) { hideTip(); return; }
      const told = [at.people, ...places].map((column) => [null, panel.columns[column].label, exact(row[column], panel.columns[column])]);
      showTip(String(row[at.step_name]), [...told, ...(isHidden(row[at.quadrant]) ? [] : [[COLOURS[row[at.quadrant]], panel.columns[at.quadrant].label, heading(row[at.quadrant])]])], x, y);
    };
    const redraw = () => drawPlane(place, panel, drawn, known.includes(null) ? null : known, at, pointAt);
    host.append(place);
    redraw();
    let width = place.clientWidth;
    new ResizeObserver(() => { if (place.clientWidth !== width) { width = place.clientWidth; redraw(); } }).observe(place);
  }
  if (hidden.length) host.append(node("p", { class: "note beside" }, "About too few people, or all but too few, and so without a point: ", ...named(hidden), ". The medians, which may be theirs, are hidden with them."));
  if (undone.length) host.append(node("p", { class: "note beside" }, "Nobody did: ", ...named(undone), "."));
  tableBelow(host, panel);
};
