"""Segments as rows on a page: said in words, and hidden where they are about few people."""

import json

import pytest

from cja_spark.page.encode import encode_panel
from cja_spark.publish_page import panel_of
from cja_spark.reports.cells import Cells
from cja_spark.reports.table_cells import TOTAL
from tests.unit.page.answers import VIEW, answer

IN_PLACE = {"label": "on cart", "where": {"dimension": "page", "equals": "cart"}}


def groups(*people, **asked):
    """People of the total and of each segment, who ordered once each."""
    cells = Cells()
    for part, count in enumerate(people):
        own = Cells()
        for measure in (0, 1):
            own.add(TOTAL + measure, count)
            if asked:
                own.add(measure, [count], [1])
        cells.take(own, part)
    return panel_of(answer(cells, report="table", name="groups", metrics=["people", "orders"], by_segments=["buyers", IN_PLACE], **asked), VIEW)


def test_rows_say_what_segments_are_called_and_the_options_list_them():
    panel = groups(100, 60, 40)
    assert [row["in_segment"] for row in panel.rows] == [None, "Buyers", "on cart"]
    assert panel.columns[1].label == "Segment"
    assert panel.options["By segments"] == "buyers, on cart"


def test_a_row_about_few_people_has_no_figures():
    rows = encode_panel(groups(100, 60, 9), fewest_people=10, most_rows=10)["rows"]
    assert [row[2:] for row in rows] == [[100, 100], [60, 60], [{"below": 10}] * 2]


def test_what_a_few_of_a_segment_did_is_hidden_too():
    rows = encode_panel(groups(100, 60, 9, dimensions=["page"]), fewest_people=10, most_rows=10)["rows"]
    assert [row[0] for row in rows] == ["total", "segment", "item", "segment", "item"]
    assert "9" not in json.dumps(rows[3:])


@pytest.mark.parametrize(("people", "shown"), [(100, 100), (99, {"withheld": 10}), (91, {"withheld": 10}), (90, 90), (0, 0)])
@pytest.mark.parametrize("asked", [{}, {"dimensions": ["page"]}])
def test_a_segment_that_leaves_out_few_people_does_not_tell_what_these_did(people, shown, asked):
    rows = encode_panel(groups(100, people, 40, **asked), fewest_people=10, most_rows=10)["rows"]
    figures = rows[1][3:] if asked else rows[1][2:]
    assert figures == [shown] * 2
    assert (rows[0][-2:], rows[-1][-2:]) == ([100, 100], [40, 40])
