"""What few do between steps or after them is not to be told, nor computed from the rest."""

import itertools

import pytest

from cja_spark.page.content import ColumnSpec
from cja_spark.page.privacy import Withheld
from cja_spark.page.privacy_around_steps import hide_few_around_steps, steps_have_items
from tests.unit.page.test_privacy_of_periods_of_steps import COLUMNS as OF_PERIODS
from tests.unit.page.test_privacy_of_periods_of_steps import over_time
from tests.unit.page.test_privacy_of_steps import COLUMNS as OF_STEPS
from tests.unit.page.test_privacy_of_steps import rows_of

ITEMS = (ColumnSpec(name="item_kind", label="item_kind"), ColumnSpec(name="step_item", label="step_item"), ColumnSpec(name="percent_of_step", label="share", format="percent"))
COLUMNS = (ColumnSpec(name="row_kind", label="row_kind"), *OF_STEPS, *ITEMS)


def items(kind, step, counts, of):
    """Rows of values, the last one of nothing; a count may be unknown."""
    nothing = len(counts) - 1
    return [
        {"row_kind": kind, "step": step, "people": None if count is None else float(count), "percent_of_step": None if count is None else count / of,
         "item_kind": "exit" if at == nothing else "item", "step_item": None if at == nothing else f"item {at}"}
        for at, count in enumerate(counts)
    ]  # fmt: skip


def shown(people, kind, step, *counts):
    """Per row of what happens there its count on the page, None where it is hidden or not known."""
    rows = [{"row_kind": "step", **row} for row in rows_of(*people)] + items(kind, step, counts, 100)
    safe = [row for row in hide_few_around_steps(rows, COLUMNS, 10) if row["row_kind"] == kind]
    assert all((row["people"] == Withheld(10)) == (row["percent_of_step"] == Withheld(10)) for row in safe)
    return [row["people"] if isinstance(row["people"], float) else None for row in safe]


@pytest.mark.parametrize(
    ("counts", "left"),
    [
        ((60, 30, 10), [60, 30, 10]),
        ((60, 40, 0), [60, 40, 0]),
        ((100, 0), [100, 0]),
        ((60, 31, 9), [60, None, None]),
        ((75, 9, 9, 7), [75, None, None, None]),
        ((80, 8, 8, 4), [80, None, None, None]),
        ((84, 4, 4, 8), [84, None, None, None]),
        ((88, 4, 4, 4), [88, None, None, None]),
        ((92, 8, 0), [None, None, 0]),
        ((95, 5), [None, None]),
    ],
)
def test_rows_that_add_up_leave_by_two_and_by_ten(counts, left):
    assert shown((200, 100), "after", 1, *counts) == left
    assert shown((100, 100), "between", 1, *counts) == left


@pytest.mark.parametrize(
    ("counts", "left"),
    [
        ((80, 60, 20), [80, 60, 20]),
        ((80, 60, 9), [80, 60, None]),
        ((95, 60, 0), [None, 60, 0]),
        ((90, None, 10), [90, None, 10]),
        ((91, None, 9), [None, None, None]),
        ((60, None, 3), [60, None, None]),
    ],
)
def test_of_rows_that_overlap_each_is_looked_at_alone(counts, left):
    assert shown((100, 100), "between", 1, *counts) == left


@pytest.mark.parametrize(
    ("people", "kind", "told"),
    [
        ((200, 100), "between", True),
        ((200, 9), "between", False),
        ((105, 100), "between", False),
        ((200, 100), "after", True),
        ((105, 100), "after", False),
        ((200, 9), "after", False),
    ],
)
def test_nothing_is_told_of_those_whose_number_is_hidden(people, kind, told):
    assert (None not in shown(people, kind, 1, 60, 40)) == told


def test_it_is_the_step_of_the_rows_that_decides():
    assert shown((300, 200, 195, 100), "between", 1, 120, 80) == [120, 80]
    assert shown((300, 200, 195, 100), "between", 2, 120, 75) == [None, None]
    assert shown((300, 200, 195, 100), "after", 1, 60, 40) == [60, 40]
    assert shown((300, 200, 195, 95), "after", 2, 60, 40) == [None, None]
    assert shown((300, 200, 150, 100), "after", 2, 30, 20) == [30, 20]


def test_no_count_of_few_is_the_rest_of_what_is_shown():
    tried = 0
    for counts in itertools.product((0, 1, 5, 9, 10, 13, 40, 91), repeat=4):
        whole = sum(counts)
        if whole < 10:
            continue
        found = shown((whole + 100, whole), "between", 1, *counts)
        hidden = [count for count, told in zip(counts, found, strict=True) if told is None]
        visible = [told for told in found if told is not None]
        assert all(not 0 < told < 10 and not 0 < whole - told < 10 for told in visible), (counts, found)
        assert not hidden or len([count for count in hidden if count]) > 1, (counts, found)
        assert not hidden or sum(hidden) >= 10, (counts, found)
        tried += 1
    assert tried == 4044


def test_steps_and_periods_hide_what_they_hid():
    rows = [{"row_kind": "step", **row} for row in rows_of(100, 5)] + items("between", 1, (5, 0), 5)
    safe = [*hide_few_around_steps(rows, COLUMNS, 10)]
    assert [isinstance(row["people"], float) for row in safe] == [True, False, False, False]
    columns = (*OF_PERIODS, *ITEMS)
    rows = over_time((100, 50), (80, 40), (9, 0)) + items("between", 1, (60, 30), 90)
    safe = [*hide_few_around_steps(rows, columns, 10)]
    assert [row["people"] for row in safe if row["row_kind"] == "step_over_time"] == [100, 50, *[Withheld(10)] * 4]
    assert [row["people"] for row in safe if row["row_kind"] == "between"] == [60, 30]


def test_only_steps_with_items_are_told_so():
    assert steps_have_items(COLUMNS)
    assert steps_have_items((*OF_PERIODS, *ITEMS))
    assert not steps_have_items(OF_PERIODS)
    assert not steps_have_items(ITEMS)
