"""due and run-due on a shop: what is due is done once, however many schedulers call at once."""

import json
import threading

import pytest

from cja_spark import scheduling
from cja_spark.audiences.claims import claimed
from cja_spark.audiences.register import find
from cja_spark.audiences.runs import seals
from cja_spark.lake import Lake
from cja_spark.verbs.places import instant
from tests.jobs.lakes import versions
from tests.unit.audiences.shop import BUYERS, build, event, members, project_and_lake, shop_with

FIRST, SECOND, THIRD = "2026-01-03T09:00:00Z", "2026-01-04T09:00:00Z", "2026-01-05T10:00:00Z"
LATER = "2026-01-12T09:00:00Z"


@pytest.fixture(scope="module")
def shop(spark, tmp_path_factory):
    shop = shop_with(tmp_path_factory.mktemp("shop"), "buyers")
    shop.write("conf/audiences/monthly.yaml", BUYERS.replace("daily", "monthly"))
    assert shop.run("publish", "buyers", "monthly", "--as-of", FIRST) == 0
    return shop


def run(shop, *arguments):
    file = shop.folder / "run-due.json"
    code = shop.run("run-due", *arguments, "--receipt", str(file))
    receipt = json.loads(file.read_text())
    assert (receipt["command"], receipt["exit_code"]) == ("run-due", code)
    return code, [(one["audience"], one["kind"], one["state"], one["run_seq"]) for one in receipt["audiences"]]


def test_due_says_what_a_scheduler_should_run_and_why_nothing(shop, capsys):
    before = versions(shop.lake)
    assert shop.run("due", "--as-of", "2026-01-04T08:59:59Z") == 0
    assert [line for line in capsys.readouterr().out.splitlines() if ":" in line] == [
        "buyers: nothing: its slot is told; next at 2026-01-04 09:00 UTC",
        "monthly: nothing: its slot is told; next at 2026-01-10 09:00 UTC",
    ]
    assert shop.run("due", "--as-of", THIRD, "--json", "buyers") == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["action"], told["why"]) == ("refresh", "daily, due since 2026-01-05 09:00 UTC, one run for 2 slots")
    assert shop.run("due", "byers") == 2
    assert versions(shop.lake) == before


def test_run_due_runs_it_once(spark, shop, capsys):
    build(shop, event(3, "2026-01-03T12:00:00Z", "cid"))
    assert run(shop, "--as-of", SECOND) == (0, [("buyers", "refresh", "committed", 2)])
    assert members(spark, shop) == ["ann", "ann", "bob", "bob", "cid"]
    before = versions(shop.lake)
    assert run(shop, "--as-of", SECOND) == (0, [])
    assert run(shop, "--as-of", "2026-01-04T10:00:00Z") == (0, [])
    assert versions(shop.lake) == before
    assert "nothing is due" in capsys.readouterr().out


def test_a16_run_due_makes_heartbeat_runs_between_monthly_refreshes(shop):
    assert run(shop, "--as-of", "2026-01-10T09:00:00Z", "monthly") == (0, [("monthly", "heartbeat", "committed", 2)])
    assert run(shop, "--as-of", "2026-01-10T09:00:01Z", "monthly") == (0, [])


@pytest.mark.fault("F8")
def test_an_audience_that_another_run_holds_is_told_and_skipped(spark, shop):
    _, lake = project_and_lake(spark, shop)
    with claimed(lake, "*", "maintenance", "maintain"):
        assert run(shop, "--as-of", THIRD, "buyers") == (0, [("buyers", "refresh", "held", 0)])
    assert find(lake, "buyers").status == "active"


@pytest.mark.fault("F8")
def test_of_two_schedulers_at_once_one_makes_the_run(spark, shop):
    project, lake = project_and_lake(spark, shop)
    id_, start = find(lake, "buyers").audience_id, threading.Barrier(2)
    before, found = len(seals(lake, id_)), []

    def scheduler():
        own = Lake(spark, lake.location)
        own.__dict__["folder"] = None  # on no disk of this machine: claims alone keep the other out
        start.wait()
        found.extend(one.state for one in scheduling.run_due(own, project, ["buyers"], now=instant(THIRD)))

    threads = [threading.Thread(target=scheduler) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(seals(lake, id_)) == before + 1
    assert sorted(found) in (["committed"], ["committed", "held"], ["committed", "nothing"])


def test_a_deleted_audience_is_published_again_by_its_name_only(spark, shop, capsys):
    shop.write("conf/audiences/gone.yaml", BUYERS)
    assert shop.run("publish", "gone", "--as-of", FIRST) == 0
    _, lake = project_and_lake(spark, shop)
    first = find(lake, "gone").audience_id
    assert shop.run("delete", "gone", "--receipt", str(shop.folder / "delete.json")) == 0
    capsys.readouterr()
    assert shop.run("publish", "--as-of", LATER) == 0
    assert "gone: skipped_deleted, deleted; publish it by its name to begin a new one" in capsys.readouterr().out
    assert shop.run("due", "gone") == 0
    assert "gone: nothing: deleted" in capsys.readouterr().out
    assert shop.run("publish", "gone", "--as-of", LATER) == 0
    assert find(lake, "gone").audience_id != first


def test_verbs_that_manage_say_what_they_did(spark, shop, capsys):
    _, lake = project_and_lake(spark, shop)
    name = find(lake, "monthly").external_name
    capsys.readouterr()
    assert [shop.run(*arguments) for arguments in (("pause", "monthly"), ("resume", "monthly"), ("renew", "monthly", "--as-of", THIRD))] == [0, 0, 0]
    assert capsys.readouterr().out.splitlines() == [
        f"{name}: paused; memberships lapse unless it is resumed", f"{name}: goes on; 'cja due' says what is due",
        f"{name}: lives until 2027-02-05",
    ]  # fmt: skip
    (shop.project / "audiences/monthly.yaml").rename(shop.project / "audiences/each_month.yaml")
    assert shop.run("rename", "monthly", "each_month") == 0
    assert capsys.readouterr().out.splitlines() == [f"monthly: is each_month ({find(lake, 'each_month').audience_id}) from now on"]
    assert shop.run("pause", "monthly") == 2
