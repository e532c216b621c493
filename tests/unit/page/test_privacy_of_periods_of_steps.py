"""Periods of a fallout add up to all of it: what few of a period do is not to be told, nor computed from the rest."""

import itertools

import pytest

from cja_spark.page.content import ColumnSpec
from cja_spark.page.privacy import Below, Withheld
from cja_spark.page.privacy_of_periods_of_steps import hide_few_of_periods_of_steps, steps_have_periods
from tests.unit.page.test_privacy_of_steps import COLUMNS as OF_STEPS
from tests.unit.page.test_privacy_of_steps import rows_of

COLUMNS = (ColumnSpec(name="row_kind", label="row_kind"), *OF_STEPS, ColumnSpec(name="bucket", label="bucket", format="time"), ColumnSpec(name="label", label="label"))


def over_time(*periods):
    """Rows of a fallout and its periods, each with how many reach each step."""
    totals = [sum(counts) for counts in zip(*periods, strict=True)]
    rows = [{"row_kind": "step", **row, "bucket": None} for row in rows_of(*totals)]
    for at, people in enumerate(periods):
        rows += [{"row_kind": "step_over_time", **row, "bucket": at} for row in rows_of(*people)]
    return rows + [{**dict.fromkeys(rows[0]), "row_kind": "mean_of_rates", "step": at + 1, "percent_of_total": 0.5} for at in range(len(totals))]


def shown(*periods):
    """Per period the counts of its steps on the page, None where one is hidden; and whether the means are there."""
    safe = [*hide_few_of_periods_of_steps(over_time(*periods), COLUMNS, 10)]
    found = [[row["people"] if isinstance(row["people"], float) else None for row in safe if row["bucket"] == at] for at in range(len(periods))]
    return found, [row["percent_of_total"] for row in safe if row["row_kind"] == "mean_of_rates"]


@pytest.mark.parametrize(
    ("periods", "left"),
    [
        (((100, 50), (80, 40)), [[100, 50], [80, 40]]),
        (((100, 50), (80, 40), (0, 0)), [[100, 50], [80, 40], [0, 0]]),
        (((100, 50), (80, 40), (9, 0)), [[100, 50], [None, None], [None, None]]),
        (((100, 50), (80, 40), (9, 0), (8, 0)), [[100, 50], [80, 40], [None, None], [None, None]]),
        (((100, 50), (80, 40), (9, 4), (8, 0)), [[100, 50], [None, None], [None, None], [None, None]]),
        (((100, 50), (80, 74)), [[None, None], [None, None]]),
        (((100, 50), (80, 40), (30, 5)), [[100, 50], [None, None], [None, None]]),
    ],
)
def test_a_period_that_hides_a_figure_leaves_with_another_one(periods, left):
    found, means = shown(*periods)
    assert found == left
    assert means == ([0.5, 0.5] if all(None not in one for one in left) else [Withheld(10)] * 2)


def test_no_count_of_few_is_the_rest_of_what_is_shown():
    sizes = ((0, 0), (9, 0), (12, 4), (30, 12), (30, 30), (80, 40), (95, 90))
    tried = 0
    for periods in itertools.product(sizes, repeat=4):
        found, _ = shown(*periods)
        for step in range(2):
            hidden = [periods[at][step] for at in range(4) if found[at][step] is None]
            others = sum(periods[at][step] for at in range(4) if found[at][step] is not None)
            whole = sum(one[step] for one in periods)
            left = any(None not in found[at] and sum(periods[at]) for at in range(4))
            assert not left or whole == others or not 0 < whole - others < 10, (periods, found)
            assert not left or len([count for count in hidden if count]) != 1 or len(hidden) > 1, (periods, found)
        tried += 1
    assert tried == 2401


def test_the_steps_of_all_hide_what_they_hid():
    rows = over_time((60, 5), (60, 4))
    safe = [*hide_few_of_periods_of_steps(rows, COLUMNS, 10)]
    assert [row["people"] for row in safe[:2]] == [120.0, Below(10)]


def test_only_steps_with_periods_are_told_so():
    assert steps_have_periods(COLUMNS)
    assert not steps_have_periods(OF_STEPS)
    assert not steps_have_periods(COLUMNS[:2])
