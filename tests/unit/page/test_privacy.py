"""Figures about few people are hidden before a page is written."""

from decimal import Decimal

import pytest

from cja_spark.page.content import ColumnSpec
from cja_spark.page.privacy import Below, hide_few

PAGE = ColumnSpec(name="page", label="Page")
PEOPLE = ColumnSpec(name="people", label="People", format="people")
LEFT = ColumnSpec(name="left", label="Left", format="people")
VISITS = ColumnSpec(name="visits", label="Visits", format="count")
ORDERS = ColumnSpec(name="orders", label="Orders", format="count")
RATE = ColumnSpec(name="rate", label="Rate", format="percent")
HIDDEN = Below(10)


def test_a_row_about_nine_people_loses_every_figure_and_keeps_its_name():
    row = {"page": "home", "people": 9, "orders": 40, "rate": 0.5}
    assert hide_few(row, (PAGE, PEOPLE, ORDERS, RATE), 10) == {
        "page": "home", "people": HIDDEN, "orders": HIDDEN, "rate": HIDDEN,
    }  # fmt: skip


@pytest.mark.parametrize("few", [1, 9.0, 0.5, Decimal(3)])
def test_a_small_figure_is_small_whatever_its_type(few):
    assert hide_few({"people": few}, (PEOPLE,), 10) == {"people": HIDDEN}


@pytest.mark.parametrize("people", [0, 0.0, 10, 10.0, None, float("nan"), True])
def test_a_row_about_nobody_or_enough_people_is_whole(people):
    row = {"page": "home", "people": people, "orders": 3, "rate": 0.5}
    assert hide_few(row, (PAGE, PEOPLE, ORDERS, RATE), 10) == row


def test_a_second_count_of_people_is_hidden_alone():
    row = {"people": 900, "left": 4}
    assert hide_few(row, (PEOPLE, LEFT), 10) == {"people": 900, "left": HIDDEN}


def test_without_people_a_small_count_is_hidden_with_all_that_may_be_about_it():
    row = {"page": "home", "orders": 9, "visits": 40, "rate": 0.5}
    shown = {"page": "home", "orders": HIDDEN, "visits": 40, "rate": HIDDEN}
    assert hide_few(row, (PAGE, ORDERS, VISITS, RATE), 10) == shown
    assert hide_few({**row, "orders": 10}, (PAGE, ORDERS, VISITS, RATE), 10) == {**row, "orders": 10}


def test_zero_as_the_limit_shows_everything():
    row = {"people": 1, "orders": 1}
    assert hide_few(row, (PEOPLE, ORDERS), 0) == row
