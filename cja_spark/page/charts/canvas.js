// A canvas: the nodes of a journey as boxes from left to right, and the branches between them as wide as they are often taken.
const CANVAS = { wide: 168, tall: 62, across: 96, down: 26, top: 10, thick: 22 };
const CANVAS_COUNTS = [["node_visits", "visits"], ["exit_events", "exits"], ["error_events", "errors"], ["waiting_runs", "waiting"]];

const canvasCell = (panel, row, name) => row[columnAt(panel, name)];
const canvasText = (panel, row, name) => shown(canvasCell(panel, row, name), panel.columns[columnAt(panel, name)]);
const canvasName = (panel, row, name) => canvasCell(panel, row, name) ?? "other nodes";
const canvasOrder = (one, other) => other.visits - one.visits || one.order - other.order;

// Nodes and branches of a journey; a branch back to a node that leads to its own one is drawn behind.
function canvasOf(panel, journey) {
  const own = panel.rows.filter((row) => canvasCell(panel, row, "journey_name") === journey), kind = (row) => canvasCell(panel, row, "row_kind");
  const nodes = own.filter((row) => ["node", "other"].includes(kind(row))).map((row, order) => ({ row, order, name: canvasName(panel, row, "node_name"), visits: figure(canvasCell(panel, row, "node_visits")) || 0, starts: figure(canvasCell(panel, row, "run_starts")) || 0, out: [] }));
  const of = new Map(nodes.map((one) => [one.name, one]));
  const branches = own.filter((row) => kind(row) === "branch").map((row) => ({ row, from: of.get(canvasName(panel, row, "node_name")), to: of.get(canvasName(panel, row, "next_node")), visits: figure(canvasCell(panel, row, "node_visits")) || 0 })).filter((one) => one.from && one.to);
  branches.forEach((one) => one.from.out.push(one));
  return { nodes, branches };
}

// The column of each node: one more than the farthest node that leads to it, where a way round counts once.
function layers(nodes) {
  const state = new Map(), order = [];
  const visit = (one) => {
    state.set(one, "open");
    for (const branch of one.out) {
      if (state.get(branch.to) === "open") branch.back = true;
      else if (!state.has(branch.to)) visit(branch.to);
    }
    state.set(one, "done");
    order.unshift(one);
  };
  [...nodes].sort((one, other) => other.starts - one.starts || canvasOrder(one, other)).forEach((one) => { if (!state.has(one)) visit(one); });
  order.forEach((one) => { one.layer = one.layer || 0; one.out.filter((branch) => !branch.back).forEach((branch) => { branch.to.layer = Math.max(branch.to.layer || 0, one.layer + 1); }); });
}

function placeNodes(nodes) {
  const columns = [...new Set(nodes.map((one) => one.layer))].sort((one, other) => one - other);
  columns.forEach((layer, at) => nodes.filter((one) => one.layer === layer).sort(canvasOrder).forEach((one, place) => {
    Object.assign(one, { x: at * (CANVAS.wide + CANVAS.across), y: CANVAS.top + place * (CANVAS.tall + CANVAS.down) });
  }));
  return { width: columns.length * (CANVAS.wide + CANVAS.across) - CANVAS.across, height: Math.max(...nodes.map((one) => one.y)) + CANVAS.tall + CANVAS.down };
}

function branchMark(panel, one, most) {
  const { from, to, row } = one, times = canvasText(panel, row, "node_visits"), took = columnAt(panel, "p50_seconds") < 0 ? "" : `, median ${canvasText(panel, row, "p50_seconds")}`;
  const x1 = from.x + CANVAS.wide, x2 = to.x, y1 = from.y + CANVAS.tall / 2, y2 = to.y + CANVAS.tall / 2, bend = one.back ? CANVAS.across : (x2 - x1) / 2;
  return mark("path", { class: one.back ? "flow-link end" : "flow-link", d: `M${x1},${y1}C${x1 + bend},${y1} ${x2 - bend},${y2} ${x2},${y2}`, "stroke-width": Math.max(1, (one.visits / most) * CANVAS.thick) },
    mark("title", {}, `${from.name} \u2192 ${to.name}: ${times} times${took}`));
}

function boxMark(panel, one) {
  const told = CANVAS_COUNTS.filter(([name]) => columnAt(panel, name) >= 0 && (isHidden(canvasCell(panel, one.row, name)) || figure(canvasCell(panel, one.row, name)))).map(([name, words]) => `${canvasText(panel, one.row, name)} ${words}`);
  const name = one.name.length > 22 ? `${one.name.slice(0, 21)}\u2026` : one.name, [visits, ...others] = told;
  const out = one.out.map((branch) => `${branch.to.name} ${canvasText(panel, branch.row, "node_visits")} (${canvasText(panel, branch.row, "share_of_all")})`);
  const words = `${one.name}: ${told.join(", ")}${out.length ? `; to ${out.join(", ")}` : ""}`;
  return mark("g", { class: "canvas-node", role: "img", "aria-label": words, transform: `translate(${one.x},${one.y})` }, mark("title", {}, words),
    mark("rect", { width: CANVAS.wide, height: CANVAS.tall, rx: 8 }), mark("text", { class: "flow-name", x: 10, y: 19 }, name),
    mark("text", { class: "tick", x: 10, y: 36 }, visits || "no visits"), mark("text", { class: "tick", x: 10, y: 52 }, others.join(", ")));
}

function drawCanvas(host, panel, journey) {
  const { nodes, branches } = canvasOf(panel, journey);
  if (!nodes.length) { host.replaceChildren(nothing("No run of this journey has a node in this range.")); return; }
  layers(nodes);
  const { width, height } = placeNodes(nodes), most = Math.max(1, ...branches.map((one) => one.visits));
  host.replaceChildren(mark("svg", { viewBox: `0 0 ${width} ${height}`, width, height, role: "group", class: "lines canvas", "aria-label": `${journey}: ${nodes.length} nodes, ${branches.length} branches; all figures are in the table below.` },
    ...branches.map((one) => branchMark(panel, one, most)), ...nodes.map((one) => boxMark(panel, one))));
}

charts.canvas = (host, panel) => {
  const journeys = panel.rows.filter((row) => canvasCell(panel, row, "row_kind") === "journey");
  if (!journeys.length) { host.append(nothing("No run in this range.")); tableBelow(host, panel); return; }
  for (const row of journeys) {
    const name = canvasCell(panel, row, "journey_name"), place = node("div", { class: "plot wide", tabindex: "0", role: "region", "aria-label": `Canvas of ${name}` });
    host.append(node("h3", {}, isolated(name)), node("p", { class: "note" }, `${canvasText(panel, row, "journey_runs")} runs of ${canvasText(panel, row, "people")} people; ${canvasText(panel, row, "ended_runs")} ended, ${canvasText(panel, row, "waiting_runs")} did not in this range.`), place);
    drawCanvas(place, panel, name);
  }
  tableBelow(host, panel);
};
