"""What is asked of the made-up Journey Optimizer data, and what was written."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import Annotated, Literal
from zoneinfo import ZoneInfo, available_timezones

from pydantic import AfterValidator, AwareDatetime, Field, ValidationError

from cja_spark.errors import ConfigurationError
from cja_spark.spec import Spec

STORY = 1  # raised when the same seed tells another story than before
REPORTED = time(14, 30)
# Each dataset and the folder of its files.
FILES = {
    "feedback": "message-feedback.json",
    "email_tracking": "email-tracking.json",
    "push_tracking": "push-tracking.json",
    "journey_steps": "journey-steps.json",
    "inbound": "inbound.json",
    "entities": "entities.json",
    "web": "web.json",
    "store": "store.json",
}


def _zone(name: str) -> str:
    if name not in available_timezones():
        raise ValueError(f"'{name}' is no time zone; write Europe/Berlin or UTC")
    return name


Zone = Annotated[str, AfterValidator(_zone)]


class Asked(Spec):
    """A story of messages: how many people, how many days, which seed, and how the source system reports it.

    Attributes:
        persons: how many people there are.
        days: how many days the story has; the last one is the running day.
        seed: another seed is another story.
        first_day: the first day, UTC.
        load_hours: hours between two loads, the first one at midnight UTC.
        defects: whether bad rows are among the others.
        as_of: loads up to this instant are written; without it up to that of the report.
        report_zone: where the report's days begin.
        view_zone: where the days of the count begin with which the report is compared.
        repeats_counted: how often the report counts a row that is there twice.
        tests_counted: whether the report counts tests.
        story: which story the version tells.
    """

    persons: int = Field(default=1000, ge=20, le=20_000)  # all rows are in memory
    days: int = Field(default=35, ge=8, le=400)
    seed: int = Field(default=7, ge=-(1 << 63), lt=1 << 63)
    first_day: date = Field(default=date(2026, 7, 27), ge=date(1970, 1, 2), le=date(2100, 1, 1))
    load_hours: Literal[1, 2, 3, 4, 6, 8, 12, 24] = 6
    defects: bool = False
    as_of: AwareDatetime | None = None
    report_zone: Zone = "UTC"
    view_zone: Zone = "UTC"
    repeats_counted: Literal["once", "twice"] = "twice"
    tests_counted: bool = False
    story: int = STORY

    @property
    def begin(self) -> datetime:
        """Midnight UTC of the first day; nothing happens earlier."""
        return datetime.combine(self.first_day, time(), UTC)

    @property
    def end(self) -> datetime:
        """Midnight UTC after the last day; nothing happens then or later, rows may arrive later."""
        return self.begin + timedelta(days=self.days)

    @property
    def reported_at(self) -> datetime:
        """The instant of the report: on the last day, which is running."""
        return datetime.combine(self.first_day + timedelta(days=self.days - 1), REPORTED, UTC)

    @property
    def loaded_at(self) -> datetime:
        """The instant up to which loads are written."""
        return self.as_of.astimezone(UTC) if self.as_of else self.reported_at

    def day_of(self, t: int, zone: str) -> date:
        """The day of an instant (ms UTC) in a zone."""
        return datetime.fromtimestamp(t / 1000, ZoneInfo(zone)).date()


class Receipt(Spec):
    """What lies there; `fresh` is False when all of it already did.

    Attributes:
        asked: the story.
        rows: rows by dataset, repeated ones among them.
        repeated: of these the ones that are there a second time.
        waiting: rows that arrive after the last load that is written.
        fresh: whether files were written.
    """

    asked: Asked
    rows: Mapping[str, int]
    repeated: Mapping[str, int]
    waiting: Mapping[str, int]
    fresh: bool = True


def asked_of(**settings: object) -> Asked:
    """The story that somebody asks for.

    Raises:
        ConfigurationError: a setting that does not exist or is outside its bounds.
    """
    try:
        return Asked.model_validate(settings)
    except ValidationError as error:
        said = "; ".join(f"{fault['loc'][0]}: {fault['input']}: {fault['msg']}" for fault in error.errors())
        raise ConfigurationError(said) from error
