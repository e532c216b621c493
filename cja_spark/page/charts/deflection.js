// Topics of self-service, ranked: how often people call after each, the interval that the true rate lies in, and the baseline as a line.
function topicRow(panel, row, most) {
  const at = (name) => columnAt(panel, name), text = (name) => shown(row[at(name)], panel.columns[at(name)]);
  const cells = ["call_rate", "rate_lower", "rate_upper"].map((name) => row[at(name)]), known = cells.every((cell) => figure(cell) !== null);
  const of = `${text("called_trials")} of ${text("closed_trials")}`;
  return node("li", { class: "path" }, node("div", { class: "path-name", title: text("self_service_topic") }, isolated(text("self_service_topic"))),
    interval(cells, { most, overall: figure(row[at("baseline_rate")]) }),
    node("div", { class: "path-figures", title: exact(cells[0], panel.columns[at("call_rate")]) }, node("b", {}, text("call_rate")),
      node("span", { class: "note" }, known ? `${text("rate_lower")} to ${text("rate_upper")}, ${of}` : of, node("br"), `avoided calls: ${text("avoided_calls")}`)));
}

// What is beside the topics, in a sentence each: the control, and self-service without a topic.
function besideTopics(panel, row) {
  const text = (name) => shown(row[columnAt(panel, name)], panel.columns[columnAt(panel, name)]);
  if (row[columnAt(panel, "row_kind")] === "control") return `Baseline: ${text("call_rate")} call without self-service (${text("rate_lower")} to ${text("rate_upper")}, ${text("called_trials")} of ${text("closed_trials")}).`;
  return `Self-service without a topic begins no trial; events: ${text("self_service_events")}.`;
}

charts.deflection = (host, panel) => {
  const kindAt = columnAt(panel, "row_kind"), of = (...kinds) => panel.rows.filter((row) => kinds.includes(row[kindAt]));
  const topics = of("topic"), largest = (top, name) => topics.reduce((most, row) => Math.max(most, figure(row[columnAt(panel, name)]) || 0), top);
  if (topics.length) {
    const most = ROOM * largest(largest(0, "rate_upper"), "baseline_rate") || 1;
    host.append(node("ol", { class: "paths topics" }, ...topics.map((row) => topicRow(panel, row, most))),
      node("p", { class: "note" }, "Bars show where the true rate of calls lies, 95 times of 100; the line is the baseline. Left of it fewer people call than without self-service."));
  } else host.append(nothing());
  for (const row of of("control", "no_topic")) host.append(node("p", { class: "note beside" }, besideTopics(panel, row)));
  tableBelow(host, { ...panel, rows: of("total", "topic", "other") });
};
