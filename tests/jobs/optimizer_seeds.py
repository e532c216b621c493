"""Made-up Journey Optimizer data of one seed, loaded twice and compared with what its own report shows."""

from __future__ import annotations

import csv
import json
from collections import Counter
from datetime import timedelta
from pathlib import Path

from cja_spark import plan
from cja_spark.demo.optimizer.counting import channel_of, is_test, numbers
from cja_spark.demo.optimizer.generate import generate
from cja_spark.demo.optimizer.reported import COUNTED
from cja_spark.demo.optimizer.row import Row
from cja_spark.demo.optimizer.spec import FILES, asked_of
from cja_spark.project import load
from cja_spark.reconciling import Comparison, reconcile

ROOT = Path(__file__).resolve().parents[2]
ZONES = ("UTC", "Europe/Berlin", "America/New_York", "Pacific/Auckland")


def settings_of(seed, persons):
    """A story that differs by its seed in everything that a comparison depends on."""
    return {
        "persons": persons, "days": 8 + seed % 5, "seed": seed, "report_zone": ZONES[seed % 4], "view_zone": ZONES[seed // 4 % 4],
        "repeats_counted": ("once", "twice")[seed % 2], "tests_counted": seed % 3 == 0, "defects": seed % 5 == 0,
    }  # fmt: skip


def project_of(asked):
    """The preset, counting as the story's report does."""
    project = load(ROOT / "conf" / "ajo")
    counts = project.reconcile.source_counts.model_copy(update={"test_profiles": asked.tests_counted, "repeats": asked.repeats_counted == "twice"})
    spec = project.reconcile.model_copy(update={"time_zone": asked.report_zone, "source_counts": counts})
    return project.model_copy(update={"reconcile": spec, "view": project.view.model_copy(update={"time_zone": asked.view_zone})})


class Story:
    """One seed in a lake: loaded at the instant of the report, and again when all has arrived."""

    def __init__(self, lake, folder, seed, persons=40):
        self.settings, self.lake, self.files = settings_of(seed, persons), lake, str(folder)
        self.asked = asked_of(**self.settings)
        self.project = project_of(self.asked)
        self.later = self.asked.end + timedelta(days=30)
        self.truth = {}
        for as_of in (self.asked.reported_at, self.later):
            generate(self.files, **self.settings, as_of=as_of)
            plan.connect(lake, self.project, files_root=self.files, as_of=as_of)
            self.truth[as_of] = self._causes()

    def compared(self, as_of, name="reported.csv"):
        first = self.asked.first_day
        asked = Comparison(
            (first - timedelta(days=1), first + timedelta(days=self.asked.days)), as_of, self.asked.reported_at, anyway=True,
            reported=str(Path(self.files, name)),
        )  # fmt: skip
        return reconcile(self.lake, self.project, asked, files_root=self.files)

    def placed_later(self):
        """Per channel and metric what the report has of rows without an instant whose file was written after it: they are placed there."""
        found = Counter()
        for row in self.truth[self.later]:
            if row["reason"] == "invalid_timestamp" and row["metric"] != "targeted":
                found[row["channel"], row["metric"]] -= int(row["count"])
        for row in self._at_no_instant():
            for metric, count in numbers(row).items():
                found[channel_of(row.body), metric] -= count
        return {key: count for key, count in found.items() if count}

    def _at_no_instant(self):
        """Rows without an instant that the report counts and whose file was written before it."""
        for dataset in COUNTED:
            for path in Path(self.files, FILES[dataset]).iterdir():
                bodies = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()] if path.stat().st_mtime < self.asked.reported_at.timestamp() else []
                for body in bodies:
                    if body["timestamp"].startswith("2026-02-30") and (self.asked.tests_counted or not is_test(body)):
                        yield Row(dataset, 0, body)

    def _causes(self):
        with Path(self.files, "causes.csv").open(encoding="utf-8", newline="") as lines:
            return list(csv.DictReader(lines))


def counted(found):
    """Per metric, channel, cause and reason what is explained."""
    sums = Counter()
    for line in found.lines:
        for cause in line.causes:
            sums[line.metric, line.channel, cause.cause, cause.detail if cause.cause == "dropped" else ""] += cause.count
    return {key: count for key, count in sums.items() if count}


def true_counts(story, as_of):
    """The same of the story's own table, but for the metric that none of ours answers and for rows that are placed after the report."""
    sums = Counter()
    for row in story.truth[as_of]:
        if row["metric"] != "targeted":
            sums[row["metric"], row["channel"], row["cause"], row["reason"]] -= int(row["count"])
    for (channel, metric), count in story.placed_later().items():
        sums[metric, channel, "dropped", "invalid_timestamp"] -= count
    return {key: count for key, count in sums.items() if count}


def unexplained(found):
    """What remains, per channel and metric."""
    return {(line.channel, line.metric): line.unexplained for line in found.lines if line.unexplained}
