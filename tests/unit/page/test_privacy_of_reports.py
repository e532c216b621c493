"""The privacy rule on what reports really give: every kind's own rows, through the panel, to the JSON in the file."""

from importlib.resources import files

import pytest
from pydantic import ValidationError

from cja_spark.page.encode import encode_panel
from cja_spark.publish_page import panel_of
from cja_spark.reports.cells import Cells
from cja_spark.reports.kinds import REPORTS
from cja_spark.reports.table_cells import GRAND_TOTAL, TOTAL
from tests.unit.page.answers import (
    VIEW,
    answer,
    attribution,
    contribution,
    flow,
    histogram,
    next_previous,
    paths,
    sessions,
    table,
    timeline,
    trend,
)
from tests.unit.page.answers_of_steps import (
    canvas,
    cohort,
    deflection,
    engagement,
    fallout,
    frequency,
    growth,
    impact,
    indicators,
    overlap,
    retention,
    time_to_event,
)
from tests.unit.page.pages import TABLE

HIDDEN, WITHHELD = {"below": 10}, {"withheld": 10}
FEW = {  # a report whose second row or step is about 9 people, and which rows of it are
    "table": (table(40, 9), [False, False, True]),
    "trend": (trend(40, 9), [False, False, True]),
    "sessions": (sessions(40, 9), [False, False, True]),
    "fallout": (fallout(40, 9), [False, True, False, True]),
    "histogram": (histogram(40, 9), [False, False, False, True, False]),
    "paths": (paths(400, 9, (200, 4)), [False, False, True, False, True]),
    "overlap": (overlap(40, 30, 9, 0), [False, False, True, False]),
    "next_previous": (next_previous(40, 9), [False, False, True]),
    "deflection": (deflection(40, 9), [False, False, True]),
    "time_to_event": (time_to_event(40, 9), [False, False, False, True]),
    "indicators": (indicators(40, 9), [False, True, True, False]),
    "flow": (flow(40, 9), [False, False, False, True, False, True]),
    "contribution": (contribution(40, 9), [False, True, False]),
    "cohort": (cohort(40, 9), [False, False, False, True, False, False]),
    "attribution": (attribution(40, 9), [False] * 27),  # no row has all figures (test_privacy_of_attribution.py)
    "frequency": (frequency(40, 9, 30, 20), [False, False, True, False, False]),
    "engagement": (engagement(40, 9), [False, False, False, True]),
    "canvas": (canvas(40, 9), [False, False, False, True, True]),
    "impact": (impact(40, 9), [False, False, False, True, False, True]),
    "growth": (growth(40, 9), [False, False, True]),
    "timeline": (timeline(9), [True]),  # persons and events are in no row
    "retention": (retention(40, 9, 20, reserved=9), [False, True, False, True]),
}
DIMENSIONS = {"row_kind", "journey_name", "node_name", "next_node", "page", "entry_page", "bucket", "label", "breakdown", "step", "step_name", "credited_item", "amount_range", "at_least", "less_than", "times", "elapsed", "periods_after", "path_taken", "in_sets", "set_mask", "flow_column", "item_kind", "flow_item", "next_kind", "next_item", "self_service_topic", "time_taken", "more_than_seconds", "at_most_seconds", "indicator", "interval", "contributor_dimension", "contributor", "rows_add_up", "timeline_person", "timeline_session", "timeline_event", "timeline_time"}


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
    build = {"canvas": canvas, "table": table, "trend": trend, "sessions": sessions, "fallout": fallout, "histogram": histogram, "paths": paths, "retention": retention, "overlap": overlap, "flow": flow, "next_previous": next_previous, "cohort": cohort, "contribution": contribution, "deflection": deflection, "time_to_event": time_to_event, "indicators": indicators, "growth": growth, "frequency": frequency, "engagement": engagement, "impact": impact, "attribution": attribution, "timeline": lambda _, second: timeline(second)}[kind]
    for second in (10, 0):
        people = [row["people_after" if kind == "contribution" else "people"] for row in encoded(build(40, second, second) if kind in ("retention", "overlap") else build(40, second))]
        assert HIDDEN not in people
        assert float(second) in people or (kind, second) in {("paths", 0), ("canvas", 0)}  # no path is taken and no node visited by nobody


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


def share_table(buyers, people, metrics=("share",), **given):
    """A table of pages with so many buyers and people on each."""
    cells = Cells()
    for measure, amounts in enumerate((buyers, people)):
        cells.add(measure, amounts, [1, 2])
        cells.add(TOTAL + measure, sum(amounts))
        cells.add(GRAND_TOTAL + measure, 2 * sum(amounts))
    return answer(cells, report="table", name="pages", dimensions=["page"], metrics=metrics, **given)


@pytest.mark.parametrize(("buyers", "shown"), [(9, HIDDEN), (1, HIDDEN), (10, 0.02), (0, 0.0)])
def test_a_share_of_few_people_is_hidden_though_no_column_counts_them(buyers, shown):
    rows = encoded(share_table([400, buyers], [500, 500]))
    assert [row["share"] for row in rows] == [(400 + buyers) / 1000, 0.8, shown]


def test_the_limit_of_a_share_is_that_of_the_page():
    assert encoded(share_table([400, 9], [500, 500]), fewest=9)[2]["share"] == 9 / 500
    assert encoded(share_table([400, 9], [500, 500]), fewest=0)[2]["share"] == 9 / 500


def test_a_share_is_hidden_alone_where_the_row_has_enough_people():
    rows = encoded(share_table([400, 9], [500, 500], ("share", "people")))
    assert [(row["people"], row["share"]) for row in rows][1:] == [(500.0, 0.8), (500.0, HIDDEN)]


def test_a_share_over_time_is_hidden_alike_and_its_total_is_not():
    cells = Cells()
    for measure, amounts in enumerate(([3, 40], [50, 50])):
        cells.add(measure, amounts, [0, 1])
        cells.add(TOTAL + measure, sum(amounts))
    rows = encoded(answer(cells, report="trend", name="daily", metrics=("share",)))
    assert [row["share"] for row in rows] == [0.43, HIDDEN, 0.8]


def test_a_comparison_with_a_control_of_few_people_is_hidden():
    metrics = ("people", "orders", "lift")
    assert people_of(table(9, 40, metrics)) == {"lift": (49.0, 9.0, 9.0)}
    assert people_of(table(30, 40, metrics)) == {"lift": (70.0, 30.0, 30.0)}
    _, cart, home = encoded(table(9, 40, metrics))
    assert (cart["people"], cart["orders"], cart["lift"]) == (40, 40, HIDDEN)
    assert home["lift"] == HIDDEN


def test_figures_of_no_people_and_rows_in_another_order_keep_their_places():
    assert people_of(table(40, 9)) == {"rate": (49.0, 40.0, 9.0)}
    assert people_of(table(40, 9, ("orders", "revenue"))) == {}
    assert people_of(share_table([9, 400], [500, 600], sort="people")) == {"share": (409.0, 400.0, 9.0)}
    same_share = share_table([9, 400], [500, 600], include_no_value=False)  # people have a grand total, their share is the same
    assert people_of(same_share) == {"share": (409.0, 400.0, 9.0)}
    assert people_of(share_table([9, 400], [500, 600], ("share", "people"), include_no_value=False)) == {"share": (409.0, 818.0, 400.0, 9.0)}


def people_of(given):
    return dict(given.behind)
