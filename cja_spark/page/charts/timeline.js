// What single people do: per session a strip with the events as marks on time, and below it each event with its values and how long it lasts.
const STRIP = { height: 30, pad: 10, dot: 6, bar: 8 }, MOST_COLOURS = 5, FIRST_OPEN = 3;
const dayOf = (label) => label.slice(0, 10), clockOf = (label) => label.slice(11, 19);

// The colours of the most frequent values of the first dimension; all others share one, so names stand beside every mark.
function coloursOf(values) {
  const counted = new Map();
  values.filter((value) => value !== null).forEach((value) => counted.set(value, (counted.get(value) || 0) + 1));
  const most = [...counted].sort((one, other) => other[1] - one[1] || (one[0] < other[0] ? -1 : 1)).slice(0, MOST_COLOURS);
  return new Map(most.map(([value], order) => [value, `c${order}`]));
}

function drawStrip(place, moments, longest, pointAt) {
  const width = Math.max(200, place.clientWidth), inner = width - 2 * STRIP.pad, begin = moments[0].t, y = STRIP.height / 2;
  const x = (t) => STRIP.pad + (longest > 0 ? (inner * (t - begin)) / longest : 0);
  const drawing = mark("svg", { viewBox: `0 0 ${width} ${STRIP.height}`, width, height: STRIP.height, role: "img", tabindex: "0", class: "lines strip",
    "aria-label": `${moments.length} ${moments.length === 1 ? "event" : "events"} on time. Arrow keys read them.` });
  drawing.append(mark("line", { class: "grid", x1: STRIP.pad, x2: width - STRIP.pad, y1: y, y2: y }));
  moments.filter((one) => one.ms > 0).forEach((one) => drawing.append(mark("rect", { class: `lasts ${one.colour}`, x: x(one.t), y: y - STRIP.bar / 2, width: Math.max(1, x(one.t + one.ms) - x(one.t)), height: STRIP.bar })));
  const dots = moments.map((one) => mark("circle", { class: `moment ${one.value === null ? "unset" : one.colour}`, cx: x(one.t), cy: y, r: STRIP.dot }));
  drawing.append(...dots);
  const tell = (order, where) => { dots.forEach((dot, other) => dot.classList.toggle("pointed", other === order)); pointAt(order, ...where); };
  const screen = (order) => { const box = drawing.getBoundingClientRect(); return [box.left + (x(moments[order].t) * box.width) / width, box.top + box.height / 2]; };
  drawing.addEventListener("pointermove", (event) => {
    const far = moments.map((_, order) => Math.abs(screen(order)[0] - event.clientX)), near = far.indexOf(Math.min(...far));
    tell(far[near] < 40 ? near : null, [event.clientX, event.clientY]);
  });
  for (const name of ["pointerleave", "blur"]) drawing.addEventListener(name, () => { delete drawing.dataset.order; tell(null, []); });
  drawing.addEventListener("keydown", (event) => {
    const step = { ArrowLeft: -1, ArrowRight: 1, Home: -moments.length, End: moments.length }[event.key];
    if (event.key === "Escape") tell(null, []);
    if (!step) return;
    event.preventDefault();
    const order = Math.max(0, Math.min(moments.length - 1, Number(drawing.dataset.order ?? (step > 0 ? -1 : moments.length)) + step));
    drawing.dataset.order = order;
    tell(order, screen(order));
  });
  place.replaceChildren(drawing);
}

// An event in words: its time, its values, what it is worth, and how long it lasts.
function momentOf(panel, one, parts) {
  const text = (column) => shown(one.row[column.at], column), others = parts.dimensions.slice(1).filter((column) => one.row[column.at] !== null);
  const amounts = parts.metrics.filter((column) => figure(one.row[column.at]));
  return node("li", {}, node("time", {}, clockOf(one.label)), node("i", { class: one.value === null ? "unset" : one.colour }),
    node("span", { class: "what" }, node("b", { class: one.value === null ? "none" : null }, isolated(text(parts.dimensions[0]))), ...others.flatMap((column) => [" · ", isolated(text(column))])),
    node("span", { class: "note" }, ...amounts.flatMap((column) => [isolated(column.label), ` ${text(column)} · `]), one.ms === null ? "last of the session" : lengthText(one.ms / 1000)));
}

function sessionOf(panel, moments, parts, longest) {
  const place = node("div", { class: "plot" }), spent = moments.reduce((sum, one) => sum + (one.ms || 0), 0), first = moments[0];
  const told = (one) => [...parts.dimensions, ...parts.metrics].filter((column) => one.row[column.at] !== null).map((column) => [null, column.label, isFigure(column) ? exact(one.row[column.at], column) : shown(one.row[column.at], column)]);
  const pointAt = (order, x, y) => {
    if (order === null) { hideTip(); return; }
    const one = moments[order];
    showTip(`${dayOf(one.label)} ${clockOf(one.label)}`, [...told(one), [null, "Lasts", one.ms === null ? "last of the session" : lengthText(one.ms / 1000)]], x, y);
  };
  const draw = () => drawStrip(place, moments, longest, pointAt);
  return { place, draw, part: node("section", { class: "lived" },
    node("p", { class: "note" }, node("b", {}, `Session ${first.session}`), ` ${dayOf(first.label)} ${clockOf(first.label)}, ${moments.length} ${moments.length === 1 ? "event" : "events"}, ${lengthText(spent / 1000)}`),
    place, node("ol", { class: "moments" }, ...moments.map((one) => momentOf(panel, one, parts)))) };
}

function lifeOf(panel, person, order, moments, parts) {
  const sessions = [...new Set(moments.map((one) => one.session))].map((session) => moments.filter((one) => one.session === session));
  const longest = sessions.reduce((most, some) => Math.max(most, some[some.length - 1].t + (some[some.length - 1].ms || 0) - some[0].t), 0);
  const drawn = sessions.map((some) => sessionOf(panel, some, parts, longest)), of = (name) => shown(person[parts.at[name]], panel.columns[parts.at[name]]);
  const left = figure(person[parts.at.left_out_events]) ? `, ${of("left_out_events")} of them not shown` : "";
  const words = ` ${of("events")} ${figure(person[parts.at.events]) === 1 ? "event" : "events"}${left}, sessions: ${of("sessions")}, ${of("time_spent_seconds")}`;
  const life = node("details", { class: "life", open: order < FIRST_OPEN }, node("summary", {}, node("b", {}, `Person ${order + 1}`), " ", isolated(of("timeline_person")), words), ...drawn.map((one) => one.part));
  let width = 0;
  const redraw = () => { const now = drawn.length ? drawn[0].place.clientWidth : 0; if (life.open && now && now !== width) { width = now; drawn.forEach((one) => one.draw()); } };
  return { life, redraw };
}

charts.timeline = (host, panel) => {
  const at = Object.fromEntries(["row_kind", "timeline_person", "timeline_session", "label", "people", "shown_people", "sessions", "events", "shown_events", "left_out_events", "time_spent_seconds"].map((name) => [name, columnAt(panel, name)]));
  const named = panel.columns.map((column, place) => ({ ...column, at: place })), parts = { at, dimensions: named.slice(at.label + 1, at.people), metrics: named.slice(at.time_spent_seconds + 1) };
  const total = panel.rows.find((row) => row[at.row_kind] === "total"), bold = (name) => node("b", {}, shown(total[at[name]], panel.columns[at[name]]));
  const colours = coloursOf(panel.rows.filter((row) => row[at.row_kind] === "event").map((row) => row[parts.dimensions[0].at])), lives = [];
  panel.rows.forEach((row) => {
    if (row[at.row_kind] === "person") lives.push({ person: row, moments: [] });
    if (row[at.row_kind] !== "event") return;
    const value = row[parts.dimensions[0].at], spent = figure(row[at.time_spent_seconds]), label = String(row[at.label]);
    lives[lives.length - 1].moments.push({ row, value, label, t: Date.parse(label), ms: spent === null ? null : 1000 * spent, session: row[at.timeline_session], colour: colours.get(value) || "c5" });
  });
  if (total) host.append(node("p", { class: "note started" }, bold("shown_people"), " of ", bold("people"), " people, ", bold("shown_events"), " of their events; not shown of them: ", bold("left_out_events")));
  if (lives.length) {
    const legend = [...colours].map(([value, colour]) => node("span", {}, node("i", { class: colour }), isolated(String(value))));
    const drawn = lives.map((one, order) => lifeOf(panel, one.person, order, one.moments, parts)), place = node("div", { class: "lives" }, ...drawn.map((one) => one.life));
    host.append(node("div", { class: "legend" }, ...legend), place);
    const redraw = () => drawn.forEach((one) => one.redraw());
    redraw();
    drawn.forEach((one) => { one.life.addEventListener("toggle", redraw); });
    new ResizeObserver(redraw).observe(place);
    host.append(node("p", { class: "note" }, "Strips of one person are on one scale: the longest session fills the width. A bar is how long an event lasts, until the next one of its session."));
  } else if (total && figure(total[at.shown_people]) !== 0) {
    host.append(nothing("This page hides what is about few people, and a timeline is about single ones: their events are not on it. Who may see them reads them in the report's own table."));
  } else host.append(nothing("Nobody has an event that is asked for."));
  const without = { not_found: "Nobody has such an ID: ", no_events: "No event that is asked for: ", left_out: "More events than a person has: " };
  for (const [kind, words] of Object.entries(without)) {
    const some = panel.rows.filter((row) => row[at.row_kind] === kind);
    if (some.length) host.append(node("p", { class: "note beside" }, words, ...some.flatMap((row, order) => [order ? ", " : "", isolated(shown(row[at.timeline_person], panel.columns[at.timeline_person]))])));
  }
  tableBelow(host, panel);
};
