"""Loading the demo folder by folder, as it arrives, gives the tables of loading it at once."""

import os
import shutil
from pathlib import Path

from cja_spark.connection.connect import connect
from cja_spark.demo.generate import generate
from cja_spark.journeys.build import build
from cja_spark.lake import Lake
from cja_spark.project import load
from tests.jobs.lakes import rows
from tests.jobs.processes import ROOT

# By itself two arrivals: all weeks but the last at once, then the last one. CJA_STEPS=5 takes the last five one by one, 0
# all of them; CJA_ARRIVALS=day takes days for weeks, all one by one where CJA_STEPS does not say.
FOLDERS = os.environ.get("CJA_ARRIVALS", "week")
STEPS = int(os.environ.get("CJA_STEPS", "0" if FOLDERS == "day" else "1"))
DATASETS = ("web", "app", "email", "calls", "store")


def arrive(made: Path, arrived: Path, until: str) -> None:
    """Copy the folders that arrived by a day: files have the time at which they came, those that are there keep it."""
    for dataset in DATASETS:
        for folder in (made / "raw" / dataset).glob(f"{FOLDERS}=*"):
            target = arrived / "raw" / dataset / folder.name
            if folder.name.split("=")[1] <= until and not target.exists():
                shutil.copytree(folder, target, copy_function=shutil.copyfile)


def without_load(lines: list[str]) -> list[str]:
    """The number of the load is the one thing that differs."""
    import json

    return sorted(json.dumps({key: value for key, value in json.loads(line).items() if key != "load"}) for line in lines)


def test_folder_by_folder_equals_at_once(spark, tmp_path):
    made, arrived = tmp_path / "made", tmp_path / "arrived"
    generate(spark, str(made), events=10_000, folders=FOLDERS)
    project = load(ROOT / "conf" / "demo")
    for dataset in ("crm", "catalogue"):
        shutil.copytree(made / "raw" / dataset, arrived / "raw" / dataset)
    folders = [
        sorted(folder.name.split("=")[1] for folder in (made / "raw" / name).glob(f"{FOLDERS}=*")) for name in DATASETS
    ]
    begun = max(days[0] for days in folders)  # a dataset without any file is an error, so the first day is one with all
    days = [day for day in sorted({day for days in folders for day in days}) if day >= begun]
    steps = days[-STEPS - 1 :] if STEPS else days
    slowly, at_once = Lake(spark, str(tmp_path / "slowly")), Lake(spark, str(tmp_path / "at_once"))
    for until in steps:
        arrive(made, arrived, until)
        assert connect(spark, slowly, project.connection, files_root=str(arrived)).load is not None
        if until in steps[-2:]:
            build(slowly, project.view, project.connection.matches(), buckets=2)
    connect(spark, at_once, project.connection, files_root=str(arrived))
    build(at_once, project.view, project.connection.matches(), buckets=2)
    for name in ("events", "quarantine", "profiles", "lookups/catalogue"):
        found, expected = (without_load(rows(spark, tmp_path / lake, name)) for lake in ("slowly", "at_once"))
        assert len(expected) > 20
        assert found == expected, name
    for name in (f"journeys/{project.view.name}", f"values/{project.view.name}"):
        assert rows(spark, tmp_path / "slowly", name) == rows(spark, tmp_path / "at_once", name), name
