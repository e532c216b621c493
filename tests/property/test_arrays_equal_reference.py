"""Tables over arrays and arrays inside arrays equal the reference, on random journeys and without Spark."""

from __future__ import annotations

import datetime as dt
import random
from dataclasses import replace

import numpy as np
import pyarrow as pa
import pytest

from cja_spark.journeys.hashing import value_id
from cja_spark.reports.cells import Sums
from cja_spark.reports.compile import asks_of
from cja_spark.reports.dictionary import maps_of, shown_names, shown_of
from cja_spark.reports.one_pass import run_asks
from cja_spark.reports.table import Table
from cja_spark.reports.table_cells import finish
from cja_spark.view.spec import View
from tests.property.arrays import batch_of
from tests.reference.report import report

DAY = 86_400_000
START = 1_735_689_600_000  # 2025-01-01
VIEW = {
    "name": "arrays",
    "dimensions": {
        "page": "page", "sku": "product[].sku", "colour": "product[].colour", "cover": "product[].cover[].name",
        "tag": "tags[].name", "part": "product[].cover[].parts[].name",
    },
    "metrics": {
        "price": "price", "units": "product[].units", "fee": "product[].cover[].fee", "weight": "tags[].weight",
        "cost": "product[].cover[].parts[].cost", "rate": {"calculate": "fee / units"},
    },
    "segments": {"without": {"where": {"dimension": "cover", "exists": False}}},
}  # fmt: skip
SETTINGS = {
    "sku": {"include": {"does_not_equal": "b"}}, "cover": {"no_value": {"label": "a", "as_value": True}},
    "part": {"no_value": {"label": "none", "as_value": True}, "include": {"equals_any_of": ["a", "b"]}},
    "tag": {"no_value": {"show": False}}, "units": {"include": {"more_than": 0.25}}, "fee": {"values_to_count": True},
}  # fmt: skip
SETTLED = {
    **VIEW,
    **{
        kind: {name: one if isinstance(one, dict) else {"field": one, **SETTINGS.get(name, {})} for name, one in VIEW[kind].items()}
        for kind in ("dimensions", "metrics")
    },
}
TEXTS = ("a", "b", "c", "ü")
METRICS = ["price", "units", "fee", "weight", "cost", "rate", "events", "people", "sessions"]
DIMENSIONS = [
    ["sku"], ["cover"], ["part"], ["sku", "cover"], ["cover", "sku"], ["page", "cover"], ["tag"], ["tag", "cover"],
    ["sku", "tag", "part"], ["sku", "colour"], ["page"],
]  # fmt: skip


def grown(chance, depth, leaf):
    """A list of lists, `depth` deep."""
    return leaf() if depth == 0 else [grown(chance, depth - 1, leaf) for _ in range(chance.choice([0, 1, 1, 2, 3]))]


def filled(shape, leaf):
    return [filled(part, leaf) for part in shape] if isinstance(shape, list) else leaf()


def cut(shape, depth):
    """The outer levels of a shape."""
    return None if depth == 0 else [cut(part, depth - 1) for part in shape]


def journeys(seed):
    chance = random.Random(seed)

    def text():
        return chance.choice(["a", "b", "c", "ü", None])

    def number():
        return chance.choice([0.0, 0.25, 0.5, 1.0, 2.5, None])  # sums are exact, so ties are ties

    events = []
    for person in range(12):
        for at in range(chance.choice([1, 2, 5])):
            shape, tags = grown(chance, 3, lambda: None), grown(chance, 1, lambda: None)
            events.append({
                "person_id": f"p{person:02}", "t": START + at * DAY // 4, "sequence": None, "dataset_position": 0,
                "event_id": f"{person}.{at}", "row_hash": at, "page": text(), "price": number(),
                "sku": filled(cut(shape, 1), text), "colour": filled(cut(shape, 1), text),
                "units": filled(cut(shape, 1), number), "cover": filled(cut(shape, 2), text),
                "fee": filled(cut(shape, 2), number), "part": filled(shape, text), "cost": filled(shape, number),
                "tag": filled(tags, text), "weight": filled(tags, number),
            })  # fmt: skip
    return events


def batch(events):
    people = {}
    for event in events:
        people.setdefault(event["person_id"], []).append(event)
    view = View.model_validate(VIEW)
    depths = {f"d_{name}": (name, one.field.count("[]"), True) for name, one in view.dimensions.items()}
    depths |= {f"m_{name}": (name, one.field.count("[]"), False) for name, one in view.metrics.items() if name != "rate"}
    return batch_of(people, depths)


@pytest.mark.parametrize("options", [{}, {"include_no_value": False}, {"rows": 2}, {"segments": ("without",)}], ids=str)
@pytest.mark.parametrize("written", [VIEW, SETTLED], ids=["plain", "settings"])
@pytest.mark.parametrize("seed", range(4))
def test_tables_over_arrays_equal_the_reference(spark, seed, written, options):
    events = journeys(seed)
    days = {"range": {"from": dt.date(2025, 1, 1), "to": dt.date(2025, 1, 1)}}
    reports = [Table.model_validate({**days, **options, "dimensions": names, "metrics": METRICS}) for names in DIMENSIONS]
    asks = asks_of(reports, View.model_validate(VIEW), None, data_until=START + DAY, as_of=START + DAY, arrays={})
    texts, view = {value_id(text): text for text in TEXTS}, View.model_validate(written)
    settled = [name for name in view.dimensions if "no_value" in SETTINGS.get(name, {}) or name == "sku"] if written is SETTLED else []
    maps = maps_of({name: shown_of(name, view, np.array([*texts], np.int64), pa.array(TEXTS)) for name in settled})
    asks = [replace(ask, report=one.settled(view), view=view, values=maps) for ask, one in zip(asks, reports, strict=True)]
    cells = pa.Table.from_batches(list(run_asks(asks, [batch(events)])))
    for at, (ask, names) in enumerate(zip(asks, DIMENSIONS, strict=True)):
        sums = Sums(cells.filter(pa.compute.equal(cells["report"], at)))
        rows = finish(sums, ask, shown_names(lambda dimension, ids: texts, asks)).to_pylist()
        asked = {"report": "table", "dimensions": names, "metrics": METRICS, "from": START, "to": START + DAY, **options}
        expected = report(events, written, asked, data_until=START + DAY)
        assert len(rows) == len(expected), names
        for ours, theirs in zip(rows, expected, strict=True):
            for name, value in ours.items():
                assert value == (pytest.approx(theirs[name]) if isinstance(value, float) else theirs[name]), (names, name)


def test_what_is_compared_has_every_shape():
    events = [event for seed in range(4) for event in journeys(seed)]
    assert any(event["sku"] == [] for event in events)
    assert any([] in event["cover"] for event in events)
    assert any([] in covers for event in events for covers in event["part"])
