"""Time to event after the tasks: summed cells to rows (rule E)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from cja_spark.journeys.batch import Floats, Ints
from cja_spark.kernels.time_to_event import middles_of_cells, nearest_ranks
from cja_spark.reports.ask import Ask
from cja_spark.reports.cells import Sums
from cja_spark.reports.include_no_value import shows
from cja_spark.reports.kind import Behind, Names
from cja_spark.reports.time_buckets import bucket_name
from cja_spark.reports.time_to_event_cells import BUCKETS, BY_VALUE, KINDS, OPEN, PEOPLE, STARTED, SUM_MS, TIMES

if TYPE_CHECKING:
    from cja_spark.reports.time_to_event import TimeToEvent

Row = dict[str, Any]


def finish(sums: Sums, ask: Ask[TimeToEvent], names: Names) -> pa.Table:
    """All units, then how many take how long, then the units of each value at the start, by how many they are.

    Columns: row_kind string (total, bucket, value), breakdown string, time_taken string, more_than_seconds and at_most_seconds double
        (null but of buckets; an open one has null), people double (those who start; null of buckets), reached_people double (of a
        bucket: those whom it takes so long), reached_share double (of those who started), share_by_then double (of buckets: who has reached it by its end),
        censored_people, censored_share, open_people double (null without a tail), mean_seconds and per percentile p50_seconds
        double (of those who reached it, null where nobody did); where sessions are counted, that word for people.
    """
    report, counted = ask.report, ask.report.counted()
    rows = [_summed(sums, report, 0, 0) | {"row_kind": "total"}, *_buckets(sums, report)]
    rows += [_summed(sums, report, BY_VALUE, value) | {"row_kind": "value", "breakdown": text} for value, text in _shown(sums, ask, names)]
    columns = [("row_kind", pa.string()), ("breakdown", pa.string()), ("time_taken", pa.string())]
    figures = (
        "more_than_seconds", "at_most_seconds", counted, f"reached_{counted}", "reached_share", "share_by_then",
        f"censored_{counted}", "censored_share", f"open_{counted}", "mean_seconds", *report.columns_of_percentiles(),
    )  # fmt: skip
    return pa.Table.from_pylist(rows, pa.schema([*columns, *((name, pa.float64()) for name in figures)]))


def behind(sums: Sums, ask: Ask[TimeToEvent], names: Names) -> Behind:
    """How many people the counts of sessions are of; counts of people say it themselves."""
    report, counted = ask.report, ask.report.counted()
    if counted == "people":
        return {}
    of_buckets = sums.by_key(PEOPLE + len(KINDS))
    places = _places(sums, report)
    found: dict[str, tuple[float | None, ...]] = {}
    for number, kind in enumerate(KINDS):
        own, by_value = sums.by_key(PEOPLE + number), sums.by_key(BY_VALUE + PEOPLE + number)
        inside = [of_buckets.get((place,), 0.0) if kind == "reached" else None for place in places]
        found[counted if kind == "started" else f"{kind}_{counted}"] = (own.get((0,), 0.0), *inside, *(by_value.get((value,), 0.0) for value, _ in _shown(sums, ask, names)))
    return found


def _summed(sums: Sums, report: TimeToEvent, first: int, value: int) -> Row:
    """The figures of some units; x/0 is null."""
    counted, key = report.counted(), (value,)
    started, times = sums.by_key(first + STARTED).get(key, 0.0), _times(sums, first, value)
    reached = float(times[1].sum())
    waiting = sums.by_key(first + OPEN).get(key, 0.0) if report.tail is not None else None
    mean = sums.by_key(first + SUM_MS).get(key, 0.0) / reached / 1000 if reached else None
    return {
        counted: started, f"reached_{counted}": reached, "reached_share": reached / started if started else None,
        f"censored_{counted}": started - reached, "censored_share": (started - reached) / started if started else None,
        f"open_{counted}": waiting, "mean_seconds": mean, **_percentiles(report, *times),
    }  # fmt: skip


def _times(sums: Sums, first: int, value: int) -> tuple[Ints, Floats]:
    """Cells of times and how many lie in each, ascending.

    Shapes: -> int64[cells], float64[cells].
    """
    [values, lengths], counts = sums.measure(first + TIMES, 2)
    own = np.flatnonzero(values == value)
    order = own[np.argsort(lengths[own])]
    return lengths[order], counts[order]


def _percentiles(report: TimeToEvent, lengths: Ints, counts: Floats) -> dict[str, float | None]:
    names = report.columns_of_percentiles()
    if len(lengths) == 0:
        return dict.fromkeys(names)
    found = middles_of_cells(lengths[nearest_ranks(counts, np.array(report.ordered_percentiles(), float))]) / 1000
    return dict(zip(names, found.tolist(), strict=True))


def _places(sums: Sums, report: TimeToEvent) -> Sequence[int]:
    """The buckets that are shown: all of the author's own, else from the first that has some to the last."""
    size = len(report.ends()) + (report.tail is None)  # what is longer than all of them
    if report.buckets:
        return range(size)
    filled = [place for (place,), count in sums.by_key(BUCKETS).items() if count]
    return range(min(filled), max(filled) + 1) if filled else ()


def _buckets(sums: Sums, report: TimeToEvent) -> list[Row]:
    """How many take how long, and which share of those who started has reached the event by then."""
    counts, started, edges = sums.by_key(BUCKETS), sums.by_key(STARTED).get((0,), 0.0), [None, *report.ends(), None]
    rows = []
    for place in _places(sums, report):
        inside = counts.get((place,), 0.0)
        within = sum(counts.get((one,), 0.0) for one in range(place + 1))
        low, high = edges[place], edges[place + 1]
        rows.append(
            {
                "row_kind": "bucket", "time_taken": bucket_name(low, high),
                "more_than_seconds": None if low is None else low / 1000, "at_most_seconds": None if high is None else high / 1000,
                f"reached_{report.counted()}": inside, "reached_share": inside / started if started else None,
                "share_by_then": within / started if started else None,
            }
        )  # fmt: skip
    return rows


def _shown(sums: Sums, ask: Ask[TimeToEvent], names: Names) -> list[tuple[int, str]]:
    """Values that are shown and their texts: by how many start there, descending, then value bytes."""
    report = ask.report
    if not report.breakdown:
        return []
    started = {value: count for (value,), count in sums.by_key(BY_VALUE + STARTED).items()}
    if not shows(report.include_no_value, report.breakdown, ask.view):
        started.pop(0, None)
    least = sorted(started.values(), reverse=True)[: report.rows][-1] if started else 0
    some = [value for value, count in started.items() if count >= least]  # only what can be shown is named
    texts, nothing = names(report.breakdown, np.array(some, np.int64)), ask.view.no_value_of(report.breakdown)
    named = {value: texts.get(value, nothing) if value else nothing for value in some}
    order = sorted(some, key=lambda value: (-started[value], named[value].encode(), value != 0))
    return [(value, named[value]) for value in order[: report.rows]]
