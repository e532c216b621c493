"""What is asked of the demo data, and what was written."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Literal

from pydantic import Field, ValidationError

from cja_spark.errors import ConfigurationError
from cja_spark.spec import Spec

DAYS = 365
DAY_MS = 86_400_000
EVENTS_PER_PERSON = 15  # measured: site, app, e-mail, calls and shops together
STORY = 3  # raised when the same seed tells another year than before
Folders = Literal["day", "week"]


class Year(Spec):
    """A retailer's year: about how many events, which seed, from which day on, and what one folder of arrivals holds."""

    events: int = Field(default=200_000, ge=10_000, le=100_000_000)
    seed: int = Field(default=7, ge=-(1 << 63), lt=1 << 63)
    first_day: date = Field(default=date(2025, 9, 1), ge=date(1970, 1, 2), le=date(2100, 1, 1))
    folders: Folders = "week"
    story: int = STORY

    def words(self) -> str:
        """What makes it this year and no other, in words."""
        said = f"about {self.events:,} events, seed {self.seed}, from {self.first_day} on, by {self.folders}"
        return said if self.story == STORY else f"{said}, as an earlier version told it"

    @property
    def persons(self) -> int:
        """How many people there are."""
        return self.events // EVENTS_PER_PERSON

    @property
    def begin_ms(self) -> int:
        """Midnight UTC of the first day, in ms; nothing happens earlier."""
        first = self.first_day
        return int(datetime(first.year, first.month, first.day, tzinfo=UTC).timestamp()) * 1000

    @property
    def end_ms(self) -> int:
        """Midnight UTC after the last day, in ms; nothing happens then or later, rows may arrive later."""
        return self.begin_ms + DAYS * DAY_MS

    @property
    def last_day(self) -> date:
        """The last day on which something happens."""
        return self.first_day + timedelta(days=DAYS - 1)


def year_of(**asked: object) -> Year:
    """The year that somebody asks for.

    Raises:
        ConfigurationError: a number outside its bounds.
    """
    try:
        return Year.model_validate(asked)
    except ValidationError as error:
        said = "; ".join(f"--{fault['loc'][0]}: {fault['input']}: {fault['msg']}" for fault in error.errors())
        raise ConfigurationError(said) from error


class DemoReceipt(Spec):
    """What lies there, rows by dataset; `fresh` is False when it already did."""

    year: Year
    rows: Mapping[str, int] = Field(description="rows written, repeated ones among them")
    late: Mapping[str, int] = Field(description="rows in a later folder than that of their time")
    repeated: Mapping[str, int] = Field(description="rows that are there a second time")
    fresh: bool = True
