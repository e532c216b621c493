"""Reports speak of the journeys that are there: those of another definition are refused, newer events wait for a build."""

from dataclasses import replace

import pytest

from cja_spark import plan
from cja_spark.errors import InputError
from cja_spark.failpoints import InjectedFault, forget_hits
from cja_spark.journeys.built import built
from cja_spark.lake import Lake
from cja_spark.project import load
from cja_spark.table import TableSpec
from cja_spark.view.spec import View
from tests.bad_input.shop import Shop, event, lines


@pytest.fixture(scope="module")
def built_shop(spark, tmp_path_factory):
    shop = Shop(tmp_path_factory.mktemp("built"))
    assert [shop.run("connect"), shop.run("journey")] == [0, 0]
    return shop


@pytest.fixture
def shop(built_shop, tmp_path):
    return built_shop.copied_to(tmp_path)


def report(spark, shop):
    project = load(shop.project)
    lake = plan.lake_of(spark, project)
    return plan.report(lake, project, ["pages"], keep_rows=False)


@pytest.mark.parametrize(
    ("before", "after"),
    [("page: page", "page: login"), ("price: price", "price: cost"), ("buckets: 2", "buckets: 2\nperiod: day")],
    ids=["dimension", "metric", "period"],
)
def test_a_view_that_asks_for_other_journeys_is_told_to_build_them(spark, shop, capsys, before, after):
    if "cost" in after:
        shop.raw("web/9.json", lines(event(9, cost=5)))
    shop.change("view.yaml", before, after)
    for verb in ("report", "explain"):
        assert shop.run(verb) == 3
        assert "view 'shop' changed since its journeys were built: run 'cja journey' first." in capsys.readouterr().err
    assert [shop.run("connect"), shop.run("journey"), shop.run("report")] == [0, 0, 0]


def test_a_segment_that_changed_needs_no_build(spark, shop):
    shop.change("view.yaml", "more_than: 0", "more_than: 1")
    assert report(spark, shop).answers


def test_reports_reach_as_far_as_the_journeys_do(spark, shop):
    before = report(spark, shop)
    shop.raw("web/9.json", lines(event(9, "2026-03-01T10:00:00Z", "zoe")))
    assert shop.run("connect") == 0
    there = report(spark, shop)
    assert there.answers[0].run_id == before.answers[0].run_id
    assert there.answers[0].rows.equals(before.answers[0].rows)
    assert there.answers[0].ask.window == before.answers[0].ask.window
    assert shop.run("journey") == 0
    after = report(spark, shop)
    assert after.answers[0].ask.window.complete > before.answers[0].ask.window.complete
    assert after.answers[0].run_id != before.answers[0].run_id


def test_when_the_last_period_goes_the_one_before_says_how_far_events_reach(spark, shop):
    project = load(shop.project)
    lake = plan.lake_of(spark, project)
    first = plan.built_of(lake, project)
    shop.raw("web/9.json", lines(event(9, "2026-03-01T10:00:00Z", "zoe")))
    assert [shop.run("connect"), shop.run("journey")] == [0, 0]
    assert plan.built_of(lake, project).data_until.isoformat() == "2026-03-01T10:00:00+00:00"
    (shop.project / "raw/web/9.json").unlink()
    assert [shop.run("connect", "--full"), shop.run("journey")] == [0, 0]
    assert plan.built_of(lake, project).data_until == first.data_until


def test_notes_of_a_program_that_noted_less_are_made_again_with_all_periods(spark, shop):
    project = load(shop.project)
    lake = plan.lake_of(spark, project)
    before = plan.built_of(lake, project)
    table = lake.journey_builds
    old = spark.createDataFrame(table.read().drop("definition", "data_until").toArrow())
    table.drop()
    lake.table(TableSpec("journey_builds")).append(old)
    build = plan.journey(lake, project)
    assert build.written
    assert not build.reused
    assert plan.built_of(lake, project) == replace(before, version=build.version)


def test_a_report_reads_the_journeys_that_are_noted_until_a_build_is_done(spark, shop, monkeypatch):
    project = load(shop.project)
    lake = plan.lake_of(spark, project)
    before = report(spark, shop)
    shop.raw("web/9.json", lines(event(9, "2026-03-01T10:00:00Z", "zoe")))
    assert shop.run("connect") == 0
    with monkeypatch.context() as killed, pytest.raises(InjectedFault):
        killed.setenv("CJA_FAILPOINTS", "journey.written=raise@1")
        forget_hits()
        plan.journey(lake, project)
    assert lake.journeys("shop").version() == before.journeys_version + 1
    there = report(spark, shop)
    assert (there.journeys_version, there.answers[0].run_id) == (before.journeys_version, before.answers[0].run_id)
    assert there.answers[0].rows.equals(before.answers[0].rows)
    plan.journey(lake, project)
    assert report(spark, shop).journeys_version == before.journeys_version + 2


def notes(lake):
    rows = lake.journey_builds.read().drop("journeys_version").collect()
    return sorted((row.asDict() for row in rows), key=lambda row: row["period"])


def test_notes_are_the_same_however_many_builds_there_were(spark, shop, monkeypatch):
    lake = plan.lake_of(spark, load(shop.project))
    shop.raw("web/9.json", lines(event(9, "2026-03-01T10:00:00Z", "zoe")))
    assert [shop.run("connect"), shop.run("journey")] == [0, 0]
    step_by_step = notes(lake)
    assert [row["data_until"] is not None for row in step_by_step] == [False, True]
    plan.journey(lake, load(shop.project), full=True)
    assert notes(lake) == step_by_step
    lake.journey_builds.drop()
    lake.journeys("shop").drop()
    plan.journey(lake, load(shop.project))
    assert notes(lake) == step_by_step


def killed_after_writing(monkeypatch, lake, shop):
    with monkeypatch.context() as killed, pytest.raises(InjectedFault):
        killed.setenv("CJA_FAILPOINTS", "journey.written=raise@1")
        forget_hits()
        plan.journey(lake, load(shop.project))


def test_what_a_killed_build_wrote_of_another_definition_is_not_taken_for_what_was_noted(spark, shop, monkeypatch):
    lake = plan.lake_of(spark, load(shop.project))
    before = report(spark, shop).answers[0].rows
    shop.change("view.yaml", "page: page", "page: login")
    killed_after_writing(monkeypatch, lake, shop)
    shop.change("view.yaml", "page: login", "page: page")
    shop.raw("web/9.json", lines(event(9, "2026-03-01T10:00:00Z", "zoe")))
    assert [shop.run("connect"), shop.run("journey")] == [0, 0]
    once = Lake(spark, str(shop.project / "once"))
    plan.connect(once, load(shop.project))
    plan.journey(once, load(shop.project))
    assert report(spark, shop).answers[0].rows != before
    expected = plan.report(once, load(shop.project), ["pages"], keep_rows=False).answers[0].rows
    assert report(spark, shop).answers[0].rows.equals(expected)


def test_a_period_that_a_killed_build_added_goes_with_its_events(spark, shop, monkeypatch):
    lake = plan.lake_of(spark, load(shop.project))
    before = {row["period"] for row in lake.journeys("shop").read().select("period").distinct().collect()}
    shop.raw("web/9.json", lines(event(9, "2026-05-01T10:00:00Z", "zoe")))
    assert shop.run("connect") == 0
    killed_after_writing(monkeypatch, lake, shop)
    (shop.project / "raw/web/9.json").unlink()
    assert [shop.run("connect", "--full"), shop.run("journey")] == [0, 0]
    assert {row["period"] for row in lake.journeys("shop").read().select("period").distinct().collect()} == before


def test_journeys_that_are_only_stored_otherwise_are_read_as_they_are_now(spark, shop):
    project = load(shop.project)
    lake = plan.lake_of(spark, project)
    before = plan.built_of(lake, project)
    lake.journeys("shop").delta().optimize().executeCompaction()
    spark.sql(f"ALTER TABLE delta.`{lake.journeys('shop').address}` SET TBLPROPERTIES ('delta.appendOnly' = 'false')")
    now = lake.journeys("shop").version()
    assert now > before.version
    assert plan.built_of(lake, project) == replace(before, version=now)
    assert not plan.journey(lake, project).written


def test_journeys_that_were_removed_and_not_built_to_the_end_are_built_again(spark, shop, monkeypatch):
    project = load(shop.project)
    lake = plan.lake_of(spark, project)
    plan.journey(lake, project, full=True)
    before = report(spark, shop)
    lake.journeys("shop").drop()
    with monkeypatch.context() as killed, pytest.raises(InjectedFault):
        killed.setenv("CJA_FAILPOINTS", "journey.written=raise@1")
        forget_hits()
        plan.journey(lake, project)
    with pytest.raises(InputError, match="removed and built anew, by a build that did not end: run 'cja journey' first"):
        report(spark, shop)
    assert plan.journey(lake, project).written
    assert report(spark, shop).answers[0].rows.equals(before.answers[0].rows)


def test_journeys_that_are_not_there_or_hold_nothing_are_named(spark, tmp_path):
    lake = Lake(spark, str(tmp_path / "lake"))
    with pytest.raises(InputError, match="has no journeys of view 'shop': run 'cja journey' first"):
        built(lake, View(name="shop"), {})
