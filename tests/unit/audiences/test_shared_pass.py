"""Audiences that are published together: one pass over the journeys finds all their people, each as alone."""

import logging
import shutil
from collections import Counter
from datetime import timedelta

import pytest

from cja_spark import shared_pass
from cja_spark.audience_people import Part, Within, people, persons_of_each
from cja_spark.audiences.spec import Audience
from cja_spark.audiences.tables import CHANGES
from cja_spark.driver_reads import equal
from cja_spark.lake import Lake
from cja_spark.shared_pass import SharedPass
from tests.unit.audiences.shop import BUYERS, build, event, members, project_and_lake, shop_with
from tests.unit.audiences.test_people import AS_OF, TREES, audience, found, world

__all__ = ["world"]  # the generated journeys


def asked_in(monkeypatch):
    """Counts of the passes of one question, and of several, that a publish makes."""
    passes = Counter()

    def counted(name, call):
        def run(*args, **options):
            passes[name] += 1
            return call(*args, **options)

        monkeypatch.setattr(shared_pass, name, run)

    counted("people", shared_pass.people)
    counted("persons_of_each", shared_pass.persons_of_each)
    return passes


@pytest.mark.parametrize("reader", ["arrow", "spark"])
def test_many_questions_in_one_pass_are_answered_as_one_by_one(world, reader):
    lake, project, _ = world
    windows = [(AS_OF - timedelta(days=days), AS_OF - timedelta(days=back)) for days, back in ((30, 0), (10, 5))]
    asked = [(tree, window) for tree in TREES for window in windows]
    rows = persons_of_each(lake, project, [Within.of(audience(tree), *window) for tree, window in asked], Part(reader=reader)).collect()
    together = {number: [] for number in range(len(asked))}
    for row in rows:
        together[row["question"]].append((row["person_id"], row["person_namespace"]))
    for number, (tree, window) in enumerate(asked):
        if window == windows[0]:
            assert sorted(together[number]) == found(lake, project, tree, reader=reader)
        else:
            alone = persons_of_each(lake, project, [Within.of(audience(tree), *window)], Part(reader=reader)).collect()
            assert sorted(together[number]) == sorted((row["person_id"], row["person_namespace"]) for row in alone)
    assert len({len(some) for some in together.values()}) > 3


def test_a_question_that_nobody_passes_and_no_question_at_all(world):
    lake, project, _ = world
    nobody = Within.of(audience("buyers"), AS_OF + timedelta(days=400), AS_OF + timedelta(days=401))
    rows = persons_of_each(lake, project, [nobody, Within.of(audience("buyers"), AS_OF - timedelta(days=30), AS_OF)], Part()).collect()
    assert {row["question"] for row in rows} == {1}


def test_a_publish_of_several_audiences_reads_the_journeys_once(spark, tmp_path, monkeypatch):
    shop = shop_with(tmp_path / "shop", "first", "second", "third")
    passes = asked_in(monkeypatch)
    assert shop.run("publish") == 0
    assert members(spark, shop) == ["ann"] * 3 + ["bob"] * 3
    assert passes == {"persons_of_each": 1}
    _, lake = project_and_lake(spark, shop)
    left = shop.lake / "_staging/_together"
    assert not left.exists() or not list(left.iterdir())
    assert shop.run("publish") == 0  # nothing is new: nobody is looked for
    assert passes == {"persons_of_each": 1}
    build(shop, event(3, "2026-01-03T08:00:00Z", "cid"))
    shop.write("conf/audiences/fourth.yaml", BUYERS)
    assert shop.run("publish") == 0
    assert passes == {"persons_of_each": 2}
    assert members(spark, shop) == sorted(["ann", "bob", "cid"] * 4)
    assert shop.run("publish", "first") == 0
    build(shop, event(4, "2026-01-04T08:00:00Z", "dan"))
    assert shop.run("publish", "second") == 0
    assert passes == {"persons_of_each": 2, "people": 1}  # one alone needs no shared pass
    seals = lake.table(CHANGES).rows("audience_id", where=equal(op="seal"))
    assert sorted(Counter(row["audience_id"] for row in seals).values()) == [1, 2, 2, 3]


def test_an_audience_whose_end_is_too_far_ahead_holds_up_no_other(spark, tmp_path):
    shop = shop_with(tmp_path / "shop", "first", "second")
    assert shop.run("publish") == 0
    shop.write("conf/audiences/first.yaml", f"{BUYERS}expires: 2099-01-01\n")
    build(shop, event(3, "2026-01-03T08:00:00Z", "cid"))
    assert shop.run("publish") == 2
    assert members(spark, shop) == ["ann", "ann", "bob", "bob", "cid"]


def test_where_the_shared_pass_fails_each_audience_has_its_own(spark, world, tmp_path, caplog):
    shutil.copytree(world[0].location, tmp_path / "lake")
    lake, project = Lake(spark, str(tmp_path / "lake")), world[1]
    periods = sorted((tmp_path / "lake").glob("**/period=*"), key=lambda folder: int(folder.name.removeprefix("period=")))
    assert len(periods) > 1
    for file in periods[0].glob("**/*.parquet"):
        file.write_bytes(b"damaged")
    recent, long = (AS_OF - timedelta(days=1), AS_OF), (AS_OF - timedelta(days=400), AS_OF)
    one, other = (Audience.model_validate({**audience("buyers").model_dump(mode="json"), "name": name}) for name in ("one", "other"))
    shared = SharedPass(lake, project, lake.journeys(project.view.name).version(), [(one, *recent), (other, *long)])
    with caplog.at_level(logging.WARNING, "cja_spark"):
        rows = shared.people(one, *recent).collect()
    assert "a shared pass for 2 audiences failed" in caplog.text
    alone = people(world[0], project, one, *recent).collect()
    assert alone
    assert sorted(row["person_id"] for row in rows) == sorted(row["person_id"] for row in alone)
    with pytest.raises(Exception, match=r"(?i)parquet"):
        shared.people(other, *long).collect()
    shared.close()
