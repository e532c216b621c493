// A flow: nodes in columns, as tall as their path views, and between them links as wide as theirs.
const FLOW = { top: 34, node: 12, gap: 10, row: 30, bottom: 8, least: 150 };
const WORDS = { other: "other", entry: "entry", exit: "exit" };

const viewsAt = (panel, row) => figure(row[columnAt(panel, "path_views")]) || 0;
const keyOf = (column, kind, item) => JSON.stringify([column, kind, item]);
const flowLabel = (kind, item) => WORDS[kind] || (item === null ? "No value" : String(item));

function nodesOf(panel) {
  const [rowAt, placeAt, kindAt, itemAt] = ["row_kind", "flow_column", "item_kind", "flow_item"].map((name) => columnAt(panel, name));
  return panel.rows.filter((row) => row[rowAt] === "node").map((row) => ({
    row, column: Number(row[placeAt]), kind: row[kindAt], label: flowLabel(row[kindAt], row[itemAt]), key: keyOf(Number(row[placeAt]), row[kindAt], row[itemAt]), views: viewsAt(panel, row), into: 0, out: 0,
  }));
}

// Where nodes stand: columns side by side, all on one scale.
function placed(nodes, width) {
  const columns = [...new Set(nodes.map((one) => one.column))].sort((one, other) => one - other);
  const most = Math.max(...columns.map((column) => nodes.filter((one) => one.column === column).length)), height = Math.max(220, most * (FLOW.row + FLOW.gap));
  const total = Math.max(1, ...columns.map((column) => nodes.filter((one) => one.column === column).reduce((sum, one) => sum + one.views, 0)));
  const scale = (height - most * FLOW.gap) / total, each = columns.length > 1 ? (width - FLOW.least) / (columns.length - 1) : 0;
  for (const [order, column] of columns.entries()) {
    let y = FLOW.top;
    for (const one of nodes.filter((some) => some.column === column)) {
      Object.assign(one, { x: order * each, y, height: Math.max(2, one.views * scale), width: order < columns.length - 1 ? each : FLOW.least });
      y += Math.max(one.height, 16) + FLOW.gap;
    }
  }
  return { columns, scale, each, height: Math.max(...nodes.map((one) => one.y + Math.max(16, one.height))) + FLOW.bottom };
}

function linkMark(panel, row, from, to, scale) {
  const wide = Math.max(0.5, viewsAt(panel, row) * scale), x1 = from.x + FLOW.node, x2 = to.x, y1 = from.y + from.out + wide / 2, y2 = to.y + to.into + wide / 2, middle = (x1 + x2) / 2;
  from.out += wide; to.into += wide;
  return mark("path", { class: to.kind === "exit" || from.kind === "entry" ? "flow-link end" : "flow-link", "data-from": from.key, "data-to": to.key, d: `M${x1},${y1}C${middle},${y1} ${middle},${y2} ${x2},${y2}`, "stroke-width": wide },
    mark("title", {}, `${from.label} \u2192 ${to.label}: ${shown(row[columnAt(panel, "path_views")], panel.columns[columnAt(panel, "path_views")])}`));
}

function nodeMark(panel, one) {
  const at = columnAt(panel, "path_views"), figures = shown(one.row[at], panel.columns[at]), tall = one.height > 27, fits = Math.max(6, Math.floor((one.width - FLOW.node - 12) / 7.5) - (tall ? 0 : figures.length + 1));
  const label = one.label.length > fits ? `${one.label.slice(0, fits - 1)}\u2026` : one.label;
  return mark("g", { class: "flow-node", tabindex: "-1", role: "img", "aria-label": `${one.label}, ${headOfColumn(one.column)}: ${figures}`, "data-key": one.key }, mark("title", {}, `${one.label}: ${figures}`), mark("rect", { class: isHidden(one.row[at]) ? "unknown" : one.kind === "item" || one.kind === "metric" ? "column" : "column end", x: one.x, y: one.y, width: FLOW.node, height: one.height }),
    mark("text", { class: "flow-name", x: one.x + FLOW.node + 5, y: one.y + 11 }, label), tall ? mark("text", { class: "tick", x: one.x + FLOW.node + 5, y: one.y + 25 }, figures) : mark("text", { class: "tick", x: one.x + FLOW.node + 11 + Math.ceil(penOf().measureText(label).width), y: one.y + 11 }, figures));
}

const headOfColumn = (column) => (column === 0 ? "Anchor" : column > 0 ? `+${column}` : `\u2212${-column}`);

// The node that an arrow key leads to: up and down in its column, left and right to the one that stands nearest.
function neighbourOf(one, nodes, key) {
  const middle = (some) => some.y + some.height / 2, own = nodes.filter((some) => some.column === one.column), at = own.indexOf(one);
  if (key === "ArrowUp" || key === "ArrowDown") return own[at + (key === "ArrowDown" ? 1 : -1)];
  if (key === "Home" || key === "End") return nodes[key === "Home" ? 0 : nodes.length - 1];
  const step = { ArrowRight: 1, ArrowLeft: -1 }[key], beside = nodes.filter((some) => step && some.column === one.column + step);
  return beside.sort((some, other) => Math.abs(middle(some) - middle(one)) - Math.abs(middle(other) - middle(one)))[0];
}

// One node of the drawing is in the order of Tab; arrow keys go on from there, and each tells where its paths come from and go.
function reachable(drawing, nodes, links, panel) {
  const marks = new Map([...drawing.querySelectorAll(".flow-node")].map((each) => [each.dataset.key, each])), lines = [...drawing.querySelectorAll(".flow-link")];
  const column = panel.columns[columnAt(panel, "path_views")], views = (row) => shown(row[columnAt(panel, "path_views")], column);
  const most = (some) => [...some].sort((one, other) => viewsAt(panel, other[0]) - viewsAt(panel, one[0])).slice(0, 5);
  const forget = () => lines.forEach((line) => line.classList.remove("of-node"));
  const tell = (one) => {
    marks.forEach((each) => each.setAttribute("tabindex", each === marks.get(one.key) ? "0" : "-1"));
    forget();
    lines.filter((line) => [line.dataset.from, line.dataset.to].includes(one.key)).forEach((line) => line.classList.add("of-node"));
    const box = marks.get(one.key).getBoundingClientRect(), from = most(links.filter((link) => link[2] === one)), to = most(links.filter((link) => link[1] === one));
    showTip(`${one.label}: ${views(one.row)}`, [...from.map(([row, other]) => [null, `\u2190 ${other.label}`, views(row)]), ...to.map(([row, , other]) => [null, `\u2192 ${other.label}`, views(row)])], box.left + FLOW.node, box.top + box.height / 2);
  };
  nodes.forEach((one, at) => {
    const each = marks.get(one.key);
    if (at === 0) each.setAttribute("tabindex", "0");
    each.addEventListener("focus", () => tell(one));
    each.addEventListener("blur", () => { forget(); hideTip(); });
    each.addEventListener("keydown", (event) => {
      const next = neighbourOf(one, nodes, event.key);
      if (event.key.startsWith("Arrow") || next) event.preventDefault();
      if (next) marks.get(next.key).focus();
    });
  });
}

function drawFlow(host, panel) {
  const nodes = nodesOf(panel), width = Math.max(host.clientWidth, FLOW.least * new Set(nodes.map((one) => one.column)).size);
  const { columns, scale, each, height } = placed(nodes, width), of = new Map(nodes.map((one) => [one.key, one]));
  const [rowAt, placeAt, kindAt, itemAt, nextAt, toAt] = ["row_kind", "flow_column", "item_kind", "flow_item", "next_kind", "next_item"].map((name) => columnAt(panel, name));
  const links = panel.rows.filter((row) => row[rowAt] === "link" && viewsAt(panel, row)).map((row) => [row, of.get(keyOf(Number(row[placeAt]), row[kindAt], row[itemAt])), of.get(keyOf(Number(row[placeAt]) + 1, row[nextAt], row[toAt]))]).filter(([, from, to]) => from && to);
  host.replaceChildren(mark("svg", { viewBox: `0 0 ${width} ${height}`, width, height, role: "group", class: "lines columns flow", "aria-label": `Flow through ${columns.length} columns; arrow keys go from node to node, all figures are in the table below.` },
    ...columns.map((column, order) => mark("text", { class: "tick", x: order * each, y: 16 }, headOfColumn(column))),
    ...links.map(([row, from, to]) => linkMark(panel, row, from, to, scale)), ...nodes.map((one) => nodeMark(panel, one))));
  reachable(host.firstChild, nodes, links, panel);
}

// What is told by period too, as lines: a column for each, a row for each period. A link is called by its nodes and the column of the outer one.
function flowOverTime(panel, kinds) {
  const [kindAt, placeAt, itemKindAt, itemAt, nextAt, toAt, labelAt, bucketAt, viewsOf] = ["row_kind", "flow_column", "item_kind", "flow_item", "next_kind", "next_item", "label", "bucket", "path_views"].map((name) => columnAt(panel, name));
  const lines = new Map(), periods = new Map(), alone = panel.rows.filter((row) => row[kindAt] === "node" && Number(row[placeAt]) === 0).length === 1;
  for (const row of panel.rows.filter((some) => kinds.includes(some[kindAt]))) {
    const column = Number(row[placeAt]), total = row[kindAt] === "total_over_time", link = row[kindAt] === "link_over_time";
    if (!total && !link && column === 0 && alone) continue; // all paths again
    const name = total ? "All paths" : flowLabel(row[itemKindAt], row[itemAt]), far = link && column >= 0 ? column + 1 : column;
    const key = total ? "total" : keyOf(column, [row[itemKindAt], row[itemAt]], [row[nextAt], row[toAt]]);
    if (!lines.has(key)) lines.set(key, { name: key, label: total ? name : `${link ? `${name} \u2192 ${flowLabel(row[nextAt], row[toAt])}` : name} (${headOfColumn(far)})`, format: "count", unit: "", decimals: null });
    if (!periods.has(row[bucketAt])) periods.set(row[bucketAt], { label: row[labelAt], cells: new Map() });
    periods.get(row[bucketAt]).cells.set(key, row[viewsOf]);
  }
  const columns = [...lines.values()];
  return { ...panel, columns: [{ ...panel.columns[labelAt], name: "label" }, ...columns], rows: [...periods.values()].map((period) => [period.label, ...columns.map((column) => period.cells.get(column.name) ?? null)]) };
}

charts.flow = (host, panel) => {
  if (!nodesOf(panel).length) { host.append(nothing()); drawTable(host, panel); return; }
  const place = node("div", { class: "plot wide" });
  host.append(place);
  drawFlow(place, panel);
  let width = place.clientWidth;
  new ResizeObserver(() => { if (place.clientWidth !== width) { width = place.clientWidth; drawFlow(place, panel); } }).observe(place);
  const kindAt = columnAt(panel, "row_kind"), kept = panel.columns.flatMap((column, at) => (["bucket", "label"].includes(column.name) ? [] : [at]));
  tableBelow(host, { ...panel, columns: kept.map((at) => panel.columns[at]), rows: panel.rows.filter((row) => !String(row[kindAt]).endsWith("_over_time")).map((row) => kept.map((at) => row[at])) });
  if (columnAt(panel, "bucket") < 0) return;
  for (const [title, ...kinds] of [["Links over time", "link_over_time"], ["Their nodes over time", "total_over_time", "node_over_time"]]) {
    const lines = flowOverTime(panel, kinds), over = node("div");
    if (lines.rows.length) { host.append(node("h3", {}, title), over); charts.trend(over, lines); }
  }
};
