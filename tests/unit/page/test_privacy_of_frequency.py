"""What a page tells of how often several things are done: each one's buckets tell of each other, and of no other's."""

from __future__ import annotations

from cja_spark.page.encode import encode_panel
from cja_spark.page.privacy import Below, Withheld
from cja_spark.page.privacy_of_frequency import hide_few_of_frequency, times_add_up
from cja_spark.publish_page import panel_of
from tests.unit.page.answers import VIEW
from tests.unit.page.answers_of_steps import frequency
from tests.unit.page.pages import HISTOGRAM
from tests.unit.page.panels_of_steps import FREQUENCY

COLUMNS = FREQUENCY.columns


def rows(name, *people):
    """The total and the buckets of one event."""
    parts = [("total", None, sum(people)), *(("bucket", str(at), many) for at, many in enumerate(people, 1))]
    return [{"row_kind": kind, "step_name": name, "times": times, "at_least": None, "less_than": None, "people": many, "percent_of_total": many / sum(people)} for kind, times, many in parts]


def shown(*events, fewest=10):
    return [row["people"] for row in hide_few_of_frequency([row for one in events for row in one], COLUMNS, fewest)]


def test_what_is_of_many_is_shown_as_it_is():
    assert shown(rows("a", 40, 20), rows("b", 10, 0)) == [60, 40, 20, 10, 10, 0]
    assert shown(rows("a", 3, 2), fewest=0) == [5, 3, 2]


def test_the_bucket_that_would_tell_a_hidden_one_is_withheld_with_it():
    assert shown(rows("a", 40, 9, 30)) == [79, 40, Below(10), Withheld(10)]


def test_the_buckets_of_one_event_hide_none_of_another():
    assert shown(rows("a", 40, 9, 30), rows("b", 50, 20, 12)) == [79, 40, Below(10), Withheld(10), 82, 50, 20, 12]
    assert shown(rows("a", 40, 9, 30), rows("b", 50, 4, 25)) == [79, 40, Below(10), Withheld(10), 79, 50, Below(10), Withheld(10)]


def test_the_share_goes_with_the_figure_and_sessions_go_by_their_people():
    [answer] = [encode_panel(panel_of(frequency(40, 9, 30), VIEW), fewest_people=10, most_rows=100)]
    at = [column["name"] for column in answer["columns"]].index("percent_of_total")
    assert [row[at] for row in answer["rows"]] == [1.0, 40 / 79, {"below": 10}, {"withheld": 10}]


def test_the_rule_is_for_frequency_alone():
    assert times_add_up(COLUMNS)
    assert not times_add_up(HISTOGRAM.columns)
