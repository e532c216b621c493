"""Settings that answers and tables depend on are required of a session that somebody else opened."""

from __future__ import annotations

import pytest
from pyspark.sql import functions as F

import cja_spark as cja
from cja_spark.errors import ConfigurationError
from cja_spark.lake import Lake
from cja_spark.session import open_session, with_setting
from cja_spark.settings import ANSWERS, SAFETY, TABLES, Setting, require_session

VIEW = {"dimensions": {"page": "page"}, "metrics": {"orders": "orders", "rate": {"calculate": "orders / sessions"}}}


@pytest.fixture(scope="module")
def events(spark):
    rows = [("ann", "2026-01-05 10:00:00", "home", 1.0), ("bob", "2026-01-05 11:00:00", "cart", 0.0)]
    return spark.createDataFrame(rows, "person_id string, time string, page string, orders double").select(
        "person_id", F.col("time").cast("timestamp").alias("ts"), "page", "orders"
    )


def test_a_session_of_the_profiles_passes_every_check(spark):
    require_session(spark, (*ANSWERS, *TABLES, *SAFETY))
    assert open_session() is spark


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("spark.sql.session.timeZone", "Europe/Berlin", "spark.sql.session.timeZone is 'Europe/Berlin' and must be 'UTC'. Set it: "
         "spark.conf.set('spark.sql.session.timeZone', 'UTC')"),
        ("spark.sql.ansi.enabled", "false", "spark.sql.ansi.enabled is 'false' and must be 'true'."),
    ],
)  # fmt: skip
def test_another_time_zone_or_no_ansi_is_refused_by_lakes_and_reports_on_rows(spark, events, tmp_path, name, value, said):
    with with_setting(spark, name, value):
        for use in (lambda: Lake(spark, str(tmp_path)), lambda: cja.report_rows(events, VIEW, [cja.Table()])):
            with pytest.raises(ConfigurationError) as caught:
                use()
            assert said in str(caught.value)
    assert cja.report_rows(events, VIEW, [cja.Table(metrics=("people",))])[0].collect()[0]["people"] == 2


@pytest.mark.parametrize("name", ["UTC", "Etc/UTC", "Z"])
def test_other_names_of_utc_are_taken(spark, name):
    with with_setting(spark, "spark.sql.session.timeZone", name):
        require_session(spark)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("spark.sql.files.ignoreMissingFiles", "true"),
        ("spark.sql.files.ignoreCorruptFiles", "true"),
        ("spark.databricks.delta.schema.autoMerge.enabled", "true"),
        ("spark.databricks.delta.retentionDurationCheck.enabled", "false"),
        ("spark.databricks.delta.merge.materializeSource", "none"),
        ("spark.databricks.delta.commit.idempotencyCheck.enabled", "false"),
    ],
)
def test_a_setting_that_can_lose_a_table_is_told(spark, name, value):
    with with_setting(spark, name, value), pytest.raises(ConfigurationError, match=f"{name} is '{value}' and must be"):
        require_session(spark, SAFETY)


def test_a_static_setting_is_set_where_the_session_is_opened(spark):
    missing = Setting("spark.sql.extensions", "another.Extension", lambda found: "another" in found, "", static=True)
    with pytest.raises(ConfigurationError, match="where the session is opened: --conf spark.sql.extensions=another.Extension"):
        require_session(spark, (missing,))


@pytest.mark.parametrize(
    ("view", "report", "fault"),
    [
        ({"dimensions": {"page": {"feild": "page"}}}, cja.Table(), "dimensions.page: unknown key 'feild'. Did you mean 'field'?"),
        ({**VIEW, "time_zone": "Europe/Brelin"}, cja.Table(), "Did you mean 'Europe/Berlin'?"),
        (VIEW, cja.Table(metrics=("ordres",)), "no metric named 'ordres'. Did you mean 'orders'?"),
        (VIEW, cja.Fallout(steps=("orders", "rate")), "report 1 (fallout): 1 fault\n  metric 'rate' is calculated from sums"),
        ({**VIEW, "session": {"starts_with": ["events"]}}, cja.Table(), "view: 1 fault\n  metric 'events' is on every event"),
    ],
)
def test_faults_of_reports_on_rows_are_the_project_s_errors(events, view, report, fault):
    with pytest.raises(ConfigurationError) as caught:
        cja.report_rows(events, view, [report])
    assert fault in str(caught.value)
