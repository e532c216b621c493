"""Figures about few people are hidden before a page is written."""

import pytest

from cja_spark.page.content import ColumnSpec
from cja_spark.page.privacy import Below, hide_few

PAGE = ColumnSpec(name="page", label="Page")
PEOPLE = ColumnSpec(name="people", label="People", format="people")
LEFT = ColumnSpec(name="left", label="Left", format="people")
ORDERS = ColumnSpec(name="orders", label="Orders", format="count")
RATE = ColumnSpec(name="rate", label="Rate", format="percent")
HIDDEN = Below(10)


def test_a_row_about_nine_people_loses_every_figure_and_keeps_its_name():
    row = {"page": "home", "people": 9, "orders": 40, "rate": 0.5}
    assert hide_few(row, (PAGE, PEOPLE, ORDERS, RATE), 10) == {
        "page": "home", "people": HIDDEN, "orders": HIDDEN, "rate": HIDDEN,
    }  # fmt: skip


@pytest.mark.parametrize("people", [0, 10, None])
def test_a_row_about_nobody_or_enough_people_is_whole(people):
    row = {"page": "home", "people": people, "orders": 3, "rate": 0.5}
    assert hide_few(row, (PAGE, PEOPLE, ORDERS, RATE), 10) == row


def test_a_second_count_of_people_is_hidden_alone():
    row = {"people": 900, "left": 4}
    assert hide_few(row, (PEOPLE, LEFT), 10) == {"people": 900, "left": HIDDEN}


def test_without_people_each_small_count_is_hidden():
    row = {"page": "home", "orders": 9, "rate": 0.5}
    assert hide_few(row, (PAGE, ORDERS, RATE), 10) == {"page": "home", "orders": HIDDEN, "rate": 0.5}


def test_zero_as_the_limit_shows_everything():
    row = {"people": 1, "orders": 1}
    assert hide_few(row, (PEOPLE, ORDERS), 0) == row
