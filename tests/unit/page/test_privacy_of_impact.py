"""What a page tells of an impact tells of no few: all tables of some persons, by what else would look the same."""

from __future__ import annotations

from itertools import combinations_with_replacement, product

import numpy as np
import pytest

from cja_spark.page.privacy import Below, Withheld
from cja_spark.page.privacy_of_impact import changes_are_told, hide_few_of_impact
from cja_spark.publish_page import panel_of
from tests.unit.page.answers import VIEW
from tests.unit.page.answers_of_steps import impact
from tests.unit.page.panels_of_steps import ENGAGEMENT, IMPACT

FEWEST = 3
COLUMNS = IMPACT.columns
FIGURES = ("people", "base_people", "times_done", "times_per_person", "change_rate")
HIDDEN = Withheld(10)


def line(kind, *figures, name="a", interval=None):
    """One row."""
    return {"row_kind": kind, "step_name": name, "interval": interval, **dict(zip(FIGURES, (None if one is None else float(one) for one in figures), strict=True))}


def told(kind, own, base, interval=None, before=None):
    """A row of how often each person did something in it."""
    times, who = sum(own), sum(map(bool, own))
    rate = times / base if base else None
    return line(kind, who, base, times, rate, rate / before - 1 if before and rate is not None else None, interval=interval)


def table(persons, each):
    """The rows of persons by how often each does something in every interval, `each` on a side."""
    base = len(persons)
    rows = [line("total", base, None, None, None, None, name=None), line("left_out", 0, None, None, None, None, name=None)]
    rows += [told("interval", [own[at] for own in persons], base, at - each) for at in range(2 * each)]
    rows.append(told("before", [sum(own[:each]) for own in persons], base))
    rows.append(told("after", [sum(own[each:]) for own in persons], base, before=rows[-1]["times_per_person"]))
    return rows


def worlds(each, most):
    """All tables of up to so many persons, each once."""
    kinds = [*product(range(3) if each == 1 else range(2), repeat=2 * each)]
    found = (table(some, each) for many in range(most + 1) for some in combinations_with_replacement(kinds, many))
    return [*{repr(rows): rows for rows in found}.values()]


def shown(rows, fewest=FEWEST):
    return [*hide_few_of_impact(rows, COLUMNS, fewest)]


def numbers(rows):
    return [-9.0 if row[name] is None else row[name] for row in rows for name in FIGURES]


def may_be(rows, every):
    """Which tables have what is shown."""
    found = np.ones(len(every), bool)
    for at, cell in enumerate(row[name] for row in rows for name in FIGURES):
        if not isinstance(cell, Below | Withheld):
            found &= every[:, at] == (-9.0 if cell is None else cell)
    return every[found]


@pytest.mark.parametrize(("each", "most", "alike"), [(1, 5, 6), (2, 4, 5)])
def test_no_shown_figures_tell_how_often_few_do_it(each, most, alike):
    every, tried = np.array([numbers(rows) for rows in worlds(each, alike)]), 0
    for rows in worlds(each, most):
        same = may_be(shown(rows), every)
        for at, row in enumerate(rows[2:], 2):
            if 0 < row["people"] < FEWEST <= row["base_people"]:
                tried += 1
                assert len({*same[:, len(FIGURES) * at + FIGURES.index("times_done")]}) > 1, rows
    assert tried > 50


def side(*people, base=100, first=0):
    """Intervals in which so many do it, each once."""
    return [line("interval", many, base, many, many / base, None, interval=first + at) for at, many in enumerate(people)]


def sums(before, after, base=100):
    return [line("before", before, base, before, before / base, None), line("after", after, base, after, after / base, after / before - 1)]


def hidden_in(rows, fewest=10):
    return [isinstance(row["times_done"], Below | Withheld) for row in shown(rows, fewest)]


def test_what_is_of_many_is_shown_as_it_is():
    rows = [*side(40, 20, first=-2), *side(10, 0), *sums(60, 10)]
    assert shown(rows, 10) == rows
    assert shown([*side(3, first=-1), *side(2), *sums(3, 2)], 0) == [*side(3, first=-1), *side(2), *sums(3, 2)]


def test_the_interval_that_would_tell_a_hidden_one_is_withheld_with_it_on_its_side_alone():
    rows = [*side(40, 9, 30, first=-3), *side(50, 20, 30), *sums(60, 70)]
    assert hidden_in(rows) == [False, True, True, False, False, False, False, False]
    assert {shown(rows, 10)[1][name] for name in FIGURES[:4]} == {Below(10)}
    assert {shown(rows, 10)[2][name] for name in FIGURES[:4]} == {HIDDEN}


def test_two_hidden_ones_of_the_same_few_do_not_hide_each_other():
    assert hidden_in([*side(40, 9, 8, 30, first=-4), *side(50), *sums(60, 50)]) == [False, True, True, True, False, False, False]


def test_what_all_but_few_do_is_withheld():
    assert hidden_in([*side(91, 40, 90, first=-3), *side(50), *sums(90, 50)]) == [True, True, False, False, False, False]


def test_the_change_goes_with_either_side():
    before, after = shown([*side(9, first=-1), *side(50), *sums(9, 50)], 10)[-2:]
    assert (before["people"], after["people"], after["change_rate"]) == (Below(10), 50, HIDDEN)
    before, after = shown([*side(50, first=-1), *side(9), *sums(50, 9)], 10)[-2:]
    assert (before["people"], after["people"], after["change_rate"]) == (50, Below(10), Below(10))


def test_the_intervals_of_one_indicator_hide_none_of_another():
    other = [{**row, "step_name": "b"} for row in [*side(40, 20, first=-2), *side(30), *sums(60, 30)]]
    assert shown([*side(40, 9, first=-2), *side(30), *sums(45, 30), *other], 10)[5:] == other


def test_the_rule_is_for_impact_alone():
    assert changes_are_told(panel_of(impact(40, 20), VIEW).columns)
    assert not changes_are_told(ENGAGEMENT.columns)
