"""Retail calendars: years of 52 or 53 whole weeks, in quarters of three months of whole weeks."""

from __future__ import annotations

from datetime import date, timedelta
from typing import NamedTuple

QUARTER_WEEKS = 13
MONTHS = 12
_NAMES = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


class Place(NamedTuple):
    """Where a day lies in a retail year; all but the year count from 0."""

    year: int
    month: int
    week: int
    day: int


class RetailYears(NamedTuple):
    """Where years begin: on a weekday, at or after a date of the calendar year.

    Attributes:
        weekday: 0 (Monday) to 6.
        month: of the date.
        on: its day.
        shift: from a year's number to the calendar year of the date.
        weeks: of the three months of a quarter; the year's last month has one more in a year of 53.
    """

    weekday: int
    month: int
    on: int
    shift: int
    weeks: tuple[int, int, int]

    def first_day(self, year: int) -> date:
        """The first day of a year."""
        from_ = date(year + self.shift, self.month, self.on)
        return from_ + timedelta(days=(self.weekday - from_.weekday()) % 7)

    def is_long(self, year: int) -> bool:
        """Whether a year has 53 weeks."""
        return (self.first_day(year + 1) - self.first_day(year)).days == 53 * 7

    def place(self, day: date) -> Place:
        """Where a day lies."""
        year = day.year - self.shift
        year -= self.first_day(year) > day
        nth = (day - self.first_day(year)).days
        week = nth // 7
        month = MONTHS - 1
        while self.first_week(month) > week:
            month -= 1
        return Place(year, month, week, nth)

    def first_week(self, month: int) -> int:
        """The week of the year that a month begins with; both count from 0. Month 12 is the next year's first one."""
        quarter, nth = divmod(month, 3)
        return quarter * QUARTER_WEEKS + sum(self.weeks[:nth])

    def first_day_of_month(self, number: int) -> date:
        """The first day of a month, counted on over years from month 0 of year 0."""
        year, month = divmod(number, MONTHS)
        return self.first_day(year) + timedelta(weeks=self.first_week(month))


def weekday_name(day: date) -> str:
    """A day's weekday."""
    return _NAMES[day.weekday()]


def regular(first_day: date) -> int:
    """The calendar year that most of a year which begins on `first_day` lies in."""
    return (first_day + timedelta(days=182)).year


def rules_of(
    first_day: date, year: int, long_years: tuple[int, ...], weeks: tuple[int, int, int]
) -> tuple[RetailYears, ...]:
    """The rules by which `year` begins on `first_day` and all `long_years` have 53 weeks; that of the earliest dates first.

    Seven dates in a row hold one day of each weekday, so a rule is the first of them: `first_day` or one of the six days
    before. Source: Decision: where the long years leave two rules, the one whose dates are earlier.
    """
    found = []
    for back in range(6, -1, -1):
        from_ = first_day - timedelta(days=back)
        if (from_.month, from_.day) == (2, 29):  # not in every year, and 1 March is a rule of its own
            continue
        rule = RetailYears(first_day.weekday(), from_.month, from_.day, from_.year - year, weeks)
        if all(rule.is_long(one) for one in long_years):
            found.append(rule)
    return tuple(found)
