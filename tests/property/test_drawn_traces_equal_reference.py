"""Traces of persons drawn at random equal what the reference reports of each of them alone: sums, and credit by value."""

from __future__ import annotations

import math
import random
from collections import defaultdict

import pytest

from cja_spark.reports.ask import Ask, Seen
from cja_spark.reports.compile import (
    deduplicated_in,
    neighbours_in,
    persistent_in,
    ranges_of,
    standard_ids,
    standard_in,
    window_with,
)
from cja_spark.reports.dictionary import maps_of, shown_names
from cja_spark.reports.row_filter import row_filter
from cja_spark.reports.standard import texts_with_standard
from cja_spark.reports.table import Table
from cja_spark.reports.traced import Traced, traced_events
from cja_spark.reports.traced_credits import traced_credits
from cja_spark.reports.traced_sums import traced_sums
from cja_spark.view.formula.uses import is_of_each_row
from cja_spark.view.spec import View
from tests.property.arrays import batch_of, text_ids_of
from tests.property.asks import asks_drawn
from tests.property.draws import cases, seeds
from tests.property.test_drawn_reports_equal_reference import (
    COMPONENTS,
    NAMES,
    held_by,
    refused_by,
    run_on_texts,
    shown_by,
    with_texts,
    world,
)
from tests.property.views import FORMULAS, view_drawn, view_of_reference
from tests.reference import order
from tests.reference.report import report

LOTS, SEEDS, PERSONS = 10, 40, 5  # with CJA_DRAW=all
ROWS = 50_000


def seen_of(view, asked, days, events, tiers, until, kind=Table):
    """The journeys of some events as a report sees them, and the way to texts."""
    shown = shown_by(view)
    spec = kind.model_validate({**asked, "range": {"from": days[0], "to": days[1]}}).settled(view)
    texts = text_ids_of(spec, view, NAMES.values(), {name: one.texts["value"].to_pylist() for name, one in shown.items()})
    ask = Ask(
        spec, view, window_with(spec, view, None, until, until), texts, {"category": ("items",)}, persistent_in(spec, view), deduplicated_in(spec, view),
        standard_in(spec, view), {**maps_of(shown), **refused_by(view)}, neighbours_in(spec, view), ranges_of(spec, view, until, until),
    )  # fmt: skip
    ask.text_ids.update(standard_ids([ask]))
    batch = batch_of(order.journeys(events), {**COMPONENTS, **held_by(view)}, {"p_tier": tiers})
    return Seen(batch, ask), texts_with_standard(shown_names(lambda name, ids: NAMES, [ask], run_on_texts), view)


def tables_drawn(seed):
    """A view, the tables that are asked of it, and the events of a few persons."""
    chance = random.Random(seed)
    written = view_drawn(chance)
    drawn = [one for one in asks_drawn(chance, written) if one[0]["report"] == "table" and not {"by_segments", "across"} & {*one[0]}]
    events, tiers = world(chance, seed, written, PERSONS)
    return written, drawn, with_texts(chance, events), tiers


def by_row(rows, names):
    """The rows of a report by what they are; those alone of which there is one."""
    found = defaultdict(list)
    for row in rows:
        found[row["row_kind"], *((row[name] for name in names) if row["row_kind"] == "item" else ())].append(row)
    return {key: some[0] for key, some in found.items() if len(some) == 1}


def equals(amount, expected, name):
    near = 1e-7 if name in FORMULAS else 1e-9
    return amount == pytest.approx(expected, rel=near, abs=near)


def sums_are_alike(found, rows, plain):
    """How many amounts of the person were compared with the report's; a row that is not shown has none."""
    compared = 0
    shown = {(one["row_kind"], *(one["values"] or ())) for one in found.to_pylist()}
    for key, row in rows.items():
        assert key in shown or all(abs(row[name] or 0) < 1e-9 for name in plain), key
    for one in found.to_pylist():
        row = rows.get((one["row_kind"], *(one["values"] or ())))
        if one["part"] == one["metric"] and row is not None and one["amount"] is not None:
            assert equals(one["amount"], row[one["metric"]], one["metric"]), one
            compared += 1
    return compared


def is_game(view, name):
    """Whether all persons decide what the rows of a metric have."""
    how = getattr(view.metrics.get(name), "attribution", None)
    return how is not None and how.game == "rate_game"


def credits_are_alike(found, rows, metrics, labels):
    """How many rows were compared with the credit that their conversions give; not those that may be a text or no value."""
    given = defaultdict(list)
    for one in found.to_pylist():
        given[one["metric"], tuple(one["values"])].append(one["credit"])
    compared = 0
    for (metric, values), some in given.items():
        row = rows.get(("item", *values))
        unsure = any(text == label for text, label in zip(values, labels, strict=True))
        if metric in metrics and row is not None and None not in some and not unsure:
            assert equals(math.fsum(some), row[metric], metric), (metric, values)
            compared += 1
    return compared


@pytest.mark.parametrize("lot", range(cases(LOTS, 1)))
def test_drawn_traces_equal_the_reference(lot):
    sums = credits = 0
    for seed in [*seeds(SEEDS, lot)][: cases(SEEDS, 16)]:
        written, drawn, events, tiers = tables_drawn(seed)
        view = View.model_validate(written)
        formulas = view.formulas()
        for asked, days, (start, end) in drawn:
            asked["rows"] = ROWS
            asked["metrics"] = [name for name in asked["metrics"] if is_of_each_row(name, formulas)]
            if not asked["metrics"]:
                continue
            asked["sort"] = asked["metrics"][0]
            for person in sorted({event["person_id"] for event in events}):
                own = [event for event in events if event["person_id"] == person]
                until = max(event["t"] for event in own) + 1
                seen, texts = seen_of(view, asked, days, own, tiers, until)
                rows = by_row(report(own, view_of_reference(written), {**asked, "from": start, "to": end}, data_until=until), asked["dimensions"])
                plain = {name for name in asked["metrics"] if name not in formulas and not is_game(view, name)}
                labels = [view.no_value_of(name) if row_filter(seen.ask) else None for name in asked["dimensions"]]
                try:
                    sums += sums_are_alike(traced_sums([seen], texts), rows, plain)
                    credits += credits_are_alike(traced_credits([seen], texts), rows, plain, labels)
                except AssertionError as difference:
                    raise AssertionError(f"seed {seed}, {person}: {asked}, view {written}") from difference
    assert (sums > 1_000, credits > 50) == (True, True), (sums, credits)


@pytest.mark.parametrize("lot", range(cases(LOTS, 1)))
def test_amounts_of_kept_events_sum_to_the_total_of_the_reference(lot):
    compared = 0
    for seed in [*seeds(SEEDS, lot)][: cases(SEEDS, 8)]:
        written, drawn, events, tiers = tables_drawn(seed)
        view = View.model_validate(written)
        for asked, days, (start, end) in drawn:
            metrics = [name for name in asked["metrics"] if name not in view.formulas()] or ["events"]
            common = {"metrics": metrics, "person_scope": asked["person_scope"], "segments": asked["segments"]}
            for person in sorted({event["person_id"] for event in events}):
                own = [event for event in events if event["person_id"] == person]
                until = max(event["t"] for event in own) + 1
                traced = {**common, "dimensions": [*view.dimensions], "asked": metrics}
                seen, texts = seen_of(view, traced, days, own, tiers, until, Traced)
                found = traced_events(seen, texts, lambda name, ids: NAMES)
                kept = found.filter(found["kept"])
                alone = {**common, "report": "table", "dimensions": [], "rows": ROWS, "sort": metrics[0], "from": start, "to": end}
                total = next(row for row in report(own, view_of_reference(written), alone, data_until=until) if row["row_kind"] == "total")
                for name in metrics:
                    amount = math.fsum(one for one in kept[name].to_pylist() if one is not None)
                    assert equals(amount, total[name], name), f"seed {seed}, {person}: {name}, {asked}, view {written}"
                    compared += 1
                    for whole, parts in zip(found[name].to_pylist(), found[f"{name}_items"].to_pylist() if f"{name}_items" in found.column_names else [], strict=False):
                        each = [float(one) for one in (parts or "-").split("|") if one != "-"]
                        assert equals(math.fsum(each), whole or 0.0, name), (seed, person, name)
    assert compared > 300
