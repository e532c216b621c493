"""What a page tells of an engagement tells of no few: all tables of some persons, by what else would look the same."""

from __future__ import annotations

from fractions import Fraction
from itertools import combinations_with_replacement, product
from statistics import median

import numpy as np
import pytest

from cja_spark.page.privacy import Below, Withheld
from cja_spark.page.privacy_of_engagement import hide_few_of_engagement, medians_are_told
from cja_spark.publish_page import panel_of
from cja_spark.reports.engagement_rows import QUADRANTS
from tests.unit.page.answers import VIEW
from tests.unit.page.answers_of_steps import engagement
from tests.unit.page.panels_of_steps import ENGAGEMENT, GROWTH

FEWEST = 3
COLUMNS = ENGAGEMENT.columns
FIGURES = ("people", "person_periods", "active_periods", "times_done", "share_sum", "average_share", "times_per_person")
NAMES = ("power", "high impact", "low impact", "one-time")
TIMES = Withheld(10)


def line(kind, *figures, name=None, quadrant=None):
    """One row."""
    return {"row_kind": kind, "step_name": name, **dict(zip(FIGURES, (None if one is None else float(one) for one in figures), strict=True)), "quadrant": quadrant}


def table(persons, things):
    """The rows of persons who are all active in one period, each with how often it does each thing."""
    told = []
    for number in range(things):
        did = [times[number] for times in persons if times[number]]
        told.append((len(did), sum(did), Fraction(len(did), len(persons)) if persons else None, Fraction(sum(did), len(did)) if did else None))
    done = [one for one in told if one[3] is not None]
    x, y = (median(one[2] for one in done), median(one[3] for one in done)) if done else (None, None)
    active = float(bool(persons))
    rows = [line("total", len(persons), len(persons), active, None, None, None, None), line("median", None, None, None, None, None, x, y)]
    for number, (who, times, share, often) in enumerate(told):
        rows.append(line("event", who, who, active, times, share, share, often, name=str(number), quadrant=None if often is None else QUADRANTS[share >= x, often >= y]))
    return rows


def worlds(things, most):
    """All tables of up to so many persons, each once."""
    kinds = [*product(range(3), repeat=things)]
    found = (table(some, things) for many in range(most + 1) for some in combinations_with_replacement(kinds, many))
    return [*{repr(rows): rows for rows in found}.values()]


def cells(rows):
    return [cell for row in rows for cell in (*(row[name] for name in FIGURES), row["quadrant"])]


def number(cell):
    return -1.0 if cell is None else float(NAMES.index(cell)) if isinstance(cell, str) else cell


def shown(rows, fewest=FEWEST):
    return [*hide_few_of_engagement(rows, COLUMNS, fewest)]


def may_be(told, every):
    """Which tables have what is shown; what is said to be few is 1 or 2."""
    found = np.ones(len(every), bool)
    for at, cell in enumerate(cells(told)):
        if not isinstance(cell, Below | Withheld):
            found &= every[:, at] == number(cell)
    return every[found]


@pytest.mark.parametrize(("things", "most", "alike"), [(1, 5, 6), (2, 4, 5), (3, 3, 3)])
def test_no_shown_figures_tell_how_many_few_are(things, most, alike):
    every = np.array([[number(cell) for cell in cells(rows)] for rows in worlds(things, alike)])
    tried = 0
    for rows in worlds(things, most):
        same = may_be(shown(rows), every)
        for at, row in enumerate(rows):
            if row["row_kind"] == "event":
                others = rows[0]["people"] - row["people"]
                if 0 < row["people"] < FEWEST or 0 < others < FEWEST:
                    tried += 1
                    assert isinstance(shown(rows)[0]["people"], Below) or len({*same[:, 8 * at]}) > 1, rows
    assert tried > 5


def rows_of(*things, all_=100):
    """Things that so many people do, with so many person-periods of all."""
    return [line("total", all_, all_, 1, None, None, None, None), line("median", None, None, None, None, None, 0.4, 2),
            *(line("event", people, people, 1, 2 * people, people / all_, people / all_, 2, name=str(at), quadrant="power") for at, people in enumerate(things))]  # fmt: skip


def test_what_is_of_many_is_shown_as_it_is():
    for few in (0, 10):
        assert shown(rows_of(40, 10, 90, 0, 100), few) == rows_of(40, 10, 90, 0, 100)
    assert shown(rows_of(3, 99), 0) == rows_of(3, 99)


def test_a_thing_of_few_takes_the_medians_and_all_quadrants_along():
    total, middle, first, second = shown(rows_of(40, 9), 10)
    assert total == rows_of()[0]
    assert (middle["average_share"], middle["times_per_person"], middle["people"]) == (TIMES, TIMES, None)
    assert (first["people"], first["average_share"], first["quadrant"]) == (40, 0.4, TIMES)
    assert {second[name] for name in FIGURES} == {Below(10)}
    assert (second["step_name"], second["quadrant"]) == ("1", Below(10))


def test_what_all_but_few_do_is_withheld():
    *_, first, second = shown(rows_of(91, 90), 10)
    assert {first[name] for name in FIGURES} == {TIMES}
    assert (second["people"], second["quadrant"]) == (90, TIMES)


def test_what_all_but_few_do_in_some_of_their_periods_is_withheld():
    rows = rows_of(90)
    rows[2]["person_periods"] = 91.0
    assert shown(rows, 10)[2]["person_periods"] == TIMES
    assert shown(rows_of(90), 10) == rows_of(90)


def test_the_rule_is_for_engagement_alone():
    assert medians_are_told(panel_of(engagement(40, 20), VIEW).columns)
    assert not medians_are_told(GROWTH.columns)
