"""What all reports share: ranges that can be reckoned with, columns that are there once."""

from datetime import UTC, date, datetime

import pytest
from pydantic import ValidationError

import cja_spark as cja
from cja_spark.audiences.spec import Audience
from cja_spark.reports.compile import window_of
from cja_spark.view.spec import View

NOW = int(datetime(2026, 3, 1, tzinfo=UTC).timestamp() * 1000)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"from": "2026-01-01", "to": "9999-12-31"}, "9999-12-31 is not between 1900-01-01 and 9998-12-31"),
        ({"from": "0001-01-01", "to": "2026-12-31"}, "0001-01-01 is not between"),
        ("last 36501 days", "the last 36,500 days at most"),
        ("last 101 years", "the last 100 years at most"),
        ("last 99999999999999999999 weeks", "the last 5,200 weeks at most"),
    ],
)
def test_a_range_out_of_reach_is_refused_when_it_is_read(given, said):
    with pytest.raises(ValidationError, match=said):
        cja.Table.model_validate({"range": given})


@pytest.mark.parametrize("zone", ["Pacific/Kiritimati", "Pacific/Pago_Pago"])
@pytest.mark.parametrize("given", [{"from": "1900-01-01", "to": "9998-12-31"}, "last 100 years", "last 36500 days"])
def test_the_longest_ranges_are_instants_in_every_zone(zone, given):
    window = window_of(cja.Table.model_validate({"range": given}), View(name="v", time_zone=zone), NOW, NOW)
    assert window.start < window.end


@pytest.mark.parametrize("end", ["range", "expires"])
def test_an_audience_s_days_have_the_same_bounds(end):
    days = {"from": date(2026, 1, 1), "to": date(9999, 12, 31)}
    more = {"range": days} if end == "range" else {"refresh": "daily", "lookback": "3 days", "expires": date(9999, 12, 31)}
    with pytest.raises(ValidationError, match="9999-12-31 is not between"):
        Audience.model_validate({"name": "a", "segments": "buyers", "sinks": ("profiles",), **more})


@pytest.mark.parametrize("kind", [cja.Table, cja.Trend])
def test_a_column_twice_is_refused_when_it_is_read(kind):
    with pytest.raises(ValidationError, match="'events' is given twice"):
        kind(metrics=("events", "people", "events"))


def test_a_dimension_twice_is_refused_when_it_is_read():
    with pytest.raises(ValidationError, match="'page' is given twice"):
        cja.Table(dimensions=("page", "page"))
