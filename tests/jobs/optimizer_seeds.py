"""Made-up Journey Optimizer data of one seed, loaded twice and compared with what its own report shows."""

from __future__ import annotations

import csv
from collections import Counter
from datetime import timedelta
from pathlib import Path

from cja_spark import plan
from cja_spark.demo.optimizer.generate import generate
from cja_spark.demo.optimizer.spec import asked_of
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

    def without_a_day(self):
        """Per channel and metric what the report has of rows that say no instant: nobody can give them a day."""
        found = Counter()
        for row in self.truth[self.later]:
            if row["reason"] == "invalid_timestamp":
                found[row["channel"], row["metric"]] -= int(row["count"])
        return found

    def _causes(self):
        with Path(self.files, "causes.csv").open(encoding="utf-8", newline="") as lines:
            return list(csv.DictReader(lines))


def unexplained(found):
    """What remains, per channel and metric."""
    return {(line.channel, line.metric): line.unexplained for line in found.lines if line.unexplained}
