"""The rank that sorts events first: never against the total order, whatever the period."""

import numpy as np
import pytest
from pyspark.sql import functions as F

from cja_spark.journeys.batch import Journeys
from cja_spark.journeys.merge import merge
from cja_spark.journeys.order import PREFIX, by_person, rank_of

PERIODS = {20260131: "2026-01-31", 202602: "2026-02-01", 2024: "2024-01-01"}
LENGTHS = {20260131: 86_400_000, 202602: 28 * 86_400_000, 2024: 366 * 86_400_000}


@pytest.mark.parametrize("period", PERIODS)
def test_a_rank_keeps_the_order_of_persons_and_of_time(spark, period):
    start = np.datetime64(PERIODS[period], "ms").astype(int)
    offsets = [0, 1, 999, 1024, 4096, LENGTHS[period] // 2, LENGTHS[period] - 1]
    outside = [-1, -86_400_000, 2 * LENGTHS[period]]
    persons = [-(1 << 63), -(1 << 22) - 1, -1, 0, 5, 1 << 22, (1 << 63) - 1]
    rows = [(period, person, int(start) + offset) for person in persons for offset in offsets + outside]
    frame = spark.createDataFrame(rows, "period int, person bigint, t bigint").withColumn("rank", rank_of([period]))
    found = sorted((row["person"] & PREFIX, row["t"], row["rank"]) for row in frame.collect())
    ranks = [rank for *_, rank in found]
    assert ranks == sorted(ranks)
    assert {rank & PREFIX for rank in ranks} == {person & PREFIX for person in persons}
    assert len(set(ranks)) > len(persons) * 3  # time counts


@pytest.mark.parametrize("periods", [[1], [202601, 7], [], [0]])
def test_periods_without_dates_have_no_rank(periods):
    assert rank_of(periods) is None


def test_several_periods_have_ranks_of_their_own(spark):
    frame = spark.createDataFrame(
        [(202601, 7, 1_767_225_600_000), (202602, 7, 1_769_904_000_000)], "period int, person bigint, t bigint"
    )
    assert {row[0] for row in frame.select(rank_of([202601, 202602])).collect()} == {0}


def test_events_in_order_are_not_copied():
    import pyarrow as pa

    table = pa.table({"period": [1, 1, 2], "person": [3, 4, 1], "t": [1, 2, 3]})
    assert by_person(table) is table


def test_rows_of_one_file_that_alternate_become_whole_persons():
    import pyarrow as pa

    alternating = pa.table({"person": [5, 4, 5], "t": [[1, 2], [9], [3]], "d_page": [[10, 20], [90], [30]]})
    found: Journeys = merge([alternating], ["d_page"])
    assert found.person_ids.tolist() == [4, 5]
    assert found.t.tolist() == [9, 1, 2, 3]
    assert found.columns["d_page"].tolist() == [90, 10, 20, 30]


def test_persons_that_share_a_prefix_do(spark):
    keys = spark.range(1).select(F.xxhash64(F.lit("c1172416")), F.xxhash64(F.lit("c5881171"))).head()
    assert keys[0] & PREFIX == keys[1] & PREFIX
    assert keys[0] % 2 == keys[1] % 2
