"""Audience specs: one window, only segments, lifetimes, ids, definitions."""

from datetime import UTC, datetime, timedelta

import pytest
from pydantic import ValidationError

from cja_spark.audiences.spec import Audience, audience_id

DAILY = {"name": "leavers", "segments": {"all": ["cart_users", {"exclude": "buyers"}]}, "refresh": "daily"}
AS_OF = datetime(2026, 8, 31, tzinfo=UTC)


def audience(**given):
    return Audience.model_validate({**DAILY, "lookback": "30 days", **given})


def test_a1_the_tree_names_its_segments():
    assert audience().segment_names() == ("cart_users", "buyers")


def test_a4_a_refreshing_audience_looks_back_whole_days_from_as_of():
    assert audience().window(AS_OF) == (AS_OF - timedelta(days=30), AS_OF)


def test_a3_a14_a_one_time_audience_has_the_days_of_its_range_in_the_views_time_zone():
    from datetime import date

    one = Audience.model_validate(
        {"name": "spring", "segments": "buyers", "range": {"from": date(2026, 3, 8), "to": date(2026, 3, 8)}}
    )
    start, end = one.window(AS_OF, "America/New_York")
    assert (start, end) == (datetime(2026, 3, 8, 5, tzinfo=UTC), datetime(2026, 3, 9, 4, tzinfo=UTC))
    assert one.valid_until(AS_OF) - AS_OF == timedelta(days=420)


def test_a14_a_recurring_membership_lapses_after_sixteen_days():
    assert audience().valid_until(AS_OF) - AS_OF == timedelta(days=16)


@pytest.mark.parametrize(
    "wrong",
    [
        {"lookback": "91 days"},
        {"lookback": "36 hours"},
        {"lookback": None},
        {"refresh": None},
        {"refresh": "hourly"},
        {"segments": {"metric": "orders", "at_least": 1}},
        {"segments": {"any": ["s"] * 21}},
        {"segments": {"all": ["s", {"exclude": {"container": "person", "where": "s"}}]}},
        {"known_only": True},
        {"unknown": 1},
    ],
    ids=str,
)
def test_a1_a4_a9_what_an_audience_cannot_mean_is_refused(wrong):
    with pytest.raises(ValidationError):
        audience(**wrong)


def test_a_description_is_no_part_of_the_definition_and_a_segment_of_the_view_is():
    assert audience(description="a").definition({"buyers": 1}) == audience(description="b").definition({"buyers": 1})
    assert audience().definition({"buyers": 1}) != audience().definition({"buyers": 2})


def test_a19_ids_follow_the_pattern_and_are_not_used_again():
    import re

    ids = {audience_id("leavers", generation) for generation in range(50)} | {audience_id("others", 0)}
    assert len(ids) == 51
    assert all(re.fullmatch(r"aud_[0-9a-z]{12}", one) for one in ids)
