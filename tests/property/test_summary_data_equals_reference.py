"""Tables and trends with summary data, drawn on generated journeys and rows, equal the reference, without Spark."""

from __future__ import annotations

import random

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from hypothesis import given, settings
from hypothesis import strategies as st

from cja_spark.journeys.hashing import value_id
from cja_spark.journeys.summary_rows import Summaries, Summary
from cja_spark.reports.ask import Ask
from cja_spark.reports.cells import Sums
from cja_spark.reports.compile import (
    deduplicated_in,
    neighbours_in,
    persistent_in,
    ranges_of,
    standard_ids,
    standard_in,
    window_of,
)
from cja_spark.reports.dictionary import is_changed, maps_of, shown_names, shown_of
from cja_spark.reports.kinds import REPORTS
from cja_spark.reports.one_pass import no_pass, run_asks
from cja_spark.reports.summaries import names_with, with_summaries
from cja_spark.reports.text_rules import refused, tellers
from cja_spark.view.spec import View
from cja_spark.view.summary_sources import columns_of_dimension, source_of_metric
from tests.property.arrays import batch_of, text_ids_of
from tests.property.asks import DAYS, table, trend
from tests.property.conditions import TEXTS, comparison, segment
from tests.property.draws import cases
from tests.property.settings import long
from tests.property.strategies import DAY, DST, RANGE_FROM, RANGE_TO
from tests.property.test_drawn_reports_equal_reference import (
    COMPONENTS,
    NAMES,
    empty,
    held_by,
    rows_alike,
    with_texts,
    world,
)
from tests.property.views import view_drawn, view_of_reference
from tests.reference import order
from tests.reference.report import report
from tests.unit.kernels.by_hand import run_on_texts

CODES = (None, "", " ", "home", "HOME", "mail", "new", "red", "1.0", "nowhere", "No value", "shoes")
KNOWN = NAMES | {value_id(text): text for text in CODES if text and text.strip()}
GROUPED = ("page", "channel", "sku", "campaign", "color", "group", "size", "category", "tier")
GROUPS = ("code", "advert", ["code", "advert"], ["advert"], {"dimensions": ["code"], "hide": True})
HOUR = 3_600_000


def with_summary_data(chance, view):
    """A drawn view with metrics of two summary datasets, their dimensions, and groups of some of its own."""
    dimensions = {**view["dimensions"]}
    for name in chance.sample(GROUPED, chance.choice([1, 2, 4])):
        dimensions[name] = {**long(dimensions[name]), "summary_data_group": chance.choice(GROUPS)}
    own = [{}, {}, {"lowercase": True}, {"no_value": {"label": "none", "as_value": True}}, {"include": {"does_not_equal": "mail"}}, {"no_value": {"show": False}}]
    dimensions["code"] = {"summary": "costs.code", **chance.choice(own)}
    dimensions["advert"] = {"summary": "visits.advert", **chance.choice([{}, {"summary_data_group": "code"}])}
    metrics = {
        **view["metrics"], "spend": {"summary": "costs.amount"}, "clicks": {"summary": "visits.clicks"},
        "roas": {"calculate": chance.choice(["orders / spend", "spend[not_home] - clicks", "total(spend) + events", "spend / (clicks + 1)"])},
    }  # fmt: skip
    return {**view, "dimensions": dimensions, "metrics": metrics}


def datasets_drawn(chance):
    """Rows of days and of hours, many of them where a report's range or the clock changes."""
    starts = (RANGE_FROM, RANGE_TO, RANGE_FROM - DAY, RANGE_TO - DAY, RANGE_TO - 1, RANGE_FROM - 1, *DST)

    def t():
        return chance.choice(starts) + chance.choice([0, 0, HOUR, DAY, 8 * DAY])

    def amount():
        return chance.choice([None, 0.0, 1.0, 2.5, -1.0, 10.0])

    costs = [{"t": t(), "code": chance.choice(CODES), "amount": amount()} for _ in range(chance.choice([0, 1, 12]))]
    visits = [{"t": t(), "advert": chance.choice(CODES), "clicks": amount()} for _ in range(chance.choice([0, 3, 12]))]
    return {"costs": {"granularity": "day", "rows": costs}, "visits": {"granularity": "hour", "rows": visits}}


def asked_drawn(chance):
    """A table or a trend with metrics of both kinds, its days and instants."""
    days = chance.choice([0, 0, 1, 2, 3])
    asked = chance.choice([table, table, table, lambda of: trend(of, days)])(chance)
    ours = ["spend", "clicks", "roas"]
    asked["metrics"] = list(dict.fromkeys([*chance.sample(asked["metrics"], 2), *chance.sample(ours, chance.choice([1, 2, 3]))]))
    if asked["report"] == "table":
        asked["dimensions"] = list(dict.fromkeys(chance.choice([[], ["code"], ["advert"]]) + asked["dimensions"]))[:2]
        asked["sort"] = chance.choice([*ours[:2], asked["sort"]])
        if isinstance(asked.get("include_no_value"), list):
            asked["include_no_value"] = asked["dimensions"][:1]
    asked["segments"] = [chance.choice([segment, on_values])(chance) for _ in range(chance.choice([0, 1, 1, 2]))]
    return asked, *DAYS[days]


def on_values(chance, depth=2):
    """A segment of events that compares dimensions, those of summary data among them."""
    return {"container": "event", "where": _where(chance, depth)}


def _where(chance, depth):
    kind = chance.choice(["leaf", "leaf", "all", "any", "exclude", "where"]) if depth else "leaf"
    if kind in ("all", "any"):
        return {kind: [_where(chance, depth - 1) for _ in range(2)]}
    if kind != "leaf":
        inner = _where(chance, depth - 1)
        return {"exclude": inner} if kind == "exclude" else {"container": "session", "where": inner}
    if chance.random() < 0.3:
        return chance.choice([{"dimension": "code", "exists": True}, {"dimension": "code", "starts_with": "h"}, {"dimension": "advert", "does_not_equal": "mail"}, {"metric": "events", "at_least": 1}])
    return {**comparison(chance), "model": chance.choice(["repeating", "repeating", "repeating", "instance"])}


def summaries_of(datasets, view):
    """What the product reads of them."""
    found = {}
    for name, one in datasets.items():
        texts = {dimension: own[name] for dimension in view.dimensions if name in (own := columns_of_dimension(view, dimension))}
        sources = {metric: source_of_metric(view, metric) for metric in view.metrics}
        metrics = {metric: source[1] for metric, source in sources.items() if source and source[0] == name}
        found[name] = Summary.of(
            np.array([row["t"] for row in one["rows"]], np.int64), one["granularity"],
            {dimension: pa.array([((row[column] or "").strip() and row[column]) or None for row in one["rows"]], pa.string()) for dimension, column in texts.items()},
            {metric: np.array([np.nan if row[column] is None else row[column] for row in one["rows"]]) for metric, column in metrics.items()},
        )  # fmt: skip
    return Summaries(found)


def answer_of(view, drawn, events, tiers, until, datasets):
    """The product's rows of a report; without events as where a connection has summary data alone."""
    asked, (first, last), _ = drawn
    spec = REPORTS.named(asked["report"]).spec.model_validate({**asked, "range": {"from": first, "to": last}})
    ids, known = np.array([*KNOWN], np.int64), pa.array(KNOWN.values(), pa.string())
    shown = {name: shown_of(name, view, ids, known, run_on_texts) for name in view.dimensions if is_changed(name, view)}
    maps = {**maps_of(shown), **{name: refused(view.metrics[name], ids, known) for name in tellers(view.metrics, view)}}
    texts = {name: one.texts["value"].to_pylist() for name, one in shown.items()}
    found = text_ids_of(spec, view, KNOWN.values(), texts)
    ask = Ask(spec, view, window_of(spec, view, until, until), found, {"category": ("items",)}, persistent_in(spec, view), deduplicated_in(spec, view),
              standard_in(spec, view), values=maps, neighbours=neighbours_in(spec, view), ranges=ranges_of(spec, view, until, until))  # fmt: skip
    found |= standard_ids([ask])
    summaries = summaries_of(datasets, view)
    sums = no_pass([ask]).sums[0]
    if events:
        batch = batch_of(order.journeys(events), {**COMPONENTS, **held_by(view)}, {"p_tier": tiers})
        cells = pa.Table.from_batches([*empty(), *run_asks([ask], [batch])])
        sums = Sums(cells.filter(pc.equal(cells["report"], 0)))
    names = shown_names(names_with(lambda name, ids: KNOWN, summaries), [ask], run_on_texts)
    return REPORTS.named(asked["report"]).finish(with_summaries(sums, ask, summaries), ask, names).to_pylist()


@settings(max_examples=cases(1_500, 60), deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_drawn_reports_with_summary_data_equal_the_reference(seed):
    chance = random.Random(seed)
    written = with_summary_data(chance, view_drawn(chance))
    view = View.model_validate(written)
    events, tiers = world(chance, seed, written)
    events = with_texts(chance, events) if chance.random() < 0.9 else []
    datasets = datasets_drawn(chance)
    until = max((event["t"] for event in events), default=RANGE_TO) + 1
    for drawn in (asked_drawn(chance), asked_drawn(chance)):
        asked, _, (start, end) = drawn
        rows = answer_of(view, drawn, events, tiers, until, datasets)
        ask = {**asked, "from": start, "to": end}
        expected = report([dict(event) for event in events], view_of_reference(written), ask, data_until=until, summaries=datasets)
        try:
            rows_alike(rows, expected)
        except AssertionError as difference:
            raise AssertionError(f"{asked}, view {written}, {datasets}") from difference


def test_what_is_drawn_has_all_that_summary_data_meets():
    drawn = []
    for seed in range(300):
        chance = random.Random(seed)
        view = with_summary_data(chance, view_drawn(chance))
        drawn.append((view, datasets_drawn(chance), asked_drawn(chance), asked_drawn(chance)))
    words = ["'hide': True", "['code', 'advert']", "spend[not_home]", "total(spend)", "'as_value': True", "'trend'", "'sku'", "'dimensions': []",
             "'include_no_value': False", "'exclude'", "view_segments", "'hour_of_day'", "'session_type'", *TEXTS]  # fmt: skip
    assert [word for word in words if word not in repr(drawn)] == []
