"""Growth on the product's kernel and finish: who is new, there again, back or gone in each period, and what is not told (CJA 7; C1, C2, O4, O7)."""

from itertools import pairwise

import pytest
from pydantic import ValidationError

from cja_spark.reports.growth import Growth
from tests.unit.kernels.by_hand import DAY, HOUR, START, ask_of, page, rows_of
from tests.unit.kernels.test_rules_of_cohort import COMPLETE, at, back, days, visit

FIVE = {"range": days("2025-01-01", "2025-01-05")}
CLASSES = ("new_people", "repeat_people", "return_people", "dormant_people")


def growths(*own, until=COMPLETE, **asked):
    """The rows of growth of days."""
    return rows_of([*own], until=until, report="growth", **{"active": "opens", "granularity": "day", "lookback": 3, **FIVE, **asked})


def classes(rows):
    """Per period who is new, there again, back and gone."""
    return [tuple(row[name] for name in CLASSES) for row in rows if row["row_kind"] == "period"]


def of_first(*own, **asked):
    """The classes of the first period."""
    return classes(growths(*own, **asked))[0]


def test_a_person_is_new_then_there_again_then_gone_then_back():
    rows = growths([visit(0), visit(DAY), visit(DAY + HOUR), visit(3 * DAY)])
    assert classes(rows) == [(1, 0, 0, 0), (0, 1, 0, 0), (0, 0, 0, 1), (0, 0, 1, 0), (0, 0, 0, 1)]
    assert [row["people"] for row in rows] == [1, 1, 1, 0, 1, 0]
    assert [row["label"] for row in rows] == [None, *(f"2025-01-0{day}" for day in range(1, 6))]
    assert [row["row_kind"] for row in rows] == ["total", *["period"] * 5]


@pytest.mark.parametrize(("lookback", "away", "back_again"), [(3, 2, 1), (3, 3, 1), (3, 4, 0), (2, 2, 1), (2, 3, 0), (1, 2, 0), (4, 4, 1)])
def test_who_is_away_for_longer_than_the_lookback_is_new_again(lookback, away, back_again):
    rows = classes(growths([visit(0), visit(away * DAY)], lookback=lookback))
    assert rows[away] == (1 - back_again, 0, back_again, 0)
    assert rows[0] == (1, 0, 0, 0)
    assert rows[1] == (0, 0, 0, 1)


def test_o7_the_lookback_and_the_period_before_lie_before_the_range():
    for t, expected in ((-1, (0, 1, 0, 0)), (-DAY, (0, 1, 0, 0)), (-DAY - 1, (0, 0, 1, 0)), (-3 * DAY, (0, 0, 1, 0)), (-3 * DAY - 1, (1, 0, 0, 0))):
        assert of_first([visit(t), visit(0)]) == expected
    assert of_first([visit(-2 * DAY), visit(-DAY), visit(0)]) == (0, 1, 0, 0)


def test_o7_who_was_active_in_the_period_before_the_range_alone_is_dormant_in_its_first_one():
    for t, gone in ((-1, 1), (-DAY, 1), (-DAY - 1, 0)):
        rows = growths([visit(t)])
        assert classes(rows) == [(0, 0, 0, gone), *[(0, 0, 0, 0)] * 4]
        assert rows[0]["people"] == 0
    assert of_first([visit(-DAY), visit(3 * DAY)]) == (0, 0, 0, 1)
    assert of_first([visit(-3 * DAY)], [visit(-2 * DAY), visit(-1)]) == (0, 0, 0, 1)


def test_o7_events_are_read_from_the_lookback_of_the_first_period_on():
    for size, many, first in (("day", 3, "2025-01-12"), ("day", None, "2024-10-17"), ("week", 2, "2024-12-30"), ("week", None, "2024-01-15"), ("month", 2, "2024-11-01"),
                              ("month", None, "2023-12-01"), ("quarter", None, "2023-01-01"), ("year", None, "2022-01-01")):  # fmt: skip
        ask, _ = ask_of([], report="growth", granularity=size, lookback=many, range=days("2025-01-15", "2025-01-16"))
        assert ask.window.read_from == START + at(first), (size, many)


def test_each_period_has_new_repeat_and_return_for_its_active_and_dormant_for_the_rest_of_the_one_before():
    people = [[visit(day * DAY + k) for day in range(-3, 5) if (k * 7 + day * day) % (day + 5) in (0, 1, 3)] for k in range(40)]
    rows = growths(*people)[1:]
    assert min(sum(row[name] for row in rows) for name in CLASSES) > 5
    for row in rows:
        assert row["people"] == row["new_people"] + row["repeat_people"] + row["return_people"]
    for before, row in pairwise(rows):
        assert row["dormant_people"] == before["people"] - row["repeat_people"]


def test_the_total_is_everybody_who_is_active_in_the_range_once():
    rows = growths([visit(0), visit(DAY), visit(4 * DAY)], [visit(DAY)], [visit(-DAY)], [page(0)])
    assert rows[0] == {"row_kind": "total", "bucket": None, "label": None, "people": 2, "net_growth": None, **dict.fromkeys(CLASSES)}


def test_net_growth_is_who_comes_by_who_goes():
    gone = ([visit(-DAY)], [visit(-1)])
    assert [growths(*gone, *([visit(0)] for _ in range(many)))[1]["net_growth"] for many in (0, 1, 2, 3)] == [0, 0.5, 1, 1.5]
    assert growths(*gone, [visit(-2 * DAY), visit(0)], [visit(0)], [visit(-1), visit(0)])[1]["net_growth"] == 1
    assert [row["net_growth"] for row in growths([visit(0)])] == [None, None, 0, None, None, None]


def test_c2_a_period_that_ends_after_the_data_is_not_told():
    own = ([visit(0)], [visit(DAY)], [visit(DAY), visit(2 * DAY)])
    for until, known in ((3 * DAY, 3), (3 * DAY - 1, 2), (DAY, 1), (DAY - 1, 0)):
        rows = growths(*own, until=START + until)
        assert [None not in one for one in classes(rows)] == [True] * known + [False] * (5 - known)
        assert [row["people"] is None for row in rows[1:]] == [False] * known + [True] * (5 - known)
        assert rows[0]["people"] == (0, 1, 3, 3)[known]
    assert classes(growths(*own, until=START + 2 * DAY))[:2] == [(1, 0, 0, 0), (2, 0, 0, 1)]


@pytest.mark.parametrize(
    ("size", "first", "after"),
    [("day", "2025-01-15", "2025-01-16"), ("week", "2025-01-13", "2025-01-20"), ("month", "2025-01-01", "2025-02-01"),
     ("quarter", "2025-01-01", "2025-04-01"), ("year", "2025-01-01", "2026-01-01")],
)  # fmt: skip
def test_c1_the_range_is_widened_to_whole_periods(size, first, after):
    asked = {"range": days("2025-01-15", "2025-01-15"), "granularity": size}
    for t, there in ((at(first) - 1, (0, 0, 0, 1)), (at(first), (1, 0, 0, 0)), (at(after) - 1, (1, 0, 0, 0)), (at(after), (0, 0, 0, 0))):
        [total, row] = growths([visit(t)], **asked)
        assert classes([row]) == [there]
        assert total["people"] == there[0]
        assert row["bucket"].date().isoformat() == first


def test_c1_what_makes_active_is_the_sum_of_a_period_also_before_the_range():
    active = {"metric": "orders", "at_least": 2}
    assert of_first([back(0), back(1)], active=active) == (1, 0, 0, 0)
    assert of_first([back(0), back(DAY)], active=active) == (0, 0, 0, 0)
    assert of_first([back(-2), back(-1)], active=active) == (0, 0, 0, 1)
    assert of_first([back(-2), back(0), back(1)], active=active) == (1, 0, 0, 0)
    assert of_first([back(-DAY - 1), back(-1)], active=active) == (0, 0, 0, 0)


def test_without_a_word_any_event_makes_active_and_a_segment_of_it_its_events():
    home = {"home": {"where": {"dimension": "page", "equals": "home"}}}
    assert of_first([page(-1), page(0)], active="events") == of_first([page(-1), page(0)], active=Growth().active) == (0, 1, 0, 0)
    for active in ({"segments": ["home"]}, {"metrics": ["events"], "segments": ["home"]}):
        own = ([page(-1, "home"), page(0, "home")], [page(-1, "cart"), page(0, "home")], [page(-1, "home"), page(0, "cart")], [page(-2 * DAY, "home"), page(0, "home")])
        assert of_first(*own, active=active, view={"segments": home}) == (1, 1, 1, 1)
    assert growths([page(0, "cart")], active={"segments": ["home"]}, view={"segments": home})[0]["people"] == 0


def test_sessions_before_the_range_have_their_figures():
    bounces = {"active": {"metric": "bounces", "at_least": 1}}
    assert of_first([page(-HOUR)], **bounces) == (0, 0, 0, 1)
    assert of_first([page(-HOUR), page(-HOUR + 1)], **bounces) == (0, 0, 0, 0)
    assert of_first([page(-1), page(0)], **bounces) == (0, 1, 0, 0)  # each part of the session has one event of its own


def test_o7_segments_hide_events_of_the_range_and_before_it():
    home = {"where": {"dimension": "page", "equals": "home"}}
    assert of_first([visit(-1, "home"), visit(0, "home")], segments=[home]) == (0, 1, 0, 0)
    assert of_first([visit(-1, "cart"), visit(0, "home")], segments=[home]) == (1, 0, 0, 0)
    assert of_first([visit(-1, "home"), visit(0, "cart")], segments=[home]) == (0, 0, 0, 1)
    assert of_first([visit(-1, "home"), visit(0, "cart")]) == (0, 1, 0, 0)


def test_o7_who_is_in_a_segment_of_persons_is_by_the_range():
    of_person = {"container": "person", "where": {"dimension": "page", "equals": "home"}}
    assert of_first([visit(-1, "cart"), visit(0, "home")], segments=[of_person]) == (0, 1, 0, 0)
    assert of_first([visit(-1, "home"), visit(0, "cart")], segments=[of_person]) == (0, 0, 0, 0)
    assert of_first([visit(-1, "home")], segments=[of_person]) == (0, 0, 0, 0)
    assert of_first([visit(-1, "cart"), page(DAY, "home")], segments=[of_person]) == (0, 0, 0, 1)
    of_session = {**of_person, "container": "session"}
    assert of_first([visit(-2, "cart"), visit(-1, "home")], segments=[of_session]) == (0, 0, 0, 1)


def test_one_person_does_not_go_on_where_another_ends():
    assert classes(growths([visit(DAY)], [visit(2 * DAY)]))[1:3] == [(1, 0, 0, 0), (1, 0, 0, 1)]
    assert classes(growths([visit(2 * DAY)], [visit(0)]))[:3] == [(1, 0, 0, 0), (0, 0, 0, 1), (1, 0, 0, 0)]
    assert of_first([visit(-DAY)], [visit(0)]) == (1, 0, 0, 1)


def test_o4_periods_before_the_range_are_of_the_calendar():
    asked = {"range": days("2025-03-01", "2025-03-31"), "granularity": "month", "lookback": 2}
    for t, expected in ((at("2025-01-01") - 1, (1, 0, 0, 0)), (at("2025-01-01"), (0, 0, 1, 0)), (at("2025-02-01") - 1, (0, 0, 1, 0)), (at("2025-02-01"), (0, 1, 0, 0))):
        assert of_first([visit(t), visit(at("2025-03-09"))], **asked) == expected
    retail = {"range": days("2025-04-06", "2025-04-06"), "granularity": "month", "lookback": 1, "view": {"calendar": "4-5-4"}}
    for day, expected in (("2025-03-01", (1, 0, 0, 0)), ("2025-03-02", (0, 1, 0, 0))):  # five weeks of the month that begins on 2 March
        assert of_first([visit(at(day)), visit(at("2025-04-06"))], **retail) == expected


def test_o4_days_are_as_long_as_the_clock_has_them_and_a_day_that_it_skips_is_no_period():
    zone = {"time_zone": "America/New_York"}
    asked = {"range": days("2025-03-10", "2025-03-10"), "view": zone}
    begin = at("2025-03-10", "America/New_York")
    for t, expected in ((begin - 1, (0, 1, 0, 0)), (begin - 23 * HOUR, (0, 1, 0, 0)), (begin - 23 * HOUR - 1, (0, 0, 1, 0)), (begin - 71 * HOUR, (0, 0, 1, 0)), (begin - 71 * HOUR - 1, (1, 0, 0, 0))):
        assert of_first([visit(t), visit(begin)], **asked) == expected
    apia = {"range": days("2011-12-31", "2011-12-31"), "view": {"time_zone": "Pacific/Apia"}, "lookback": 2}
    begin = at("2011-12-31", "Pacific/Apia")
    for t, expected in ((begin - 1, (0, 1, 0, 0)), (begin - DAY, (0, 1, 0, 0)), (begin - DAY - 1, (0, 0, 1, 0)), (begin - 2 * DAY, (0, 0, 1, 0)), (begin - 2 * DAY - 1, (1, 0, 0, 0))):
        assert of_first([visit(t), visit(begin)], **apia) == expected


def test_o5_an_empty_range_has_the_total_alone():
    assert [(row["row_kind"], row["people"]) for row in growths([visit(0)], range=days("2025-01-02", "2025-01-01"))] == [("total", 0)]


def test_o7_nobody_is_every_period_with_0():
    for own in ([], [[visit(-10 * DAY)]], [[page(0)]]):
        rows = growths(*own)
        assert classes(rows) == [(0, 0, 0, 0)] * 5
        assert rows[0]["people"] == 0


def test_a_lookback_that_is_not_said_goes_by_the_granularity():
    assert [Growth.model_validate({"granularity": size, "range": "last 30 days"}).effective().lookback for size in ("day", "week", "month", "quarter", "year")] == [90, 52, 13, 8, 3]
    assert Growth.model_validate({"lookback": 5}).effective().lookback == 5
    assert of_first([visit(-90 * DAY), visit(0)], lookback=None) == (0, 0, 1, 0)
    assert of_first([visit(-90 * DAY - 1), visit(0)], lookback=None) == (1, 0, 0, 0)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"active": {}}, "name a metric under 'metrics', or a segment under 'segments'"),
        ({"active": ["opens"] * 4}, "at most 3 items"),
        ({"granularity": "hour"}, "'day', 'week', 'month', 'quarter' or 'year'"),
        ({"lookback": 0}, "greater than or equal to 1"),
        ({"lookback": 367}, "less than or equal to 366"),
        ({"granularity": "day", "range": "last 400 days"}, "the range has more than 366 periods of a day; choose longer ones"),
    ],
)
def test_what_is_no_growth_is_refused(wrong, said):
    with pytest.raises(ValidationError, match=said):
        Growth.model_validate(wrong)


@pytest.mark.parametrize("calendar", ["gregorian", "4-5-4"])
def test_the_longest_lookback_is_taken(calendar):
    assert of_first([visit(0)], granularity="year", lookback=366, view={"calendar": calendar}) == (1, 0, 0, 0)
