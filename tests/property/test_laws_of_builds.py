"""Laws 1 and 2 on the product: nothing of how data is cut, ordered, stored or built shows in an answer."""

import random
from urllib.parse import unquote

import pyarrow as pa
import pyarrow.compute as pc
import pytest

from cja_spark.journeys.build import build
from cja_spark.journeys.reader import ReadCounts, read_bucket
from cja_spark.reports.cells import Sums
from cja_spark.reports.one_pass import bucket_files, run_asks
from tests.property.product import Product, built, equal, events_frame, many_events, reports, view_of
from tests.property.strategies import journeys

EVENTS = journeys(5, 120)


def pieces(spark, events, count):
    """Events dealt out over `count` frames, so that each brings early and late ones of most persons."""
    return [events_frame(spark, events[at::count]) for at in range(count)]


@pytest.fixture(scope="module")
def product(spark):
    return Product(spark, view_of(), reports())


@pytest.fixture(scope="module")
def lake(spark, tmp_path_factory):
    return built(spark, tmp_path_factory.mktemp("once"), [events_frame(spark, EVENTS)], view_of())


@pytest.fixture(scope="module")
def expected(product, lake):
    answers = product.of_lake(lake)
    assert answers[0][0]["events"] > 500
    return answers


def test_law_1_both_readers_give_equal_answers(product, lake, expected):
    assert product.of_lake(lake, "spark") == expected


def test_law_1_a_report_answers_alike_alone_and_among_others(product, lake, expected):
    for at in (2, 7, 18, 21):
        assert product.of_lake(lake, asks=(product.asks[at],)) == [expected[at]]
    assert product.of_lake(lake, asks=product.asks[::-1]) == expected[::-1]


def test_law_1_the_number_of_buckets_changes_nothing(spark, product, expected, tmp_path):
    lake = built(spark, tmp_path, [events_frame(spark, EVENTS)], view_of(buckets=5))
    assert len({file.split("bucket=")[1][0] for file in lake.journeys("generated").read().inputFiles()}) == 5
    assert product.of_lake(lake) == expected
    assert product.of_lake(lake, "spark") == expected


def test_law_1_input_order_and_file_layout_change_nothing(spark, product, expected, tmp_path):
    shuffled = random.Random(1).sample(EVENTS, len(EVENTS))
    assert product.of_frame(events_frame(spark, shuffled).repartition(3), partitions=3) == expected
    assert product.of_frame(events_frame(spark, EVENTS[::-1]).coalesce(1), partitions=1) == expected


def test_law_1_the_slices_of_a_bucket_change_nothing(product, lake, expected):
    cells, slices = [], 0
    for files in bucket_files(lake.journeys("generated").read().inputFiles()):
        parts = list(read_bucket([unquote(file) for file in files], product.columns, ReadCounts(), slice_bytes=4000))
        slices += len(parts)
        cells += run_asks(product.asks, parts)
    assert slices > 10
    table = pa.Table.from_batches(cells)
    sums = [Sums(table.filter(pc.equal(table["report"], at))) for at in range(len(product.asks))]
    assert product.finished(sums) == expected


def test_law_2_building_in_steps_with_late_events_equals_building_once(spark, product, expected, lake, tmp_path):
    steps = built(spark, tmp_path, pieces(spark, EVENTS, 3), view_of())
    assert product.of_lake(steps) == expected
    ordered = ("period", "bucket", "person", "chunk")
    rows = [found.journeys("generated").read().orderBy(*ordered).toArrow() for found in (steps, lake)]
    assert rows[0].equals(rows[1])


def test_law_2_building_a_period_again_changes_nothing(product, expected, lake):
    assert build(lake, view_of(), {}, full=True).reused == ()
    assert product.of_lake(lake) == expected


@pytest.mark.parametrize("chunk", [1, 4])
def test_law_2_chunk_size_changes_nothing(spark, product, expected, tmp_path, chunk):
    lake = built(spark, tmp_path, [events_frame(spark, EVENTS)], view_of(), chunk_events=chunk)
    assert lake.journeys("generated").read().selectExpr("max(size(t))").collect()[0][0] == chunk
    assert product.of_lake(lake) == expected
    assert product.of_lake(lake, "spark") == expected


@pytest.mark.parametrize("period", ["day", "year"])
def test_law_2_period_length_changes_nothing(spark, product, expected, tmp_path, period):
    lake = built(spark, tmp_path, [events_frame(spark, EVENTS)], view_of(period=period))
    assert product.of_lake(lake) == expected


def test_laws_1_and_2_hold_on_many_events(spark, tmp_path):
    asked = reports()
    events = many_events(spark)
    product = Product(spark, view_of(), asked)
    one = built(spark, tmp_path / "one", [events], view_of())
    parts = [events.where(f"row_hash % 3 {sign} 0").repartition(4, "event_id") for sign in ("=", "<>")]
    other = built(spark, tmp_path / "other", parts, view_of(buckets=3, period="year"), chunk_events=50)
    answers = product.of_lake(one)
    assert answers[0][0]["events"] > 40_000
    assert equal(product.of_lake(other), answers)
    assert equal(product.of_lake(other, "spark"), answers)
