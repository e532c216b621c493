"""What a page tells of growth tells of no few: generated persons, by what else would look the same."""

from __future__ import annotations

from itertools import combinations_with_replacement, product

import numpy as np
import pytest

from cja_spark.page.privacy import Below, Withheld
from cja_spark.page.privacy_of_growth import classes_add_up, hide_few_of_growth
from cja_spark.publish_page import panel_of
from tests.unit.page.answers import VIEW
from tests.unit.page.answers_of_steps import growth
from tests.unit.page.panels_of_steps import GROWTH

FEWEST = 3
COLUMNS = GROWTH.columns
CLASSES = ("new_people", "repeat_people", "return_people", "dormant_people")
FIGURES = ("people", *CLASSES, "net_growth")


def class_of(before, active, at):
    """What one person is in a period: active as `active` says, before the range in the last period (1), an earlier one (2) or not (0)."""
    there = active[at - 1] if at else before == 1
    if not active[at]:
        return 3 if there else None
    return 1 if there else 2 if before or any(active[:at]) else 0


def line(kind, people, classes=(None,) * 4):
    """One row."""
    gone = classes[3]
    return {"row_kind": kind, "bucket": None, "label": None, "people": people, **dict(zip(CLASSES, classes, strict=True)), "net_growth": (classes[0] + classes[2]) / gone if gone else None}


def table(persons, periods):
    """The rows of some persons."""
    found = np.zeros((periods, 4), int)
    for before, active in persons:
        for at in range(periods):
            if (one := class_of(before, active, at)) is not None:
                found[at, one] += 1
    return [line("total", sum(any(active) for _, active in persons)), *(line("period", int(sum(own[:3])), own) for own in found.tolist())]


def worlds(periods, most):
    """All tables of up to so many persons, each once."""
    kinds = [*product(range(3), product((False, True), repeat=periods))]
    found = (table(some, periods) for many in range(most + 1) for some in combinations_with_replacement(kinds, many))
    return [*{repr(rows): rows for rows in found}.values()]


def numbers(rows):
    return [-1.0 if one[name] is None else float(one[name]) for one in rows for name in FIGURES]


def shown(rows, fewest=FEWEST):
    return [*hide_few_of_growth(rows, COLUMNS, fewest)]


def may_be(told, every):
    """Which tables have what is shown."""
    found = np.ones(len(every), bool)
    for at, cell in enumerate(one[name] for one in told for name in FIGURES):
        if not isinstance(cell, Below | Withheld):
            found &= every[:, at] == (-1.0 if cell is None else cell)
    return every[found]


@pytest.mark.parametrize(("periods", "most", "alike"), [(1, 5, 7), (2, 4, 6), (3, 3, 4)])
def test_no_shown_figures_tell_how_many_few_are(periods, most, alike):
    every = np.array([numbers(rows) for rows in worlds(periods, alike)])
    for rows in worlds(periods, most):
        same = may_be(shown(rows), every)
        for at, one in enumerate(rows):
            for place, name in enumerate(FIGURES[:-1]):
                if one[name] is not None and 0 < one[name] < FEWEST:
                    assert len({*same[:, len(FIGURES) * at + place]}) > 1, (rows, at, name)


def test_what_is_of_many_is_shown_as_it_is():
    rows = [line("total", 60), line("period", 40, (30, 10, 0, 20)), line("period", 35, (15, 20, 0, 20)), line("period", None)]
    assert shown(rows, 10) == rows
    assert shown(rows, 0) == rows


def test_a_class_of_few_takes_the_other_classes_of_its_period_along_and_the_total():
    total, first, second = shown([line("total", 60), line("period", 40, (30, 10, 0, 20)), line("period", 35, (15, 11, 9, 29))], 10)
    assert total["people"] == Withheld(10)
    assert first["net_growth"] == 1.5
    assert second["people"] == 35
    assert [second[name] for name in (*CLASSES, "net_growth")] == [Withheld(10)] * 5


def test_few_who_are_not_active_any_more_are_hidden_with_their_period():
    _, _, second = shown([line("total", 60), line("period", 40, (30, 10, 0, 20)), line("period", 51, (20, 31, 0, 9))], 10)
    assert (second["people"], second["dormant_people"], second["net_growth"]) == (51, Withheld(10), Withheld(10))


def test_the_total_does_not_tell_of_the_classes_of_the_first_period():
    total, first, second = shown([line("total", 60), line("period", 40, (31, 9, 0, 20)), line("period", 35, (15, 20, 0, 20))], 10)
    assert (total["people"], first["people"], first["new_people"], second["new_people"]) == (60, 40, Withheld(10), 15)


def test_a_period_of_few_has_no_figure():
    total, first, second = shown([line("total", 45), line("period", 40, (30, 10, 0, 20)), line("period", 9, (5, 4, 0, 36))], 10)
    assert {second[name] for name in FIGURES} == {Below(10)}
    assert (total["people"], first["people"]) == (Withheld(10), 40)


def test_the_rule_is_for_growth_alone():
    assert classes_add_up(panel_of(growth(40, 9), VIEW).columns)
    assert not classes_add_up(tuple(column for column in COLUMNS if column.name != "dormant_people"))
