"""The items that the columns of a flow show, or that attribution tells apart, found before the rest where a dimension has very many (rule L2)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
import pyarrow.dataset as pads
from pyspark.sql import Column, DataFrame, Window
from pyspark.sql import functions as F

from cja_spark.journeys.batch import Ints
from cja_spark.journeys.reader import local_paths
from cja_spark.kernels.flow import ENTRY, EXIT, METRIC
from cja_spark.reports.ask import Ask
from cja_spark.reports.attribution import AttributionPanel
from cja_spark.reports.compile import columns_of
from cja_spark.reports.dictionary import shown_in, shown_values
from cja_spark.reports.flow import Flow
from cja_spark.reports.flow_rows import NODES
from cja_spark.reports.readers import Reader, read_with
from cja_spark.stored import Stored
from cja_spark.worker_errors import worker_errors

MANY_ITEMS = 100_000  # values of a dimension above which its links are not all counted


def with_items_shown(journeys: Stored, asks: Sequence[Ask], values: Stored, reader: Reader) -> tuple[Ask, ...]:
    """Asks with the items that the columns of flows show, where there are very many to choose from.

    Links of all items may be as many as events; those of the items that are shown, and of *other*, are a few hundred. So such
    flows take a pass of their own, which counts the paths of each node, and Spark ranks these. Sets of values that touched somebody may be as
    many as people, so a report of attribution does the same by the credit of its first model.

    Args:
        journeys: the journeys.
        asks: all reports of a run.
        values: the dictionary as it is stored.
        reader: who reads the journeys.

    Source: L2.
    """
    flows = {number: (ask, ask.report) for number, ask in enumerate(asks) if isinstance(ask.report, Flow | AttributionPanel)}
    many = _with_many({report.dimension for _, report in flows.values()}, values) if flows else frozenset()
    chosen = {number: both for number, both in flows.items() if both[1].dimension in many}
    if not chosen:
        return tuple(asks)
    some = [ask for ask, _ in chosen.values()]
    view = some[0].view
    texts = shown_values(values.rows, shown_in({report.dimension for _, report in chosen.values()}, view, values.rows))
    ranked = _ranked(journeys, some, [report for _, report in chosen.values()], texts, reader)
    found = [*asks]
    for place, (number, (ask, report)) in enumerate(chosen.items()):
        found[number] = replace(ask, items={column: ranked.get((place, column), np.zeros(0, np.int64)) for column in report.places()})
    return tuple(found)


def _with_many(dimensions: set[str], values: Stored) -> frozenset[str]:
    """The dimensions that have very many values; Arrow counts in files of this machine, where a Spark query costs as much as a report."""
    files = local_paths(values.files)
    if files is not None:
        stored = pads.dataset(files, format="parquet") if files else None
        return frozenset(name for name in dimensions if stored and stored.count_rows(filter=pads.field("dimension") == name) > MANY_ITEMS)
    found = values.rows.where(F.col("dimension").isin(*dimensions)).groupBy("dimension").count()
    return frozenset(row["dimension"] for row in found.where(F.col("count") > MANY_ITEMS).collect())


@worker_errors()
def _ranked(
    journeys: Stored, asks: Sequence[Ask], flows: Sequence[Flow | AttributionPanel], texts: DataFrame, reader: Reader
) -> Mapping[tuple[int, int], Ints]:
    """Per ask and column the ids of the items that are shown: by path views descending, then by the bytes of their texts."""
    view = asks[0].view
    dimension, most = (_of_ask([getattr(flow, what) for flow in flows]) for what in ("dimension", "items"))
    nothing = _of_ask([view.no_value_of(flow.dimension) for flow in flows])

    def take(cells: DataFrame) -> list[tuple[int, int, int]]:
        views = cells.where((F.col("measure") == NODES) & (F.col("report") >= 0) & ~F.col("k2").isin(ENTRY, EXIT, METRIC))
        views = views.groupBy("report", F.col("k1").alias("place"), F.col("k2").alias("id")).agg(F.sum("amount").alias("views"))
        named = views.withColumn("dimension", dimension).join(texts, ["dimension", "id"], "left")
        order = (F.desc("views"), F.coalesce(F.col("value"), nothing), "id")
        rows = named.withColumn("_rank", F.row_number().over(Window.partitionBy("report", "place").orderBy(*order)))
        rows = rows.where(F.col("_rank") <= max(flow.items for flow in flows)).where(F.col("_rank") <= most)
        return [(row["report"], row["place"], row["id"]) for row in rows.select("report", "place", "id").collect()]

    found: dict[tuple[int, int], list[int]] = {}
    for number, column, id_ in read_with(reader, journeys, columns_of(flows, view), asks, take, first=True):
        found.setdefault((number, column), []).append(id_)
    return {key: np.array(ids, np.int64) for key, ids in found.items()}


def _of_ask(parts: Sequence[object]) -> Column:
    """What each ask has, by its number in the cells."""
    return F.array(*(F.lit(part) for part in parts))[F.col("report")]
