"""The project of conf/ajo with other files, another lake and other reports, run as its verbs run it."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import yaml

import cja_spark as cja
from cja_spark import plan
from cja_spark.lake import Lake

CONF = Path(__file__).resolve().parents[2] / "conf" / "ajo"
FILES = ("message-feedback", "email-tracking", "push-tracking", "journey-steps", "inbound", "web", "store", "entities")


class Loaded:
    """Files of Journey Optimizer as events and journeys of a lake.

    Attributes:
        receipt: what connect said.
        lake: the lake.
    """

    def __init__(self, spark, place: Path, files: dict[str, list[str]] | Path, reports: dict[str, dict]) -> None:
        """Load some lines of JSON per file, or the files of a folder; reports by name."""
        self.project = cja.load(project(place, reports))
        self.lake = Lake(spark, str(place / "lake"))
        root = files if isinstance(files, Path) else written(place / "files", files)
        self.receipt = plan.connect(self.lake, self.project, files_root=str(root))
        plan.journey(self.lake, self.project)

    def answers(self) -> dict[str, list[dict]]:
        """The rows of each report."""
        run = plan.report(self.lake, self.project, keep_rows=False)
        return {answer.ask.report.name: answer.rows.to_pylist() for answer in run.answers}


def project(place: Path, reports: dict[str, dict]) -> Path:
    """A copy of conf/ajo whose reports are these."""
    folder = place / "conf"
    shutil.copytree(CONF, folder, ignore=shutil.ignore_patterns("reports", "audiences", "sinks", "page.yaml"))
    (folder / "reports").mkdir()
    for name, ask in reports.items():
        (folder / "reports" / f"{name}.yaml").write_text(yaml.safe_dump(ask, sort_keys=False), encoding="utf-8")
    return folder


def reports_of_conf() -> dict[str, dict]:
    """The reports of conf/ajo themselves."""
    return {file.stem: yaml.safe_load(file.read_text(encoding="utf-8")) for file in sorted((CONF / "reports").glob("*.yaml"))}


def written(root: Path, files: dict[str, list[str]]) -> Path:
    """Write lines as the files of the connection; a file without lines gets a row of nobody, for an empty file is refused."""
    root.mkdir(parents=True)
    for name in FILES:
        lines = files.get(name) or [json.dumps({"_id": f"nobody-{name}", "timestamp": "2026-01-01T00:00:00Z", "identityMap": {"CRMID": [{"id": ""}]}})]
        (root / f"{name}.json").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return root
