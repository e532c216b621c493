"""What `cja explain component` prints of segments: their conditions, sequences and date ranges."""

from __future__ import annotations

import pytest

from tests.unit.view.explained import CALLED, A, B, said


@pytest.mark.parametrize(
    ("segment", "words"),
    [
        ({"where": {"all": [A, B]}}, "it keeps each event that meets this: (page equals 'a' and orders more than 2 and less than 5)"),
        ({"where": {"any": [A, {"exclude": "x2"}]}}, "(page equals 'a' or not segment 'x2')"),
        ({"container": "person", "where": {"container": "session", "where": B}}, "some session in which orders"),
        ({"where": {"dimension": "page", "equals_any_of": ["a", "b"], "model": "instance"}}, "page equals any of 'a', 'b', as the event itself sets it"),
        ({"where": {"dimension": "page", "exists": False, "model": "non_repeating"}}, "page is not set, as the event newly sets it"),
        ({"where": {"dimension": "page", "distinct": {"at_least": 2}}}, "the number of distinct page at least 2"),
        ({"container": "person", "include": "only_after", "where": {"then": [A, {"after": "2 events", "within": {"dimension": "page"}}, B]}},
         "it keeps of each person, within which the sequence runs, the events from the last one of the first occurrence on of this: then page equals 'a', after 2 events and within 1 change of page, then orders"),
        ({"container": "session", "include": "only_before", "where": {"then": [A, B]}, "range": "last 1 week"},
         "it keeps, of the report's range, of each session, within which the sequence runs, the events up to the first one of the last occurrence of this: then page"),
        ({"container": "person", "where": {"then": [A, {"after": "1 session", "within": "30 min"}, B]}}, "after 1 session and within 30 minutes, then"),
        ({"container": "person", "where": {"then": [{"exclude": A}, {"logic_group": {"all": [A, B]}}]}}, "without page equals 'a', then (page equals 'a' and, in any order, orders"),
        ({"container": "person", "where": B, "range": "last 30 days"},
         "it looks at events of the last 30 days, also outside the report's range, with sessions and values as a report of these days has them"),
        ({"container": "person", "where": B, "range": "last 1 week"}, "it keeps, of the report's range, all events of each person that meets this: orders"),
        ({"where": A, "range": {"from": "2025-01-01", "to": "2025-01-31"}}, "it looks at events of 2025-01-01 to 2025-01-31, also"),
        ({"where": A, "range": {"from": "2025-01-02", "to": "2025-01-01"}}, "it looks at events of no day, also"),
        ({"container": "person", "where": {"exclude": {"container": "session", "where": A, "range": "last 1 day"}}}, "not some session of the last day in which page equals 'a'"),
    ],
)  # fmt: skip
def test_each_condition_of_a_segment_is_said(segment, words):
    assert words in said("segments", segment)


@pytest.mark.parametrize(
    ("segment", "words"),
    [
        ({"container": "person", "where": {"container": "session", "where": B}}, "all hits of each visitor that meets this: some visit in which orders"),
        ({"where": {"all": [A, {"exclude": A}]}}, "it keeps each hit that meets this: (page"),
        ({"container": "person", "where": {"then": [{"container": "session", "where": A}, {"exclude": {"container": "session", "where": B}}]}},
         "then some visit in which page equals 'a', without some visit in which orders"),
        ({"container": "person", "where": {"then": [A, {"after": "1 event", "within": "2 sessions"}, B]}}, "after 1 hit and within 2 visits, then"),
        ({"container": "person", "where": {"then": [A, {"within": "0 events"}, B]}}, "within 0 hits, then"),
        ({"container": "session", "include": "only_after", "where": {"then": [A, B]}}, "of each visit, within which the sequence runs, the hits from the last one"),
        ({"where": {"dimension": "page", "exists": True, "model": "instance"}}, "page is set, as the hit itself sets it"),
        ({"where": A, "range": "last 2 days"}, "it looks at hits of the last 2 days, also outside the report's range, with visits and values as"),
        ({"where": A}, "visits, deduplication, persistence and attribution have looked at all hits"),
    ],
)  # fmt: skip
def test_containers_are_called_as_the_view_calls_them(segment, words):
    assert words in said("segments", segment, containers=CALLED)


def test_the_views_own_segments_come_before_a_reports():
    text = said("segments", {"where": A}, view_segments=[{"where": A}])
    assert text.index("the view's own segments leave out events") < text.index("it keeps")
