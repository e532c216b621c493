// A table with a dimension on its columns comes as one row per row and column; here each value becomes columns of its own.
// `across` of a column says which value it is under, `wide` that several metrics stand below each value.
function pivoted(panel) {
  const kindAt = columnAt(panel, "column_kind"), valueAt = kindAt + 1;
  const named = panel.columns.map((column, at) => ({ ...column, at })), own = named.slice(0, kindAt), metrics = named.slice(valueAt + 1);
  const headOf = (row) => JSON.stringify([row[kindAt], row[valueAt]]), keyOf = (row) => JSON.stringify(own.map((column) => row[column.at]));
  const heads = new Map(), rows = new Map();
  for (const row of panel.rows) {
    if (!heads.has(headOf(row))) heads.set(headOf(row), { total: "Total", other: "Other" }[row[kindAt]] ?? shown(row[valueAt], panel.columns[valueAt]));
    if (!rows.has(keyOf(row))) rows.set(keyOf(row), new Map());
    rows.get(keyOf(row)).set(headOf(row), row);
  }
  const isOther = (head) => JSON.parse(head)[0] === "other";
  const every = [...[...heads.keys()].filter((head) => !isOther(head)), ...[...heads.keys()].filter(isOther)];
  const columns = every.flatMap((head) => metrics.map((metric, place) => ({
    ...metric, begins: metrics.length > 1 && place === 0, name: `${metric.name} ${head}`, metric: metric.name, across: heads.get(head), total: JSON.parse(head)[0] === "total", wide: metrics.length > 1,
    label: metrics.length > 1 ? `${heads.get(head)}: ${metric.label}` : heads.get(head), brief: metrics.length > 1 ? metric.label : heads.get(head),
  })));
  const isWhole = ([key, of]) => of.size === every.length || JSON.parse(key)[0] === "grand_total"; // a page that is cut may cut a row
  const cells = [...rows].filter(isWhole).map(([key, of]) => [...JSON.parse(key), ...every.flatMap((head) => metrics.map((metric) => (of.get(head) || [])[metric.at] ?? null))]);
  return { ...panel, columns: [...own, ...columns].map(({ at, ...column }) => column), rows: cells, metric: metrics.length === 1 ? metrics[0].label : null };
}

// The values above their metrics; nothing where each value has one.
function headsAcross(columns) {
  if (!columns.some((column) => column.wide)) return null;
  const spans = [];
  for (const column of columns) {
    const before = spans[spans.length - 1];
    if (before && before.across === column.across && column.across !== undefined) before.count += 1;
    else spans.push({ across: column.across, count: 1 });
  }
  return node("tr", { class: "across" }, ...spans.map(({ across, count }) => (across === undefined ? node("td", { colspan: count }) : node("th", { scope: "colgroup", colspan: count, title: across }, node("span", { class: "label" }, isolated(across))))));
}
