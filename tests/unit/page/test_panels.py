"""Answers become panels: columns get the labels and formats that a reader and privacy need."""

from cja_spark.plan import Answer
from cja_spark.publish_page import panel_of
from cja_spark.reports.ask import Ask
from cja_spark.reports.compile import window_of
from cja_spark.reports.kinds import REPORTS
from cja_spark.view.spec import View
from tests.unit.kernels.by_hand import END, JANUARY, VIEW, page, table_of

PERSON = [page(0, "a"), page(1, orders=1)]


def formats(**asked):
    """Label and format of each column of a report's panel."""
    view = View.model_validate({**VIEW, "dimensions": {**VIEW["dimensions"], "page": {"field": "page", "label": "Page"}}})
    report = REPORTS.named(asked["report"]).spec.model_validate({"range": JANUARY, **asked})
    ask = Ask(report, view, window_of(report, view, END, END))
    panel = panel_of(Answer(ask, table_of([PERSON], **asked), "run", kept=False), view)
    return {column.name: (column.label, column.format) for column in panel.columns}


def test_a_count_of_sessions_in_a_fallout_is_looked_at_by_privacy():
    columns = formats(report="fallout", steps=["orders"], container="session", window="1 day")
    assert [name for name, (_, form) in columns.items() if form == "people"] == [
        "sessions", "fallout_sessions", "open_sessions",
    ]  # fmt: skip
    assert formats(report="table", metrics=["sessions"])["sessions"] == ("Sessions", "count")


def test_the_entry_of_a_sessions_report_has_the_dimensions_label():
    assert formats(report="sessions", dimension="page")["entry_page"] == ("Entry page", "text")


def test_a_panel_says_what_must_not_happen_between_steps():
    asked = {"report": "fallout", "steps": ["orders", "opens"], "exclude": ["orders", {"step": "opens", "between": [1, 2]}]}
    view = View.model_validate(VIEW)
    report = REPORTS.named("fallout").spec.model_validate({"range": JANUARY, **asked})
    panel = panel_of(Answer(Ask(report, view, window_of(report, view, END, END)), table_of([PERSON], **asked), "run", kept=False), view)
    said = dict(panel.options)
    assert (said["Exclude"], said["Exclusion"]) == ("Orders between steps 1 and 2, Opens between steps 1 and 2", "drop_attempt")
