// One metric by several models: a bar per value and model; who was touched by which of the first values; conversions by their touches and by days.
const MOST_CREDITED = 10, KINDS_CREDITED = { other: "Other", untouched: "No touch before" };
const creditColour = (at) => `c${at % 6}${at > 5 ? " again" : ""}`;

// A part of the rows and of the columns, as a panel of its own.
function partOf(panel, kinds, names) {
  const kindAt = columnAt(panel, "row_kind"), kept = ["row_kind", ...names].map((name) => columnAt(panel, name));
  return { ...panel, columns: kept.map((at) => panel.columns[at]), rows: panel.rows.filter((row) => kinds.includes(row[kindAt])).map((row) => kept.map((at) => row[at])) };
}

function creditBar(cell, model, most) {
  const length = Math.max(0, (100 * (figure(cell) || 0)) / most).toFixed(2);
  return node("div", { class: "credit", title: `${model.label}: ${exact(cell, model)}` },
    node("div", { class: isHidden(cell) ? "track unknown" : "track", "aria-hidden": "true" }, node("i", { class: model.colour, style: `width:${length}%` })), node("span", { class: "amount" }, shown(cell, model)));
}

function creditsOf(panel, row, models, most) {
  const kind = row[columnAt(panel, "row_kind")], itemAt = columnAt(panel, "credited_item"), name = KINDS_CREDITED[kind] || shown(row[itemAt], panel.columns[itemAt]);
  const text = (column) => shown(row[columnAt(panel, column)], panel.columns[columnAt(panel, column)]);
  const hidden = (column) => isHidden(row[columnAt(panel, column)]), last = hidden("last_touch_events") ? "" : `, last touch of ${text("last_touch_events")}`;
  const beside = kind !== "item" ? "" : hidden("conversion_events") ? ` conversions: ${text("conversion_events")}${last}` : ` ${text("conversion_events")} conversions${last}`;
  return node("li", { class: kind }, node("div", { class: "credited" }, isolated(name), node("span", { class: "beside note" }, beside)),
    ...models.filter((model) => row[model.at] !== null).map((model) => creditBar(row[model.at], model, most)));
}

// Conversions by buckets, as a histogram draws them.
function conversionBuckets(whole, kind, title, words) {
  const panel = partOf(whole, [kind], ["amount_range", "conversion_events", "people"]), buckets = panel.rows.map((_, at) => at);
  const unit = { ...panel.columns[2], at: 2 }, people = { ...panel.columns[3], at: 3 }, place = node("div", { class: "plot" });
  let point = null;
  const pointAt = (at, x, y) => {
    point(at);
    if (at === null) { hideTip(); return; }
    showTip(`${panel.rows[at][1]} ${words}`, [unit, people].map((metric) => [null, metric.label, isHidden(panel.rows[at][metric.at]) ? shown(panel.rows[at][metric.at], metric) : exact(panel.rows[at][metric.at], metric)]), x, y);
  };
  return { figure: node("figure", {}, node("p", { class: "note started" }, title), place), place, draw: () => { point = drawColumns(place, panel, buckets, unit, pointAt); } };
}

charts.attribution = (host, panel) => {
  const kindAt = columnAt(panel, "row_kind"), total = panel.rows.find((row) => row[kindAt] === "total"), of = (...kinds) => panel.rows.filter((row) => kinds.includes(row[kindAt]));
  const names = panel.columns.map((column) => column.name), named = panel.columns.map((column, at) => ({ ...column, at }));
  const models = named.filter((column) => names.includes(`${column.name}_share`)).map((column, at) => ({ ...column, colour: creditColour(at) }));
  const unit = named[columnAt(panel, "conversion_events")], people = named[columnAt(panel, "people")];
  if (!total || figure(total[unit.at]) === 0) { host.append(nothing("No conversions in this range.")); return; }
  host.append(node("p", { class: "note started" }, node("b", {}, shown(total[models[0].at], models[0])), " in ", node("b", {}, shown(total[unit.at], unit)), " conversions of ", node("b", {}, shown(total[people.at], people)), " people"));
  const rows = [...of("item").slice(0, MOST_CREDITED), ...of("untouched")], most = rows.flatMap((row) => models.map((model) => figure(row[model.at]) || 0)).reduce((top, one) => Math.max(top, one), 0) || 1;
  host.append(node("div", { class: "legend" }, ...models.map((model) => node("span", {}, node("i", { class: model.colour }), isolated(model.label)))),
    node("ol", { class: "credits" }, ...rows.map((row) => creditsOf(panel, row, models, most))));
  if (of("item").length > MOST_CREDITED) host.append(node("p", { class: "note" }, `The first ${MOST_CREDITED} are drawn; the table has ${intl({}).format(of("item").length)}.`));
  const additive = (column) => !names.includes(column.name.replace(/_share$/, "")) || !isAdditive(panel.columns[columnAt(panel, column.name.replace(/_share$/, ""))]);
  const shares = named.filter((column) => column.name.endsWith("_share") && additive(column)).map((column) => column.name);
  const items = partOf(panel, ["total", "item", "other", "untouched"], ["credited_item", ...models.map((model) => model.name), ...shares, "conversion_events", "last_touch_events", "people"]);
  items.rows = items.rows.map((row) => (row[0] === "untouched" ? [row[0], KINDS_CREDITED.untouched, ...row.slice(2)] : row));
  tableBelow(host, items);
  const sets = partOf(panel, ["set", "overlap", "none"], ["in_sets", "set_mask", "people", "only_people"]), list = combinationList(sets);
  if (list) {
    host.append(node("h3", {}, "People who convert, by what touched them before"), list, node("p", { class: "note" }, "Each person is counted once: touched by all of the row and by none of the other values here, before any of the conversions."));
    tableBelow(host, partOf(panel, ["set", "overlap", "none"], ["in_sets", "people", "only_people"]), "Who was touched, as a table");
  }
  const plots = [conversionBuckets(panel, "touches", "Conversions by touches before", "touches before"), conversionBuckets(panel, "days", "Conversions by days from the first touch", "days from the first touch")];
  const grid = node("div", { class: "small-multiples" }, ...plots.map((plot) => plot.figure)), redraw = () => plots.forEach((plot) => plot.draw());
  host.append(node("h3", {}, "What comes before a conversion"), grid);
  redraw();
  let width = grid.clientWidth;
  new ResizeObserver(() => { if (grid.clientWidth !== width) { width = grid.clientWidth; redraw(); } }).observe(grid);
};
