"""`connect`: what is new in the sources becomes events, profiles, lookups and summaries, exactly once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial, reduce

from pyspark.sql import Column, DataFrame, Observation, SparkSession
from pyspark.sql import functions as F
from pyspark.sql import types as T

from cja_spark.connection.accounts import check_accounts, write_accounts
from cja_spark.connection.bad_ids import bad_ids
from cja_spark.connection.dropped import may_have_dropped
from cja_spark.connection.erased import REASON as ERASED
from cja_spark.connection.erased import erased_persons
from cja_spark.connection.gaps import gaps_of, with_gaps, with_instants
from cja_spark.connection.graph_faults import graph_faults
from cja_spark.connection.graph_rows import check_graphs, write_graphs
from cja_spark.connection.graphs import (
    Graph,
    by_graph,
    graph_stitched,
    graphs_of,
    latest,
    newest_publication,
    persons_of,
    write_runs,
)
from cja_spark.connection.load import Known, Load, begin_load, drop_plan, finish_load, is_begun, plan_load
from cja_spark.connection.newest import newest_event
from cja_spark.connection.people import check_people, write_lookups, write_profiles
from cja_spark.connection.persons import (
    covered_by,
    device_runs,
    own_persons,
    stitched_persons,
    stitching_of,
    without_nobodies,
)
from cja_spark.connection.receipt import ConnectReceipt, receipt_of
from cja_spark.connection.repeats import repeats, with_reason
from cja_spark.connection.replay import replay
from cja_spark.connection.spec import Connection
from cja_spark.connection.staging import Staged, staged
from cja_spark.connection.summaries import check_summaries, write_summaries
from cja_spark.connection.tables import EVENT_COLUMNS, EVENT_SCHEMA, QUARANTINE
from cja_spark.connection.window import leave, window_end, within
from cja_spark.errors import ConfigurationError, Fault, InputError, UnavailableError
from cja_spark.failpoints import failpoint
from cja_spark.lake import Lake
from cja_spark.sources.failures import SPARK_ERRORS, told
from cja_spark.sources.types import shaped, widened


def connect(
    spark: SparkSession,
    lake: Lake,
    connection: Connection,
    *,
    files_root: str,
    full: bool = False,
    as_of: datetime | None = None,
) -> ConnectReceipt:
    """Load what is new, or with `full` everything again.

    Rows:    Events: one per usable source row, duplicate event ids once. Quarantine: every other row, with its reason.
    Raises:  SourceError, MissingColumnError, TypeConflictError: every table stays as it was. ConfigurationError: a dataset
        is stitched by a graph that does not fit. UnwritableError: there is no such lake. UnavailableError: the disk, the network, executors or another run were in the way; the next run
        finishes the load.
    Source:  Decision (docs/decisions/loads.md): a plan row first, one transaction version per load.
    """
    if faults := [Fault(f"connection '{connection.name}'", 0, f"{'.'.join(at)}: {why}") for at, why in graph_faults(connection)]:
        raise ConfigurationError.collected(faults)
    try:
        load = plan_load(lake, connection, files_root, full=full, as_of=as_of)
        if load is not None:
            failpoint("connect.planned")
            _load(lake, connection, load, files_root)
        return receipt_of(lake, load, tuple(connection.summaries()), tuple(connection.graphs()))
    except SPARK_ERRORS as error:
        if (own := told(error, "connect", lake.location)) is None:
            raise
        raise own from error


def _load(lake: Lake, connection: Connection, load: Load, files_root: str) -> None:
    """Do a planned load; its plan is given up where running it again would end the same way."""
    try:
        with staged(lake, connection, load, files_root) as rows:
            failpoint("connect.staged")
            _take(lake, connection, load, rows, files_root)
    except (*SPARK_ERRORS, InputError) as error:
        own = error if isinstance(error, InputError) else told(error, f"load {load.number}", lake.location, load.items)
        if not isinstance(own, UnavailableError) and not is_begun(lake, connection, load):
            drop_plan(lake, load)
        if own is None or own is error:
            raise
        raise own from error


def _take(lake: Lake, connection: Connection, load: Load, rows: Staged, files_root: str) -> None:
    people = check_people(lake, connection, load, files_root)
    summaries = check_summaries(lake, connection, load, files_root)
    accounts = check_accounts(lake, connection, load, files_root)
    published = check_graphs(lake, connection, load, files_root)
    replays = _replays(connection)
    asked = replays or connection.graphs() or connection.window
    newest = newest_event(lake, load, rows) if asked and load.as_of is None else None
    now = load.as_of or latest(newest, newest_publication(lake, connection, load, published))
    end = window_end(load, newest)
    rows = within(rows, connection.window, end)
    graphs = graphs_of(lake, connection, load, published, now)
    last = now if replays else None
    persons = _persons(lake, connection, load, rows, last, graphs)
    bad = bad_ids(lake, load, {one.dataset: one.rows for one in persons}, connection.max_monthly_events, rows.arriving())
    persons = [replace(one, rows=bad.discarded(one.rows, one.dataset)) for one in persons]
    begin_load(lake, connection, load)
    dropped = _write_events(lake, load, persons, rows.fields())
    failpoint("connect.appended")
    _write_quarantine(lake, load, dropped)
    failpoint("connect.quarantined")
    for held in (*(frame for one in persons for frame in one.held), bad.late):
        if held is not None:
            held.unpersist()
    write_profiles(lake, load, people.profiles)
    failpoint("connect.write_profiles")
    write_lookups(lake, load, people.lookups)
    failpoint("connect.write_lookups")
    write_summaries(lake, load, summaries)
    failpoint("connect.write_summaries")
    write_accounts(lake, load, accounts)
    failpoint("connect.write_accounts")
    write_graphs(lake, load, published)
    failpoint("connect.write_graphs")
    until, changed = replay(lake, connection, load, last, graphs)
    failpoint("connect.replayed")
    if now is not None:
        write_runs(lake, connection, load, graphs)
    for one in published:
        one.rows.unpersist()
    leave(lake, connection.window, end)
    finish_load(lake, load, Known(until, newest, bad.persons, bad.most + changed))


def _replays(connection: Connection) -> bool:
    return any(dataset.stitching and dataset.stitching.replay for dataset in connection.events().values())


@dataclass(frozen=True)
class _Persons:
    """One dataset's rows with their persons, and what is held in memory to find them."""

    dataset: str
    rows: DataFrame
    held: tuple[DataFrame, ...]


def _persons(
    lake: Lake, connection: Connection, load: Load, rows: Staged, last: datetime | None, graphs: Mapping[str, Graph]
) -> list[_Persons]:
    """Give each row its person; one without gets its reason first, since it is not the first of its event id."""
    known = lake.events.read(load.events_version) if load.events_version >= 0 and not load.full else None
    found = []
    erased = erased_persons(lake)
    for name, conformed in rows.datasets.items():
        dataset = connection.events()[name]
        before = None if known is None else known.where(F.col("dataset") == name)
        named = without_nobodies(conformed, dataset)
        if erased is not None:
            named = erased.refused(named, dataset)
        again = repeats(named, before, name, load.items) if dataset.event_id else None
        marked = with_reason(named, again, "duplicate_event_id")
        held = [] if again is None else [again]
        if dataset.stitching is None:
            marked = own_persons(marked)
        elif (spec := by_graph(dataset)) is not None:
            graph = graphs[spec.graph]
            held.append(persons_of(marked, graph, spec))
            asked_at = F.coalesce(covered_by(spec, last, load), F.lit(graph.now))
            marked = graph_stitched(marked, held[-1], dataset, graph, asked_at)
        else:
            gaps = gaps_of(lake, name)
            held.append(device_runs(marked, before, stitching_of(dataset), partial(with_gaps, gaps=gaps)))
            covered = covered_by(stitching_of(dataset), last, load)
            marked = stitched_persons(marked, with_instants(held[-1], gaps), dataset, covered)
        found.append(_Persons(name, marked, tuple(held)))
    return found


def _number(load: Load) -> Column:
    return F.lit(load.number).cast("bigint").alias("load")


def _write_events(lake: Lake, load: Load, persons: list[_Persons], fields: list[str]) -> list[_Persons]:
    """Append usable rows, files by date: a rebalance keeps small days together and splits a large one.

    Returns what may have rows that cannot be used: the write counts them on the way; a load that was appended before
    its process died does not count, and gives all.
    """
    if not persons:
        return []
    payload = [F.col(f"payload.`{name}`").alias(name) for name in fields]
    counts = [Observation() for _ in persons]
    frames = []
    for one, count in zip(persons, counts, strict=True):
        counted = one.rows.observe(count, F.count("reason").alias("dropped"))
        usable = counted.where(F.col("reason").isNull()).withColumn("event_date", F.to_date("ts"))
        usable = usable.withColumn("load", _number(load))
        own = [F.col(name).cast(EVENT_SCHEMA[name].dataType) for name in EVENT_COLUMNS]
        frames.append(usable.select(*own, *payload))
    events = reduce(DataFrame.unionByName, frames).hint("rebalance", "event_date")
    appended_before = load.resumed and lake.events.version() > load.events_version
    if (older := _of_other_types(lake, load, events.schema)) is not None:
        lake.events.overwrite(older.unionByName(events), app_id="events", txn=load.number)
    else:
        write = lake.events.overwrite if load.full else lake.events.append
        write(events, app_id="events", txn=load.number)
    if appended_before:
        return persons
    return [one for one, count in zip(persons, counts, strict=True) if may_have_dropped(lake, count)]


def _of_other_types(lake: Lake, load: Load, schema: T.StructType) -> DataFrame | None:
    """The events that are there in the types of those that come; None where no column was narrower until now.

    All are written again then: Delta widens no column of whole numbers to fractions.
    """
    if load.full or load.events_version < 0:
        return None
    there = lake.events.read(load.events_version)
    kinds = {field.name: field.dataType for field in there.schema.fields}
    if not widened(there.schema, schema):
        return None
    return there.select(
        *(
            (shaped(F.col(f"`{name}`"), kinds[name], kind) if name in kinds else F.lit(None).cast(kind)).alias(name)
            for name, kind in ((field.name, field.dataType) for field in schema.fields)
        )
    )


def _write_quarantine(lake: Lake, load: Load, persons: list[_Persons]) -> None:
    """Append the rows that cannot be used, each with its reason and as it came; of erased persons only that they came."""
    table = lake.table(QUARANTINE).create()
    kept = F.col("reason") != ERASED
    dropped = [
        one.rows.where(F.col("reason").isNotNull()).select(
            _number(load), "dataset", "reason", "file",
            F.when(F.year("ts") <= 9999, F.col("ts")).alias("ts"),  # later years cannot be shown by most readers
            F.when(kept, F.col("event_id")).alias("event_id"), F.when(kept, F.to_json("payload")).alias("raw"),
        )
        for one in persons
    ]  # fmt: skip
    if load.full:
        table.overwrite(reduce(DataFrame.unionByName, dropped, table.frame([])), app_id="quarantine", txn=load.number)
    elif dropped:
        table.append(reduce(DataFrame.unionByName, dropped), app_id="quarantine", txn=load.number)
