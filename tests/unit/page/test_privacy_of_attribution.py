"""What a page tells of attribution tells of no few: generated persons, by what else would look the same."""

from __future__ import annotations

import datetime as dt
from functools import cache
from itertools import combinations_with_replacement

import pytest

from cja_spark.page.privacy import Below, Withheld
from cja_spark.page.privacy_of_attribution import hide_few_of_attribution, models_are_credited
from cja_spark.publish_page import panel_of
from cja_spark.reports.cells import Sums
from cja_spark.reports.kinds import REPORTS
from tests.unit.kernels.by_hand import DAY, ask_of, cells_of, page
from tests.unit.page.answers import VIEW, attribution

FEWEST = 3
MODELS = ("last_touch", "first_touch", "linear", "participation")
COUNTS = ("conversion_events", "last_touch_events", "people", "only_people")
ORDER = page(2 * DAY, orders=1)
KINDS = {  # one person each
    "nothing": [ORDER], "a": [page(0, "a"), ORDER], "b": [page(0, "b"), ORDER], "a, b": [page(0, "a"), page(DAY, "b"), ORDER],
    "a, later nothing": [page(0, "a"), ORDER, page(40 * DAY, orders=1)],
}  # fmt: skip
MANY = [  # of which something is shown
    ("nothing", "nothing", "nothing", "a", "a", "a"), ("a", "a", "a", "b", "b", "b"), ("a, b", "a, b", "a, b", "a", "a", "a"),
    ("a, later nothing", "a, later nothing", "a, later nothing", "b", "b", "b"),
]  # fmt: skip
RANGE = {"from": dt.date(2025, 1, 1), "to": dt.date(2025, 3, 31)}


def columns_of(*models):
    """The columns of the page of a report of some models."""
    return panel_of(attribution(40, 9, models=models), VIEW).columns


@cache
def world(kinds):
    """The rows of some persons, and whom they are about."""
    persons, asked = [KINDS[kind] for kind in kinds], {"report": "attribution", "metric": "orders", "dimension": "page", "models": [*MODELS], "overlap": 2, "range": RANGE}
    ask, names = ask_of(persons, **asked)
    kind, sums = REPORTS.named("attribution"), Sums(cells_of(persons, **asked))
    rows, behind = kind.finish(sums, ask, lambda name, ids: names).to_pylist(), kind.behind(sums, ask, lambda name, ids: names)
    return rows, tuple({name: column[at] for name, column in behind.items()} for at in range(len(rows)))


def place(row):
    """What a row is of."""
    return row["row_kind"], row["credited_item"], row["set_mask"], row["amount_range"]


def cells(rows, model):
    """Each figure by what its row is of."""
    return {(place(row), name): row[name] for row in rows for name in (*COUNTS, model)}


@cache
def worlds(many, model):
    """All tables of so many persons, each once."""
    return [*{repr(found): found for kinds in combinations_with_replacement(KINDS, many) for found in [cells(world(kinds)[0], model)]}.values()]


PARTS = [("total", "item", "other", "untouched"), ("total", "set", "overlap", "none"), ("total", "touches"), ("total", "days")]


def part_of(found, where):
    """The figures that stand together with one: counts with counts, the credits of a model with each other."""
    return {one: cell for one, cell in found.items() if any({one[0][0], where[0][0]} <= {*kinds} for kinds in PARTS) and (one[1] in COUNTS) == (where[1] in COUNTS)}


def shown(rows, behind, model, fewest=FEWEST):
    """The rows as a page has them."""
    return [*hide_few_of_attribution(rows, columns_of(model), fewest, behind)]


def of_few(rows, behind, model):
    """Figures that are of 1 to FEWEST - 1 people."""
    for row, own in zip(rows, behind, strict=True):
        of = {**dict.fromkeys(("conversion_events", "people"), row["people"]), "only_people": row["only_people"], "last_touch_events": own.get("people with it last")}
        of[model] = own.get(f"people in full of {model}", own.get(f"people of {model}"))
        for name, count in of.items():
            if row[name] is not None and count is not None and 0 < count < FEWEST:
                yield place(row), name


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize("many", MANY)
def test_no_shown_figures_tell_what_few_gave(many, model):
    for more in ((one,) for one in KINDS):
        kinds = (*many, *more)
        rows, behind = world(kinds)
        told = {where: cell for where, cell in cells(shown(rows, behind, model), model).items() if not isinstance(cell, Below | Withheld)}
        for where in of_few(rows, behind, model):
            assert where not in told, (kinds, where)
            known, there = part_of(told, where), part_of(cells(rows, model), where)
            same = [other for other in worlds(len(kinds), model) if {*part_of(other, where)} == {*there} and all(other[one] == cell for one, cell in known.items())]
            assert len({other[where] for other in same}) > 1, (kinds, where, known)


def hidden_in(answer, kind, name=None, fewest=10):
    """The figures of a row that are hidden."""
    panel = panel_of(answer, VIEW)
    [row] = [row for row in hide_few_of_attribution(panel.rows, panel.columns, fewest, panel.behind) if row["row_kind"] == kind and name in (row["credited_item"], row["in_sets"], row["amount_range"])]
    return {figure: cell for figure, cell in row.items() if isinstance(cell, Below | Withheld)}


def test_a_credit_of_few_is_hidden_and_the_value_of_the_fewest_people_that_is_left_withheld():
    answer = attribution(40, 9)
    assert hidden_in(answer, "item", "cart")["linear"] == Below(10)
    assert hidden_in(answer, "item", "cart")["linear_share"] == Below(10)
    assert hidden_in(answer, "item", "home")["linear"] == Withheld(10)
    assert "linear" not in hidden_in(answer, "untouched")


def test_what_is_of_many_is_shown_as_it_is():
    panel = panel_of(attribution(40, 30), VIEW)
    assert [*hide_few_of_attribution(panel.rows, panel.columns, 10, panel.behind)] == [*panel.rows]
    few = panel_of(attribution(4, 3, 2), VIEW)
    assert [*hide_few_of_attribution(few.rows, few.columns, 0, few.behind)] == [*few.rows]


def test_what_no_touch_took_goes_where_no_value_is_left():
    answer = attribution(0, 9)
    assert hidden_in(answer, "item", "cart")["linear"] == Below(10)
    assert {name: cell for name, cell in hidden_in(answer, "untouched").items() if name in ("linear", "last_touch")} == {"linear": Withheld(10), "last_touch": Withheld(10)}


def test_few_without_a_touch_are_hidden_everywhere():
    answer = attribution(40, 30, 9)
    assert {*hidden_in(answer, "untouched")} >= {"conversion_events", "people", "linear", "linear_share", "last_touch"}
    assert {*hidden_in(answer, "touches", "0")} == {"conversion_events", "people"}
    assert {*hidden_in(answer, "none")} == {"people", "only_people"}
    assert hidden_in(answer, "item", "cart")["linear"] == Withheld(10)


def test_a_set_of_few_hides_the_people_of_its_value():
    answer = attribution(40, 9)
    assert hidden_in(answer, "set", "cart")["people"] == hidden_in(answer, "item", "cart")["people"] == Below(10)


def test_a_credit_in_full_goes_where_almost_nobody_is_without_the_value():
    answer = attribution(40, 0, 9, models=["participation"])
    assert hidden_in(answer, "item", "home")["participation"] == Withheld(10)
    assert "participation" not in hidden_in(attribution(40, 30, 30, models=["participation"]), "item", "home")


def test_few_who_convert_have_no_figure():
    assert {*hidden_in(attribution(4, 3, 2), "total")} >= {"conversion_events", "people", "linear", "linear_share"}


def test_the_rule_is_for_attribution_alone():
    columns = columns_of("linear")
    assert models_are_credited(columns)
    assert not models_are_credited(tuple(column for column in columns if column.name != "last_touch_events"))
