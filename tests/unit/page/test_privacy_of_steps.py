"""What steps say of one another: no small count of a fallout follows from what is left on the page."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cja_spark.page.content import ColumnSpec
from cja_spark.page.privacy import Below, Withheld, few
from cja_spark.page.privacy_of_steps import hide_few_of_steps, steps_follow

FEWEST = 10
BELOW, WITHHELD = Below(FEWEST), Withheld(FEWEST)
TEXTS = tuple(ColumnSpec(name=name, label=name) for name in ("breakdown", "step"))
SHARES = tuple(ColumnSpec(name=f"percent_of_{name}", label=name, format="percent") for name in ("previous", "total"))
COUNTS = tuple(ColumnSpec(name=name, label=name, format="people") for name in ("people", "fallout_people", "open_people"))
COLUMNS = (*TEXTS, COUNTS[0], *SHARES, *COUNTS[1:])


def rows_of(*people, breakdown=None, waiting=None):
    """Rows of a fallout as the report gives them: counts are doubles, the last step has nobody who went no further."""
    following = (*people[1:], None)
    return [
        {
            "breakdown": breakdown,
            "step": at + 1,
            "people": float(count),
            "percent_of_previous": count / people[at - 1] if at and people[at - 1] else None,
            "percent_of_total": count / people[0] if people[0] else None,
            "fallout_people": None if following[at] is None else float(count - following[at]),
            "open_people": waiting,
        }
        for at, count in enumerate(people)
    ]


def hidden(rows, *names):
    return [tuple(row[name] for name in names) for row in hide_few_of_steps(rows, COLUMNS, FEWEST)]


@pytest.mark.parametrize(
    ("people", "counts", "left"),
    [
        ((100, 50, 20), [100, 50, 20], [50, 30, None]),
        ((100, 100, 0), [100, 100, 0], [0, 100, None]),
        ((100, 5), [100, BELOW], [WITHHELD, BELOW]),
        ((40, 36), [40, WITHHELD], [WITHHELD, None]),
        ((40, 36, 12), [40, WITHHELD, 12], [WITHHELD, WITHHELD, None]),
        ((40, 36, 33, 30), [40, WITHHELD, WITHHELD, 30], [WITHHELD, WITHHELD, WITHHELD, None]),
        ((100, 50, 5, 0), [100, 50, BELOW, 0], [50, WITHHELD, BELOW, None]),
    ],
)
def test_a_count_is_shown_where_nobody_or_enough_lie_between_it_and_the_last_one(people, counts, left):
    assert hidden(rows_of(*people), "people", "fallout_people") == list(zip(counts, left, strict=True))


def test_the_share_of_a_step_without_its_count_is_withheld_and_so_are_those_who_wait_before_it():
    found = hidden(rows_of(100, 96, 50, 20, waiting=30.0), "percent_of_previous", "percent_of_total", "open_people")
    assert found == [(None, 1.0, WITHHELD), (WITHHELD, WITHHELD, WITHHELD), (WITHHELD, 0.5, 30.0), (0.4, 0.2, 30.0)]


def test_steps_of_one_value_say_nothing_of_anothers():
    rows = [*rows_of(100, 50), *rows_of(48, 44, breakdown="email"), *rows_of(52, 6, breakdown="web")]
    assert hidden(rows, "people") == [(100,), (50,), (48,), (WITHHELD,), (52,), (BELOW,)]


def test_zero_as_the_limit_shows_everything():
    rows = rows_of(3, 2, 1)
    assert list(hide_few_of_steps(rows, COLUMNS, 0)) == rows


def test_rows_are_steps_where_they_have_a_step_and_count_people():
    assert steps_follow(COLUMNS)
    assert not steps_follow(COLUMNS[:2])
    assert not steps_follow(COLUMNS[2:])


def known(rows):
    """What shown figures say of the steps' counts: one linear form of them per figure, which has a known value."""
    unit, forms = np.eye(len(rows)), []
    for at, row in enumerate(rows):
        shown = {name for name, cell in row.items() if isinstance(cell, float)}
        forms += [unit[at]] if "people" in shown else []
        forms += [unit[at] - unit[at + 1]] if "fallout_people" in shown else []
        forms += [unit[at] - row["percent_of_previous"] * unit[at - 1]] if "percent_of_previous" in shown else []
        forms += [unit[at] - row["percent_of_total"] * unit[0]] if "percent_of_total" in shown and at else []
    return np.array(forms).reshape(-1, len(rows))


def follows(form, forms):
    rank = np.linalg.matrix_rank
    return len(forms) > 0 and rank(np.vstack([forms, form])) == rank(forms)


@given(st.lists(st.integers(0, 60), min_size=1, max_size=6))
def test_no_small_count_or_loss_is_a_sum_of_shown_figures(counts):
    people = sorted(counts, reverse=True)
    unit = np.eye(len(people))
    forms = known(list(hide_few_of_steps(rows_of(*people), COLUMNS, FEWEST)))
    for at, count in enumerate(people):
        assert not few(count, FEWEST) or not follows(unit[at], forms)
        for later in range(at + 1, len(people)):
            assert not few(count - people[later], FEWEST) or not follows(unit[at] - unit[later], forms)


def test_the_check_above_sees_a_loss_that_is_hidden_alone():
    rows = [{**row, "fallout_people": BELOW} for row in rows_of(40, 36)]
    assert follows(np.array([1.0, -1.0]), known(rows))
