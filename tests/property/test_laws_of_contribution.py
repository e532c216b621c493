"""A law of contributions on drawn journeys: where rows add up they make the whole change, each its part of it."""

from __future__ import annotations

import datetime as dt
import math
import random

import pytest

from tests.property.draws import cases
from tests.property.product import Product, events_frame, reports, view_of
from tests.property.strategies import journeys

METRICS = {"page": ("orders", "events", "calls", "views"), "channel": ("orders", "events", "calls"), "sku": ("units",), "day": ("orders", "events")}
COMPARED = (
    "previous_period", "previous_period", {"from": dt.date(2025, 2, 25), "to": dt.date(2025, 3, 9)}, {"from": dt.date(2025, 3, 9), "to": dt.date(2025, 3, 20)},
    {"from": dt.date(2024, 3, 1), "to": dt.date(2024, 3, 31)}, ["buyers", "not_home"], ["long", "on_sale"],
)  # fmt: skip


def asked(seed):
    """Contributions of what lies on the event, or on the item, that has the value."""
    chance = random.Random(seed)
    return [
        {"report": "contribution", "metric": chance.choice(metrics), "dimensions": [name], "rows": rows, "compare": chance.choice(COMPARED)}
        for name, metrics in METRICS.items()
        for rows in (1, 2, 1000)
    ]


def summed(rows, name):
    return math.fsum(row[name] for row in rows)


def of_size(*amounts):
    return max(1.0, *map(abs, amounts))


@pytest.mark.parametrize("seed", range(cases(60, 6)))
def test_what_adds_up_makes_the_whole_change(spark, seed):
    answers = Product(spark, view_of(), reports(asked(seed))).of_frame(events_frame(spark, journeys(seed, 40)))
    changed = grown = 0
    for total, *rows in answers:
        assert rows and all(row["rows_add_up"] for row in rows)
        near = {"abs": 1e-9 * of_size(total["amount_before"], total["amount_after"])}
        for name in ("amount_before", "amount_after", "amount_change"):
            assert summed(rows, name) == pytest.approx(total[name], **near), name
        if total["amount_change"]:
            assert summed(rows, "share_of_change") == pytest.approx(1, abs=1e-9 * of_size(total["amount_after"]) / abs(total["amount_change"]))
            changed += 1
        else:
            assert {row["share_of_change"] for row in rows} == {None}
        if total["amount_before"]:
            assert summed(rows, "beyond_growth") == pytest.approx(0, **near)
            grown += 1
        else:
            assert {row["beyond_growth"] for row in rows} == {None}
    assert changed > 3 and grown > 3
