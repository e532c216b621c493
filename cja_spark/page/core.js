// Making nodes, reading cells and writing numbers. Text from data reaches the page by text nodes only.
const SVG = "http://www.w3.org/2000/svg";
const charts = {};

function fill(made, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === "function") made.addEventListener(name, value);
    else if (value !== null && value !== undefined && value !== false) made.setAttribute(name, value === true ? "" : String(value));
  }
  for (const child of children) if (child !== null) made.append(child);
  return made;
}

const node = (name, attributes = {}, ...children) => fill(document.createElement(name), attributes, children);
const mark = (name, attributes = {}, ...children) => fill(document.createElementNS(SVG, name), attributes, children);
const isolated = (text) => node("bdi", {}, text);

const isFigure = (column) => !["text", "identifier", "time", "bound"].includes(column.format);
const isHidden = (cell) => cell !== null && typeof cell === "object";
const isWithheld = (cell) => isHidden(cell) && "withheld" in cell;
const isAdditive = (column) => ["count", "people", "money"].includes(column.format);

// A figure's number; null for none and for a hidden one. Numbers too long for a double come as text.
function figure(cell) {
  if (cell === null || cell === undefined || isHidden(cell)) return null;
  const number = Number(cell);
  return Number.isFinite(number) ? number : null;
}

const formats = new Map();
function intl(options) {
  const key = JSON.stringify(options);
  if (!formats.has(key)) formats.set(key, new Intl.NumberFormat(undefined, options));
  return formats.get(key);
}

function lengthText(seconds) {
  const whole = Math.round(seconds);
  if (Math.abs(seconds) < 60) return `${intl({ maximumFractionDigits: Math.abs(seconds) < 10 ? 1 : 0 }).format(seconds)} s`;
  if (Math.abs(whole) < 3600) return `${Math.trunc(whole / 60)} min ${Math.abs(whole % 60)} s`;
  const hours = whole / 3600;
  return Math.abs(hours) < 100
    ? `${Math.trunc(hours)} h ${Math.abs(Math.trunc((whole % 3600) / 60))} min`
    : `${intl(Math.abs(hours) < 1e6 ? { maximumFractionDigits: 0 } : { notation: "compact", maximumFractionDigits: 1 }).format(hours)} h`;
}

// `decimals` as the author asks, else one; what is there is never 0 %.
function percentText(fraction, brief = false, decimals = null) {
  const most = decimals ?? 1, smallest = 10 ** -(most + 2);
  if (fraction !== 0 && Math.abs(fraction) < smallest) return `${fraction > 0 ? "< " : "> −"}${intl({ style: "percent", minimumFractionDigits: most }).format(smallest)}`;
  return intl({ style: "percent", minimumFractionDigits: brief ? 0 : most, maximumFractionDigits: most }).format(fraction);
}

function moneyOptions(column, number, brief) {
  const currency = /^[A-Z]{3}$/.test(column.unit) ? { style: "currency", currency: column.unit } : {};
  if (brief || Math.abs(number) >= 1e6) return { ...currency, notation: "compact", maximumFractionDigits: 2 };
  const digits = column.decimals ?? (Math.abs(number) >= 1000 ? 0 : 2);
  return { ...currency, minimumFractionDigits: digits, maximumFractionDigits: digits };
}

function numberText(number, column, brief) {
  if (Math.abs(number) >= 1e15) return intl({ notation: "scientific", maximumFractionDigits: 2 }).format(number);
  switch (column.format) {
    case "percent": return percentText(number, brief, column.decimals);
    case "points": return percentText(number / 100, brief, column.decimals);
    case "seconds": return lengthText(number);
    case "money": return intl(moneyOptions(column, number, brief)).format(number);
    case "number": return intl(Math.abs(number) >= 1e6 || brief ? { notation: "compact", maximumFractionDigits: 2 } : { minimumFractionDigits: column.decimals ?? 0, maximumFractionDigits: column.decimals ?? 2 }).format(number);
    default: return intl(Math.abs(number) >= (brief ? 1e4 : 1e7) ? { notation: "compact", maximumFractionDigits: brief ? 1 : 2 } : { maximumFractionDigits: 2 }).format(number);
  }
}

// The cell as it is read. `brief` is for axes and tiles.
function shown(cell, column, brief = false) {
  if (isHidden(cell)) return isWithheld(cell) ? "hidden" : `< ${cell.below}`;
  if (!isFigure(column)) return cell === null || cell === undefined ? "No value" : cell === "" ? "(empty)" : String(cell);
  const number = figure(cell);
  return number === null ? "–" : numberText(number, column, brief);
}

// The cell as it is: every digit.
function exact(cell, column) {
  if (isWithheld(cell)) return `Hidden: a figure about fewer than ${cell.withheld} people follows from it`;
  if (isHidden(cell)) return `Hidden: fewer than ${cell.below} people`;
  if (!isFigure(column)) return shown(cell, column);
  if (cell === null || cell === undefined) return "No value";
  if (column.format === "percent") return `${Number((100 * figure(cell)).toPrecision(15))} %`;
  const units = { points: " %", seconds: " s", money: column.unit ? ` ${column.unit}` : "" };
  const digits = String(cell).replace(/^(-?)(\d+)(?=\.|$)/, (_, sign, whole) => sign + BigInt(whole).toLocaleString());
  return digits + (units[column.format] || "");
}

const columnAt = (panel, name) => panel.columns.findIndex((column) => column.name === name);
const nothing = (text = "No rows in this range.") => node("p", { class: "empty" }, text);

// A fraction of many digits as a tip says it, in six of them; every digit is in the table's cell and in its CSV.
const inShort = (text) => String(text).replace(/^(-?\d+\.\d{5,})(?= %$|$)/, (digits) => String(Number(Number(digits).toPrecision(6))));

// One tip for all charts; `lines` are [colour class or null, label, value].
function showTip(title, lines, x, y) {
  const tip = document.getElementById("tip");
  const rows = lines.map(([colour, label, value]) =>
    node("div", {}, colour ? node("i", { class: colour }) : null, node("span", {}, isolated(label)), node("b", {}, inShort(value))));
  tip.replaceChildren(node("strong", {}, isolated(title)), ...rows);
  tip.hidden = false;
  const box = tip.getBoundingClientRect();
  const left = x + 16 + box.width > window.innerWidth ? x - 16 - box.width : x + 16;
  tip.style.left = `${Math.max(8, left)}px`;
  tip.style.top = `${Math.max(8, Math.min(y - box.height / 2, window.innerHeight - box.height - 8))}px`;
}
function hideTip() { document.getElementById("tip").hidden = true; }
