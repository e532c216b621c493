"""Cells and panels as JSON inside a script element."""

import json
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cja_spark.page.content import ColumnSpec
from cja_spark.page.encode import encode_cell, encode_panel, script_json
from cja_spark.page.privacy import Below
from tests.security.hostile import HOSTILE
from tests.unit.page.pages import TABLE

TEXT = ColumnSpec(name="page", label="Page")
COUNT = ColumnSpec(name="events", label="Events", format="count")
SECRET = ColumnSpec(name="crm", label="Customer", format="identifier")
EAST = timezone(timedelta(hours=-5))


@pytest.mark.parametrize(
    ("cell", "column", "json_value"),
    [
        (12, COUNT, 12),
        (2**53 + 1, COUNT, "9007199254740993"),
        (Decimal("0.10"), COUNT, "0.10"),
        (Decimal("NaN"), COUNT, None),
        (float("inf"), COUNT, None),
        (float("nan"), COUNT, None),
        (None, TEXT, None),
        (3, TEXT, "3"),
        (True, TEXT, "true"),
        (Below(10), COUNT, {"below": 10}),
        ("CRM-0001234", SECRET, "CRM•••"),
        (date(2025, 1, 2), TEXT, "2025-01-02"),
        (datetime(2025, 1, 2, 3, 4), TEXT, "2025-01-02 03:04 UTC"),
        (datetime(2025, 1, 2, 3, 4, 5, tzinfo=UTC), TEXT, "2025-01-02 03:04:05 UTC"),
        (datetime(2025, 1, 2, 22, 0, tzinfo=EAST), TEXT, "2025-01-03 03:00 UTC"),
    ],
)
def test_a_cell_keeps_its_exact_value(cell, column, json_value):
    assert encode_cell(cell, column) == json_value


@pytest.mark.parametrize("text", HOSTILE)
@pytest.mark.fault("F15")
def test_hostile_text_cannot_leave_the_script_element(text):
    written = script_json([text.encode(errors="replace").decode()])
    assert not set(written) & set("<>&\u2028\u2029")


@given(st.lists(st.text() | st.integers() | st.none() | st.dictionaries(st.text(), st.text())))
def test_the_escapes_are_still_the_same_json(value):
    assert json.loads(script_json(value)) == value


def test_rows_follow_the_columns_and_stop_at_the_limit():
    panel = encode_panel(TABLE, fewest_people=10, most_rows=4)
    assert panel["rows"] == [
        ["total", None, 100, 40],
        ["item", "home", 60, 30],
        ["item", "cart", 20, 12],
        ["item", None, {"below": 10}, {"below": 10}],
    ]
