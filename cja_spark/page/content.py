"""What a page shows: its receipt and its panels, as frozen specs that know neither Spark nor HTML."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Literal, NewType

from pydantic import Field, field_validator

from cja_spark.errors import ConfigurationError
from cja_spark.reports.kinds import REPORTS
from cja_spark.spec import Spec

Cell = str | bool | int | float | Decimal | datetime | date | None
Option = str | bool | int | float | None
ReportKind = NewType("ReportKind", str)
Format = Literal["text", "identifier", "time", "count", "people", "number", "percent", "points", "money", "seconds", "bound"]


class ColumnSpec(Spec):
    """One column of a panel.

    Formats: `text` a dimension; `identifier` a dimension shown masked; `time` an instant (UTC); `count` whole
    numbers; `people` a count of people, which privacy looks at; `number` decimals; `percent` a fraction (0.25 is
    25 %); `points` a percentage (25 is 25 %); `money` with `unit` as its ISO code, or empty where none is known;
    `seconds` a length of time; `bound` a number that says what a row is, so no figure. `decimals` are shown of a number, a percent and money, where the author says how many.
    """

    name: str
    label: str
    format: Format = "text"
    unit: str = ""
    decimals: int | None = None


class Panel(Spec):
    """One report on the page: what was asked, and the rows of the answer, one mapping of column to cell each.

    A kind that has no chart of its own under `charts/` is drawn as a table. `behind` is, per row, the smallest count of people
    that some figures are made of; it is not on the page. Panels of one `section` follow one another below it as a heading.
    """

    name: str
    title: str
    report: ReportKind
    columns: tuple[ColumnSpec, ...]
    rows: tuple[Mapping[str, Cell], ...] = ()
    behind: tuple[Mapping[str, float | None], ...] = ()
    range: str = ""
    segments: tuple[str, ...] = ()
    options: Mapping[str, Option] = Field(default_factory=dict)
    description: str = ""
    query: str = ""
    run_id: str = ""
    section: str = ""

    @field_validator("report")
    @classmethod
    def _registered(cls, report: ReportKind) -> ReportKind:
        if report not in REPORTS:
            raise ValueError(str(ConfigurationError.unknown("report", report, REPORTS)))
        return report


class Receipt(Spec):
    """What a reader must know to trust the numbers: how fresh, how much was read, and what was left out.

    `events_read` are those of this run; `dropped`, rows by reason, are of all that was loaded, `rows_loaded`.
    """

    data_until: datetime | None = None
    events_read: int = 0
    dropped: Mapping[str, int] = Field(default_factory=dict)
    rows_loaded: int = 0
    excluded_persons: int = 0
    duration: timedelta = timedelta(0)
    versions: Mapping[str, str] = Field(default_factory=dict)


class ComparedLine(Spec):
    """A number of the source system beside ours, or below it a cause of their difference.

    `source` and `ours` are of a number alone; `difference` is of a cause what it adds to source less ours, and `of` its reason.
    """

    name: str
    of: str = ""
    source: float | None = None
    ours: float | None = None
    difference: float
    verdict: Literal["green", "amber", "red", ""] = ""
    words: str = ""
    is_cause: bool = False


class ComparedPanel(Spec):
    """The source system's numbers beside ours. Without lines the notes say why there are none."""

    title: str = "The source system's numbers beside ours"
    range: str = ""
    notes: tuple[str, ...] = ()
    lines: tuple[ComparedLine, ...] = ()


class PageContent(Spec):
    """A whole page.

    Rows about fewer than `fewest_people` people show no figures; 0 shows every figure.
    """

    title: str
    panels: tuple[Panel, ...]
    receipt: Receipt = Receipt()
    description: str = ""
    compared: ComparedPanel | None = None
    fewest_people: int = Field(default=10, ge=0)
