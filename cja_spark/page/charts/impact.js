// What is done before and after a day 0: a line per indicator over the intervals, the beginning of interval 0 as a line across, and what has changed in words.
const signed = (number) => `${number < 0 ? "−" : number > 0 ? "+" : ""}${Math.abs(number)}`;

function changeOf(rows, at, panel, name, colour) {
  const [before, after] = ["before", "after"].map((kind) => rows.find((row) => row[at.row_kind] === kind && row[at.step_name] === name));
  const text = (row, column) => (row ? shown(row[at[column]], panel.columns[at[column]]) : "–"), change = after ? figure(after[at.change_rate]) : null;
  return node("li", { class: "change" }, node("i", { class: colour }), node("span", {}, isolated(String(name))), node("b", {}, `${text(before, "times_per_person")} → ${text(after, "times_per_person")}`),
    node("span", { class: "note" }, change === null ? text(after, "change_rate") : `${change > 0 ? "+" : ""}${text(after, "change_rate")}`));
}

// The first place beside the line of day 0 that no line of the drawing crosses; a place is [left, top] of a box as wide as the text.
function clearOfLines(drawing, places, wide) {
  const points = [...drawing.querySelectorAll("path.line")].flatMap((line) => { const long = line.getTotalLength(); return long ? Array.from({ length: Math.ceil(long / 3) + 1 }, (_, at) => line.getPointAtLength(Math.min(long, 3 * at))) : []; });
  const isClear = ([left, top]) => points.every((one) => one.x < left - 3 || one.x > left + wide + 3 || one.y < top - 3 || one.y > top + 17);
  return places.find(isClear) || places[0];
}

charts.impact = (host, whole) => {
  const at = Object.fromEntries(["row_kind", "step_name", "interval", "people", "times_per_person", "change_rate"].map((name) => [name, columnAt(whole, name)]));
  const rows = whole.rows.filter((row) => row[at.row_kind] === "interval"), of = (kind) => whole.rows.find((row) => row[at.row_kind] === kind), [all, left] = [of("total"), of("left_out")];
  const names = [...new Set(rows.map((row) => row[at.step_name]))], numbers = [...new Set(rows.map((row) => Number(row[at.interval])))], rate = whole.columns[at.times_per_person];
  const word = whole.columns[at.interval].label, called = /^\d/.test(word) ? `${word}, number` : word, zero = left ? "First use" : "Release", people = (row) => node("b", {}, shown(row[at.people], whole.columns[at.people]));
  if (all) host.append(node("p", { class: "note started" }, people(all), left ? " people with a first use and all of the time around it" : " people active in the time around the release"));
  const known = rows.some((row) => row[at.times_per_person] !== null);
  if (!known) { host.append(nothing("Nothing is known of the time around day 0.")); tableBelow(host, whole); return; }
  const panel = { columns: names.map((name) => ({ ...rate, name, label: String(name) })), rows: numbers.map((number) => names.map((name) => rows.find((row) => row[at.step_name] === name && Number(row[at.interval]) === number)[at.times_per_person])) };
  const metrics = panel.columns.map((column, place) => ({ ...column, at: place, colour: `c${place}` })), labels = numbers.map(signed), off = new Set(), grid = node("div", { class: "small-multiples" });
  let pointers = [];
  const pointAt = (order, x, y) => {
    pointers.forEach((point) => point(order));
    if (order === null) { hideTip(); return; }
    showTip(`${called} ${labels[order]}`, metrics.filter((metric) => !off.has(metric.at)).map((metric) => [metric.colour, metric.label, isHidden(panel.rows[order][metric.at]) ? shown(panel.rows[order][metric.at], metric) : exact(panel.rows[order][metric.at], metric)]), x, y);
  };
  const places = axisGroups(panel, metrics).map((group) => ({ group, place: node("div", { class: "plot" }) }));
  const draw = ({ group, place }) => {
    const point = drawLines(place, panel, labels, group, off, pointAt), drawing = place.querySelector("svg"), inner = Number(drawing.getAttribute("width")) - MARGIN.left - MARGIN.right;
    const x = MARGIN.left + (inner * (numbers.indexOf(0) - 0.5)) / (numbers.length - 1);
    const wide = 7 * zero.length, sides = [x + 6, x - 6 - wide].filter((side, order) => (order ? side >= MARGIN.left : side + wide <= MARGIN.left + inner)), heights = [MARGIN.top, HEIGHT - MARGIN.bottom - 18, (HEIGHT - MARGIN.bottom) / 2];
    const [from, top] = clearOfLines(drawing, heights.flatMap((y) => (sides.length ? sides : [x + 6]).map((side) => [side, y])), wide);
    drawing.append(mark("line", { class: "day-0", x1: x, x2: x, y1: MARGIN.top, y2: HEIGHT - MARGIN.bottom }), mark("text", { class: "day-0", x: from > x ? from : from + wide, y: top + 12, "text-anchor": from > x ? "start" : "end" }, zero));
    return point;
  };
  const redraw = () => { pointers = places.map(draw); };
  host.append(node("ul", { class: "changes" }, ...names.map((name, place) => changeOf(whole.rows, at, whole, name, `c${place}`))));
  grid.append(...places.map(({ group, place }) => node("figure", {}, legend(group, off, redraw), place, node("p", { class: "note" }, `${rate.label}; ${called.toLowerCase()} 0 begins with the ${zero.toLowerCase()}.`))));
  host.append(grid);
  redraw();
  let width = grid.clientWidth;
  new ResizeObserver(() => { if (grid.clientWidth !== width) { width = grid.clientWidth; redraw(); } }).observe(grid);
  if (left && figure(left[at.people]) !== 0) host.append(node("p", { class: "note beside" }, people(left), " people use it first too early or too late in the range for all of the time around it, and are left out."));
  tableBelow(host, whole);
};
