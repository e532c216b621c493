"""Durations as authors write them."""

from datetime import timedelta

import pytest

from cja_spark.spec import duration_text, parse_duration


@pytest.mark.parametrize(
    ("text", "length", "shown"),
    [
        ("30 minutes", timedelta(minutes=30), "30 minutes"),
        ("1 minute", timedelta(minutes=1), "1 minute"),
        ("90 min", timedelta(minutes=90), "90 minutes"),
        ("2 s", timedelta(seconds=2), "2 seconds"),
        ("500 ms", timedelta(milliseconds=500), "500 ms"),
        ("48 h", timedelta(days=2), "2 days"),
        ("7 d", timedelta(weeks=1), "1 week"),
        (" 2  weeks ", timedelta(weeks=2), "2 weeks"),
    ],
)
def test_a_duration_is_a_number_and_a_unit(text, length, shown):
    assert parse_duration(text) == length
    assert duration_text(length) == shown


@pytest.mark.parametrize("text", ["", "soon", "2", "minutes", "2 m", "1.5 hours", "-1 day", "2 fortnights", "1 mins", 2, None])
def test_anything_else_is_refused(text):
    with pytest.raises(ValueError, match="is no duration"):
        parse_duration(text)


@pytest.mark.parametrize("text", ["36501 days", "1000000000 days", "99999999999999999999 weeks"])
def test_one_that_no_calendar_holds_is_refused(text):
    with pytest.raises(ValueError, match="is too long; 36,500 days at most"):
        parse_duration(text)


@pytest.mark.parametrize("text", ["1 month", "2 quarters", "3 years"])
def test_where_a_fixed_length_is_needed_months_are_refused_with_the_reason(text):
    with pytest.raises(ValueError, match="Months, quarters and years have no fixed length"):
        parse_duration(text)
