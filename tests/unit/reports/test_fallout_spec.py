"""What a fallout takes and refuses (rules F1, F3-F5, F9, F10)."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from cja_spark.reports.fallout import Fallout, Grace
from cja_spark.spec import milliseconds

NEXT = ["a", {"step": "b", "next": True}]
MODES = {"modes": ["strict_order"], "one_event_one_step": False}
REFUSED = [
    ({"order": "any", "steps": NEXT}, "order: any takes no step with next: true"),
    ({"order": "any", "ties": "strict_time"}, "order: any takes no ties"),
    ({"order": "any", "ties": {"grace": "1 seconds"}}, "order: any takes no ties"),
    ({"order": "any", "window_start": "first"}, "order: any takes no window_start: first"),
    ({"order": "any", "breakdown": "page"}, "order: any reports no chain of events; leave breakdown out"),
    ({"ties": "step_order", "breakdown": "page"}, "ties: step_order reports no chain of events"),
    ({"ties": "step_order", "window_start": "first"}, "ties: step_order does not go with window_start: first"),
    ({"ties": "step_order", "order": "strict"}, "ties: step_order does not go with order: strict"),
    ({"ties": "step_order", "steps": NEXT}, "ties: step_order does not go with a step with next: true"),
    ({"ties": {"grace": "1 seconds"}, "order": "strict"}, "ties: grace does not go with order: strict"),
    ({"ties": "grace(1 seconds)", "steps": NEXT}, "ties: grace does not go with a step with next: true"),
    ({"ties": "grace(soon)"}, "'soon' is no duration"),
    ({"ties": {"grace": 2}}, "'2' is no duration"),
    (
        {"ties": "grace"},
        "'grace' is no rule of ties. Write one of total_order, strict_time, step_order, or grace: 2 seconds",
    ),
    ({"ties": {"pardon": "2 seconds"}}, "pardon"),
    ({"count": "attempts"}, "count: attempts needs window_start: first"),
    ({"count": "attempts", "window_start": "first", "base": "all"}, "base: all does not go with count: attempts"),
    ({"count": "sessions"}, "count: sessions needs container: session"),
    ({"count": "persons", "container": "session"}, "count: persons needs container: person"),
    ({"count": "hits"}, "'persons', 'sessions' or 'attempts'"),
    ({"date_rule": "entry"}, "date_rule: entry needs a window"),
    ({"breakdown": "page", "breakdown_step": 3}, "breakdown_step: 3 is above the number of steps, 2"),
    ({"steps": [{"step": "a", "next": True}, "b"]}, "next: true on the first step"),
    ({"steps": ["a", {"step": "b", "any": ["c"]}]}, "both are given"),
    ({"steps": ["a", {"label": "nothing"}]}, "a step names a metric or a segment"),
    ({"steps": []}, "at least 1"),
    ({"exclude": ["x"], "order": "any"}, "order: any takes no exclude; nothing lies between steps without an order"),
    ({"exclude": ["x"], "ties": "grace(1 s)"}, "ties: grace takes exclude only with window_start: first"),
    ({"exclude": ["x"], "steps": ["a"]}, "exclude: what must not happen lies between two steps, and there is one"),
    ({"exclude": [{"step": "x", "between": [1, 3]}]}, "exclude: between names step 3, and there are 2"),
    ({"exclude": [{"step": "x", "between": [2, 1]}]}, "between: [2, 1] names no later step; write the earlier one first"),
    ({"exclude": [{"step": "x", "between": [0, 1]}]}, "greater than or equal to 1"),
    ({"exclude": [{"step": "x", "between": [1]}]}, "between"),
    ({"exclude": [{"step": "x", "next": True}]}, "leave it out of exclude"),
    ({"exclude": [{"between": [1, 2]}]}, "a step names a metric or a segment"),
    ({"exclude": ["x"], "exclusion": "drop_people"}, "'drop_attempt' or 'drop_person'"),
    ({"exclusion": "drop_person"}, "exclusion says what an exclusion does; name one under exclude"),
    (
        {"exclude": ["x"], "exclusion": "drop_person", "window_start": "first", "count": "attempts"},
        "exclusion: drop_person does not go with count: attempts; who leaves makes none",
    ),
    ({"steps": ["a"] * 33}, "at most 32"),
    ({"between": "page", "order": "any"}, "order: any reports no chain of events; leave between out."),
    ({"between": "page", "after": "page", "ties": "step_order"}, "ties: step_order reports no chain of events; leave between and after out, or write ties: total_order."),
    ({"between": "page", "order": "strict"}, "between asks what happens before the next step, and each step is the very next event."),
    ({"between": "page", "steps": NEXT}, "between asks what happens before the next step, and each step is the very next event."),
    ({"between": "page", "steps": ["a"]}, "between asks what happens before the next step, and each step is the first one; name another."),
    ({"after": "page", "steps": ["a"]}, "after asks what those do who go no further, and there is one step; name another."),
    ({"after": {"dimension": "page", "items": 0}}, "greater than or equal to 1"),
    ({"after": {"dimension": "page", "items": 101}}, "less than or equal to 100"),
    ({"after": {"items": 3}}, "dimension"),
    ({"modes": ["strict_order"]}, "modes need one_event_one_step: false; an event is each of the steps that it meets there"),
    ({**MODES, "order": "strict"}, "modes: strict_order does not go with order: strict."),
    ({**MODES, "order": "any"}, "modes: strict_order does not go with order: any."),
    ({**MODES, "steps": NEXT}, "modes: strict_order does not go with a step with next: true."),
    ({**MODES, "ties": "grace(1 s)"}, "modes: strict_order does not go with ties: grace."),
    ({**MODES, "window_start": "first", "exclude": ["x"]}, "modes: strict_order does not go with window_start: first, exclude."),
    ({**MODES, "modes": ["strict_order", "strict_order"]}, "'strict_order' is given twice"),
]


def fallout(**given):
    return Fallout.model_validate({"steps": ["a", "b"], **given})


@pytest.mark.parametrize(("given", "fault"), REFUSED, ids=[fault for _, fault in REFUSED])
def test_what_does_not_go_together_is_refused(given, fault):
    with pytest.raises(ValidationError) as caught:
        fallout(**given)
    assert fault in str(caught.value)


def test_all_faults_are_named_at_once():
    with pytest.raises(ValidationError) as caught:
        fallout(count="attempts", date_rule="entry")
    assert "date_rule: entry needs a window. count: attempts needs window_start: first." in str(caught.value)


@pytest.mark.parametrize(
    "given",
    [
        {"order": "any", "one_event_one_step": False, "window": "1 days"},
        {"ties": "step_order", "one_event_one_step": False},
        {"ties": "strict_time", "order": "strict"},
        {"count": "attempts", "window_start": "first", "container": "session", "order": "strict"},
        {"count": "attempts", "window_start": "first", "ties": {"grace": "1 seconds"}, "breakdown": "page"},
        {"count": "sessions", "container": "session"},
        {"count": "persons"},
        {"steps": ["a"] * 32},
        {"exclude": ["x", {"dimension": "page", "equals": "help", "segments": ["y"], "between": [1, 2], "label": "help"}]},
        {"exclude": ["x"], "exclusion": "drop_person", "ties": "step_order"},
        {"exclude": ["x"], "ties": "grace(2 s)", "window_start": "first", "count": "attempts"},
    ],
    ids=str,
)
def test_what_goes_together_is_taken(given):
    asked = fallout(**given)
    assert Fallout.model_validate_json(asked.model_dump_json(exclude={"range"}), strict=False) == asked


def test_a_step_on_a_distinct_count_is_named_in_words():
    assert fallout(steps=[{"dimension": "sku", "distinct": {"at_least": 2}}]).steps[0].name() == "sku distinct at_least 2"


def test_columns_are_named_by_what_is_counted():
    asked = [{}, {"container": "session"}, {"container": "session", "window_start": "first", "count": "attempts"}]
    assert [fallout(**given).counted() for given in asked] == ["people", "sessions", "attempts"]


@pytest.mark.parametrize("written", [{"grace": "2 seconds"}, "grace(2 seconds)", " grace ( 2000 ms )"])
def test_grace_is_written_as_a_mapping_or_as_text(written):
    ties = fallout(ties=written).ties
    assert isinstance(ties, Grace)
    assert milliseconds(ties.grace) == 2000


def test_a_step_is_some_of_its_uses_and_all_of_its_segments():
    asked = fallout(
        steps=[
            {"any": ["orders", {"dimension": "page", "equals": "cart"}], "segments": ["mobile", "loyal"]},
            {"segments": ["mobile"]},
            {"dimension": "page", "equals": "help", "segments": ["loyal"], "label": "help of the loyal"},
        ]
    )
    names = [step.name() for step in asked.steps]
    assert names == ["orders or page cart and mobile and loyal", "mobile", "help of the loyal"]
    assert asked.segments_used() == ("mobile", "loyal")
    assert asked.names_used() == ("orders",)
    assert len(asked.conditions()) == 2


def test_an_exclusion_is_named_as_a_step_is_and_acts_between_all_steps_without_a_word():
    asked = fallout(steps=["a", "b", "c"], exclude=["x", {"any": ["y", "z"], "segments": ["s"], "between": [2, 3]}])
    assert [one.name() for one in asked.exclude] == ["x", "y or z and s"]
    assert [one.steps_of(3) for one in asked.exclude] == [(1, 3), (2, 3)]
    assert asked.names_used() == ("a", "b", "c", "x", "y", "z")
    assert asked.segments_used() == ("s",)


def test_exclusions_end_chains_unless_they_put_people_out():
    assert fallout(exclude=["x"]).effective().exclusion == "drop_attempt"
    assert fallout(exclude=["x"], exclusion="drop_person").effective().exclusion == "drop_person"
    assert fallout().effective().exclusion is None
