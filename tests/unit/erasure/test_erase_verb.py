"""`cja erase` and `cja maintain` on a shop: exit codes, receipts, a signal between two steps, data that comes late."""

import json
import re

import pytest

from cja_spark import erasing, maintaining, plan
from cja_spark.audiences.identity import pepper_beside
from cja_spark.audiences.tables import CLAIMS, ERASURE_RECEIPTS, SUPPRESSIONS
from cja_spark.connection.tables import QUARANTINE
from cja_spark.erasure.receipts import ErasureReceipt
from cja_spark.errors import ClaimError
from cja_spark.failpoints import forget_hits
from cja_spark.lake import Lake
from cja_spark.sinks.delta_profiles import MEMBERSHIPS
from tests.unit.audiences.shop import build, event, members, shop_with


@pytest.fixture(scope="module")
def shop(spark, tmp_path_factory):
    shop = shop_with(tmp_path_factory.mktemp("erased") / "shop", "first")
    shop.write("ids.csv", "namespace,id\nCRM,ann\n")
    shop.write("bad.csv", "namespace,id\nCRM,ann\nCRM,bob,5\n")
    assert [shop.run("publish"), shop.run("deliver")] == [0, 0]
    return shop


def run(shop, verb, *arguments):
    """The exit code and the receipt's file."""
    file = shop.folder / f"{verb}.json"
    code = shop.run(verb, *arguments, "--receipt", str(file))
    return code, json.loads(file.read_text(encoding="utf-8"))


def lake(spark, shop):
    return Lake(spark, str(shop.lake))


def test_a_bad_line_ends_with_two_and_nothing_is_written(spark, shop, capsys):
    versions = [lake(spark, shop).table(spec).version() for spec in (SUPPRESSIONS, CLAIMS)]
    code, receipt = run(shop, "erase", "--ids", str(shop.folder / "bad.csv"), "--erasure-id", "r1")
    assert (code, receipt["exit_code"], receipt["state"]) == (2, 2, "failed")
    said = f"{shop.folder / 'bad.csv'}: line 3 has 3 columns, not 2: write one identity a line"
    assert said in capsys.readouterr().err
    assert receipt["reason"].startswith(said)
    assert [lake(spark, shop).table(spec).version() for spec in (SUPPRESSIONS, CLAIMS)] == versions
    assert run(shop, "erase", "--ids", str(shop.folder / "ids.csv"), "--erasure-id", "r1", "--reason", "of ann/bob")[0] == 2
    assert lake(spark, shop).table(SUPPRESSIONS).count() == 0


@pytest.mark.parametrize("at", ["erase.claimed", "erase.deleted"])
def test_r6_a_signal_ends_it_between_two_steps_and_the_claim_is_given_back(spark, shop, monkeypatch, at):
    monkeypatch.setenv("CJA_FAILPOINTS", f"{at}=term@1")
    forget_hits()
    code, receipt = run(shop, "erase", "--ids", str(shop.folder / "ids.csv"), "--erasure-id", "r1")
    monkeypatch.delenv("CJA_FAILPOINTS")
    assert (code, receipt["exit_code"], "stopped at a safe place" in receipt["reason"]) == (143, 143, True)
    claims = lake(spark, shop).table(CLAIMS).rows("claim", "event")
    assert {row["claim"] for row in claims} == {row["claim"] for row in claims if row["event"] == "released"}
    assert lake(spark, shop).table(ERASURE_RECEIPTS).count() == 0


def test_the_same_command_finishes_it_and_what_comes_late_brings_nobody_back(spark, shop, capsys):
    code, receipt = run(shop, "erase", "--ids", str(shop.folder / "ids.csv"), "--erasure-id", "r1")
    assert (code, receipt["state"], receipt["identities"]) == (0, "erased", 1)
    assert "ann" not in re.split(r"\W+", json.dumps(receipt))
    assert "none holds one of them" in capsys.readouterr().out
    assert members(spark, shop) == ["bob"]
    build(shop, event(3, "2026-01-01T08:00:00Z", "ann"), event(4, "2026-01-01T08:00:00Z", "cid"))
    assert [row["reason"] for row in lake(spark, shop).table(QUARANTINE).rows("reason")] == ["erased_person"]
    assert [shop.run("publish"), shop.run("deliver")] == [0, 0]
    assert members(spark, shop) == ["bob", "cid"]
    keys = {row["profile_key"] for row in lake(spark, shop).table(MEMBERSHIPS, "store").rows("profile_key")}
    assert keys == {"crm:bob", "crm:cid"}
    assert shop.run("audit") == 0


def test_the_signed_receipt_of_a_finished_erasure_stays_when_it_is_run_again(spark, shop, capsys):
    ids = ("--ids", str(shop.folder / "ids.csv"), "--erasure-id", "r1")
    signed = (shop.folder / "erase.json").read_bytes()
    assert run(shop, "erase", *ids)[0] == 0
    assert "finished before" in capsys.readouterr().out
    assert (shop.folder / "erase.json").read_bytes() == signed
    (shop.folder / "erase.json").write_text("{}", encoding="utf-8")
    again = run(shop, "erase", *ids)[1]
    assert again["state"] == "done_before"
    # a run that died after its last step left no file: this one says what was done, and is signed too
    told, before = (ErasureReceipt.model_validate_json(text) for text in (json.dumps(again), signed))
    assert (told.scopes, told.requested_at, told.identities) == (before.scopes, before.requested_at, 1)
    assert told.is_genuine(pepper_beside(lake(spark, shop).location))


@pytest.mark.parametrize("verb", ["erase", "maintain"])
def test_the_receipt_says_when_the_claim_of_another_run_can_be_over(shop, monkeypatch, verb):
    def held(*_, **__):
        raise ClaimError.held("*", 42)

    monkeypatch.setattr(erasing, "erase", held)
    monkeypatch.setattr(maintaining, "maintain", held)
    ids = ("--ids", str(shop.folder / "ids.csv"), "--erasure-id", "r7") if verb == "erase" else ()
    code, receipt = run(shop, verb, *ids)
    assert (code, receipt["exit_code"], receipt["retry_after_s"]) == (7, 7, 42)


@pytest.mark.fault("F16")
def test_the_sources_of_old_bring_nobody_back_either(spark, shop):
    assert [shop.run("connect", "--full"), shop.run("journey", "--full")] == [0, 0]
    persons = {row["person_id"] for row in lake(spark, shop).events.rows("person_id")}
    assert persons == {"bob", "cid"}
    assert [shop.run("publish"), shop.run("deliver")] == [0, 0]
    assert members(spark, shop) == ["bob", "cid"]


def test_a_report_that_was_computed_while_persons_were_erased_is_not_kept(spark, shop, monkeypatch, capsys):
    with monkeypatch.context() as patched:
        patched.setattr(plan, "erasures_of", lambda lake: (0, 0))  # as if it had begun before the erasure
        assert shop.run("report") == 7
    assert "Persons were erased while the report was computed" in capsys.readouterr().err
    assert not lake(spark, shop).report("pages").exists()
    assert shop.run("report") == 0
    assert lake(spark, shop).report("pages").exists()


def test_maintenance_says_what_is_due_then_does_it_and_then_nothing_is(spark, shop, capsys):
    assert run(shop, "maintain", "--dry-run")[1]["dry_run"] is True
    said = capsys.readouterr().out
    assert "would be done:" in said
    assert "events: vacuum full" in said
    assert "never vacuumed, due now" in said
    code, receipt = run(shop, "maintain")
    assert (code, receipt["exit_code"]) == (0, 0)
    assert {one["table"] for one in receipt["tables"]} >= {"events", "journeys/shop", "audience_changes", "suppressions"}
    due = [one["target"] for one in run(shop, "maintain", "--dry-run")[1]["deeds"]]
    assert due == ["maintenance"]  # which was made by the run before, to note what it did
    assert next(one for one in receipt["tables"] if one["table"] == "events")["next_vacuum"] is not None


def test_r6_a_maintenance_that_is_asked_to_end_says_so(spark, shop, monkeypatch):
    monkeypatch.setenv("CJA_FAILPOINTS", "maintain.before_vacuum=term@1")
    forget_hits()
    code, receipt = run(shop, "maintain", "--full")
    assert (code, receipt["exit_code"]) == (143, 143)
    monkeypatch.delenv("CJA_FAILPOINTS")
    assert run(shop, "maintain", "--full")[0] == 0
