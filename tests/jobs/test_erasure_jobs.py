"""`cja erase` and `cja maintain` as jobs: killed and run again, and what arrives afterwards brings nobody back."""

import json
import re
import subprocess
import sys

import pytest

from cja_spark.audiences.tables import CHANGES, MEMBERS, SUPPRESSIONS
from cja_spark.cli import main
from cja_spark.driver_reads import equal
from cja_spark.lake import Lake
from cja_spark.sinks.delta_profiles import PROFILES
from tests.jobs.processes import JOBS, ROOT, environment, run_here
from tests.jobs.shop import arrive, write_project

GONE = ("C3", "C4", "C5")


def erase(project, *more):
    return ["erase", "--project", str(project), "--ids", str(project.parent / "ids.txt"), "--erasure-id", "r1",
            "--receipt", str(project.parent / "erase.json"), *more]  # fmt: skip


def as_job(project, **variables):
    """Erase by a process of its own, whose Spark writes an event log."""
    conf = project.parent / "spark"
    (project.parent / "event_log").mkdir(exist_ok=True)
    conf.mkdir(exist_ok=True)
    plain = (ROOT / "tests/jobs/spark/local.yaml").read_text(encoding="utf-8")
    logged = f"spark.eventLog.enabled: true\nspark.eventLog.dir: {(project.parent / 'event_log').as_uri()}\nspark.eventLog.compress: false\n"
    (conf / "local.yaml").write_text(plain + logged, encoding="utf-8")
    _, *arguments = erase(project)
    return subprocess.run(
        [sys.executable, str(ROOT / "jobs" / "erase.py"), *arguments], cwd=ROOT, check=False, capture_output=True, text=True,
        env={**environment(), "CJA_SPARK_CONF": str(conf), **variables}, start_new_session=True, timeout=600,
    )  # fmt: skip


@pytest.fixture(scope="module")
def shop(tmp_path_factory):
    folder = tmp_path_factory.mktemp("erasure")
    project = write_project(folder)
    (folder / "ids.txt").write_text("".join(f"CRM:{one}\n" for one in GONE), encoding="utf-8")
    arrive(folder, 0)
    for job in JOBS:
        run_here(job, project)
    return project


def go_on(project, day):
    """All jobs once more on a later day: the journeys changed, so the instant that was published is no more."""
    for job in JOBS:
        run_here(job, project, *(("--as-of", f"2026-04-{day:02d}T00:00:00Z") if "--as-of" in JOBS[job] else ()))


def persons(spark, project):
    """Who is where in the lake."""
    lake = Lake(spark, str(project.parent / "lake"))
    told = {
        "events": lake.events.rows("person_id"), "own": lake.events.rows("own_person_id"), "profiles": lake.profiles.rows("person_id"),
        "journeys": lake.journeys("shop").rows("person_id"), "members": lake.table(MEMBERS).rows("id"),
        "store": lake.table(PROFILES, "profiles").rows("id"),
    }  # fmt: skip
    found = {name: {value for row in rows for value in row.values()} & {*GONE} for name, rows in told.items()}
    return {name: some for name, some in found.items() if some}


@pytest.mark.fault("F1")
def test_a_job_of_erasure_that_is_killed_is_finished_by_the_next_and_later_files_bring_nobody_back(spark, shop):
    assert {"events", "own", "profiles", "journeys"} <= persons(spark, shop).keys()
    outbox = Lake(spark, str(shop.parent / "lake")).table(CHANGES)
    said = [as_job(shop, CJA_FAILPOINTS="maintain.unlocked=kill@1")]
    assert said[0].returncode == -9, said[0].stdout + said[0].stderr
    assert outbox.properties()["delta.appendOnly"] == "false"
    said += [as_job(shop, CJA_FAILPOINTS="erase.vacuumed=kill@1"), as_job(shop)]
    assert [one.returncode for one in said[1:]] == [-9, 0], said[-1].stderr
    assert outbox.properties()["delta.appendOnly"] == "true"
    logs = [file for file in (shop.parent / "event_log").rglob("*") if file.is_file()]
    told = "\n".join([one.stdout + one.stderr for one in said] + [file.read_text(encoding="utf-8") for file in logs])
    assert "audience_members" in told  # plans are there
    assert re.findall(rf"(?<![0-9A-Za-z])(?:{'|'.join(GONE)})(?![0-9A-Za-z])", told) == []
    receipt = json.loads((shop.parent / "erase.json").read_text(encoding="utf-8"))
    assert (receipt["state"], receipt["identities"], receipt["sought_as_values"]) == ("erased", 3, 3)
    assert receipt["scopes"]["profiles"] == {"outcome": "deleted", "persons": 3, "rows": 3}
    assert persons(spark, shop) == {}
    arrive(shop.parent, 1)
    go_on(shop, 2)
    assert persons(spark, shop) == {}
    assert main(erase(shop)) == 0


def test_a_job_of_maintenance_says_what_it_did(spark, shop, capsys):
    place = shop.parent / "maintain.json"
    assert main(["maintain", "--project", str(shop), "--receipt", str(place), "--full"]) == 0
    receipt = json.loads(place.read_text(encoding="utf-8"))
    assert {one["action"] for one in receipt["deeds"]} >= {"vacuum_full"}
    assert {"events", "journeys/shop", "audience_changes"} <= {one["table"] for one in receipt["tables"]}
    assert "tables:" in capsys.readouterr().out
    go_on(shop, 3)


def test_a_mistake_in_the_command_ends_before_anything_is_done(spark, shop, tmp_path, capsys):
    ids = tmp_path / "ids.txt"
    ids.write_text("CMR:C3\n", encoding="utf-8")
    asked = ["erase", "--project", str(shop), "--ids", str(ids), "--receipt", str(tmp_path / "r.json"), "--erasure-id"]
    assert main([*asked, "r9"]) == 2
    assert "line 1 has a namespace that no dataset has. Did you mean 'crm'" in capsys.readouterr().err
    assert json.loads((tmp_path / "r.json").read_text(encoding="utf-8"))["exit_code"] == 2
    assert main([*asked, "a/b"]) == 2
    ids.write_bytes(b"")
    assert main([*asked, "r9"]) == 2
    ids.write_text("CRM:C3\n", encoding="utf-8")
    assert main([*asked, "r9", "--reason", "C3"]) == 2
    assert Lake(spark, str(shop.parent / "lake")).table(SUPPRESSIONS).count(equal(erasure_id="r9")) == 0
