"""Figures about a project's identities: before loading from the sources, after it from the events."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from cja_spark.connection.account_figures import AccountFigures, account_figures
from cja_spark.connection.arrival import in_order_of_arrival, with_arrival
from cja_spark.connection.keys import conform_items
from cja_spark.connection.spec import Connection, EventDataset
from cja_spark.connection.stitching.figures import (
    PreflightFigures,
    StitchingFigures,
    preflight_figures,
    stitching_figures,
)
from cja_spark.connection.stitching.spec import FieldBased
from cja_spark.connection.stitching.stitch import EPOCH
from cja_spark.errors import ConfigurationError
from cja_spark.lake import Lake
from cja_spark.sources.failures import SPARK_ERRORS, told
from cja_spark.sources.items import Item
from cja_spark.sources.read import items_of, read_items

Figures = StitchingFigures | AccountFigures
NEEDED = ("persistent_id", "persistent_namespace", "own_person_id", "ts")


def preflight_connection(
    lake: Lake, connection: Connection, *, files_root: str, as_of: datetime | None = None
) -> tuple[PreflightFigures, ...]:
    """Check the identities in the sources of every event dataset with a persistent ID; nothing is written.

    Args:
        lake: only its session is used.
        connection: the datasets; one without `stitching` yet is checked with the default placeholders.
        files_root: where relative source paths begin.
        as_of: the end of the seven days; each dataset's newest usable event when not given.

    Raises:
        SourceError, MissingColumnError: a source cannot be listed or read.
        UnavailableError: machines that Spark needs were lost.
        ConfigurationError: no event dataset has a persistent ID.
    """
    datasets = {name: dataset for name, dataset in connection.events().items() if dataset.persistent_id}
    if not datasets:
        raise ConfigurationError(f"connection '{connection.name}' has no event dataset with a persistent_id to check.")
    limit = connection.max_monthly_events
    return tuple(_preflight(lake, name, dataset, files_root, as_of, limit) for name, dataset in datasets.items())


def _preflight(
    lake: Lake, name: str, dataset: EventDataset, files_root: str, as_of: datetime | None, limit: int
) -> PreflightFigures:
    items = in_order_of_arrival(items_of(lake.spark, name, dataset.source, files_root, {}), {})
    try:
        rows = _usable(read_items(lake.spark, dataset.source, files_root, items), name, dataset, items)
        newest = None if as_of else rows.agg(F.max(F.unix_micros("ts"))).collect()[0][0]
        until = as_of or (None if newest is None else EPOCH + timedelta(microseconds=newest))
        return preflight_figures(rows, name, dataset.stitching or FieldBased(method="field_based"), until, limit)
    except SPARK_ERRORS as error:
        if (own := told(error, f"preflight of dataset '{name}'", lake.location, items)) is None:
            raise
        raise own from error


def _usable(rows: DataFrame, name: str, dataset: EventDataset, items: Sequence[Item]) -> DataFrame:
    """Rows with a usable time, the first of each event id; rows without any identity are among them."""
    usable = conform_items(rows.sparkSession, rows, items, name, 0, dataset).rows.where(F.col("reason").isNull())
    if dataset.event_id is None:
        return usable.select(*NEEDED)
    order = ("_arrival", "file", F.col("ts").alias("_ts"), "row_hash", F.struct(*NEEDED).alias("_row"))
    arrived = with_arrival(usable.where(F.col("event_id").isNotNull()), "item", name, items)
    once = arrived.groupBy("event_id").agg(F.min(F.struct(*order)).alias("_first")).select("_first._row.*")
    return once.unionByName(usable.where(F.col("event_id").isNull()).select(*NEEDED))


def stitched_connection(lake: Lake, connection: Connection) -> tuple[Figures, ...]:
    """Measure what stitching did to the events of every stitched dataset, and how many have an account.

    Raises:
        ConfigurationError: no dataset is stitched, and none has accounts.
    """
    found: list[Figures] = []
    for name, dataset in connection.events().items():
        if dataset.stitching:
            events = lake.events.read().where(F.col("dataset") == name)
            found.append(stitching_figures(events, name, dataset.stitching))
    found += [account_figures(lake, name) for name in connection.accounts()]
    if not found:
        raise ConfigurationError(f"connection '{connection.name}' stitches no dataset: no figures.")
    return tuple(found)
