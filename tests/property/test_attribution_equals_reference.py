"""A report of attribution on persons drawn around edges of windows equals the reference, and so do the people behind each credit."""

from __future__ import annotations

import math
import random

import pytest

from cja_spark.reports.attribution_rows import people_of
from cja_spark.reports.cells import Sums
from cja_spark.reports.kinds import REPORTS
from tests.property.asks_of_attribution import attribution
from tests.property.draws import cases, seeds
from tests.property.test_drawn_reports_equal_reference import rows_alike
from tests.property.views import MODELS
from tests.reference.attribution_panel import behind
from tests.reference.report import report, see
from tests.unit.kernels.by_hand import DAY, END, GAP, HOUR, START, ask_of, cells_of, rows_of

LOTS, SEEDS, PERSONS = 20, 100, 60  # with CJA_DRAW=all
VIEW = {
    "name": "attribution", "session": {"timeout": "30 minutes"}, "dimensions": {"page": "page", "channel": "channel", "sku": "items[].sku"},
    "metrics": {"orders": "orders", "views": "orders", "calls": "orders", "units": "orders"},
    "segments": {"at_home": {"where": {"dimension": "page", "equals": "home"}}, "of_sessions": {"container": "session", "where": {"dimension": "page", "equals": "cart"}}},
}  # fmt: skip
GAPS = (0, 0, 1, HOUR - 1, HOUR, HOUR + 1, GAP, GAP + 1, DAY - 1, DAY, DAY + 1, 2 * DAY, 7 * DAY - 1, 7 * DAY, 8 * DAY, 15 * DAY, 31 * DAY)


def person(chance):
    """Events so far apart as windows and buckets of days end, from before the range to after it."""
    t, found = chance.choice([-40, -1, 0, 0, 0, 3]) * DAY, []
    for _ in range(chance.choice([1, 2, 3, 5, 8, 16, 30])):
        t += chance.choice(GAPS)
        channel = chance.choice(["search", "mail", "ads", "mail", None, None])
        found.append((t, {"channel": channel, "page": chance.choice(["home", "cart", None]), "sku": chance.choice([(), ("hat",), ("hat", "sock"), ("sock", "sock")]),
                          "orders": chance.choice([math.nan, math.nan, 1.0, 2.5, -1.0, 0.0])}))  # fmt: skip
    return found


def drawn(seed):
    """A report and persons."""
    chance = random.Random(seed)
    ask = {**attribution(chance, MODELS, ["channel", "channel", "sku"]), "metric": "orders"}
    ask |= {"segments": chance.choice([[], [], ["at_home"], ["of_sessions"]]), "person_scope": chance.choice(["month", "range", "all"])}
    return ask, [person(chance) for _ in range(PERSONS)]


def of_reference(persons):
    """The events as the reference wants them."""
    return [
        {"person_id": f"person-{number:04d}", "t": START + t, "sequence": place, **values, "sku": [*values["sku"]], "items": None}
        for number, own in enumerate(persons) for place, (t, values) in enumerate(own)
    ]  # fmt: skip


@pytest.mark.parametrize("lot", range(cases(LOTS, 2)))
def test_attribution_equals_the_reference(lot):
    for seed in [*seeds(SEEDS, lot)]:
        ask, persons = drawn(seed)
        ours = rows_of(persons, VIEW, **ask)
        expected = report(of_reference(persons), VIEW, {**ask, "from": START, "to": END}, END)
        try:
            rows_alike(ours, expected)
        except (AssertionError, TypeError) as difference:
            raise AssertionError(f"seed {seed}: {ask}") from difference


@pytest.mark.parametrize("lot", range(cases(LOTS, 2)))
def test_the_people_behind_each_credit_are_those_whose_conversions_give_it(lot):
    for seed in [*seeds(SEEDS, lot)]:
        ask, persons = drawn(seed)
        ask["rows"] = 20
        ready, names = ask_of(persons, VIEW, **ask)
        kind, sums = REPORTS.named("attribution"), Sums(cells_of(persons, VIEW, **ask))
        rows, people = kind.finish(sums, ready, lambda name, ids, names=names: names).to_pylist(), kind.behind(sums, ready, lambda name, ids, names=names: names)
        of_ask = {**ask, "from": START, "to": END}
        expected = behind(see(of_reference(persons), VIEW, of_ask, END, None), of_ask, VIEW)
        for model, own in expected.items():
            [name] = {people_of(model), people_of(model, in_full=True)} & {*people}
            told = {row["credited_item"]: people[name][at] for at, row in enumerate(rows) if row["row_kind"] in ("item", "untouched")}
            assert {name: count for name, count in told.items() if count} == {name: count for name, count in own.items() if count}, (seed, model)


@pytest.mark.parametrize("lot", range(cases(LOTS, 2)))
def test_law_7_credits_and_what_no_touch_took_are_the_metric(lot):
    for seed in [*seeds(SEEDS, lot)]:
        ask, persons = drawn(seed)
        ask["dimension"] = "channel"
        total, *rows = rows_of(persons, VIEW, **ask)
        models = ask["models"] if isinstance(ask["models"], dict) else {name: name for name in ask["models"]}
        for name, how in models.items():
            if "participation" not in (how, how["model"] if isinstance(how, dict) else how):
                parts = [row[name] for row in rows if row["row_kind"] in ("item", "other", "untouched")]
                assert math.fsum(parts) == pytest.approx(total[name], rel=1e-9, abs=1e-9), (seed, name)


def test_what_is_drawn_has_every_kind_of_row():
    kinds = [row["row_kind"] for seed in range(20) for ask, persons in [drawn(seed)] for row in rows_of(persons, VIEW, **ask)]
    assert {*kinds} == {"total", "item", "other", "untouched", "set", "overlap", "none", "touches", "days"}
