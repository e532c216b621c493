// Periods side by side: which share of those who started is back in each, or at some time from then on; lines where there are several returns.
const retainedPlaces = (panel) => Object.fromEntries(["row_kind", "breakdown", "step_name", "elapsed", "label", "people", "retention_rate"].map((name) => [name, columnAt(panel, name)]));
const isPart = (row, at) => ["value", "other"].includes(row[at.row_kind]);

// Per return its name and its periods of all who started: places of rows.
function returnsOf(panel, at) {
  const found = [];
  panel.rows.forEach((row, place) => {
    if (isPart(row, at) || ["total", "reserved"].includes(row[at.row_kind])) return;
    if (!found.length || String(row[at.elapsed]) === "0") found.push({ name: at.step_name < 0 ? "" : String(row[at.step_name]), places: [] });
    found[found.length - 1].places.push(place);
  });
  return found;
}

function drawReturn(host, panel, at, periods, rate) {
  const metrics = panel.columns.map((column, place) => ({ ...column, at: place })).filter(isFigure);
  let point = null;
  const pointAt = (place, x, y) => {
    point(place);
    if (place === null) { hideTip(); return; }
    showTip(String(panel.rows[place][at.label]), metrics.map((metric) => [null, metric.label, isHidden(panel.rows[place][metric.at]) ? shown(panel.rows[place][metric.at], metric) : exact(panel.rows[place][metric.at], metric)]), x, y);
  };
  const place = node("div", { class: "plot" });
  host.append(place);
  return () => { point = drawColumns(place, panel, periods, rate, pointAt, "label", 0); };
}

function drawReturns(host, whole, at, returns, rate) {
  const row = (order, number) => whole.rows[returns[number].places[order]], labels = returns[0].places.map((place) => String(whole.rows[place][at.label]));
  const panel = { columns: returns.map((one) => ({ ...rate, name: one.name, label: one.name })), rows: labels.map((_, order) => returns.map((_, number) => row(order, number)?.[at.retention_rate] ?? null)) };
  const metrics = panel.columns.map((column, number) => ({ ...column, at: number, colour: `c${number}` })), group = { family: "percent", metrics }, off = new Set();
  const told = (order, metric) => {
    const cell = panel.rows[order][metric.at], people = row(order, metric.at)?.[at.people] ?? null;
    return isHidden(cell) || isHidden(people) ? shown(isHidden(people) ? people : cell, rate) : `${exact(cell, rate)} · ${shown(people, whole.columns[at.people])}`;
  };
  let point = null;
  const pointAt = (order, x, y) => {
    point(order);
    if (order === null) { hideTip(); return; }
    showTip(labels[order], metrics.filter((metric) => !off.has(metric.at)).map((metric) => [metric.colour, metric.label, told(order, metric)]), x, y);
  };
  const place = node("div", { class: "plot" }), redraw = () => { point = drawLines(place, panel, labels, group, off, pointAt); };
  host.append(legend(group, off, redraw), place);
  return redraw;
}

// The values at the start: those who start, and a cell per period of each return.
function partsOf(panel, at) {
  const parts = [];
  for (const row of panel.rows.filter((row) => isPart(row, at))) {
    if (row[at.label] === null) parts.push({ name: row[at.row_kind] === "other" ? "Other" : String(row[at.breakdown]), start: row, cells: [] });
    else parts[parts.length - 1].cells.push(row);
  }
  return parts;
}

function retainedCell(panel, at, row, most) {
  if (!row) return node("td", { class: "outside" });
  const [people, rate] = [at.people, at.retention_rate].map((place) => [row[place], panel.columns[place]]), share = figure(rate[0]);
  if (isHidden(people[0])) return node("td", { class: "hidden-few", title: exact(...people) }, node("b", {}, shown(...people)));
  return node("td", { style: share && most ? `--heat:${((45 * share) / most).toFixed(1)}%` : null, title: [people, rate].map(([cell, column]) => `${column.label}: ${exact(cell, column)}`).join(" · ") },
    node("b", {}, shown(...rate)), node("span", {}, shown(...people, true)));
}

function drawParts(host, panel, at, parts, returns) {
  const most = parts.flatMap((part) => part.cells).reduce((top, row) => Math.max(top, figure(row[at.retention_rate]) || 0), 0), label = panel.columns[at.breakdown].label;
  returns.forEach((one, number) => {
    const size = one.places.length, heads = one.places.map((place) => node("th", { scope: "col" }, String(panel.rows[place][at.label])));
    const line = (part) => node("tr", {}, node("th", { scope: "row", title: part.name }, node("span", { class: "label" }, isolated(part.name))),
      node("td", { class: isHidden(part.start[at.people]) ? "included hidden-few" : "included", title: exact(part.start[at.people], panel.columns[at.people]) }, shown(part.start[at.people], panel.columns[at.people])),
      ...heads.map((_, order) => retainedCell(panel, at, part.cells[number * size + order], most)));
    host.append(node("h3", {}, "By ", isolated(label), ...(returns.length > 1 ? [": ", isolated(one.name)] : [])),
      node("div", { class: "scroll", role: "region", tabindex: "0", "aria-label": `Who is back, by ${label}` },
        node("table", { class: "cohorts" }, node("thead", {}, node("tr", {}, node("th", { scope: "col" }, label), node("th", { scope: "col" }, "Started"), ...heads)),
          node("tbody", {}, ...parts.map(line)))));
  });
}

charts.retention = (host, panel) => {
  const at = retainedPlaces(panel), of = (kind) => panel.rows.find((row) => row[at.row_kind] === kind), returns = returnsOf(panel, at);
  if (!returns.length || at.retention_rate < 0) { host.append(nothing()); drawTable(host, panel); return; }
  const rate = { ...panel.columns[at.retention_rate], at: at.retention_rate }, count = (row) => shown(row[at.people], panel.columns[at.people]);
  const [total, reserved] = [of("total"), of("reserved")];
  if (total) host.append(node("p", { class: "note started" }, node("b", {}, count(total)), " people started",
    reserved && (isHidden(reserved[at.people]) || figure(reserved[at.people])) ? ` · ${count(reserved)} more too late to have all periods, so they are not counted` : null));
  const place = node("div", { class: "plot" });
  host.append(place);
  const redraw = returns.length > 1 ? drawReturns(place, panel, at, returns, rate) : drawReturn(place, panel, at, returns[0].places, rate);
  redraw();
  let width = place.clientWidth;
  new ResizeObserver(() => { if (place.clientWidth !== width) { width = place.clientWidth; redraw(); } }).observe(place);
  const parts = at.breakdown < 0 ? [] : partsOf(panel, at);
  if (parts.length) drawParts(host, panel, at, parts, returns);
  tableBelow(host, panel);
};
