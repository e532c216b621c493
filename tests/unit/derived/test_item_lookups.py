"""Lookups with keys in arrays: each item gets what the dataset has for its key, and what follows works with it."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cja_spark.errors import InputError, MissingColumnError
from cja_spark.journeys import values as values_of_journeys
from cja_spark.journeys.build import build
from cja_spark.journeys.derived.derive import derive
from cja_spark.journeys.derived.formula import Formula, column_name
from cja_spark.journeys.derived.item_lookup import looked_up
from cja_spark.view.spec import View
from tests.unit.reports.world import START

EVENTS = "row int, country string, items array<struct<sku: string, parts: array<struct<code: int>>>>"
ROWS = [
    (1, "de", [("a", [(1,), (2,)]), ("b", [(3,)]), ("?", [])]),
    (2, "fr", [("b", None), (None, [(1,), None])]),
    (3, "de", []),
    (4, None, None),
    (5, "fr", [None, ("A", [(2,)])]),
]
DATASETS = {
    "catalogue": ("key string, category string, maker string, price double", [("a", "Shoes", "m1", 2.5), ("b", "Hats", "m2", 4.0), ("c", "Bags", "m1", 1.0)]),
    "makers": ("key string, land string", [("m1", "Italy"), ("de-a", "own"), ("Shoes", "feet")]),
    "codes": ("key int, name string", [(1, "One"), (2, "Two")]),
}  # fmt: skip
CATEGORY = {"function": "lookup", "input": "items[].sku", "dataset": "catalogue", "column": "category"}


def datasets(spark):
    return lambda name: spark.createDataFrame(DATASETS[name][1], DATASETS[name][0])


def view(functions, **others):
    return View.model_validate({"name": "v", "derived": {"a": functions, **others}, "dimensions": {"a": {"derived": "a"}}})


def values(spark, functions, *, as_text=True, **others):
    """Per event the values of the derived field `a`."""
    events = spark.createDataFrame(ROWS, EVENTS)
    derived = view(functions, **others).derived
    column = column_name("a", as_text=as_text)
    found = derive(events, [Formula.of("a", derived, "UTC")], datasets(spark)).orderBy("row").select(column).collect()
    return [row[0] for row in found]


def test_each_item_has_what_the_dataset_has_for_its_key(spark):
    assert values(spark, [CATEGORY]) == [["Shoes", "Hats", None], ["Hats", None], [], None, [None, None]]


def test_numbers_stay_numbers(spark):
    price = {**CATEGORY, "column": "price"}
    assert values(spark, [price], as_text=False) == [[2.5, 4.0, None], [4.0, None], [], None, [None, None]]


def test_keys_in_arrays_in_arrays_are_found_as_text(spark):
    name = {"function": "lookup", "input": "items[].parts[].code", "dataset": "codes", "column": "name"}
    assert values(spark, [name]) == [[["One", "Two"], [None], []], [None, ["One", None]], [], None, [None, ["Two"]]]


def test_what_follows_a_lookup_works_with_it_and_a_lookup_takes_what_came_before(spark):
    made = values(spark, [
        {"function": "lowercase", "input": "items[].sku", "output": "low"},
        {**CATEGORY, "input": {"output": "low"}, "output": "category"},
        {**CATEGORY, "input": {"output": "low"}, "column": "maker", "output": "maker"},
        {"function": "lookup", "input": {"output": "maker"}, "dataset": "makers", "column": "land", "output": "land"},
        {"function": "lowercase", "input": {"output": "category"}, "output": "kind"},
        {"function": "concatenate", "inputs": ["country", {"output": "kind"}, {"output": "land"}], "delimiter": "/"},
    ])  # fmt: skip
    assert made[0] == ["de/shoes/Italy", "de/hats", "de"]
    assert made[4] == ["fr", "fr/shoes/Italy"]


def test_a_key_of_the_event_and_of_the_item_together(spark):
    made = [
        {"function": "concatenate", "inputs": ["country", "items[].sku"], "delimiter": "-", "output": "both"},
        {"function": "lookup", "input": {"output": "both"}, "dataset": "makers", "column": "land"},
    ]
    assert values(spark, made)[0] == ["own", None, None]


def test_another_derived_field_takes_what_a_lookup_found_and_all_of_them_together(spark):
    taken = [{"function": "lookup", "input": {"derived": "b"}, "dataset": "makers", "column": "land"}]
    assert values(spark, taken, b=[CATEGORY])[0] == ["feet", None, None]
    together = [
        {**CATEGORY, "output": "category"},
        {"function": "summarize", "input": {"output": "category"}, "scope": "event", "how": "count_distinct"},
    ]
    assert values(spark, together, as_text=False) == [2, 1, 0, 0, 0]


def test_journeys_hold_what_items_found_and_are_built_again_when_the_dataset_changes(lake):
    schema = (
        "person_id string, person_namespace string, persistent_id string, event_id string, ts timestamp, event_date date, dataset string, "
        "dataset_position int, sequence bigint, row_hash bigint, load bigint, items array<struct<sku: string>>"
    )
    row = ("p", "crm", None, "e", START, START.date(), "web", 0, None, 1, 1, [("a",), ("b",), ("z",)])
    lake.events.append(lake.spark.createDataFrame([row], schema))
    rows = datasets(lake.spark)("catalogue")
    lake.lookup("catalogue").overwrite(rows)
    assert build(lake, view([CATEGORY]), {"catalogue": "items[].sku"}).written == (202601,)
    assert {row["value"] for row in lake.values("v").rows()} == {"Shoes", "Hats"}
    assert build(lake, view([CATEGORY]), {"catalogue": "items[].sku"}).written == ()
    lake.lookup("catalogue").overwrite(rows.replace("Hats", "Caps"))
    assert build(lake, view([CATEGORY]), {"catalogue": "items[].sku"}).written == (202601,)
    assert "Caps" in {row["value"] for row in lake.values("v").rows()}


def test_a_column_that_the_dataset_has_not_is_named(spark):
    with pytest.raises(MissingColumnError, match="derived field 'a', lookup 'catalogue': no column 'categry'. Did you mean 'category'"):
        values(spark, [{**CATEGORY, "column": "categry"}])


def test_too_many_keys_are_refused(spark, monkeypatch):
    monkeypatch.setattr(values_of_journeys, "MAX_LOOKUP_KEYS", 2)
    with pytest.raises(InputError, match="lookup 'catalogue' has more than 2 keys; join it into the source instead"):
        values(spark, [CATEGORY])


KEYS = st.one_of(st.none(), st.integers(1, 6))
LISTS = st.lists(st.one_of(st.none(), st.lists(st.one_of(st.none(), st.lists(KEYS, max_size=3)), max_size=3)), max_size=6)


@given(LISTS, st.integers(0, 3), st.integers(0, 6), st.sampled_from([{}, {1: "a", 3: "c", 5: "e"}, {6: "f"}]))
def test_lists_of_values_are_like_the_keys_also_in_a_slice(lists, start, length, known):
    keys = pa.array(lists, pa.list_(pa.list_(pa.int64()))).slice(start, length)
    found = looked_up(keys, np.array([*known], np.int64), pa.array(known.values(), pa.string()))
    found.validate(full=True)
    wanted = [
        one if one is None else [inner if inner is None else [known.get(key) for key in inner] for inner in one]
        for one in lists[start : start + length]
    ]
    assert found.to_pylist() == wanted
