"""Every function of derived fields as Spark computes it, against plain Python, on drawn events and drawn definitions."""

from __future__ import annotations

import math
import random

import pytest

from cja_spark.journeys.derived.derive import derive, no_lookups
from cja_spark.journeys.derived.formula import Formula, column_name
from cja_spark.view.spec import View
from tests.property.derived import CHAINS, KINDS, SCHEMA, ZONE, drawn, event, flat
from tests.reference.derived import derived
from tests.reference.derived_inputs import as_text

EVENTS = 1000


@pytest.fixture(scope="module")
def case(spark):
    chance = random.Random(5)
    definitions = drawn(chance)
    definitions |= CHAINS
    view = View.model_validate({"name": "v", "time_zone": ZONE, "derived": definitions})
    events = [event(chance) for _ in range(EVENTS)]
    rows = spark.createDataFrame([(at, *one.values()) for at, one in enumerate(events)], f"row int, {SCHEMA}")
    formulas = [Formula.of(name, view.derived, view.time_zone) for name in definitions]
    wanted = [column_name(name, as_text=as_text) for name in definitions for as_text in (False, True)]
    found = rows.transform(derive, formulas, no_lookups).select("row", *wanted).toArrow().to_pylist()
    return {"time_zone": ZONE, "derived": definitions}, [flat(one) for one in events], sorted(found, key=lambda row: row["row"])


def as_texts(value):
    return [as_texts(one) for one in value] if isinstance(value, list) else as_text(value)


def same(ours, theirs):
    if ours is None and theirs == []:
        return True  # no list is one without values
    if isinstance(ours, list) and isinstance(theirs, list):
        return len(ours) == len(theirs) and all(same(one, other) for one, other in zip(ours, theirs, strict=True))
    if isinstance(ours, float) and isinstance(theirs, float | int):
        return math.isclose(ours, theirs, rel_tol=1e-12) or (math.isnan(ours) and math.isnan(theirs))
    return ours == theirs


@pytest.mark.parametrize("kind", [*KINDS, *CHAINS])
def test_values_are_those_of_the_reference(case, kind):
    view, events, rows = case
    names = [name for name in view["derived"] if name == kind or (name.startswith(f"{kind}_") and name.removeprefix(f"{kind}_").isdigit())]
    for name in names:
        for one, row in zip(events, rows, strict=True):
            expected = derived(view, name, one)
            ours = row[column_name(name, as_text=False)]
            shown = row[column_name(name, as_text=True)]
            assert same(ours, expected), (view["derived"][name], one, ours, expected)
            if not isinstance(expected, float) or (expected.is_integer() and abs(expected) < 1e15):  # Java writes other fractions than Python
                assert same(shown, as_texts(expected)), (view["derived"][name], one, shown, expected)
