"""What a page tells of cohorts tells of no few: generated tables, by what else would look the same."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest

from cja_spark.page.privacy import Below, Withheld
from cja_spark.page.privacy_of_cohorts import cohorts_are_told, hide_few_of_cohorts
from cja_spark.publish_page import panel_of
from tests.unit.page.answers import VIEW
from tests.unit.page.answers_of_steps import cohort
from tests.unit.page.panels_of_steps import COHORT

FEWEST = 3
COLUMNS = COHORT.columns


def row(kind, label=None, after=None, people=None, base=None, rate=None):
    found = None if people is None or not base else people / base
    return {"row_kind": kind, "bucket": None, "label": label, "periods_after": after, "people": people, "base_people": base, "cohort_rate": found if rate is None else rate}


def table(first, second, *, kind="retained", rolling=False, total=None):
    """Two cohorts, the first one of two columns after: those included, then those in each."""
    rows = [row("total", people=first[0] + second[0] if total is None else total)]
    cells = []
    for label, (included, *back) in (("a", first), ("b", second)):
        rows.append(row("included", label, 0, included))
        for after, many in enumerate(back, 1):
            base = ([included, *back][after - 1]) if rolling else included
            cells.append(row(kind, label, after, base - many if kind.startswith("churned") else many, base))
            rows.append(cells[-1])
    for after in (1, 2):
        column = [one for one in cells if one["periods_after"] == after]
        rates = [one["cohort_rate"] for one in column if one["cohort_rate"] is not None]
        rows.append(row("mean_of_rates", None, after, rate=sum(rates) / len(rates) if rates else None))
        rows.append(row("pooled", None, after, sum(one["people"] for one in column), sum(one["base_people"] for one in column)))
    return rows


def shown(rows, fewest=FEWEST):
    return [*hide_few_of_cohorts(rows, COLUMNS, fewest)]


def worlds(kind, *, rolling):
    """All tables of up to five persons a cohort."""
    falls = rolling or kind.endswith("_on_or_after")
    for included, other in product(range(6), repeat=2):
        for back, later, others in product(range(included + 1), range(included + 1), range(other + 1)):
            if not falls or later <= back:
                yield table((included, back, later), (other, others), kind=kind, rolling=rolling)


FIGURES = ("people", "base_people", "cohort_rate")
CELLS = ("included", "retained", "retained_on_or_after", "churned", "churned_on_or_after")


def figures_of(rows):
    return [-1.0 if one[name] is None else float(one[name]) for one in rows for name in FIGURES]


def may_be(told, all_figures):
    """Which tables have what is shown."""
    found = np.ones(len(all_figures), bool)
    for at, cell in enumerate(one[name] for one in told for name in FIGURES):
        if not isinstance(cell, Below | Withheld):
            found &= all_figures[:, at] == (-1.0 if cell is None else cell)
    return found


@pytest.mark.parametrize(("kind", "rolling"), [("retained", False), ("retained_on_or_after", False), ("retained", True), ("churned", False), ("churned_on_or_after", False), ("churned", True)])
def test_no_shown_figures_tell_how_many_few_are(kind, rolling):
    every = [*worlds(kind, rolling=rolling)]
    all_figures = np.array([figures_of(rows) for rows in every])
    told = {repr(found): (rows, found) for rows in every if (found := [{name: one[name] for name in FIGURES} for one in shown(rows)])}
    for rows, found in told.values():
        same = all_figures[may_be(found, all_figures)]
        for at, one in enumerate(rows):
            people, base = same[:, 3 * at], same[:, 3 * at + 1]
            if one["row_kind"] in CELLS:
                assert len({*people}) > 1 or not 0 < people[0] < FEWEST, (rows, at)
            if one["row_kind"] in CELLS[1:]:
                assert len({*(base - people)}) > 1 or not 0 < base[0] - people[0] < FEWEST, (rows, at)


def test_what_is_of_many_is_shown_as_it_is():
    rows = table((40, 20, 10), (30, 15))
    assert shown(rows, 10) == rows
    assert shown(rows, 0) == rows


def test_a_cell_of_few_takes_the_averages_of_its_column_along_and_no_other():
    *_, mean, pooled, later, pooled_later = shown(table((40, 9, 20), (30, 15)), 10)
    assert [[one[name] for name in ("people", "base_people", "cohort_rate")] for one in (mean, pooled)] == [[None, None, Withheld(10)], [Withheld(10)] * 3]
    assert (later["cohort_rate"], pooled_later["people"], pooled_later["base_people"]) == (0.5, 20, 40)


def test_a_cell_that_nearly_all_are_in_is_withheld():
    found = shown(table((40, 31, 30), (30, 30)), 10)
    assert [one["people"] for one in found if one["label"] == "a"] == [40, Withheld(10), 30]
    assert [one["people"] for one in found if one["label"] == "b"] == [30, 30]


def test_on_or_after_hides_what_lies_too_near_to_the_last_cell_that_is_shown():
    for kind in ("retained_on_or_after", "churned_on_or_after"):
        people = [one["people"] for one in shown(table((100, 50, 45), (30, 15), kind=kind), 10) if one["label"] == "a"]
        assert people == [100, 50, Withheld(10)], kind
    assert [one["people"] for one in shown(table((100, 50, 45), (30, 15)), 10) if one["label"] == "a"] == [100, 50, 45]


def test_a_rolling_cell_does_not_say_what_the_one_before_it_hides():
    hidden = shown(table((40, 35, 20), (30, 15), rolling=True), 10)
    first, second = (one for one in hidden if one["row_kind"] == "retained" and one["label"] == "a")
    assert (first["people"], first["base_people"]) == (Withheld(10), Withheld(10))
    assert (second["people"], second["base_people"], second["cohort_rate"]) == (20, Withheld(10), Withheld(10))


def test_the_total_goes_where_it_would_tell_of_a_hidden_cohort():
    assert shown(table((40, 20, 20), (9, 0)), 10)[0]["people"] == Withheld(10)
    assert shown(table((40, 20, 20), (9, 0), total=45), 10)[0]["people"] == 45  # some are in both
    assert shown(table((9, 0, 0), (8, 0)), 10)[0]["people"] == 17


def test_cells_that_are_not_known_hide_nothing():
    rows = [row("included", "a", 0, 40), row("retained", "a", 1), row("pooled", None, 1)]
    assert shown(rows, 10) == rows


def test_the_columns_of_cohorts_are_told_from_others():
    assert cohorts_are_told(COLUMNS)
    assert not cohorts_are_told(tuple(one for one in COLUMNS if one.name != "base_people"))
    few = [one["people"] for one in hide_few_of_cohorts(panel_of(cohort(40, 9), VIEW).rows, COLUMNS, 10)]
    assert few[3] == Below(10)


def test_values_of_an_identifier_are_shown_as_those_of_one():
    columns = {one.name: one for one in panel_of(cohort(40, 9, dimension="page", values=(1, 2)), VIEW, {"page"}).columns}
    assert (columns["label"].format, columns["label"].label) == ("identifier", "Page name")
    assert {one.name: one.label for one in panel_of(cohort(40, 9), VIEW).columns}["label"] == "Day"
