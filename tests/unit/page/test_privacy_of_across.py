"""Cells of rows and columns add up both ways: what is about few people cannot be computed from the page."""

import itertools

import pytest

from cja_spark.page.content import ColumnSpec
from cja_spark.page.encode import encode_panel
from cja_spark.page.privacy import Below, Withheld
from cja_spark.page.privacy_of_across import cells_are_crossed, hide_few_of_across
from tests.unit.page.pages import ACROSS, TABLE

TEXTS = ("row_kind", "page", "column_kind", "channel")
COLUMNS = (*(ColumnSpec(name=name, label=name) for name in TEXTS), ColumnSpec(name="people", label="", format="people"), ColumnSpec(name="orders", label="", format="count"))
NOBODY_COUNTED = (*COLUMNS[:4], COLUMNS[5])


def crossed(grid):
    """The cells of a table whose people each order once: totals first, by row."""
    wide = [[sum(row), *row] for row in [[sum(own) for own in zip(*grid, strict=True)], *grid]]
    return [
        {"row_kind": "item" if row else "total", "page": f"p{row}" if row else None, "column_kind": "item" if column else "total",
         "channel": f"c{column}" if column else None, "people": count, "orders": count}
        for row, counts in enumerate(wide) for column, count in enumerate(counts)
    ]  # fmt: skip


def safe(grid, columns=COLUMNS):
    rows = crossed(grid)
    return [*hide_few_of_across(rows, columns, 10, [{}] * len(rows))]


def orders(grid, columns=COLUMNS):
    width = len(grid[0]) + 1
    found = [{Below: "few", Withheld: "gone"}.get(type(row["orders"]), row["orders"]) for row in safe(grid, columns)]
    return [found[at : at + width] for at in range(0, len(found), width)]


def test_it_is_known_by_its_column_and_others_are_not():
    assert cells_are_crossed(COLUMNS)
    assert not cells_are_crossed(TABLE.columns)


def test_where_all_cells_are_of_many_people_all_are_shown():
    assert orders([[50, 20], [30, 0]]) == [[100, 80, 20], [70, 50, 20], [30, 30, 0]]


def test_a_hidden_cell_takes_the_smallest_one_of_its_row_and_of_its_column_along_and_these_one_more():
    assert orders([[5, 20, 70], [40, 30, 60], [80, 90, 99]]) == [
        [494, 125, 140, 229], [95, "few", "gone", 70], [130, "gone", "gone", 60], [269, 80, 90, 99]
    ]  # fmt: skip


def test_two_hidden_cells_of_few_people_together_take_a_third_along():
    assert orders([[4, 5, 40, 50], [60, 70, 80, 90], [60, 70, 80, 99]])[1] == [99, "few", "few", "gone", 50]
    assert orders([[5, 5, 40, 50], [60, 70, 80, 90], [60, 70, 80, 99]])[1] == [100, "few", "few", 40, 50]


def test_where_a_row_has_nothing_else_its_total_goes_and_with_it_one_more_total():
    assert orders([[5, 0], [60, 70]])[1] == ["few", "few", 0]
    assert orders([[0, 0, 40], [30, 60, 4]]) == [[134, "gone", 60, "gone"], ["gone", 0, 0, "gone"], ["gone", "gone", 60, "few"]]


def test_counts_decide_where_nobody_is_counted():
    assert orders([[5, 20], [40, 30]], NOBODY_COUNTED) == [[95, 45, 50], [25, "few", "gone"], [70, "gone", "gone"]]


def test_what_is_left_of_rows_or_columns_is_of_nobody_known_and_decided_by_its_counts():
    rows = crossed([[50, 20], [30, 40]])
    rows[5] |= {"column_kind": "other", "channel": None, "people": None, "orders": 3}
    found = [*hide_few_of_across(rows, COLUMNS, 10, [{}] * len(rows))]
    assert found[5]["orders"] == Below(10)
    assert found[4]["orders"] == Withheld(10)


def test_what_is_behind_a_figure_is_looked_at_too():
    rows = crossed([[50, 20], [30, 40]])
    found = [*hide_few_of_across(rows, COLUMNS, 10, [{}] * 4 + [{"orders": 4}] + [{}] * 4)]
    assert (found[4]["orders"], found[4]["people"]) == (Below(10), Withheld(10))


def test_whatever_the_counts_no_cell_of_few_people_is_the_difference_of_what_is_shown():
    tried = 0
    for cells in itertools.product((0, 4, 9, 10, 40), repeat=4):
        shown = orders([cells[:2], cells[2:]])
        whole = [[sum(cells), cells[0] + cells[2], cells[1] + cells[3]], [cells[0] + cells[1], *cells[:2]], [cells[2] + cells[3], *cells[2:]]]
        lines = [*zip(shown, whole, strict=True), *((one, other) for one, other in zip(zip(*shown, strict=True), zip(*whole, strict=True), strict=True))]
        for line, true in lines:
            gone = [at for at, one in enumerate(line) if isinstance(one, str)]
            if 0 not in gone:
                assert len(gone) != 1, (cells, shown)
                assert not gone or sum(true[at] for at in gone) >= 10, (cells, shown)
            else:
                assert len(gone) != 1 or true[0] in (4, 9) or true.count(0) < 2, (cells, shown)
        tried += 1
    assert tried == 625


@pytest.mark.parametrize("fewest", [0, 1])
def test_without_privacy_all_is_shown(fewest):
    assert not [row for row in hide_few_of_across(crossed([[1, 2], [3, 4]]), COLUMNS, fewest, [{}] * 9) if any(isinstance(cell, Below | Withheld) for cell in row.values())]


def test_the_page_hides_the_cells_of_the_panel():
    rows = encode_panel(ACROSS, fewest_people=10, most_rows=50)["rows"]
    assert [row[4:] for row in rows if row[1] == "cart"] == [[20, 12], [{"withheld": 10}] * 2, [{"below": 10}] * 2]
