// Cohorts as a heat map: a row each, a column per period after inclusion (or before), the share of those back, or not, in the cell.
const CELLS = (kind) => /^(retained|churned)/.test(String(kind));

function cohortCell(row, places, column, most) {
  if (!row) return node("td", { class: "outside" });
  const rate = row[places.cohort_rate], people = row[places.people], hidden = [rate, people].find(isHidden), share = figure(rate);
  const title = hidden !== undefined ? exact(hidden, column("people")) : people === null && share === null ? "No rate: the period is not over, or nobody is in it"
    : [["people", people], ["base_people", row[places.base_people]], ["cohort_rate", rate]].filter(([, cell]) => cell !== null).map(([name, cell]) => `${column(name).label}: ${exact(cell, column(name))}`).join(" · ");
  const heat = share === null || !most ? null : `--heat:${((45 * Math.max(0, share)) / most).toFixed(1)}%`;
  return node("td", { class: hidden !== undefined ? "hidden-few" : null, style: heat, title },
    node("b", {}, hidden !== undefined ? shown(hidden, column("people")) : shown(rate, column("cohort_rate"))),
    hidden === undefined && people !== null ? node("span", {}, shown(people, column("people"), true)) : null);
}

function cohortRows(panel, places) {
  const found = new Map();
  for (const row of panel.rows) {
    const kind = String(row[places.row_kind]);
    if (kind === "total") continue;
    const average = { mean_of_rates: "Mean of rates", pooled: "Pooled" }[kind], key = average || `${row[places.bucket]} ${row[places.label]}`;
    if (!found.has(key)) found.set(key, { name: average || String(row[places.label]), average: Boolean(average), cells: new Map() });
    found.get(key).cells.set(Number(row[places.periods_after]), row);
  }
  return [...found.values()].sort((one, other) => Number(other.average) - Number(one.average));
}

charts.cohort = (host, panel) => {
  const names = ["row_kind", "bucket", "label", "periods_after", "people", "base_people", "cohort_rate"];
  const places = Object.fromEntries(names.map((name) => [name, columnAt(panel, name)])), column = (name) => panel.columns[places[name]];
  const cohorts = cohortRows(panel, places), total = panel.rows.find((row) => row[places.row_kind] === "total");
  if (!cohorts.some((one) => !one.average)) { host.append(nothing()); tableBelow(host, panel); return; }
  const after = [...new Set(cohorts.flatMap((one) => [...one.cells.keys()]))].sort((one, other) => one - other);
  const rates = panel.rows.filter((row) => CELLS(row[places.row_kind])).map((row) => figure(row[places.cohort_rate]) || 0), most = rates.reduce((top, rate) => Math.max(top, rate), 0);
  const churn = panel.rows.some((row) => String(row[places.row_kind]).startsWith("churned"));
  const head = after.map((at) => node("th", { scope: "col" }, at === 0 ? "Included" : at > 0 ? `+${at}` : `−${-at}`));
  const line = (one) => node("tr", { class: one.average ? "average" : null }, node("th", { scope: "row", title: one.name }, node("span", { class: "label" }, isolated(one.name))),
    ...after.map((at) => {
      const row = one.cells.get(at);
      if (at || !row) return at ? cohortCell(row, places, column, one.average ? 0 : most) : node("td", { class: "outside" });
      return node("td", { class: isHidden(row[places.people]) ? "included hidden-few" : "included", title: exact(row[places.people], column("people")) }, shown(row[places.people], column("people")));
    }));
  if (total) host.append(node("p", { class: "note started" }, node("b", {}, shown(total[places.people], column("people"))), ` people in some cohort · columns: ${column("periods_after").label.toLowerCase()}`));
  host.append(node("div", { class: "scroll", role: "region", tabindex: "0", "aria-label": `Cohorts, ${churn ? "who is not back" : "who is back"}` },
    node("table", { class: churn ? "cohorts churn" : "cohorts" },
      node("thead", {}, node("tr", {}, node("th", { scope: "col" }, column("label").label), ...head)),
      node("tbody", {}, ...cohorts.map(line)))));
  tableBelow(host, panel);
};
