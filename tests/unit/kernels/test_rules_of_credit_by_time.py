"""Rule A7: rows of values beside times have the credit of the conversions in these times."""

import numpy as np
import pytest

from tests.unit.kernels.by_hand import DAY, HOUR, VIEW, page, table
from tests.unit.kernels.test_rules_of_attribution import credited


def by_day(*persons, how, dimensions=("page", "day"), **asked):
    """The total, and what each combination of values is credited with."""
    view = {"metrics": {**VIEW["metrics"], "orders": {"field": "orders", "attribution": how}}}
    total, *items = table([*persons], *dimensions, metrics=["orders"], view=view, rows=1000, **asked)
    return total[3], {row[1:3]: row[3] for row in items if row[0] == "item" and row[3]}


TWO_DAYS = [page(0, "a"), page(1, "b"), page(2, orders=4), page(DAY, "c"), page(DAY + 1, orders=6), page(DAY + 2, orders=3)]
FIRST, SECOND = "2025-01-01", "2025-01-02"


@pytest.mark.parametrize(
    ("model", "credit"),
    [
        ("last_touch", {("b", FIRST): 4, ("c", SECOND): 9}), ("first_touch", {("a", FIRST): 4, ("a", SECOND): 9}),
        ("linear", {("a", FIRST): 2, ("b", FIRST): 2, ("a", SECOND): 3, ("b", SECOND): 3, ("c", SECOND): 3}),
        ("participation", {("a", FIRST): 4, ("b", FIRST): 4, ("a", SECOND): 9, ("b", SECOND): 9, ("c", SECOND): 9}),
        ("algorithmic", {("a", FIRST): 2, ("b", FIRST): 2, ("a", SECOND): 3, ("b", SECOND): 3, ("c", SECOND): 3}),
        ("u_shaped", {("a", FIRST): 2, ("b", FIRST): 2, ("a", SECOND): 3.6, ("b", SECOND): 1.8, ("c", SECOND): 3.6}),
        ("time_decay", {("a", FIRST): 2, ("b", FIRST): 2, ("a", SECOND): 2.25, ("b", SECOND): 2.25, ("c", SECOND): 4.5}),
    ],
)
def test_a7_beside_a_day_credit_falls_in_the_conversions_own_day(model, credit):
    how = {"model": model, **({"half_life": "1 day"} if model == "time_decay" else {})}
    near = pytest.approx(credit, rel=1e-6)
    assert by_day(TWO_DAYS, how=how) == (13, near)
    total, found = by_day(TWO_DAYS, how=how, dimensions=("day", "page"))
    assert (total, {(name, day): x for (day, name), x in found.items()}) == (13, near)


def test_a7_decay_by_the_minute_knows_nothing_of_the_touches_of_another_day():
    credit = {("a", FIRST): 2, ("b", FIRST): 2, ("c", SECOND): 9}
    assert by_day(TWO_DAYS, TWO_DAYS, how={"model": "time_decay", "half_life": "1 minute"}) == (
        26, pytest.approx({key: 2 * x for key, x in credit.items()}, rel=1e-4),
    )  # fmt: skip


def test_a7_decay_by_the_minute_knows_nothing_of_another_person_of_the_same_day():
    late, early = ([page(at, "a"), page(at, "b"), page(at, orders=4)] for at in (20 * HOUR, 0))
    assert by_day(late, early, how={"model": "time_decay", "half_life": "1 minute"}) == (8, {("a", FIRST): 4, ("b", FIRST): 4})


def test_a7_what_no_touch_came_before_is_no_value_in_its_own_day():
    person = [page(0, orders=2), page(DAY, "a"), page(DAY, orders=3)]
    how = {"model": "linear"}
    found = {("No value", FIRST): 2, ("No value", SECOND): -1, ("a", SECOND): 3}
    assert by_day(person, [page(DAY, orders=-1)], how=how) == (4, found)
    assert by_day(person, how=how, include_no_value=False) == (3, {("a", SECOND): 3})


@pytest.mark.parametrize("model", ["linear", "participation"])
def test_a7_a_day_beside_values_of_items_gives_each_the_credit_of_its_touch(model):
    person = [page(0, sku=["s", "t"]), page(1, orders=6), page(DAY, orders=2)]
    found = {("s", FIRST): 6, ("t", FIRST): 6, ("s", SECOND): 2, ("t", SECOND): 2}
    assert by_day(person, how={"model": model}, dimensions=("sku", "day")) == (8, found)


@pytest.mark.parametrize("model", ["linear", "participation", "time_decay", "u_shaped", "algorithmic", "first_touch"])
def test_a7_rows_of_days_sum_to_the_row_of_their_value_on_many_touches(model, monkeypatch):
    monkeypatch.setattr("cja_spark.reports.touched_by_time.MOST_TOUCHES", 5_000)  # so that it takes several turns
    chance = np.random.default_rng(7)
    events = [
        page(int(t), "abcdef"[chance.integers(6)] if chance.random() < 0.4 else None, orders=float(chance.integers(1, 5)))
        for t in np.sort(chance.integers(0, 30 * DAY, 3_000))
    ]
    total, daily = by_day(events, how={"model": model})
    sums = {}
    for (name, _), x in daily.items():
        sums[name] = sums.get(name, 0) + x
    whole, found = credited(events, model=model)
    assert total == whole
    assert sums == pytest.approx({name or "No value": x for name, x in found.items()})


@pytest.mark.parametrize("touch", ["each", "runs"])
@pytest.mark.parametrize("model", ["linear", "participation", "time_decay", "u_shaped", "inverse_j", "algorithmic", "last_touch"])
def test_a7_each_hour_has_what_its_own_conversions_give_alone(model, touch):
    chance, how = np.random.default_rng(8), {"model": model, "touch": touch, **({"half_life": "1 hour"} if model == "time_decay" else {})}
    drawn = [
        (int(t), "abcdef"[chance.integers(6)] if chance.random() < 0.5 else None, float(chance.integers(1, 5)) if chance.random() < 0.4 else None)
        for t in np.sort(chance.integers(0, 20 * HOUR, 400))
    ]
    _, found = by_day([page(t, name, orders=x) for t, name, x in drawn], how=how, dimensions=("page", "hour"))
    hours = sorted({hour for _, hour in found})
    assert len(hours) == 20
    for at, hour in enumerate(hours):
        alone = [page(t, name, orders=x if t // HOUR == at else None) for t, name, x in drawn]
        expected = {name or "No value": x for name, x in credited(alone, **how)[1].items() if x}
        assert {name: x for (name, when), x in found.items() if when == hour} == pytest.approx(expected)
