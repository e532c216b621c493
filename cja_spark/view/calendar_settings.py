"""The calendar of a view: Gregorian, the retail calendar 4-5-4, or a retail calendar of one's own."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Discriminator, Field, Tag, model_validator

from cja_spark.errors import guess
from cja_spark.spec import Day, Spec, as_tuple
from cja_spark.view.retail import RetailYears, regular, rules_of, weekday_name

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
MONTHS = (
    "january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november", "december",
)  # fmt: skip
Weeks = Literal["4-5-4", "4-4-5", "5-4-4"]
_NAMED = ("gregorian", "4-5-4")
_OWN = {"first_day", "long_years", "year"}  # settings of a calendar of one's own


class Gregorian(Spec):
    """Months as everybody has them; a year may begin in another month, a week on another day than Monday.

    Attributes:
        first_month: the month that years begin with.
        week_start: the day that weeks begin with.
    """

    first_month: Literal[
        "january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november",
        "december",
    ] = "january"  # fmt: skip
    week_start: Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"] = "monday"

    @property
    def month(self) -> int:
        """The year's first month, 1 to 12."""
        return MONTHS.index(self.first_month) + 1

    @property
    def weekday(self) -> int:
        """The week's first day, 0 (Monday) to 6."""
        return WEEKDAYS.index(self.week_start)


class Retail(Spec):
    """Years of whole weeks, each quarter of 4, 5 and 4: the retail calendar of the NRF.

    A year ends on the Saturday nearest to 31 January and has the number of the calendar year that it begins in. Where it
    has 53 weeks, the last month has the extra one.

    Attributes:
        weeks: how many weeks the months of a quarter have.
    """

    weeks: Literal["4-5-4"] = "4-5-4"

    def years(self) -> RetailYears:
        """Where its years begin."""
        return RetailYears(6, 1, 29, 0, (4, 5, 4))


Year = Annotated[int, Field(ge=1900, le=9997)]


def _some(value: object) -> object:
    """One year, or some, as a tuple."""
    return (value,) if isinstance(value, int) and not isinstance(value, bool) else as_tuple(value)


class CustomRetail(Spec):
    """Years of whole weeks of one's own: how many each month of a quarter has, a year's first day, its longer years.

    Every year begins on the weekday of `first_day`, within the same seven dates, which `long_years`, years of 53 weeks,
    decide. The last month has the extra week. `year` is the number of the year that begins on `first_day`, else that of
    the calendar year which most of it lies in.

    Attributes:
        weeks: how many weeks the months of a quarter have.
        first_day: the first day of a year.
        long_years: years of 53 weeks.
        year: the number of the year that begins there.
    """

    weeks: Weeks
    first_day: Day = Field(strict=False)
    long_years: Annotated[
        tuple[Year, ...], BeforeValidator(_some, json_schema_input_type=Year | tuple[Year, ...])
    ] = Field(min_length=1)  # fmt: skip
    year: Year | None = None

    @model_validator(mode="after")
    def _some_rule(self) -> CustomRetail:
        number = self._number()
        if abs(number - self.first_day.year) > 1:
            raise ValueError(f"year: a year that begins on {self.first_day} has a number near {self.first_day.year}.")
        if not _rule_of(self):
            asked = " and ".join(map(str, self.long_years))
            raise ValueError(
                f"long_years: no rule by which years begin on a {weekday_name(self.first_day)} near {self.first_day:%d %B} "
                f"makes {asked} years of 53 weeks; they are five or six years apart."
            )
        return self

    def _number(self) -> int:
        return regular(self.first_day) if self.year is None else self.year

    def years(self) -> RetailYears:
        """Where its years begin."""
        return _rule_of(self)[0]


@lru_cache(maxsize=16)
def _rule_of(settings: CustomRetail) -> tuple[RetailYears, ...]:
    first, second, third = (int(count) for count in settings.weeks.split("-"))
    return rules_of(settings.first_day, settings._number(), settings.long_years, (first, second, third))


def _kind(value: object) -> str:
    if isinstance(value, Mapping):
        if "weeks" not in value and not _OWN & set(value):
            return "gregorian"
        return "retail" if value.get("weeks") == "4-5-4" and not _OWN & set(value) else "custom"
    return "custom" if isinstance(value, CustomRetail) else "retail" if isinstance(value, Retail) else "gregorian"


def _named(value: Any) -> Any:  # noqa: ANN401 - whatever the author wrote
    if isinstance(value, int | float):
        value = str(value)
    if not isinstance(value, str):
        return value
    if value not in _NAMED:
        near = guess(value, _NAMED)
        raise ValueError(f"'{value}' is no calendar. Write gregorian, 4-5-4, or the settings of one. {near}".rstrip())
    return {} if value == "gregorian" else {"weeks": value}


_Tree = Annotated[
    Annotated[Gregorian, Tag("gregorian")] | Annotated[Retail, Tag("retail")] | Annotated[CustomRetail, Tag("custom")],
    Discriminator(_kind),
]
Calendar = Gregorian | Retail | CustomRetail
AnyCalendar = Annotated[_Tree, BeforeValidator(_named, json_schema_input_type=Literal["gregorian", "4-5-4"] | _Tree)]
GREGORIAN = Gregorian()
