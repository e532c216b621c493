"""status and audit on a shop, with steps and lineage of its publish and its delivery: a sink is away, then a store is damaged."""

import json
import re
import stat

import pytest
from pyspark.sql import functions as F

from cja_spark.audiences.tables import CHANGES
from cja_spark.lake import Lake
from cja_spark.sinks.delta_profiles import MEMBERSHIPS
from tests.unit.audiences.shop import project_and_lake, shop_with

PEOPLE = ("ann", "bob")


@pytest.fixture(scope="module")
def shop(spark, tmp_path_factory):
    shop = shop_with(tmp_path_factory.mktemp("watched"), "buyers", sink="sink: delta\nlocation: outside/store\n")
    shop.write("conf/sinks/own.yaml", "sink: delta\n")
    shop.write("conf/outside", "a file")
    shop.change("audiences/buyers.yaml", "sinks: [store]", "sinks: [own, store]")
    return shop


@pytest.fixture
def out(shop, capsys):
    """What a verb says, and its exit code."""

    def run(verb, *arguments, code=0):
        capsys.readouterr()
        assert shop.run(verb, *arguments) == code
        return capsys.readouterr().out

    return run


def lines(file):
    return [json.loads(line) for line in file.read_text().splitlines()]


def test_before_its_first_publish_an_audience_is_to_be_published(shop, out):
    [one] = json.loads(out("status", "--json"))["audiences"]
    assert (one["status"], one["people"], one["sinks"]) == ("new", None, [])
    assert one["next_action"] == f"cja publish --project {shop.project} buyers"
    assert out("audit", "--receipt", str(shop.folder / "audit.json")).splitlines()[0] == "nothing was published yet"


def test_a_publish_and_a_delivery_tell_their_steps_and_their_lineage(shop, out, monkeypatch):
    steps, lineage = shop.folder / "steps.jsonl", shop.folder / "lineage.jsonl"
    monkeypatch.setenv("CJA_STEPS", str(steps))
    monkeypatch.setenv("CJA_LINEAGE", str(lineage))
    receipts = {verb: shop.folder / f"{verb}.json" for verb in ("publish", "deliver")}
    out("publish", "--receipt", str(receipts["publish"]))
    out("deliver", "--receipt", str(receipts["deliver"]), code=6)
    [published] = json.loads(receipts["publish"].read_text())["audiences"]
    ids = {"publish": published["run_id"], "deliver": json.loads(receipts["deliver"].read_text())["run_id"]}
    found = lines(steps)
    for verb, run_id in ids.items():
        mine = [one for one in found if one.get("run_id") == run_id]
        assert {one["command"] for one in mine} == {verb}
        assert {one["audience_id"] for one in mine} == {published["audience_id"]}
        assert f"{verb}.done" in [one["step"] for one in mine]
    told = {one["step"]: one for one in found if one.get("run_id") == ids["publish"]}
    assert (told["outbox.after_commit"]["run_seq"], told["run.committed"]["rows"], told["run.committed"]["state"]) == (1, 2, "committed")
    ended = {one["sink"]: one for one in found if one["step"] == "sink.ended"}
    assert (ended["own"]["state"], ended["own"]["rows"], "error_class" in ended["own"]) == ("done", 2, False)
    assert (ended["store"]["state"], ended["store"]["error_class"], ended["store"]["exit_code"]) == ("failed", "UnavailableError", 6)
    assert [(one["command"], one["exit_code"]) for one in found if one["step"] == "command.ended"] == [("publish", 0), ("deliver", 6)]
    events = lines(lineage)
    assert [(one["job"]["name"], one["eventType"], one["run"]["runId"]) for one in events] == [
        ("publish.buyers", "START", ids["publish"]), ("publish.buyers", "COMPLETE", ids["publish"]),
        ("deliver", "START", ids["deliver"]), ("deliver", "FAIL", ids["deliver"]),
    ]  # fmt: skip
    rows = {one["name"]: one["outputFacets"]["outputStatistics"]["rowCount"] for one in events[-1]["outputs"]}
    assert rows == {"own": 2, "store": 0}
    text = steps.read_text() + lineage.read_text()
    assert [one for one in (*PEOPLE, "outside", "cannot be written") if re.search(rf"\b{one}\b", text)] == []


def test_a_publish_that_fails_tells_the_run_that_its_receipt_has(shop, out, monkeypatch, tmp_path):
    monkeypatch.setenv("CJA_STEPS", str(tmp_path / "steps"))
    monkeypatch.setenv("CJA_LINEAGE", str(tmp_path / "lineage"))
    out("publish", "--as-of", "2020-01-01", "--receipt", str(tmp_path / "receipt.json"), code=3)
    [receipt] = json.loads((tmp_path / "receipt.json").read_text())["audiences"]
    [ended] = [one for one in lines(tmp_path / "steps") if one["step"] == "publish.ended"]
    assert (ended["run_id"], ended["error_class"], ended["exit_code"]) == (receipt["run_id"], "StaleError", 3)
    assert [one["eventType"] for one in lines(tmp_path / "lineage")] == ["START", "FAIL"]
    assert {one["run"]["runId"] for one in lines(tmp_path / "lineage")} == {receipt["run_id"]}


def test_the_status_tells_what_is_wrong_and_what_to_do(shop, out, tmp_path):
    from prometheus_client.parser import text_string_to_metric_families

    page, metrics = tmp_path / "status.html", tmp_path / "cja.prom"
    told = json.loads(out("status", "--json", "--html", str(page), "--metrics", str(metrics)))
    [one] = told["audiences"]
    assert (one["people"], one["last"]["run_seq"], one["last"]["enter"], one["last"]["exit_code"]) == (2, 1, 2, 6)
    assert {sink["sink"]: (sink["state"], sink["lag_runs"], sink["pending"]) for sink in one["sinks"]} == {
        "own": ("done", 0, 0), "store": ("never", 1, 2),
    }  # fmt: skip
    [late, *_] = out("status").splitlines()
    assert late.startswith("PAGE    buyers: memberships lapsed on ")
    assert one["next_action"] == f"cja publish --project {shop.project} buyers"
    assert "RETRY   buyers: sink 'store' has not taken 1 run" in out("status", "buyers")
    assert [stat.S_IMODE(file.stat().st_mode) for file in (page, metrics)] == [0o600, 0o644]
    assert [one for one in PEOPLE if one in page.read_text() + metrics.read_text()] == []
    values = {
        (sample.name, sample.labels.get("sink")): sample.value
        for family in text_string_to_metric_families(metrics.read_text()) for sample in family.samples
    }  # fmt: skip
    assert values["cja_changes_total", "own"] == 2
    assert (values["cja_lag_runs", "own"], values["cja_lag_runs", "store"]) == (0, 1)
    assert values["cja_last_success_timestamp_seconds", "own"] > values["cja_last_success_timestamp_seconds", "store"] == 0
    assert values["cja_cadence_seconds", None] == 86400


def test_the_audit_adds_up_while_rows_wait(shop, out, tmp_path):
    told = json.loads(out("audit", "buyers", "--json", "--receipt", str(tmp_path / "audit.json")))
    assert told == json.loads((tmp_path / "audit.json").read_text())
    assert {one["sink"]: (one["state"], one["acked"], one["pending"]) for one in told["runs"]} == {"own": ("done", 2, 0), "store": ("pending", 0, 2)}
    out("audit", "buyres", "--receipt", str(tmp_path / "audit.json"), code=2)
    out("audit", "--sink", "stroe", "--receipt", str(tmp_path / "audit.json"), code=2)


def test_the_audit_finds_a_lost_row_and_tells_no_identity(spark, shop, out, tmp_path):
    Lake(spark, str(shop.lake)).table(MEMBERSHIPS, "own").delta().delete(F.col("profile_key") == "crm:ann")
    said = out("audit", "--receipt", str(tmp_path / "audit.json"), code=1)
    assert "buyers store of own: 2 profiles compared: GAP: 1 missing (" in said
    assert [one for one in PEOPLE if one in said] == []


def test_status_and_audit_of_a_session_are_those_of_the_verbs(spark, shop):
    import cja_spark as cja

    project, _ = project_and_lake(spark, shop)
    assert cja.audit(spark, project, ["buyers"], sink="own").exit_code == 1
    assert cja.audit(spark, project, ["buyers"], sink="store").exit_code == 0
    [one] = cja.status(spark, project).audiences
    assert one.last.run_seq == 1


def test_nothing_is_written_by_them_and_tables_of_a_later_version_are_refused(spark, shop, out, tmp_path):
    outbox = Lake(spark, str(shop.lake)).table(CHANGES)
    before = outbox.version()
    out("status")
    assert outbox.version() == before
    spark.sql(f"ALTER TABLE delta.`{outbox.address}` SET TBLPROPERTIES ('cja.schema_version' = '99')")
    out("status", code=8)
    out("audit", "--receipt", str(tmp_path / "audit.json"), code=8)
    assert json.loads((tmp_path / "audit.json").read_text())["exit_code"] == 8
