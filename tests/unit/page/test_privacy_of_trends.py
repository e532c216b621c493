"""A moving average of a bucket that is hidden, and the next one, would tell of it."""

import pytest

from cja_spark.page.content import ColumnSpec
from cja_spark.page.privacy import Below, Withheld
from cja_spark.page.privacy_of_trends import hide_few_of_trends, moments_are_told

FIRST = tuple(ColumnSpec(name=name, label=name) for name in ("row_kind", "bucket", "label"))
PEOPLE = (*FIRST, ColumnSpec(name="people", label="people", format="people"), ColumnSpec(name="sales", label="sales", format="money"))
COUNTS = (*FIRST, ColumnSpec(name="events", label="events", format="count"), ColumnSpec(name="calls", label="calls", format="count"))


def hidden(columns, buckets, averages, *, before=(), behind=()):
    kinds = ["total", *["bucket"] * len(buckets), *["moving_average"] * len(averages), *["bucket_before"] * len(before)]
    names = [column.name for column in columns[3:]]
    rows = [{"row_kind": kind, "bucket": None, "label": None, **dict(zip(names, one, strict=True))} for kind, one in zip(kinds, [(99, 99), *buckets, *averages, *before], strict=True)]
    safe = list(hide_few_of_trends(rows, columns, 10, behind or ({},) * len(rows)))
    return [tuple(row[name] for name in names) for row in safe if row["row_kind"] == "moving_average"], safe


@pytest.mark.parametrize(
    ("buckets", "averages", "shown"),
    [
        ([(20, 5), (30, 7), (40, 9)], [(25, 6), (35, 8)], [(25, 6), (35, 8)]),
        ([(20, 5), (9, 7), (40, 9), (40, 9)], [(14.5, 6), (24.5, 8), (40, 9)], [(Withheld(10), Withheld(10))] * 2 + [(40, 9)]),
        ([(20, 5), (0, 0), (16, 9)], [(10, 2.5), (8, 4.5)], [(10, 2.5), (Below(10), Below(10))]),
        ([(9, 5), (30, 7)], [], []),
    ],
)
def test_a_mean_of_a_hidden_bucket_is_not_told(buckets, averages, shown):
    assert hidden(PEOPLE, buckets, averages)[0] == shown


def test_each_column_decides_for_itself_where_nobody_is_counted():
    found, _ = hidden(COUNTS, [(50, 9), (50, 20)], [(50, 14.5)])
    assert found == [(50, Withheld(10))]


def test_a_mean_of_a_share_that_few_people_are_behind_is_not_told():
    behind = [{"sales": count} for count in (60, 20, 5, 35, 12.5, 20)]
    found, safe = hidden(PEOPLE, [(20, 5), (30, 7), (40, 9)], [(25, 6), (35, 8)], behind=behind)
    assert found == [(25, Withheld(10)), (35, Withheld(10))]
    assert [row["sales"] for row in safe[1:4]] == [5, Below(10), 9]


def test_the_range_before_hides_its_own_few():
    _, safe = hidden(PEOPLE, [(20, 5)], [], before=[(9, 5), (20, 5)])
    assert [row["people"] for row in safe] == [99, 20, Below(10), 20]


def test_only_rows_of_moments_are_of_a_trend():
    assert moments_are_told(PEOPLE)
    assert not moments_are_told(PEOPLE[1:])
