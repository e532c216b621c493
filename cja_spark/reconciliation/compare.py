"""The comparison: each of the source's numbers beside ours, the causes of the difference, and what remains."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import Literal, NamedTuple

import pyarrow as pa

from cja_spark.reconciliation.reported import Days, Reported
from cja_spark.reconciliation.spec import Reconciliation
from cja_spark.spec import Spec

UNEXPLAINED = "unexplained"
HOUR_MS = 3_600_000
Verdict = Literal["green", "amber", "red"]
SCHEMA = pa.schema(
    [
        ("date_from", pa.date32()), ("date_to", pa.date32()), ("channel", pa.string()), ("campaign", pa.string()), ("metric", pa.string()),
        ("source", pa.float64()), ("ours", pa.float64()), ("difference", pa.float64()), ("unexplained", pa.float64()),
        ("share", pa.float64()), ("verdict", pa.string()), ("cause", pa.string()), ("detail", pa.string()), ("count", pa.float64()),
        ("event_rows", pa.int64()), ("longest_lag_hours", pa.float64()),
    ]
)  # fmt: skip


class Cell(NamedTuple):
    """What some rows add to one of the source's metrics.

    Attributes:
        metric: the source's metric.
        channel: the channel; empty where rows have none.
        campaign: the campaign; empty where rows have none.
        cause: why it is counted on one side; empty for our own number.
        detail: the reason of dropped rows, the dataset of those that have not arrived.
        amount: source less ours; of our own number that.
        rows: how many rows.
        lag_ms: the longest time between a row and its arrival.
    """

    metric: str
    channel: str
    campaign: str
    cause: str
    detail: str
    amount: float
    rows: int
    lag_ms: int


class Cause(Spec):
    """A part of a difference.

    Attributes:
        cause: its name.
        detail: the reason of dropped rows, the dataset of those that have not arrived.
        count: what it adds to source less ours.
        rows: how many rows it is made of.
        lag_ms: the longest time between one of them and its arrival; None where nothing had to arrive.
    """

    cause: str
    detail: str = ""
    count: float
    rows: int = 0
    lag_ms: int | None = None


class Line(Spec):
    """One of the source's numbers beside ours; causes and what is unexplained add up to the difference.

    Attributes:
        channel: the channel; empty where the number is of all.
        campaign: the campaign; empty where the number is of all.
        metric: the source's metric.
        source: its number.
        ours: ours.
        causes: the parts of the difference that are explained.
        unexplained: the rest.
        share: the rest as a share of the source's number.
        verdict: what that share means.
    """

    channel: str
    campaign: str
    metric: str
    source: float
    ours: float
    causes: tuple[Cause, ...]
    unexplained: float
    share: float
    verdict: Verdict

    @property
    def difference(self) -> float:
        """The source's number less ours."""
        return self.source - self.ours


def compared(reported: Iterable[Reported], cells: Sequence[Cell], spec: Reconciliation, order: Sequence[str]) -> list[Line]:
    """Put each of the source's numbers, summed over its days, beside ours.

    A number without a channel or a campaign is of all of them. Days without a number count as 0. Channels are one whatever
    their case, as the source spells them first: a view may show `inApp` as `inapp`.

    Args:
        reported: the source's numbers of the range.
        cells: what our rows add, of the same range.
        spec: the tolerance.
        order: the causes in their order.

    Ties:    as the source has them first.
    """
    sources: dict[tuple[str, str, str], float] = {}
    spelled: dict[str, str] = {}
    for one in reported:
        key = (spelled.setdefault(one.channel.lower(), one.channel), one.campaign, one.metric)
        sources[key] = sources.get(key, 0.0) + one.value
    return [_line(key, source, cells, spec, order) for key, source in sources.items()]


def _line(key: tuple[str, str, str], source: float, cells: Sequence[Cell], spec: Reconciliation, order: Sequence[str]) -> Line:
    channel, campaign, metric = key
    own = [
        cell for cell in cells
        if cell.metric == metric and channel.lower() in ("", cell.channel.lower()) and campaign in ("", cell.campaign)
    ]  # fmt: skip
    ours = sum(cell.amount for cell in own if not cell.cause)
    causes = tuple(_causes([cell for cell in own if cell.cause], order))
    unexplained = source - ours - sum(cause.count for cause in causes)
    share = abs(unexplained) / max(abs(source), 1.0)
    return Line(
        channel=channel, campaign=campaign, metric=metric, source=source, ours=ours, causes=causes,
        unexplained=unexplained, share=share, verdict=spec.verdict(share),
    )  # fmt: skip


def _causes(cells: Sequence[Cell], order: Sequence[str]) -> Iterator[Cause]:
    for cause, detail in sorted({(cell.cause, cell.detail) for cell in cells}, key=lambda pair: (order.index(pair[0]), pair[1])):
        some = [cell for cell in cells if (cell.cause, cell.detail) == (cause, detail)]
        lag = max(cell.lag_ms for cell in some) if cause == "not_yet_arrived" else None
        yield Cause(cause=cause, detail=detail, count=sum(cell.amount for cell in some), rows=sum(cell.rows for cell in some), lag_ms=lag)


def table_of(lines: Iterable[Line], days: Days) -> pa.Table:
    """The comparison as one table.

    Rows:    One per number of the source, its cause null; beneath it one per cause, the last one `unexplained`, whose counts
        add up to its difference.
    Columns: returns those of SCHEMA.
    """
    return pa.Table.from_pylist([row for line in lines for row in _rows(line, days)], schema=SCHEMA)


def _rows(line: Line, days: tuple[date, date]) -> Iterator[dict[str, object]]:
    key = {
        "date_from": days[0], "date_to": days[1], "channel": line.channel or None, "campaign": line.campaign or None, "metric": line.metric,
    }  # fmt: skip
    figures = line.model_dump(include={"source", "ours", "unexplained", "share", "verdict"})
    yield {**key, **figures, "difference": line.difference}
    for cause in (*line.causes, Cause(cause=UNEXPLAINED, count=line.unexplained)):
        lag = None if cause.lag_ms is None else cause.lag_ms / HOUR_MS
        rest = cause.cause == UNEXPLAINED
        yield {
            **key, "cause": cause.cause, "detail": cause.detail or None, "count": cause.count,
            "event_rows": None if rest else cause.rows, "longest_lag_hours": lag,
        }  # fmt: skip
