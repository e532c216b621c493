"""Rule C5 on the product's kernel and finish: who comes back so long after the start, and who has no time to."""

import pytest
from pydantic import ValidationError

from cja_spark.reports.retention import Retention
from cja_spark.view.ranges import Between
from tests.unit.kernels.by_hand import DAY, END, HOUR, START, page, rows_of

RANGE = END - START
MODES = ("on", "on_or_after")


def start(t):
    """An event that starts."""
    return page(t, opens=1)


def back(t):
    """An event that is a return."""
    return page(t, orders=1)


def retention(*own, until=END, **asked):
    """People per row: those who start in time, then those back per period, then those reserved."""
    given = {"start": "opens", "return": "orders", "buckets": 2, **asked}
    return [row["people"] for row in rows_of([*own], until=until, report="retention", **given)]


@pytest.mark.parametrize(("size", "length"), [("24 hours", DAY), ("7 days", 7 * DAY), ("30 days", 30 * DAY)])
def test_c5_a_period_is_24_hours_or_7_or_30_days(size, length):
    days = Between.model_validate({"from": "2025-01-01", "to": "2025-03-31"})
    for after, back_on in ((length - 1, [1, 0]), (length, [0, 1]), (2 * length - 1, [0, 1]), (2 * length, [0, 0])):
        found = retention([start(HOUR), back(HOUR + after)], until=END + 60 * DAY, size=size, buckets=1, range=days)
        assert found == [1, *back_on, 0]


@pytest.mark.parametrize("k", [1, 2])
@pytest.mark.parametrize("mode", MODES)
def test_c5_a_return_at_k_periods_is_in_bucket_k_and_a_millisecond_before_in_the_one_before(k, mode):
    before = retention([start(HOUR), back(HOUR + k * DAY - 1)], mode=mode)
    at = retention([start(HOUR), back(HOUR + k * DAY)], mode=mode)
    if mode == "on":
        assert before == [1, *(float(period == k - 1) for period in range(3)), 0]
        assert at == [1, *(float(period == k) for period in range(3)), 0]
    else:
        assert before == [1, *(float(period <= k - 1) for period in range(3)), 0]
        assert at == [1, *(float(period <= k) for period in range(3)), 0]


@pytest.mark.parametrize("mode", MODES)
def test_c5_all_periods_end_with_the_range_or_the_start_is_reserved(mode):
    latest = RANGE - 3 * DAY
    assert retention([start(latest), back(latest)], mode=mode) == [1, 1, 0, 0, 0]
    assert retention([start(latest + 1), back(latest + 1)], mode=mode) == [0, 0, 0, 0, 1]


@pytest.mark.parametrize("mode", MODES)
def test_c5_a_return_at_the_time_of_the_start_comes_after_it_by_position(mode):
    assert retention([start(0), back(0)], mode=mode) == [1, 1, 0, 0, 0]
    assert retention([back(0), start(0)], mode=mode) == [1, 0, 0, 0, 0]
    assert retention([page(0, opens=1, orders=1)], mode=mode) == [1, 0, 0, 0, 0]


def test_c5_on_or_after_counts_returns_after_the_last_period_too():
    person = [start(0), back(20 * DAY)]
    assert retention(person) == [1, 0, 0, 0, 0]
    assert retention(person, mode="on_or_after") == [1, 1, 1, 1, 0]


def test_c5_the_first_start_counts_and_each_person_once_per_period():
    person = [back(0), start(HOUR), back(2 * HOUR), start(DAY), back(DAY + HOUR), back(DAY + 2 * HOUR)]
    assert retention(person) == [1, 1, 1, 0, 0]
    assert retention(person, person, [back(5)], [start(7)]) == [3, 2, 2, 0, 0]


def test_c5_who_starts_before_the_range_starts_with_the_first_one_in_it():
    assert retention([start(-HOUR), back(0), start(HOUR), back(HOUR + DAY)]) == [1, 0, 1, 0, 0]


def test_c5_a_first_start_that_is_reserved_is_not_made_up_for_and_returns_after_the_range_are_not_seen():
    late = RANGE - 2 * DAY
    assert retention([start(late), start(late + 1), back(late + DAY)]) == [0, 0, 0, 0, 1]
    assert retention([start(RANGE - 3 * DAY), back(RANGE)], mode="on_or_after") == [1, 0, 0, 0, 0]


def test_c5_the_end_of_the_range_reserves_and_not_that_of_the_data():
    assert retention([start(0)], until=START + DAY) == [1, 0, 0, 0, 0]


def test_c5_without_a_return_the_start_again_is_one():
    rows = rows_of([[start(0), start(DAY)], [start(0)]], report="retention", start="opens", buckets=1)
    assert [(row["row_kind"], row["label"], row["people"], row["retention_rate"]) for row in rows] == [
        ("total", None, 2, 1), ("on", "day 0", 0, 0), ("on", "day 1", 1, 0.5), ("reserved", None, 0, None)
    ]  # fmt: skip
    assert Retention.model_validate({"start": "opens"}).effective().return_.step == "opens"


def test_on_is_a_word_though_yaml_takes_it_for_true():
    assert Retention.model_validate({"start": "opens", "mode": True}).mode == "on"
    with pytest.raises(ValidationError, match="on_or_after"):
        Retention.model_validate({"start": "opens", "mode": False})


def test_c5_starts_and_returns_are_conditions_segments_and_metrics():
    own = [page(0, "home"), page(DAY, "cart", orders=1), page(2 * DAY, "home")]
    view = {"segments": {"at_home": {"where": {"dimension": "page", "equals": "home"}}, "buys": {"where": {"metric": "orders", "at_least": 1}}}}
    for begins in ({"dimension": "page", "equals": "home"}, "at_home", {"segments": ["at_home"]}, {"any": ["at_home", "opens"]}):
        assert retention(own, start=begins, view=view) == [1, 0, 1, 0, 0]
        assert retention(own, start=begins, view=view, **{"return": {"any": ["orders", begins] if begins == "at_home" else ["orders", "at_home"]}}) == [1, 0, 1, 1, 0]
    assert retention(own, start="at_home", view=view, **{"return": {"step": "orders", "segments": ["at_home"]}}) == [1, 0, 0, 0, 0]


def test_c5_segments_hide_starts_and_returns():
    own = [page(0, "a", opens=1), page(DAY, "b", opens=1), page(DAY + HOUR, "a", orders=1), page(DAY + HOUR, "b", orders=1)]
    assert retention(own, segments=[{"where": {"dimension": "page", "equals": "a"}}]) == [1, 0, 1, 0, 0]
    assert retention(own, segments=[{"where": {"dimension": "page", "equals": "b"}}]) == [1, 1, 0, 0, 0]
    assert retention(own[:1] + own[3:], segments=[{"where": {"dimension": "page", "equals": "a"}}]) == [1, 0, 0, 0, 0]


@pytest.mark.parametrize("mode", MODES)
def test_nobody_is_every_row_with_0(mode):
    rows = rows_of([], report="retention", start="opens", buckets=1, mode=mode)
    assert [(row["row_kind"], row["elapsed"], row["people"], row["retention_rate"]) for row in rows] == [
        ("total", None, 0, None), (mode, 0, 0, None), (mode, 1, 0, None), ("reserved", None, 0, None)
    ]  # fmt: skip
    assert retention([back(0)], mode=mode) == retention([], mode=mode) == [0, 0, 0, 0, 0]


def test_periods_longer_than_the_range_reserve_everybody():
    in_time, *on, reserved = retention([start(0), back(1)], [start(DAY)], size="30 days", buckets=365)
    assert (in_time, sum(on), reserved) == (0, 0, 2)


def test_c5_on_or_after_never_rises_and_is_never_below_on():
    own = [[start(0), *(back(at * 7 * HOUR) for at in range(1, number))] for number in range(12)]
    on, later = retention(*own, buckets=5), retention(*own, buckets=5, mode="on_or_after")
    assert later[1:-1] == sorted(later[1:-1], reverse=True)
    assert all(one <= other for one, other in zip(on, later, strict=True))


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"start": None}, "start"),
        ({"size": "1 day"}, "24 hours"),
        ({"size": "1 month"}, "30 days"),
        ({"buckets": 0}, "greater than or equal to 1"),
        ({"buckets": 366}, "less than or equal to 365"),
        ({"mode": "after"}, "on_or_after"),
        ({"start": {"step": "opens", "next": True}}, "next: true says what comes right after another step of a fallout"),
        ({"return": {"step": "orders", "next": True}}, "next: true says what comes right after another step of a fallout"),
        ({"start": {"label": "nothing"}}, "a step names a metric or a segment"),
        ({"returns": "orders"}, "returns"),
    ],
)
def test_what_is_no_retention_is_refused(wrong, said):
    with pytest.raises(ValidationError, match=said):
        Retention.model_validate({"start": "opens", **wrong})
