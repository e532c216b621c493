// What is counted: people, sessions or attempts.
const countedBy = (panel) => ["attempts", "sessions", "people"].find((name) => columnAt(panel, name) >= 0);

// The funnel: who reached each step, who left before it, and the same for each value of a breakdown.
function falloutStep(panel, row, previous, first) {
  const at = (name) => columnAt(panel, name), cell = (name, of = row) => (at(name) < 0 ? null : of[at(name)]);
  const text = (name, of = row) => (at(name) < 0 ? "–" : shown(cell(name, of), panel.columns[at(name)]));
  const counted = countedBy(panel), people = figure(cell(counted)), start = figure(first[at(counted)]), before = previous && figure(previous[at(counted)]);
  const part = (number) => (start > 0 && number > 0 ? Math.min(100, (100 * number) / start) : 0);
  const reached = part(people), lost = before && people !== null ? Math.max(0, part(before) - reached) : 0;
  // Who left or waits stands in the row of the step before. The given figure, because privacy may have hidden it.
  const gone = previous && cell(`fallout_${counted}`, previous), share = cell("percent_of_previous");
  const left = isWithheld(gone) ? null : previous && at(`fallout_${counted}`) >= 0 ? text(`fallout_${counted}`, previous) : before !== null && people !== null ? numberText(before - people, { format: "count" }, false) : null;
  const open = previous && figure(cell(`open_${counted}`, previous));
  const between = previous ? node("p", { class: "between" }, ...(isWithheld(share) ? ["How many went on is hidden"] : [node("b", {}, text("percent_of_previous")), " went on"]),
    left === null ? null : node("span", {}, ` · ${left} left`),
    open ? node("span", {}, ` · ${numberText(open, { format: "count" }, false)} may still go on`) : null,
    at("median_seconds_from_previous") < 0 || figure(cell("median_seconds_from_previous")) === null ? null : node("span", {}, ` · half within ${text("median_seconds_from_previous")}, ${text("mean_seconds_from_previous")} on average`)) : null;
  const name = String(cell("step_name") ?? `Step ${cell("step")}`);
  return [between, node("div", { class: "step" },
    node("div", { class: "step-name", title: name }, node("span", { class: "number" }, String(cell("step") ?? "")), node("span", { class: "label" }, isolated(name))),
    node("div", { class: "track", "aria-hidden": "true" }, node("i", { style: `width:${reached.toFixed(2)}%` }), node("s", { style: `width:${lost.toFixed(2)}%` })),
    node("div", { class: "step-figures", title: exact(cell(counted), panel.columns[at(counted)]) }, node("b", {}, text(counted)), node("span", { class: "note" }, previous ? text("percent_of_total") : panel.columns[at(counted)].label.toLowerCase())))];
}

// One row per breakdown value, one column per step: the ranked table does the rest.
function byBreakdown(panel, steps) {
  const [valueAt, stepAt, peopleAt, totalAt] = ["breakdown", "step", countedBy(panel), "percent_of_total"].map((name) => columnAt(panel, name));
  // A value begins where the steps do: two values may be called the same, such as "No value" and a text that says so.
  const groups = [];
  for (const row of panel.rows) {
    const group = groups[groups.length - 1];
    if (!group || group[0] !== row[valueAt] || group[1].has(row[stepAt])) groups.push([row[valueAt], new Map([[row[stepAt], row]])]);
    else group[1].set(row[stepAt], row);
  }
  const last = steps[steps.length - 1][stepAt];
  const rows = groups.map(([value, found]) => [value === null ? "total" : "item", value, ...steps.map((step) => found.get(step[stepAt])?.[peopleAt] ?? null),
    totalAt < 0 ? null : found.get(last)?.[totalAt] ?? null]);
  rows.sort((one, other) => (figure(other[2]) || 0) - (figure(one[2]) || 0));
  const nameAt = columnAt(panel, "step_name");
  const columns = [{ name: "row_kind", label: "", format: "text", unit: "" }, { name: "breakdown", label: panel.columns[valueAt].label, format: "text", unit: "" },
    ...steps.map((step, at) => ({ name: `step${at}`, label: `${step[stepAt]}. ${nameAt < 0 ? "Step" : step[nameAt]}`, format: "people", unit: "", shareOf: 2 })),
    { name: "converted", label: "Completed", format: totalAt < 0 ? "percent" : panel.columns[totalAt].format, unit: "" }];
  return { name: `${panel.name}_by_${panel.columns[valueAt].label}`, columns, rows };
}

// The steps of each period as lines: how many begin then and reach each, and which share of them that is.
function falloutOverTime(panel, steps) {
  const [kindAt, stepAt, nameAt, countAt, shareAt, bucketAt, labelAt] = ["row_kind", "step", "step_name", countedBy(panel), "percent_of_total", "bucket", "label"].map((name) => columnAt(panel, name));
  const periods = new Map();
  for (const row of panel.rows.filter((some) => some[kindAt] === "step_over_time")) {
    if (!periods.has(row[bucketAt])) periods.set(row[bucketAt], { label: row[labelAt], cells: new Map() });
    periods.get(row[bucketAt]).cells.set(row[stepAt], row);
  }
  const called = steps.map((row) => `${row[stepAt]}. ${row[nameAt]}`), later = steps.map((_, at) => at).slice(1);
  const columns = [{ ...panel.columns[labelAt], name: "label" }, ...later.map((at) => ({ ...panel.columns[shareAt], name: `share${at}`, label: `${called[at]}, of those who begin` })),
    ...called.map((name, at) => ({ ...panel.columns[countAt], name: `step${at}`, label: name }))];
  const rows = [...periods.values()].map((period) => {
    const of = steps.map((row) => period.cells.get(row[stepAt]) || []);
    return [period.label, ...later.map((at) => of[at][shareAt] ?? null), ...of.map((row) => row[countAt] ?? null)];
  });
  return { ...panel, name: `${panel.name}_over_time`, columns, rows };
}

// The rate of all is not the mean of the rates of periods: both are said.
function rateOfAll(panel, steps) {
  const kindAt = columnAt(panel, "row_kind"), shareAt = columnAt(panel, "percent_of_total"), last = steps[steps.length - 1], mean = panel.rows.filter((row) => row[kindAt] === "mean_of_rates").pop();
  return node("p", { class: "note" }, `Of all who begin ${shown(last[shareAt], panel.columns[shareAt])} complete; the mean of the periods' rates is ${mean ? shown(mean[shareAt], panel.columns[shareAt]) : "–"}. Who begins is in the period of the first step, whenever the others come.`);
}

// What happens between two steps, or next after one: values with how many have them, of those who went on, or went no further.
const NOTHING_THERE = { nothing: "Nothing in between", exit: "Nothing more" };

function itemsOfStep(panel, rows, title, note) {
  const [kindAt, itemAt, manyAt, countAt, shareAt] = ["item_kind", "step_item", "pooled_items", countedBy(panel), "percent_of_step"].map((name) => columnAt(panel, name));
  const called = (row) => (row[kindAt] === "item" ? isolated(shown(row[itemAt], panel.columns[itemAt])) : row[kindAt] === "other" ? (figure(row[manyAt]) === null ? "Other" : `${shown(row[manyAt], panel.columns[manyAt])} other`) : NOTHING_THERE[row[kindAt]]);
  return node("section", { class: "happened" }, node("h4", {}, ...title), node("p", { class: "note" }, note), node("ul", {}, ...rows.map((row) => node("li", { class: row[kindAt] === "item" ? null : "rest" },
    node("span", { class: "label", title: row[kindAt] === "item" ? shown(row[itemAt], panel.columns[itemAt]) : null }, called(row)),
    node("span", { class: "track", "aria-hidden": "true" }, node("i", { style: `width:${(100 * Math.min(1, figure(row[shareAt]) || 0)).toFixed(2)}%` })),
    node("span", { class: "step-figures", title: exact(row[countAt], panel.columns[countAt]) }, node("b", {}, shown(row[countAt], panel.columns[countAt])), node("span", { class: "note" }, isHidden(row[countAt]) ? "" : shown(row[shareAt], panel.columns[shareAt])))))));
}

function aroundSteps(panel, steps) {
  const [kindAt, stepAt, nameAt, goneAt, countAt] = ["row_kind", "step", "step_name", `fallout_${countedBy(panel)}`, countedBy(panel)].map((name) => columnAt(panel, name));
  const name = (row) => [`${row[stepAt]}. `, isolated(String(row[nameAt] ?? ""))];
  const boxes = steps.slice(0, -1).flatMap((step, at) => ["between", "after"].map((kind) => {
    const rows = panel.rows.filter((row) => row[kindAt] === kind && row[stepAt] === step[stepAt]), next = steps[at + 1];
    if (!rows.length) return null;
    return kind === "between" ? itemsOfStep(panel, rows, ["Between ", ...name(step), " and ", ...name(next)], `Of ${shown(next[countAt], panel.columns[countAt])} who went on`)
      : itemsOfStep(panel, rows, ["Next after ", ...name(step)], `Of ${goneAt < 0 ? "those" : shown(step[goneAt], panel.columns[goneAt])} who went no further`);
  }));
  return node("div", { class: "around" }, ...boxes.filter(Boolean));
}

const OF_PERIODS = ["row_kind", "bucket", "label"], OF_ITEMS = ["item_kind", "step_item", "pooled_items", "percent_of_step"], AROUND = ["between", "after"];

// Some of the rows, and the columns that are theirs.
function rowsOfKinds(panel, kinds, names) {
  const kindAt = columnAt(panel, "row_kind"), kept = panel.columns.flatMap((column, at) => (names(column.name) ? [at] : []));
  return { ...panel, columns: kept.map((at) => panel.columns[at]), rows: panel.rows.filter((row) => kinds.includes(row[kindAt])).map((row) => kept.map((at) => row[at])) };
}

// Rows of what happens as a table: what has no value says what it is.
function itemsAsTable(panel) {
  const names = ["row_kind", "step", "step_name", "item_kind", "step_item", countedBy(panel), "percent_of_step"], part = rowsOfKinds(panel, AROUND, (name) => names.includes(name));
  const [kindAt, partAt, itemAt] = ["row_kind", "item_kind", "step_item"].map((name) => columnAt(part, name)), left = part.columns.map((_, at) => at).filter((at) => at !== partAt);
  const rows = part.rows.map((row) => row.map((cell, at) => (at === kindAt ? (cell === "between" ? "Until the next step" : "After the last step") : at === itemAt && row[partAt] !== "item" ? { other: "Other", ...NOTHING_THERE }[row[partAt]] : cell)));
  const columns = part.columns.map((column, at) => (at === kindAt ? { ...column, name: "when", label: "When" } : column));
  return { ...part, name: `${panel.name}_around_steps`, columns: left.map((at) => columns[at]), rows: rows.map((row) => left.map((at) => row[at])) };
}

charts.fallout = (host, given) => {
  const kindAt = columnAt(given, "row_kind"), panel = kindAt < 0 ? given : rowsOfKinds(given, ["step"], (name) => ![...OF_PERIODS, ...OF_ITEMS].includes(name));
  const valueAt = columnAt(panel, "breakdown"), stepAt = columnAt(panel, "step");
  const steps = panel.rows.filter((row) => valueAt < 0 || row[valueAt] === null).sort((one, other) => one[stepAt] - other[stepAt]);
  if (!steps.length || !countedBy(panel)) { host.append(nothing()); drawTable(host, panel); return; }
  host.append(node("div", { class: "funnel" }, ...steps.flatMap((row, at) => falloutStep(panel, row, steps[at - 1] || null, steps[0])).filter(Boolean)));
  const whole = given.rows.filter((row) => row[kindAt] === "step" && row[columnAt(given, "breakdown")] === null);
  if (columnAt(given, "step_item") >= 0) {
    host.append(node("h3", {}, "Between the steps and after them"), aroundSteps(given, whole));
    tableBelow(host, itemsAsTable(given), "Between the steps and after them as a table");
  }
  if (steps.length < panel.rows.length) {
    host.append(node("h3", {}, "By ", isolated(panel.columns[valueAt].label)));
    drawTable(host, byBreakdown(panel, steps), { title: `By ${panel.columns[valueAt].label}` });
  }
  tableBelow(host, panel, "All columns as a table");
  if (columnAt(given, "bucket") < 0) return;
  const over = node("div");
  host.append(node("h3", {}, "Over time"), over, rateOfAll(given, whole));
  charts.trend(over, falloutOverTime(given, whole));
};
