"""Reports on any rows read times and persons as connect does, and say which rows they leave out."""

from __future__ import annotations

import warnings

import pytest
from pyspark.sql import functions as F

import cja_spark as cja
from cja_spark import frames
from cja_spark.connection.conform import TIME_REASONS
from cja_spark.errors import InputError, MissingColumnError
from tests.unit.connection.shop import load, put, shop

VIEW = {"dimensions": {"page": "page"}}
TABLE = cja.Table(metrics=("events", "people"))
DAYS = cja.Trend(granularity="day", metrics=("events",))
TEN_S = 1767261600  # 2026-01-01 10:00:00 UTC


def asked(events):
    [total, days] = cja.report_rows(events, VIEW, [TABLE, DAYS])
    row = total.where("row_kind = 'total'").first()
    filled = days.where("row_kind = 'bucket' AND events > 0").collect()
    return (row["events"], row["people"]), [day["label"] for day in filled]


@pytest.mark.parametrize("kind", ["bigint", "double", "string", "decimal(20,2)"])
def test_epochs_are_read_by_their_size(spark, kind):
    rows = [("ann", TEN_S, "home"), ("bob", TEN_S * 1_000, "home"), ("eve", TEN_S * 1_000_000, "home")]
    events = spark.createDataFrame(rows, "person_id string, time bigint, page string")
    with warnings.catch_warnings():
        warnings.simplefilter("error", UserWarning)
        counts, days = asked(events.withColumn("time", F.col("time").cast(kind)))
    assert (counts, days) == ((3, 3), ["2026-01-01"])


ROWS = [
    ("e1", "ann", "2026-01-01T10:00:00Z"), ("e2", "bob", "2026-01-01T12:00+02:00"), ("e3", "ann", str(TEN_S * 1000)),
    ("e4", "", "2026-01-01T10:00:00Z"), ("e5", " \u00a0", "2026-01-01T10:00:00Z"), ("e6", None, "2026-01-01T10:00:00Z"),
    ("e7", "ann", None), ("e8", "ann", " "), ("e9", "ann", "yesterday"), ("e10", "ann", "1899-12-31"),
    ("e11", "ann", "+10000-01-01"), ("e12", "", "none"),
]  # fmt: skip
LEFT_OUT = "9 events are left out: missing_timestamp 2, invalid_timestamp 2, before_1900 1, after_9999 1, empty_person_id 3."


@pytest.fixture(scope="module")
def texts(spark):
    return spark.createDataFrame(ROWS, "event_id string, person_id string, time string").withColumn("page", F.lit("home"))


def test_rows_without_a_usable_time_or_person_are_left_out_and_counted_by_reason(texts):
    with pytest.warns(UserWarning, match="^" + LEFT_OUT) as caught:
        counts, days = asked(texts)
    assert (counts, days) == ((3, 2), ["2026-01-01"])
    told = [one for one in caught if one.category is UserWarning]
    assert [(str(one.message), one.filename) for one in told] == [(LEFT_OUT, __file__)]


def test_they_are_left_out_for_the_reasons_of_connect(lake, texts, tmp_path):
    put(tmp_path, "web/1.json", *({"id": number, "login": person, "time": time} for number, person, time in ROWS))
    dropped = load(lake, tmp_path, shop("web")).dropped["web"]
    assert LEFT_OUT.split(": ")[1] == ", ".join(f"{name} {dropped[name]}" for name in (*TIME_REASONS, "empty_person_id")) + "."


def test_rows_of_which_none_can_be_used_are_an_error_that_says_why(texts):
    with pytest.raises(InputError, match=r"no row has a person and a usable time \(invalid_timestamp 2\)\.$"):
        asked(texts.where("time IN ('yesterday', 'none')"))
    with pytest.raises(InputError, match=r"no row has a person and a usable time\.$"):
        asked(texts.where("false"))


def test_a_person_or_a_time_that_is_not_one_value_or_not_there_is_refused(texts):
    with pytest.raises(InputError, match=r"'person_id' is array<string>, not one value"):
        asked(texts.withColumn("person_id", F.array("person_id")))
    with pytest.raises(InputError, match=r"'time' is struct<.*>, not one value"):
        asked(texts.withColumn("time", F.struct("time")))
    with pytest.raises(MissingColumnError, match="no column 'timestamp'"):
        asked(texts.drop("time"))
    with pytest.raises(MissingColumnError, match="no column 'person_id'"):
        asked(texts.drop("person_id"))


def test_a_path_that_leads_in_no_task_is_named_all_the_same(spark, monkeypatch):
    pages = [(f"p{number}", TEN_S, f"page {number % 1200:04d}", None) for number in range(4800)]
    events = spark.createDataFrame([*pages, ("p0", TEN_S - 9, "rare", None), ("p0", TEN_S - 8, "pay", 1.0)], "person_id string, time bigint, page string, bought double")
    paths = cja.Paths(dimension="page", conversion="bought", min_support=1, rows=1)
    runs, run = [], frames.run_surely
    monkeypatch.setattr(frames, "run_surely", lambda ask, *rest: run(lambda some: runs.append(len(some)) or ask(some), *rest))
    [taken] = cja.report_rows(events, {**VIEW, "metrics": {"bought": "bought"}}, [paths])
    found = {row["row_kind"]: (row["path_taken"], row["trials"]) for row in taken.collect()}
    assert runs == [1, 1]  # it is asked again
    assert found == {"total": (None, 4801), "top": ("rare", 1), "bottom": ("page 0000", 4), "other": (None, 4796)}
