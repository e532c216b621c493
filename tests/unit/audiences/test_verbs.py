"""publish, approve and deliver on a shop: each audience and each sink for itself, receipts, exit codes."""

import json
from pathlib import Path

import pytest

from cja_spark.audiences.tables import LEDGER
from cja_spark.lake import Lake
from cja_spark.sinks.delta_profiles import MEMBERSHIPS
from tests.unit.audiences.shop import build, event, members, shop_with

TWO_SINKS = "sinks: [own, store]"


@pytest.fixture(scope="module")
def shop(spark, tmp_path_factory):
    """Two audiences, two sinks; the place of one sink lies below a file and cannot be made."""
    shop = shop_with(tmp_path_factory.mktemp("shop"), "first", "second", sink="sink: delta\nlocation: outside/store\n")
    shop.write("conf/sinks/own.yaml", "sink: delta\n")
    shop.write("conf/outside", "a file")
    for name in ("first", "second"):
        shop.change(f"audiences/{name}.yaml", "sinks: [store]", TWO_SINKS)
    return shop


def run(shop, verb, *arguments):
    """The exit code and the receipt's file."""
    file = shop.folder / f"{verb}.json"
    code = shop.run(verb, *arguments, "--receipt", str(file))
    return code, json.loads(file.read_text())


@pytest.mark.parametrize(
    ("verb", "arguments", "said"),
    [
        ("publish", ("--as-of", "tomorrow"), "'tomorrow' is no instant"),
        ("publish", ("buyres",), "No audience named 'buyres'"),
        ("deliver", ("--lake", "catalogue:no schema"), "'no schema'"),
    ],
)
def test_a_run_that_cannot_begin_leaves_a_receipt_too(shop, verb, arguments, said):
    code, receipt = run(shop, verb, *arguments)
    assert (code, receipt["exit_code"]) == (2, 2)
    assert said in receipt["reason"]


def test_an_audience_that_is_blocked_stops_no_other_and_every_receipt_is_printed(spark, shop, capsys):
    assert run(shop, "publish")[0] == 0
    shop.change("audiences/first.yaml", "lookback: 30 days", "lookback: 20 days")
    build(shop, event(3, "2026-01-01T08:00:00Z", "cid"))
    capsys.readouterr()
    code, receipt = run(shop, "publish")
    assert (code, receipt["exit_code"]) == (5, 5)
    told = [(one["audience"], one["state"], one["exit_code"], one["enter"]) for one in receipt["audiences"]]
    assert told == [("first", "blocked", 5, 1), ("second", "committed", 0, 1)]
    first, second = (one for one in capsys.readouterr().out.splitlines() if one.startswith(("first:", "second:")))
    assert first.startswith("first: blocked: definition_changed (2 people before, 1 would enter, 0 would leave).")
    assert second == "second: run 2 committed; 3 people; 1 enter, 0 update, 0 exit, 0 heartbeat"
    assert members(spark, shop) == ["ann", "ann", "bob", "bob", "cid"]


def test_the_next_publish_commits_what_was_approved(spark, shop, capsys):
    assert shop.run("approve", "first", "--changes", "1:1") == 2
    assert shop.run("approve", "first", "--by", "an analyst", "--note", "as we meant it") == 0
    assert "first: run 2 approved in spite of definition_changed: 1 enter" in capsys.readouterr().out
    assert run(shop, "publish")[0] == 0
    assert members(spark, shop) == ["ann", "ann", "bob", "bob", "cid", "cid"]
    assert shop.run("approve", "first") == 2


def test_a_sink_that_cannot_be_written_leaves_its_rows_pending_and_stops_no_other(spark, shop):
    code, receipt = run(shop, "deliver")
    assert (code, receipt["exit_code"]) == (6, 6)
    told = sorted((one["sink"], one["audience"], one["state"], one["acked"], one["pending"]) for one in receipt["sinks"])
    assert told == [
        ("own", "first", "done", 3, 0), ("own", "second", "done", 3, 0),
        ("store", "first", "unavailable", 0, 3), ("store", "second", "unavailable", 0, 3),
    ]  # fmt: skip
    [reason] = {one["reason"] for one in receipt["sinks"] if one["sink"] == "store"}
    assert reason.startswith(f"sink 'store': {shop.project / 'outside/store'} cannot be written: ")


def test_after_repair_exactly_the_pending_rows_are_delivered(spark, shop):
    (shop.project / "outside").unlink()
    code, receipt = run(shop, "deliver")
    assert code == 0
    assert sorted((one["sink"], one["audience"], one["acked"]) for one in receipt["sinks"]) == [
        ("store", "first", 3), ("store", "second", 3),
    ]  # fmt: skip
    stores = [Lake(spark, str(shop.project / "outside/store")).table(MEMBERSHIPS, "store"),
              Lake(spark, str(shop.lake)).table(MEMBERSHIPS, "own")]  # fmt: skip
    kept = ("profile_key", "audience_id", "status", "run_seq", "change_id")
    there, own = (sorted(map(tuple, one.read().select(*kept).collect())) for one in stores)
    assert there == own
    assert len(own) == 6
    assert run(shop, "deliver") == (0, {**receipt, "sinks": [], "run_id": run_id(shop)})
    assert Lake(spark, str(shop.lake)).table(LEDGER).count() == 8


def test_a_sink_is_rebuilt_and_runs_are_replayed_from_the_command_line(spark, shop, capsys):
    code, receipt = run(shop, "deliver", "first", "--rebuild", "store")
    assert (code, [(one["sink"], one["runs"], one["acked"]) for one in receipt["sinks"]]) == (0, [("store", [3], 3)])
    capsys.readouterr()
    code, receipt = run(shop, "deliver", "second", "--replay", "store", "--from-run", "2")
    assert (code, [(one["runs"], one["redo_rows"]) for one in receipt["sinks"]]) == (0, [([2], 1)])
    assert "1 emitted = 1 acked + 0 dead + 0 suppressed + 0 pending" in capsys.readouterr().out
    code, receipt = run(shop, "deliver", "--replay", "stroe")
    assert (code, "Did you mean 'store'?" in receipt["reason"]) == (2, True)
    code, receipt = run(shop, "deliver", "--retry-dead-letters")
    assert (code, receipt["sinks"]) == (0, [])


def run_id(shop):
    return json.loads((shop.folder / "deliver.json").read_text())["run_id"]


def test_a_receipt_is_written_also_when_nothing_could_be_done(spark, tmp_path):
    shop = shop_with(tmp_path)
    shop.write("conf/audiences/first.yaml", "segments: buyers\nrefresh: daily\nlookback: 1 days\n")
    code, receipt = run(shop, "publish", "--lake", str(tmp_path / "other"))
    assert (code, receipt["exit_code"], receipt["audiences"]) == (3, 3, [])
    assert "run 'cja journey' first" in receipt["reason"]
    (tmp_path / "file").write_text("")
    assert shop.run("publish", "--receipt", str(tmp_path / "file" / "receipt.json")) == 3
    assert Path(tmp_path / "file").read_text() == ""
