"""A table of seven dimensions is as private as one of one: a row about few people has no figure in the file."""

from cja_spark.page.encode import encode_panel
from cja_spark.publish_page import panel_of
from cja_spark.reports.cells import Cells
from cja_spark.reports.table_cells import TOTAL
from cja_spark.view.standard import id_of
from tests.unit.page.answers import VIEW, answer

DIMENSIONS = ("page", "day", "week", "month", "quarter", "year", "hour_of_day")


def test_a_combination_of_seven_values_about_few_people_is_hidden():
    cells = Cells()
    for measure in range(2):
        cells.add(measure, [40, 9], [1, 2], *(id_of(1) for _ in DIMENSIONS[1:]))
        cells.add(TOTAL + measure, 49)
    panel = panel_of(answer(cells, report="table", name="deep", dimensions=DIMENSIONS, metrics=["people", "orders"]), VIEW)
    names, rows = [column.name for column in panel.columns], encode_panel(panel, fewest_people=10, most_rows=100)["rows"]
    at = [names.index(name) for name in ("people", "orders")]
    assert all(name in names for name in DIMENSIONS)
    assert [[row[place] for place in at] for row in rows] == [[49, 49], [40, 40], [{"below": 10}, {"below": 10}]]
