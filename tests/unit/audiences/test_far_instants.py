"""Instants from which no look-back or lifetime can be reckoned are refused by name, not by an overflow."""

from datetime import UTC, datetime, timedelta, timezone

import pytest

from cja_spark.audiences.spec import Audience
from cja_spark.errors import ConfigurationError, InputError
from cja_spark.instants import in_utc
from cja_spark.publishing import just_after

LAST = datetime(9997, 12, 31, 23, 59, 59, 999_999, UTC)
ONCE = {"range": {"from": datetime(2026, 1, 1).date(), "to": datetime(2026, 1, 31).date()}}


@pytest.mark.parametrize("instant", [datetime(1, 1, 1, tzinfo=timezone(timedelta(hours=5))), datetime(1899, 12, 31, tzinfo=UTC), LAST + timedelta(microseconds=1), datetime.max])
def test_b3_an_instant_that_somebody_asks_for_is_refused(instant):
    with pytest.raises(ConfigurationError, match="not between the years 1900 and 9997"):
        in_utc(instant)


@pytest.mark.parametrize("given", [{"refresh": "daily", "lookback": "90 days"}, ONCE])
@pytest.mark.parametrize("instant", [datetime(1900, 1, 1), LAST])
def test_b3_whatever_is_not_refused_can_be_reckoned_with(instant, given):
    audience = Audience.model_validate({"name": "buyers", "segments": "s", **given})
    moment = in_utc(instant)
    start, end = audience.window(moment)
    assert start < end
    assert audience.valid_until(moment) > moment


def test_b3_a_newest_event_of_a_year_too_far_away_is_named():
    assert just_after(LAST) == LAST.replace(microsecond=999_000) + timedelta(milliseconds=1)
    with pytest.raises(InputError, match=r"newest event is of the year 9999.*--as-of"):
        just_after(datetime(9999, 12, 31, 23, 59, 59, 999_999, UTC))
