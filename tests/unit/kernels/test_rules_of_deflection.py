"""Rule K: which trials of self-service count, which are followed by a call, and what that avoids; on journeys by hand."""

import math

import pytest
from pydantic import ValidationError

from cja_spark.reports.deflection import Deflection
from tests.unit.kernels.by_hand import DAY, END, HOUR, MINUTE, START, page, rows_of

METRICS = {"orders": "orders", "opens": "opens", "units": "items[].units", **{name: name for name in ("helps", "calls", "cost", "visits")}}
VIEW = {"name": "calls", "dimensions": {"page": "page", "sku": "items[].sku"}, "metrics": METRICS, "segments": {
    "not_phone": {"where": {"dimension": "page", "does_not_equal": "phone"}},
    "buyers": {"container": "person", "where": {"metric": "orders", "at_least": 1}},
}}  # fmt: skip
ASK = {"topic": "page", "self_service": "helps", "call": "calls", "window": "1 hour", "baseline": 0.5}
TO = END - START
NOBODY = [page(-30 * DAY, **dict.fromkeys(METRICS.keys() - {"units"}, math.nan))]  # has all columns, and nothing that is read
CLASSES = ("after_call_trials", "open_trials", "called_trials", "deflected_trials")


def asked(*persons, view=VIEW, **more):
    """The report's rows."""
    return rows_of([*persons, NOBODY], view, report="deflection", **{**ASK, **more})


def total(*persons, **more):
    """How many trials are after a call, open, called and deflected."""
    return classes(asked(*persons, **more)[0])


def classes(row):
    return tuple(int(row[name]) for name in CLASSES)


def topics(*persons, **more):
    """The same per topic."""
    return {row["self_service_topic"]: classes(row) for row in asked(*persons, **more) if row["row_kind"] == "topic"}


def helped(t, name="faq", **values):
    return page(t, name, helps=1, **values)


def call(t, name="phone", **values):
    return page(t, name, calls=1, **values)


AFTER, OPEN, CALLED, DEFLECTED = (1, 0, 0, 0), (0, 1, 0, 0), (0, 0, 1, 0), (0, 0, 0, 1)


@pytest.mark.parametrize(("later", "found"), [(HOUR - 1, CALLED), (HOUR, CALLED), (HOUR + 1, DEFLECTED)])
def test_k_a_call_counts_up_to_the_window_and_no_millisecond_longer(later, found):
    assert total([helped(DAY), call(DAY + later)]) == found


@pytest.mark.parametrize(("before", "found"), [(HOUR - 1, AFTER), (HOUR, AFTER), (HOUR + 1, DEFLECTED)])
def test_k_a_call_before_puts_a_trial_out_up_to_the_window_and_no_millisecond_earlier(before, found):
    assert total([call(DAY - before), helped(DAY)]) == found


def test_k_at_equal_time_the_position_says_whether_a_call_is_before_or_after():
    assert total([call(DAY), helped(DAY)]) == AFTER
    assert total([helped(DAY), call(DAY)]) == CALLED


def test_k_an_event_of_self_service_that_is_a_call_too_is_neither_before_nor_after_itself():
    assert total([helped(DAY, calls=1)]) == DEFLECTED


def test_k_who_called_before_is_after_a_call_also_when_calling_again():
    assert total([call(DAY), helped(DAY + MINUTE), call(DAY + 2 * MINUTE)]) == AFTER


def test_k_pre_call_says_another_time_before():
    own = [call(DAY), helped(DAY + 2 * HOUR)]
    assert total(own) == DEFLECTED
    assert total(own, pre_call="2 hours") == AFTER
    assert total([call(DAY), helped(DAY + 1)], pre_call="0 seconds") == DEFLECTED
    assert total([call(DAY), helped(DAY)], pre_call="0 seconds") == AFTER


def test_k_calls_of_others_count_for_nobody_else():
    assert total([call(DAY)], [helped(DAY)], [call(DAY)]) == DEFLECTED


def test_k_the_same_topic_within_the_window_is_absorbed_and_a_later_one_is_another_trial():
    own = [helped(DAY), helped(DAY + HOUR), helped(DAY + HOUR + 1), helped(DAY + 2 * HOUR + 1)]
    assert total(own) == (0, 0, 0, 2)  # the window is the trial's, not of the last event
    assert asked(own)[0]["self_service_events"] == 4


def test_k_what_is_absorbed_makes_the_window_no_longer():
    assert total([helped(DAY), helped(DAY + HOUR), call(DAY + HOUR + 1)]) == DEFLECTED


def test_k_each_topic_has_trials_of_its_own_and_one_call_is_after_all_of_them():
    own = [helped(DAY), helped(DAY + 1, "chat"), helped(DAY + 2), call(DAY + 3)]
    assert topics(own) == {"faq": CALLED, "chat": CALLED}
    assert total(own) == (0, 0, 2, 0)


def test_k_of_several_topics_an_event_begins_a_trial_of_each_once():
    rows = asked([helped(DAY, sku=["a", "b", "a", None])], topic="sku")
    assert [(row["self_service_topic"], row["trials"], row["self_service_events"]) for row in rows] == [(None, 2, 1), ("a", 1, 1), ("b", 1, 1)]


def test_k_a_call_of_another_topic_does_not_count_where_the_topic_must_match():
    own = [helped(DAY), call(DAY + 1, "chat"), call(DAY + 2, None), call(DAY + 2 * HOUR, "faq")]
    assert total(own) == CALLED
    assert total(own, match="same_topic") == DEFLECTED
    assert total([*own[:2], call(DAY + 2, "faq")], match="same_topic") == CALLED


def test_k_any_of_the_topics_of_a_call_may_match():
    own = [helped(DAY, sku=["a"]), helped(DAY, sku=["c"]), call(DAY + 1, sku=["b", "a"])]
    assert topics(own, topic="sku", match="same_topic") == {"c": DEFLECTED, "a": CALLED}


def test_k_a_call_before_puts_a_trial_out_whatever_its_topic():
    assert total([call(DAY, "chat"), helped(DAY + 1)], match="same_topic") == AFTER


@pytest.mark.parametrize(("until", "found"), [(HOUR - 1, OPEN), (HOUR, DEFLECTED), (HOUR + 1, DEFLECTED)])
def test_k_a_trial_is_open_until_the_data_reach_to_the_end_of_its_window(until, found):
    assert total([helped(DAY)], until=START + DAY + until) == found


def test_k_an_open_trial_is_out_also_when_somebody_called():
    assert total([helped(DAY), call(DAY + 1)], until=START + DAY + MINUTE) == OPEN
    assert total([call(DAY - 1), helped(DAY)], until=START + DAY + MINUTE) == AFTER


def test_k_trials_begin_in_the_range_and_calls_count_before_and_after_it():
    assert total([helped(-1), helped(TO)], until=END + DAY) == (0, 0, 0, 0)
    assert total([call(-HOUR), helped(0)]) == AFTER
    assert total([helped(TO - 1), call(TO - 1 + HOUR)], until=END + DAY) == CALLED
    assert total([helped(TO - 1), call(TO + HOUR)], until=END + DAY) == DEFLECTED


def test_k_self_service_before_the_range_absorbs_nothing():
    assert total([helped(-1), helped(0)]) == DEFLECTED


def test_k_calls_before_the_range_are_read_as_far_as_the_longer_of_both_times():
    assert total([call(-3 * DAY), helped(0)], pre_call="3 days") == AFTER
    assert total([call(-3 * DAY), helped(0)], window="3 days", pre_call="1 hour") == DEFLECTED
    assert total([call(-3 * DAY - 1), helped(0)], pre_call="3 days") == DEFLECTED


def test_k_calls_count_where_a_segment_hides_them_and_hidden_self_service_does_not():
    own = [helped(DAY), call(DAY + 1), helped(2 * DAY, "phone")]
    assert topics(own, segments=["not_phone"]) == {"faq": CALLED}
    assert topics(own, view={**VIEW, "view_segments": ["not_phone"]}) == {"faq": CALLED}


def test_k_a_call_that_is_a_condition_counts_before_in_and_after_the_range_whatever_is_hidden():
    more = {"call": {"dimension": "page", "equals": "phone"}, "segments": ["not_phone"], "view": {**VIEW, "view_segments": ["not_phone"]}, "until": END + DAY}
    assert total([page(-1, "phone"), helped(0)], **more) == AFTER
    assert total([helped(DAY), page(DAY + 1, "phone")], **more) == CALLED
    assert total([helped(TO - 1), page(TO, "phone")], **more) == CALLED


def test_k_a_segment_of_persons_in_a_call_has_the_result_of_the_range():
    more = {"call": {"step": "calls", "segments": ["buyers"]}, "until": END + DAY}
    assert total([helped(TO - 1), call(TO)], **more) == DEFLECTED
    assert total([helped(TO - 1, orders=1), call(TO)], **more) == CALLED
    assert total([helped(TO - 1), call(TO, orders=1)], **more) == DEFLECTED
    assert total([call(-1), helped(0, orders=1)], **more) == AFTER


def test_k_self_service_without_a_topic_begins_no_trial_and_is_counted():
    rows = asked([helped(DAY, None), helped(DAY), helped(DAY + 1, None)], [helped(DAY, None)])
    found = [(row["row_kind"], row["self_service_topic"], row["people"], row["self_service_events"], row["trials"]) for row in rows]
    assert found == [("total", None, 1, 1, 1), ("topic", "faq", 1, 1, 1), ("no_topic", "No value", 2, 3, None)]


def test_k_the_rate_is_of_closed_trials_with_wilsons_bounds():
    rows = asked([call(DAY - 1), helped(DAY)], [helped(DAY), call(DAY + 1)], *([helped(DAY)] for _ in range(3)), [helped(END - START - 1)])
    row = rows[1]
    assert (row["trials"], row["closed_trials"], row["call_rate"], row["people"]) == (6, 4, 0.25, 6)
    z = 1.959964
    middle, half = 0.25 + z * z / 8, z * math.sqrt(0.25 * 0.75 / 4 + z * z / 64)
    assert (row["rate_lower"], row["rate_upper"]) == pytest.approx(((middle - half) / (1 + z * z / 4), (middle + half) / (1 + z * z / 4)))


def test_k_avoided_calls_are_those_of_the_baseline_less_those_that_came():
    row = asked(*([helped(DAY)] for _ in range(3)), [helped(DAY), call(DAY + 1)], baseline=0.75, cost_per_call=10)[1]
    assert (row["avoided_calls"], row["avoided_cost"], row["upper_bound"]) == (2, 20, 30)


def test_k_where_more_call_than_without_self_service_avoided_calls_are_negative():
    row = asked([helped(DAY)], [helped(DAY), call(DAY + 1)], baseline=0.25, cost_per_call=10)[1]
    assert (row["avoided_calls"], row["avoided_cost"], row["upper_bound"]) == (-0.5, -5, 10)


def test_k_nothing_closed_has_no_rate_and_avoids_nothing_that_is_known():
    row = asked([call(DAY), helped(DAY)])[1]
    assert [row[name] for name in ("closed_trials", "call_rate", "rate_lower", "rate_upper", "avoided_calls")] == [0, None, None, None, None]


def test_k_a_cost_is_the_mean_of_the_calls_of_the_range_that_have_one_also_of_hidden_ones():
    own = [call(-1, cost=100), call(0, cost=6), call(DAY, cost=0), call(DAY, cost=3), call(DAY + 1), page(DAY, cost=50), helped(2 * DAY), call(TO, cost=100)]
    row = asked(own, cost_per_call="cost", baseline=1.0, segments=["not_phone"], until=END + DAY)[1]
    assert (row["cost_of_a_call"], row["avoided_cost"], row["upper_bound"]) == (3, 3, 3)


def test_k_without_a_call_that_has_a_cost_there_is_none():
    row = asked([helped(DAY), call(DAY + 1)], cost_per_call="cost")[1]
    assert (row["avoided_calls"], row["cost_of_a_call"], row["avoided_cost"], row["upper_bound"]) == (-0.5, None, None, None)


def control(*persons, **more):
    """The classes of the control's trials, and the baseline."""
    rows = asked(*persons, **{"baseline": {"control": "visits"}, **more})
    [row] = [row for row in rows if row["row_kind"] == "control"]
    assert rows[0]["baseline_rate"] == row["call_rate"]
    return classes(row), row["call_rate"]


def visit(t, name="home", **values):
    return page(t, name, visits=1, **values)


def test_k_a_control_is_the_rate_of_calls_after_its_events():
    persons = [[visit(DAY), call(DAY + HOUR)], [visit(DAY), call(DAY + HOUR + 1)], [visit(DAY)], [call(DAY), visit(DAY)], [visit(TO - 1)]]
    assert control(*persons) == ((1, 1, 1, 2), 1 / 3)


def test_k_more_of_the_control_within_its_window_is_the_same_trial():
    assert control([visit(DAY), visit(DAY + HOUR), visit(DAY + HOUR + 1)]) == ((0, 0, 0, 2), 0)


@pytest.mark.parametrize(("apart", "alone"), [(-HOUR - 1, True), (-HOUR, False), (-1, False), (0, False), (HOUR, False), (HOUR + 1, True)])
def test_k_self_service_around_an_event_makes_it_no_control(apart, alone):
    own = sorted([visit(DAY), helped(DAY + apart)], key=lambda event: event[0])
    assert control(own)[0] == ((0, 0, 0, 1) if alone else (0, 0, 0, 0))


def test_k_self_service_around_an_event_counts_before_and_after_the_range_hidden_or_without_a_topic():
    assert control([helped(-HOUR), visit(0)])[0] == (0, 0, 0, 0)
    assert control([visit(TO - 1), helped(TO)], until=END + DAY)[0] == (0, 0, 0, 0)
    assert control([visit(DAY), helped(DAY + 1, "phone")], segments=["not_phone"])[0] == (0, 0, 0, 0)
    assert control([visit(DAY), helped(DAY + 1, None)])[0] == (0, 0, 0, 0)
    assert control([helped(DAY, visits=1)])[0] == (0, 0, 0, 0)


def test_k_a_control_without_closed_trials_is_no_baseline_and_topics_rank_by_trials():
    rows = asked([helped(DAY, "a"), helped(DAY, "b")], [helped(DAY, "b")], baseline={"control": "visits"})
    assert [(row["self_service_topic"], row["avoided_calls"]) for row in rows[1:3]] == [("b", None), ("a", None)]


def test_k_where_the_topic_must_match_the_control_has_topics_too():
    own = [visit(DAY, "faq"), call(DAY + 1, "faq")], [visit(DAY, "faq"), call(DAY + 1, "chat")], [visit(DAY, None), call(DAY + 1)]
    assert control(*own) == ((0, 0, 3, 0), 1)
    assert control(*own, match="same_topic") == ((0, 0, 1, 1), 0.5)


def test_k_topics_rank_by_avoided_calls_then_trials_then_bytes_and_the_rest_is_other():
    persons = [[helped(DAY, "b")], [helped(DAY, "a")], [helped(DAY, "often")], [helped(DAY, "often"), call(DAY + 1)], [helped(DAY, "bad"), call(DAY + 1)]]
    names = [(row["row_kind"], row["self_service_topic"], row["avoided_calls"]) for row in asked(*persons)]
    assert names == [("total", None, 0.5), ("topic", "a", 0.5), ("topic", "b", 0.5), ("topic", "often", 0), ("topic", "bad", -0.5)]
    rows = asked(*persons, rows=2, sort="trials")
    assert [row["self_service_topic"] for row in rows] == [None, "often", "a", None]
    assert (rows[3]["row_kind"], classes(rows[3]), rows[3]["people"], rows[3]["self_service_events"]) == ("other", (0, 0, 1, 1), None, None)


def test_k_nobody_is_a_total_of_nothing():
    [row] = asked([page(DAY)])
    assert (row["row_kind"], row["people"], row["trials"], row["call_rate"], row["avoided_calls"]) == ("total", 0, 0, None, None)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"baseline": None}, "no baseline"), ({"baseline": 30}, "'30' is no baseline. Write a rate from 0 to 1"), ({"baseline": -0.1}, "no baseline"),
        ({"baseline": True}, "no baseline"), ({"baseline": "a third"}, "no baseline"), ({"baseline": math.nan}, "no baseline"), ({"baseline": {}}, "control"),
        ({"window": "0 hours"}, "in no time nobody calls"), ({"window": "1 month"}, "window"), ({"pre_call": "-1 hours"}, "pre_call"),
        ({"cost_per_call": -1}, "cost_per_call"), ({"cost_per_call": math.inf}, "cost_per_call"), ({"cost_per_call": True}, "cost_per_call"),
        ({"cost_per_call": None}, "cost_per_call"), ({"cost_per_call": "6 euros"}, "cost_per_call"), ({"cost_per_call": "events"}, "no amount of a call"),
        ({"call": {"step": "calls", "next": True}}, "next: true"), ({"baseline": {"control": {"step": "calls", "next": True}}}, "next: true"),
        ({"match": "topic"}, "match"), ({"rows": 0}, "rows"), ({"sort": "calls"}, "sort"),
    ],
)  # fmt: skip
def test_what_is_no_deflection_is_refused(wrong, said):
    with pytest.raises(ValidationError, match=said):
        Deflection.model_validate({**ASK, **wrong})


@pytest.mark.parametrize("missing", ["topic", "self_service", "call", "baseline"])
def test_a_topic_self_service_a_call_and_a_baseline_must_be_said(missing):
    with pytest.raises(ValidationError, match=missing):
        Deflection.model_validate({name: value for name, value in ASK.items() if name != missing})
