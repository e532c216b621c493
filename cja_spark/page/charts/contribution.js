// What makes the difference of a metric: diverging bars around no change, the largest first, each with what growth like that of all would have given.
const withSign = (cell, column) => { const number = figure(cell), text = shown(cell, column); return number > 0 ? `+${text}` : text; };

// From an amount of change to its place on the axis, 0 to 100; no change is always on it.
function changeScale(amounts) {
  const low = amounts.reduce((least, one) => Math.min(least, one), 0), high = amounts.reduce((most, one) => Math.max(most, one), 0);
  return (amount) => (high > low ? (100 * (amount - low)) / (high - low) : 50);
}

function changeTrack(change, expected, place) {
  const zero = place(0), line = node("s", { style: `left:${zero.toFixed(2)}%` });
  if (change === null) return node("div", { class: "track unknown", "aria-hidden": "true" }, line);
  const from = Math.min(zero, place(change)), width = Math.abs(place(change) - zero);
  return node("div", { class: "track", "aria-hidden": "true" }, node("i", { class: change < 0 ? "less" : "more", style: `left:${from.toFixed(2)}%;width:${width.toFixed(2)}%` }), line,
    expected === null ? null : node("b", { style: `left:${place(expected).toFixed(2)}%` }));
}

// A figure with its name above it and what it is of the amount before below.
function oneTile(name, text, title, below = null) {
  return node("div", { class: "tile large", title }, node("span", { class: "tile-name" }, name), node("b", {}, text), below === null ? null : node("span", { class: "note" }, below));
}

function contributionRow(panel, row, place, at) {
  const text = (name) => shown(row[at(name)], panel.columns[at(name)]), change = row[at("amount_change")], share = row[at("share_of_change")];
  const dimension = row[at("contributor_dimension")], amount = figure(change), beyond = figure(row[at("beyond_growth")]), other = row[at("row_kind")] === "other";
  const told = isHidden(change) ? [isWithheld(change) ? "tells of too few people" : "about too few people"] : [`${text("amount_before")} → ${text("amount_after")}`, ...(beyond === null ? [] : [`beyond growth: ${withSign(row[at("beyond_growth")], panel.columns[at("beyond_growth")])}`])];
  return node("li", { class: "path" },
    node("div", { class: "path-name", title: other ? "Other" : text("contributor") }, other ? "Other" : isolated(text("contributor")), node("br"), node("span", { class: "note" }, dimension === null ? "Segment" : isolated(String(dimension)))),
    changeTrack(amount, amount === null || beyond === null ? null : amount - beyond, place),
    node("div", { class: "path-figures", title: exact(change, panel.columns[at("amount_change")]) }, node("b", {}, isHidden(change) ? text("amount_change") : withSign(change, panel.columns[at("amount_change")])),
      node("span", { class: "note" }, ...(share === null || isHidden(share) ? told : [`${text("share_of_change")} of the change`, ...told]).flatMap((line, number) => (number ? [node("br"), line] : [line])))));
}

// What shares do not say: where rows overlap, and why there are none.
function besideContribution(panel, rows, total, at) {
  const overlap = [...new Set(rows.filter((row) => row[at("rows_add_up")] === "false").map((row) => row[at("contributor_dimension")]))];
  const said = overlap.length ? [["Rows overlap, so their shares do not add up to the whole change: ", ...overlap.flatMap((name, number) => [number ? ", " : "", name === null ? "segments" : isolated(String(name))]), "."]] : [];
  if (total && figure(total[at("amount_change")]) === 0) said.push(["There is no change in all, so there are no shares of it."]);
  return said.map((words) => node("p", { class: "note beside" }, ...words));
}

charts.contribution = (host, panel) => {
  const at = (name) => columnAt(panel, name), of = (...kinds) => panel.rows.filter((row) => kinds.includes(row[at("row_kind")])), [total] = of("total");
  const rows = of("item", "segment"), others = of("other").filter((row) => row[at("amount_change")] !== null), drawn = [...rows, ...others];
  const amounts = drawn.flatMap((row) => {
    const change = figure(row[at("amount_change")]), beyond = figure(row[at("beyond_growth")]);
    return change === null ? [] : beyond === null ? [change] : [change, change - beyond];
  });
  const place = changeScale(amounts), text = (name) => shown(total[at(name)], panel.columns[at(name)]), label = (name) => isolated(panel.columns[at(name)].label);
  if (total) {
    const change = total[at("amount_change")], before = figure(total[at("amount_before")]), part = figure(change) === null || !(before > 0) ? null : figure(change) / before;
    host.append(node("div", { class: "tiles lengths" }, ...["amount_before", "amount_after"].map((name) => oneTile(label(name), text(name), exact(total[at(name)], panel.columns[at(name)]))),
      oneTile("Change", withSign(change, panel.columns[at("amount_change")]), exact(change, panel.columns[at("amount_change")]), part === null ? null : `${part > 0 ? "+" : ""}${percentText(part)}`)));
  }
  if (!drawn.length) { host.append(nothing()); tableBelow(host, panel); return; }
  host.append(node("ol", { class: "paths contributions" }, ...drawn.map((row) => contributionRow(panel, row, place, at))));
  if (drawn.some((row) => figure(row[at("beyond_growth")]) !== null)) host.append(node("p", { class: "note" }, "A bar is the change, a thin mark the change that growth like that of all would have given; what a bar has beyond it is beyond growth."));
  host.append(...besideContribution(panel, drawn, total, at));
  tableBelow(host, panel);
};
