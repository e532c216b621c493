// `shareOf` of a column names the cell its share is of; without one, it is the total.
// The ranked table: bars in the cells, a total on top, sorting, a search, and CSV for people.
const PAGE_OF_ROWS = 50, FEW_ROWS = 5, DEEP = 4;

// Spreadsheets run what begins like a formula, also behind spaces and on each line: S5 of the publishing rules.
const RUNS = /^(?:[\t\r]|[\s\u00a0]*[=+\-@\uff1d\uff0b\uff0d\uff20])/;
const inert = (text) => (text.match(/[^\r\n]*(?:\r\n|\n|\r|$)/g) || []).map((line) => (RUNS.test(line) ? `'${line}` : line)).join("");
const quoted = (text) => (/[",\r\n;]|^\s|\s$/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);

function csvCell(cell, column) {
  if (cell === null || cell === undefined) return "";
  if (isHidden(cell)) return quoted(shown(cell, column));
  return isFigure(column) && figure(cell) !== null ? String(cell) : quoted(inert(String(cell)));
}

// `named` says what a row is called where its first texts are empty: totals and what is left.
function csvText(columns, rows, named) {
  const cellOf = (row, column, at) => (at === 0 && row[column.at] === null && named(row) ? named(row) : csvCell(row[column.at], column));
  const lines = [columns.map((column) => quoted(inert(column.label))), ...rows.map((row) => columns.map((column, at) => cellOf(row, column, at)))];
  return `\ufeff${lines.map((line) => line.join(",")).join("\r\n")}\r\n`;
}

function download(name, text) {
  const address = URL.createObjectURL(new Blob([text], { type: "text/csv;charset=utf-8" }));
  node("a", { href: address, download: `${name.replace(/[^A-Za-z0-9_-]+/g, "_").slice(0, 64) || "report"}.csv` }).click();
  setTimeout(() => URL.revokeObjectURL(address), 10000);
}

function inOrder(rows, column, direction) {
  if (!column) return rows;
  const key = isFigure(column) ? (row) => figure(row[column.at]) : (row) => (row[column.at] === null ? null : String(row[column.at]));
  const compare = isFigure(column) ? (a, b) => a - b : new Intl.Collator(undefined, { numeric: true }).compare;
  return [...rows].sort((one, other) => {
    const a = key(one), b = key(other);
    if (a === null || b === null) return (a === null) - (b === null);
    return direction * compare(a, b);
  });
}

function tableCell(row, column, scale, kind) {
  const cell = row[column.at], text = shown(cell, column);
  if (!isFigure(column)) {
    const empty = cell === null || cell === "";
    return node(column.first ? "th" : "td", { scope: column.first ? "row" : null, class: empty ? "none" : null, title: text }, node("span", { class: "label" }, isolated(text)));
  }
  const number = figure(cell), most = scale.most[column.at];
  const whole = column.shareOf !== undefined ? figure(row[column.shareOf]) : scale.total && !kind.endsWith("total") ? figure(scale.total[column.at]) : null;
  const shares = isAdditive(column) && column.across === undefined && (column.shareOf !== undefined || (scale.total !== null && figure(scale.total[column.at]) > 0));
  const against = column.shareOf !== undefined ? whole : most;
  const length = kind === "item" && number > 0 && against > 0 ? Math.min(100, (100 * number) / against) : 0;
  const part = shares && whole > 0 && number !== null ? percentText(number / whole) : null;
  return node("td", { class: `figure${isHidden(cell) ? " hidden-few" : ""}${column.begins ? " begins" : ""}`, title: exact(cell, column) },
    node("i", { class: "bar", style: `width:calc((100% - 8px) * ${(length / 100).toFixed(4)})` }),
    node("span", { class: "value" }, text), shares ? node("span", { class: "share" }, part || "") : null);
}

// A row of a segment names the segment first; what its dimensions have no value for is all of it, or the rest.
function rowOfSegment(row, columns, scale, kind) {
  const label = { segment: "All", other: "Other" }[kind];
  return node("tr", { class: kind }, ...columns.map((column) => (!column.first && !isFigure(column) && row[column.at] === null ? node("td", {}, label) : tableCell(row, column, scale, kind))));
}

const ROWS = { total: "Total", grand_total: "Grand total", other: "Other" };

function tableRow(row, columns, scale, kind) {
  const label = ROWS[kind];
  return node("tr", { class: kind }, ...columns.map((column, at) => {
    if (label && !isFigure(column)) return node(at === 0 ? "th" : "td", { scope: at === 0 ? "row" : null }, at === 0 ? label : "");
    return tableCell(row, column, scale, kind);
  }));
}

// `panel` needs name, columns and rows; a column named row_kind tells totals and other rows from items.
function drawTable(host, given, { title = "" } = {}) {
  const panel = columnAt(given, "column_kind") < 0 ? given : pivoted(given);
  const kindAt = columnAt(panel, "row_kind");
  const kind = (row) => (kindAt < 0 ? "item" : row[kindAt]);
  const columns = panel.columns.map((column, at) => ({ ...column, at })).filter((column) => !["row_kind", "run_id"].includes(column.name));
  if (!panel.rows.length || !columns.length) { host.append(nothing()); return; }
  if (columns[0] && !isFigure(columns[0])) columns[0].first = true;
  const segmentAt = columnAt(panel, "in_segment"), ofSegment = (row) => segmentAt >= 0 && row[segmentAt] !== null;
  const items = panel.rows.filter((row) => ofSegment(row) || !["total", "grand_total", "other"].includes(kind(row)));
  const totals = panel.rows.filter((row) => kind(row) === "total"), others = panel.rows.filter((row) => kind(row) === "other" && !ofSegment(row));
  const grand = panel.rows.filter((row) => kind(row) === "grand_total");
  const most = panel.columns.map((column, at) => (isFigure(column) ? items.reduce((top, row) => Math.max(top, figure(row[at]) || 0), 0) : 0));
  columns.filter((column) => column.across !== undefined && !column.total).forEach((column, _, beside) => { most[column.at] = Math.max(...beside.filter((one) => one.metric === column.metric).map((one) => most[one.at])); });
  const scale = { most, total: totals.length === 1 ? totals[0] : null };
  const deep = columns.filter((column) => !isFigure(column)).length > DEEP;
  const state = { column: null, direction: 1, limit: PAGE_OF_ROWS, words: "" };
  const body = node("tbody"), count = node("span", { class: "note", "aria-live": "polite" });
  const more = node("button", { type: "button", class: "quiet", click: () => { state.limit += 500; draw(); } });
  const heads = columns.map((column) => node("th", { scope: "col", class: isFigure(column) ? (column.begins ? "figure begins" : "figure") : null },
    node("button", { type: "button", title: column.label, click: () => sortBy(column) }, node("span", { class: "label" }, isolated(column.brief || column.label)), node("span", { class: "arrow", "aria-hidden": "true" }))));

  function sortBy(column) {
    state.direction = state.column === column ? -state.direction : isFigure(column) ? -1 : 1;
    state.column = column;
    draw();
  }
  function found() {
    const words = state.words.trim().toLowerCase(), texts = columns.filter((column) => !isFigure(column));
    const kept = words ? items.filter((row) => texts.some((column) => shown(row[column.at], column).toLowerCase().includes(words))) : items;
    return inOrder(kept, state.column, state.direction);
  }
  function draw() {
    const rows = found(), visible = rows.slice(0, state.limit);
    body.replaceChildren(...totals.map((row) => tableRow(row, columns, scale, "total")), ...grand.map((row) => tableRow(row, columns, scale, "grand_total")), ...visible.map((row) => (ofSegment(row) ? rowOfSegment : tableRow)(row, columns, scale, ofSegment(row) ? kind(row) : "item")),
      ...(state.words ? [] : others.map((row) => tableRow(row, columns, scale, "other"))));
    heads.forEach((head, at) => head.setAttribute("aria-sort", columns[at] !== state.column ? "none" : state.direction > 0 ? "ascending" : "descending"));
    const shownOf = `${intl({}).format(visible.length)} of ${intl({}).format(rows.length)} ${rows.length === 1 ? "row" : "rows"}`;
    count.textContent = state.words.trim() ? `${shownOf} found, ${intl({}).format(items.length)} in all` : shownOf;
    more.hidden = visible.length >= rows.length;
    more.textContent = `Show ${intl({}).format(Math.min(500, rows.length - visible.length))} more`;
  }

  const filter = items.length > FEW_ROWS ? node("input", { type: "search", placeholder: "Search rows", "aria-label": `Search rows of ${title || panel.name}`, input: (event) => { state.words = event.target.value; state.limit = PAGE_OF_ROWS; draw(); } }) : null;
  const csv = node("button", { type: "button", class: "quiet csv", click: () => download(panel.name, csvText(columns, [...totals, ...grand, ...found(), ...(state.words ? [] : others)], (row) => ROWS[kind(row)])) }, "Download CSV");
  draw();
  host.append(node("div", { class: "tools" }, filter, count, csv),
    node("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": title || "Table" }, node("table", { class: columns.some((column) => column.across !== undefined) ? "ranked crossed" : deep ? "ranked deep" : "ranked" }, panel.metric ? node("caption", {}, isolated(panel.metric)) : null, node("thead", {}, headsAcross(columns), node("tr", {}, ...heads)), body)), more);
}

charts.table = drawTable;

// The rows of another chart, one click away.
function tableBelow(host, panel, words = "Numbers as a table") {
  const place = node("div");
  host.append(node("details", { class: "numbers", toggle: () => { if (!place.childNodes.length) drawTable(place, panel, { title: words }); } }, node("summary", {}, words), place));
}
