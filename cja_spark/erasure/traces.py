"""Traces: where else in a lake a person's id may stand, and how each place forgets it."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import pandas as pd
from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F
from pyspark.sql import types as T
from pyspark.sql.pandas.functions import pandas_udf

from cja_spark.conflicts import merge_into
from cja_spark.connection.erased import SHORTEST
from cja_spark.connection.gaps import GAPS
from cja_spark.connection.people import KEY
from cja_spark.connection.spec import Connection
from cja_spark.connection.tables import LOADS, QUARANTINE
from cja_spark.erasure.audience_tables import delete_where
from cja_spark.erasure.scan import Sought
from cja_spark.lake import REPORT_RUNS, Lake
from cja_spark.maintenance.tables import tables_of
from cja_spark.reports.exclusions import EXCLUSIONS
from cja_spark.table import Table

_STORE = "profile_store"
TIMELINE_PERSON = "timeline_person"


@dataclass(frozen=True)
class Trace:
    """One table that may hold ids.

    Attributes:
        scope: what the receipt calls it.
        ids: the ids in it that may be a person's, a row each with a column `id`.
        forget: removes or blanks what is of some persons.
        outcome: what that is called.
    """

    scope: str
    ids: Callable[[], DataFrame]
    forget: Callable[[DataFrame], None]
    outcome: str = "deleted"


def traces(
    lake: Lake, sought: Sought, connection: Connection, sinks: Collection[str], at: datetime | None = None
) -> Iterator[Trace]:
    """All tables of a lake that may hold ids, events, journeys and those of audiences and of sinks apart.

    Args:
        lake: the lake.
        sought: the persons.
        connection: says which graphs are published by changes.
        sinks: names of the sinks that forget persons themselves.
        at: the instant of the request, where something is forgotten and not only counted.
    """
    for table in tables_of(lake):
        name = _name(lake, table)
        kind, _, of = name.partition("/")
        if kind == "graphs":
            graph = connection.graphs().get(of)
            yield _of_graph(name, table, at if graph is not None and graph.publication == "changes" else None)
        elif kind in _KINDS and not (kind == _STORE and of.partition("/")[2] in sinks):
            yield _KINDS[kind](name, table, sought)


def _name(lake: Lake, table: Table) -> str:
    """A table's name in the lake; in a catalogue `__` stands for `/`."""
    return table.spec.name if lake.by_path else table.spec.name.replace("__", "/")


def _of_rows(name: str, table: Table, _: Sought) -> Trace:
    """Rows of persons."""
    column = "persistent_id" if name == GAPS.name else "person_id"
    if column not in table.read().columns:  # a table of no rows may have no columns
        return Trace(name, lambda: table.spark.createDataFrame([], "id string"), lambda people: None)
    return Trace(
        name, lambda: table.read().select(F.col(column).alias("id")), lambda people: delete_where(table, people, column, "id")
    )


def _of_store(name: str, table: Table, _: Sought) -> Trace:
    """Rows of a profile store in this lake: those of a sink that the project does not have any more are left here."""
    id_ = F.regexp_replace("profile_key", "^[^:]*:", "").alias("id")
    return Trace(name, lambda: table.read().select(id_), lambda people: delete_where(table, people, "profile_key", "profile_key"))


def _of_graph(name: str, table: Table, requested_at: datetime | None) -> Trace:
    """Publications: those of a persistent ID go, a person leaves those of others.

    Their persistent IDs get a privacy request of the instant, so that whom a graph names beside the person inherits nothing
    (G16); where each publication is the whole graph it would take everybody else out, so there is none.
    """

    def forget(people: DataFrame) -> None:
        delete_where(table, people, "persistent_id", "id")
        there = table.read()
        rows = there.crossJoin(F.broadcast(people.agg(F.collect_set("id").alias("_ids"))))
        named = rows.where(F.arrays_overlap("person_ids", "_ids"))
        if named.isEmpty():
            return
        kept = F.filter("person_ids", lambda one: ~F.array_contains("_ids", one))
        again = rows.withColumn("person_ids", kept).select(*there.columns)
        if requested_at is not None:
            asked = named.groupBy("persistent_namespace", "persistent_id").agg(F.max("load").alias("load")).select(
                "load", F.lit(requested_at).alias("published_at"), "persistent_namespace", "persistent_id",
                F.array().cast("array<string>").alias("person_ids"), F.lit(True).alias("erased"),
            )  # fmt: skip
            again = again.unionByName(asked)
        table.overwrite(again)

    def ids() -> DataFrame:
        rows = table.read()
        return rows.select(F.explode("person_ids").alias("id")).unionByName(rows.select(F.col("persistent_id").alias("id")))

    return Trace(name, ids, forget)


def _of_report(name: str, table: Table, _: Sought) -> Trace:
    """Rows of a timeline go, whatever the length of the id; in rows of other reports the value is empty then, so that their sums stay."""
    return _of_values(name, table, TIMELINE_PERSON, 0)


def _of_lookup(name: str, table: Table, _: Sought) -> Trace:
    """Rows about a person go; in rows about something else the value is empty then."""
    return _of_values(name, table, KEY, SHORTEST)


def _of_summary(name: str, table: Table, _: Sought) -> Trace:
    """Rows of sums: the value is empty then."""
    return _of_values(name, table, None, SHORTEST)


def _of_values(name: str, table: Table, whole: str | None, shortest: int) -> Trace:
    """Rows with texts: where one of `whole` is a person's id of so many bytes they go, in other columns the value is blanked."""
    texts = [field.name for field in table.read().schema.fields if isinstance(field.dataType, T.StringType) and field.name != "run_id"]

    def forget(people: DataFrame) -> None:
        if whole in texts:
            delete_where(table, people.where(F.octet_length("id") >= shortest), str(whole), "id")
        long = people.where(F.octet_length("id") >= SHORTEST)  # a shorter one may well be something else's
        for column in texts:
            _blank_where(table, long, column)

    def ids() -> DataFrame:
        if not texts:
            return table.spark.createDataFrame([], "id string")
        values = F.explode(F.array(*(F.struct(F.lit(one).alias("column"), F.col(f"`{one}`").alias("id")) for one in texts)))
        told = table.read().select(values.alias("_value")).select("_value.*")
        least = F.when(F.col("column") == F.lit(whole), shortest).otherwise(SHORTEST)
        return told.where(F.octet_length("id") >= least).select("id")

    return Trace(name, ids, forget, "deleted" if whole in texts else "anonymised")


def _blank_where(table: Table, people: DataFrame, column: str) -> None:
    rows = table.read().select(F.col(f"`{column}`").alias("id")).join(people, on="id", how="left_semi")
    if rows.isEmpty():
        return
    keys = people.select(F.col("id").alias("_id")).distinct()
    same = F.col(f"t.`{column}`") == F.col("s._id")
    told = {f"`{column}`": F.lit(None)}
    merge_into(table, lambda target: target.merge(keys.alias("s"), same).whenMatchedUpdate(set=told))


def _of_loads(name: str, table: Table, _: Sought) -> Trace:
    """The persons of whom nothing more is taken (bad IDs)."""

    def forget(people: DataFrame) -> None:
        ids = people.agg(F.collect_set("id").alias("_ids"))
        there = table.read().crossJoin(F.broadcast(ids))
        if not there.where(F.arrays_overlap("bad_ids", "_ids")).isEmpty():
            table.overwrite(there.withColumn("bad_ids", F.array_except("bad_ids", "_ids")).drop("_ids"))

    return Trace(name, lambda: table.read().select(F.explode("bad_ids").alias("id")), forget, "anonymised")


def _of_definitions(name: str, table: Table, sought: Sought) -> Trace:
    """Runs of reports that name persons."""
    return _of_texts(name, table, ("definition",), sought, deletes=True)


def _of_quarantine(name: str, table: Table, sought: Sought) -> Trace:
    """Rows that could not be used: that they came is told, what they said is not."""
    return _of_texts(name, table, ("raw", "event_id"), sought, deletes=False)


def _of_texts(name: str, table: Table, columns: Sequence[str], sought: Sought, *, deletes: bool) -> Trace:
    """Rows with longer texts in which an id may stand."""
    named = _named_in(sought)(F.concat_ws("\n", *columns))

    def forget(people: DataFrame) -> None:
        there = table.read()
        about = F.size(named) > 0
        if there.where(about).isEmpty():
            return
        if deletes:
            table.overwrite(there.where(~about))
            return
        blank = [F.when(F.col("_about"), F.lit(None)).otherwise(F.col(one)).alias(one) for one in columns]
        kept = [F.col(one) for one in there.columns if one not in columns]
        table.overwrite(there.withColumn("_about", about).select(*kept, *blank).select(*there.columns))

    return Trace(name, lambda: table.read().select(F.explode(named).alias("id")), forget, "deleted" if deletes else "anonymised")


def _named_in(sought: Sought) -> Callable[[Column], Column]:
    """The ids that stand in a text: as a value of its JSON, or as a word of it."""

    def named(texts: pd.Series) -> pd.Series:
        return texts.map(lambda text: sorted(ids_in(text, sought)))

    found: Callable[[Column], Column] = pandas_udf(named, "array<string>")  # type: ignore[call-overload]  # pyspark types the decorator, not the call
    return found


def ids_in(text: str, sought: Sought) -> set[str]:
    """The ids of those sought that a text names."""
    ids = {id_ for _, id_ in sought.identities}
    found = {leaf for line in text.split("\n") for leaf in _leaves(line)} & ids
    by_form = sought.ids_by_form
    data = text.encode("utf-8", "surrogatepass")
    return found | {by_form[pattern.written] for _, pattern in sought.search.in_bytes(data) if pattern.written in by_form}


def _leaves(text: str) -> Iterator[str]:
    try:
        ahead = [json.loads(text)]
    except ValueError:
        ahead = [text]
    while ahead:
        one = ahead.pop()
        if isinstance(one, dict):
            ahead += [*one.keys(), *one.values()]
        elif isinstance(one, list):
            ahead += one
        elif one is not None and not isinstance(one, bool):
            yield str(one)


_KINDS: Mapping[str, Callable[[str, Table, Sought], Trace]] = {
    _STORE: _of_store, "profiles": _of_rows, "accounts": _of_rows, EXCLUSIONS.name: _of_rows, GAPS.name: _of_rows, "reports": _of_report,
    "lookups": _of_lookup, "summaries": _of_summary,
    REPORT_RUNS.name: _of_definitions, QUARANTINE.name: _of_quarantine, LOADS.name: _of_loads,
}  # fmt: skip
