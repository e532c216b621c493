"""Building journeys: events to rows, only the periods whose events or definition changed."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from urllib.parse import unquote

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from cja_spark.driver_reads import Measure, one_of
from cja_spark.failpoints import failpoint
from cja_spark.journeys.accounts import accounts_used, of_persons, with_accounts
from cja_spark.journeys.built import definition_of, newest_event, notes_of, notes_table
from cja_spark.journeys.derived.derive import derive
from cja_spark.journeys.fields import Field, event_fields, profile_fields, words_of
from cja_spark.journeys.group import CHUNK_EVENTS
from cja_spark.journeys.period import PROFILE_PERIOD, period_of, period_on
from cja_spark.journeys.reader import cannot_open
from cja_spark.journeys.rows import event_rows, journey_rows, profile_rows
from cja_spark.journeys.values import add_values, lookup_ids, new_values
from cja_spark.lake import Lake
from cja_spark.session import with_setting
from cja_spark.table import PlainRow
from cja_spark.view.spec import View
from cja_spark.worker_errors import worker_errors

LONG_ID = 1024  # bytes; 10,000 rows of an Arrow batch then stay below 64 MiB
UNLIMITED = (1 << 31) - 1


@dataclass(frozen=True)
class Build:
    """What a build did: periods written, periods reused, and the journeys' version afterwards."""

    view: str
    written: tuple[int, ...]
    removed: tuple[int, ...]
    reused: tuple[int, ...]
    version: int


@dataclass(frozen=True)
class Layout:
    """How rows are cut, which no answer depends on, and the account datasets whose columns events are given first."""

    buckets: int
    chunk_events: int
    accounts: tuple[str, ...]


@dataclass(frozen=True)
class Change:
    """Periods to write and to remove, and the event files of those to write."""

    written: list[int]
    removed: list[int]
    files: list[str]

    def listed(self) -> str:
        """All of them, as SQL lists numbers."""
        return ", ".join(map(str, (*self.written, *self.removed)))


@dataclass(frozen=True)
class Sources:
    """What all periods are built from: digests of the view's definition, of it with what it is joined to, of events.

    Attributes:
        periods: per period a digest of its events.
        data_until: the instant of the newest event.
    """

    definition: str
    fingerprint: str
    periods: Mapping[int, str]
    buckets: int
    data_until: datetime | None


def build(
    lake: Lake, view: View, matches: Mapping[str, str], *, buckets: int | None = None, full: bool = False,
    chunk_events: int = CHUNK_EVENTS, accounts: Sequence[str] = (),
) -> Build:  # fmt: skip
    """Build the journeys of a view from the lake's events, touching only the periods that changed.

    Args:
        lake: the lake.
        view: the data view.
        matches: per lookup dataset the event path that holds its keys.
        buckets: how many, where neither the view nor an earlier build says.
        full: build every period, changed or not.
        chunk_events: most events of a row; no answer depends on it (law 2).
        accounts: the account datasets of the connection.

    Rows:    One per (person, period, chunk of at most `chunk_events` events), in the total order O3.
    Raises:  MissingColumnError when a component's field does not exist; CollisionError when two values or two
        persons share a key. Nothing is written then.
    Source:  Decision: a period is what it was built from: names of the event files, definitions, lookups, accounts.
    """
    version = lake.events.version()
    events = lake.events.read(version)
    known = _built(lake, view)
    slots = view.buckets or next((row["buckets"] for row in known.values()), None) or buckets or _buckets(lake)
    fields = event_fields(view, matches)
    people = profile_fields(view)
    definition = definition_of(view, matches)
    joined = accounts_used(view, fields, accounts)
    fingerprint = _fingerprint(lake, definition, fields, slots, joined)
    event_files = lake.events.files(version)
    files = _files(event_files, view)
    sources = {period: _digest(some) for period, some in files.items()}
    if people:
        sources[PROFILE_PERIOD] = _digest(lake.profiles.files())
    changed = sorted(
        period
        for period, source in sources.items()
        if full
        or period not in known
        or (known[period]["fingerprint"], known[period]["events"]) != (fingerprint, source)
    )
    removed = sorted(_there(lake, view) - set(sources))
    if changed or removed:
        change = Change(changed, removed, [file for period in changed for file in files.get(period, ())])
        _write(lake, view, events, fields, people, Layout(slots, chunk_events, joined), change)
        failpoint("journey.written")
        newest = newest_event(lake.events, version, max(map(_day, event_files), default=None))
        _note(lake, view, known, change, Sources(definition, fingerprint, sources, slots, newest))
    reused = tuple(sorted(set(sources) - set(changed)))
    return Build(view.name, tuple(changed), tuple(removed), reused, lake.journeys(view.name).version())


def _built(lake: Lake, view: View) -> dict[int, PlainRow]:
    """Per period what its journeys were built from; nothing when that is not what is there now.

    Somebody may have dropped them, and a build that died may have written without saying what.
    """
    table = lake.journeys(view.name)
    newest, notes = table.version(), notes_of(lake, view)
    noted = max((note["journeys_version"] for note in notes.values()), default=newest)
    said = noted == newest or (noted < newest and not table.rows_changed_since(noted))
    return notes if newest >= 0 and said else {}


def _there(lake: Lake, view: View) -> set[int]:
    """The periods that the table of journeys has."""
    files = lake.journeys(view.name).files()
    return {int(unquote(file).rsplit("/period=", 1)[1].split("/", 1)[0]) for file in files}


def _buckets(lake: Lake) -> int:
    return 2 * lake.spark.sparkContext.defaultParallelism


def _fingerprint(lake: Lake, definition: str, fields: tuple[Field, ...], slots: int, accounts: tuple[str, ...]) -> str:
    formulas = [field.formula for field in fields if field.formula]
    lookups = sorted({field.lookup[0] for field in fields if field.lookup} | {name for one in formulas for name in one.datasets()})
    parts = {
        "definition": definition,
        "buckets": slots,
        "lookups": {name: _digest(lake.lookup(name).files()) for name in lookups},
    }
    if any(one.profiles() for one in formulas):
        parts["profiles"] = _digest(lake.profiles.files())
    if accounts:
        parts["accounts"] = {name: _digest(lake.accounts(name).files()) for name in accounts}
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()[:32]


def _digest(files: list[str]) -> str:
    """Of the names of a table's files, not of where the lake lies: it may be moved."""
    names = sorted(file.rsplit("/", 1)[1] for file in files)
    return hashlib.sha256("\n".join(names).encode()).hexdigest()[:32]


def _files(events: Sequence[str], view: View) -> dict[int, list[str]]:
    """Per period its event files: what Delta rewrote has another name."""
    files = sorted((period_on(_day(file), view), file) for file in events)
    return {number: [file for _, file in some] for number, some in groupby(files, key=lambda pair: pair[0])}


def _day(file: str) -> date:
    """The day of a file of events."""
    return date.fromisoformat(unquote(file).rsplit("event_date=", 1)[1][:10])


@worker_errors()
def _write(
    lake: Lake, view: View, events: DataFrame, fields: tuple[Field, ...], people: tuple[Field, ...], layout: Layout,
    change: Change,
) -> None:  # fmt: skip
    slots = layout.buckets
    numbers = [period for period in change.written if period != PROFILE_PERIOD]
    touched = events.where(period_of(F.col("event_date"), view).isin(numbers)) if numbers else events.limit(0)
    with_profiles = people if PROFILE_PERIOD in change.written else ()
    given = with_accounts(lake, touched, layout.accounts)
    narrow = _narrow(of_persons(given, view.person_id) if view.person_id else touched, fields)
    formulas = [field.formula for field in fields if field.formula]
    touched = given.transform(derive, formulas, lambda dataset: lake.lookup(dataset).read(), lake.profiles.read)
    touched = of_persons(touched, view.person_id)
    _add_texts(lake, view, touched, fields, with_profiles, change.files, layout.accounts)
    lookups = {field.name: lookup_ids(lake, field) for field in fields if field.lookup}
    rows = journey_rows(event_rows(touched, view, fields, slots), fields, lookups, numbers, slots, layout.chunk_events)
    if with_profiles:
        rows = rows.unionByName(profile_rows(lake, people, slots), allowMissingColumns=True)
    else:  # a reader takes one set of columns from every file
        rows = rows.select("*", *(F.lit(None).cast("bigint").alias(field.name) for field in people))
    table = lake.journeys(view.name)
    fresh = _there(lake, view) <= {*change.written, *change.removed}
    settings = {"spark.sql.maxConcurrentOutputFileWriters": str(slots * max(len(change.written), 1))}
    if narrow:
        settings["spark.sql.execution.arrow.maxBytesPerBatch"] = str(UNLIMITED)
    with ExitStack() as changed_settings:
        for name, value in settings.items():
            changed_settings.enter_context(with_setting(lake.spark, name, value))
        table.overwrite(rows, where=None if fresh else f"period IN ({change.listed()})")


def _add_texts(
    lake: Lake, view: View, events: DataFrame, fields: tuple[Field, ...], people: tuple[Field, ...], files: list[str],
    joined: tuple[str, ...],
) -> None:  # fmt: skip
    """Bring the dictionary up to date; where executors cannot open the files of events, Spark reads them."""
    try:
        add_values(lake, view, new_values(lake, events, fields, people, files, words_of(view), joined))
    except Exception as error:
        if not cannot_open(error):
            raise
        add_values(lake, view, new_values(lake, events, fields, people, words=words_of(view)))


def _narrow(events: DataFrame, fields: tuple[Field, ...]) -> bool:
    """Whether a batch of Arrow is small by its number of rows alone: no lists in an event, no long person id.

    Spark asks every Arrow vector for its size before each row to bound a batch by bytes: a third of a build's CPU.
    """
    if any(field.arrays for field in fields):
        return False
    longest = events.agg(F.max(F.octet_length("person_id"))).collect()[0][0]
    return longest is None or longest <= LONG_ID


def _note(lake: Lake, view: View, known: Mapping[int, PlainRow], change: Change, built: Sources) -> None:
    """Write down, after the journeys, what they were built from; killed before, the periods are built again.

    The last period alone tells how far the events reach: it is noted whatever changed, and so is the one that was the
    last before. Notes are then the same however many builds there were.
    """
    journeys = lake.journeys(view.name)
    version = journeys.version()
    counts: dict[int, tuple[int, int]] = {}
    measures: Mapping[str, Measure] = {"persons": ("count", "person"), "events": ("sum", "event_count")}
    for row in journeys.totals(("period", "chunk"), measures, one_of(period=change.written), version):
        persons, events = counts.get(row["period"], (0, 0))
        counts[row["period"]] = (persons + (0 if row["chunk"] else row["persons"]), events + (row["events"] or 0))
    last = max(set(built.periods) - {PROFILE_PERIOD}, default=PROFILE_PERIOD)
    noted = [*change.written]
    for period, note in known.items():
        if period not in (*noted, *change.removed) and (period == last or note["data_until"] is not None):
            noted.append(period)
            counts[period] = (note["persons"], note["event_count"])
    notes = [
        (view.name, period, built.definition, built.fingerprint, built.periods[period], built.buckets,
         *counts.get(period, (0, 0)), built.data_until if period == last else None, version)
        for period in noted
    ]  # fmt: skip
    table = notes_table(lake)
    gone = f" AND period IN ({', '.join(map(str, (*noted, *change.removed)))})" if known else ""
    table.overwrite(table.frame(notes), where=f"view = '{view.name}'{gone}")
