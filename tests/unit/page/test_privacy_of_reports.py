"""The privacy rule on what reports really give: every kind's own rows, through the panel, to the JSON in the file."""

from importlib.resources import files

import pytest
from pydantic import ValidationError

from cja_spark.page.encode import encode_panel
from cja_spark.publish_page import panel_of
from cja_spark.reports.kinds import REPORTS
from tests.unit.page.answers import VIEW, fallout, sessions, table, trend
from tests.unit.page.pages import TABLE

HIDDEN, WITHHELD = {"below": 10}, {"withheld": 10}
FEW = {  # a report whose second row or step is about 9 people, and which rows of it are
    "table": (table(40, 9), [False, False, True]),
    "trend": (trend(40, 9), [False, False, True]),
    "sessions": (sessions(40, 9), [False, False, True]),
    "fallout": (fallout(40, 9), [False, True, False, True]),
}
DIMENSIONS = {"row_kind", "page", "entry_page", "bucket", "label", "breakdown", "step", "step_name"}


def encoded(answer, fewest=10):
    panel = encode_panel(panel_of(answer, VIEW), fewest_people=fewest, most_rows=100)
    names = [column["name"] for column in panel["columns"]]
    return [dict(zip(names, row, strict=True)) for row in panel["rows"]]


@pytest.mark.parametrize("kind", REPORTS)
def test_a_row_about_nine_people_has_no_figure_in_the_file(kind):
    answer, few = FEW[kind]
    for row, is_few in zip(encoded(answer), few, strict=True):
        figures = [cell for name, cell in row.items() if name not in DIMENSIONS]
        assert figures
        assert all(cell == HIDDEN for cell in figures) == is_few, row
        assert not any(isinstance(cell, dict) for name, cell in row.items() if name in DIMENSIONS), row


@pytest.mark.parametrize("kind", REPORTS)
def test_ten_people_and_nobody_are_shown(kind):
    build = {"table": table, "trend": trend, "sessions": sessions, "fallout": fallout}[kind]
    for second in (10, 0):
        people = [row["people"] for row in encoded(build(40, second))]
        assert HIDDEN not in people
        assert float(second) in people


def test_the_few_that_a_step_lost_are_hidden_with_the_step_they_follow_from():
    first, second, *_ = encoded(fallout(40, 36))
    assert (first["people"], first["fallout_people"]) == (40.0, WITHHELD)
    assert [second[name] for name in ("people", "percent_of_previous", "percent_of_total")] == [WITHHELD] * 3


def test_the_many_that_left_before_a_hidden_step_are_withheld():
    first, second, *_ = encoded(fallout(100, 5))
    assert (first["people"], first["fallout_people"], second["people"]) == (100.0, WITHHELD, HIDDEN)


def test_without_people_a_small_count_takes_the_money_with_it():
    rows = encoded(table(40, 9, metrics=("orders", "revenue")))
    assert [(row["orders"], row["revenue"]) for row in rows] == [(49.0, 245.0), (40.0, 200.0), (HIDDEN, HIDDEN)]


def test_the_page_has_a_chart_of_every_kind_of_report():
    charts = {file.name.removesuffix(".js") for file in files("cja_spark.page").joinpath("charts").iterdir()}
    assert charts == set(REPORTS) == set(FEW)


def test_a_panel_is_of_a_kind_that_is_registered():
    with pytest.raises(ValidationError, match="No report named 'tabel'. Did you mean 'table'"):
        TABLE.model_validate({**TABLE.model_dump(), "report": "tabel"})
