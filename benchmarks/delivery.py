"""`make bench-delivery`: what a refresh of a large audience costs, how fast each sink takes it, many audiences in one pass.

Answers are compared before any time is printed. Writes `benchmarks/delivery.md`.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
from pathlib import Path

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from benchmarks.audiences_together import audiences_together
from benchmarks.clock import timed
from cja_spark.audiences.outbox import changes_of
from cja_spark.audiences.publish import publish
from cja_spark.audiences.register import find
from cja_spark.audiences.runs import seals
from cja_spark.audiences.spec import Audience
from cja_spark.lake import Lake
from cja_spark.session import open_session
from cja_spark.sinks.deliver import deliver
from cja_spark.sinks.delta_profiles import MEMBERSHIPS, PROFILES
from cja_spark.sinks.spec import DeltaProfiles
from tests.unit.audiences.world import day

DELTA_TARGET, REFRESH_TARGET = 50_000, 0.15
MODULES = ("benchmarks.sinks_postgres", "benchmarks.delivery_kafka", "benchmarks.inlet")


class Refreshed:
    """An audience in a lake of its own, with a Delta profile store."""

    def __init__(self, lake: Lake, name: str) -> None:
        self.lake = lake
        given = {"name": name, "segments": "buyers", "refresh": "daily", "lookback": "30 days", "sinks": ("profiles",)}
        self.audience = Audience.model_validate(given)
        self.sink = DeltaProfiles(name="profiles", sink="delta")

    def people(self, first: int, last: int) -> DataFrame:
        number = F.format_string("person%09d", F.col("id"))
        return self.lake.spark.range(first, last).select(
            F.concat(number, F.lit("@example.com")).alias("person_id"), F.lit("Email").alias("person_namespace")
        )

    def run(self, number: int, first: int, last: int) -> tuple[float, float, int]:
        """Seconds to publish and to deliver the people from one number to another, and how many changes that was."""
        receipt, publishing, _ = timed(lambda: publish(
            self.lake, self.audience, lambda start, end: self.people(first, last), as_of=day(number), definition="{}"
        ))  # fmt: skip
        assert receipt.state == "committed", receipt
        told, delivering, _ = timed(lambda: deliver(self.lake, {"profiles": self.sink}, [self.audience]))
        [sink] = told.sinks
        emitted = seals(self.lake, self.id)[-1].emitted
        assert (sink.exit_code, sink.acked, sink.pending) == (0, emitted, 0), sink
        return publishing, delivering, emitted

    @property
    def id(self) -> str:
        entry = find(self.lake, self.audience.name)
        assert entry is not None
        return entry.audience_id

    def require_store(self, first: int, last: int, everybody: int) -> None:
        """Check the store against the people that must be in it: counts, and a sum over all keys."""
        wanted = self.people(first, last).select(F.concat(F.lit("email:"), "person_id").alias("profile_key"))
        found = self.lake.table(MEMBERSHIPS, "profiles").read().where(F.col("status") == "realized")
        sums = [
            rows.agg(F.count("profile_key"), F.sum(F.xxhash64("profile_key").cast("decimal(38,0)"))).first() for rows in (wanted, found)
        ]
        assert sums[0] == sums[1], sums
        assert self.lake.table(PROFILES, "profiles").read().count() == everybody
        newest = seals(self.lake, self.id)[-1]
        assert changes_of(self.lake, newest).count() == newest.emitted


def refreshing(lake: Lake, people: int) -> list[str]:
    """A first run into the Delta store, then one in which one person of a hundred comes or goes."""
    Refreshed(lake, "warm").run(1, 0, 1_000)
    world = Refreshed(Lake(lake.spark, f"{lake.location}_large"), "large")
    changed = people // 200
    first = world.run(1, 0, people)
    world.require_store(0, people, people)
    again = world.run(2, changed, people + changed)
    world.require_store(changed, people + changed, people + changed)
    same = world.run(3, changed, people + changed)
    share = sum(again[:2]) / sum(first[:2])
    return [
        f"Delta: {people / first[1]:,.0f} profiles per second (target {DELTA_TARGET:,}): {people:,} in {first[1]:.1f} s; published in {first[0]:.1f} s.",
        f"A refresh in which {again[2]:,} of {people:,} change: published in {again[0]:.1f} s, delivered in {again[1]:.1f} s, together "
        f"{share:.2f} of the first run (target {REFRESH_TARGET}); one in which nothing changes: {sum(same[:2]):.1f} s.",
    ]


def others() -> list[str]:
    """The sinks with servers, each in a process of its own."""
    lines = []
    for module in MODULES:
        done = subprocess.run([sys.executable, "-m", module], capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
        lines += said(["", f"`python -m {module}`:", "", "```", *(line.strip() for line in done.stdout.splitlines() if line.strip()), "```"])
    return lines


def said(lines: list[str]) -> list[str]:
    """Lines that are printed at once: what was measured before something fails is not lost."""
    print("\n".join(lines), flush=True)
    return lines


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--people", type=int, default=1_000_000)
    asked.add_argument("--audiences", type=int, default=100)
    asked.add_argument("--events", type=int, default=10_000_000, help="of the lake of `make bench`, made where it is not there")
    options = asked.parse_args()
    spark = open_session("local", {"spark.master": "local[2]", "spark.driver.memory": "6g"})
    with tempfile.TemporaryDirectory(prefix="delivery_") as folder:
        lines = said(refreshing(Lake(spark, str(Path(folder, "lake"))), options.people))
    lines += said(["", *audiences_together(spark, options.audiences, options.events)])
    spark.stop()
    text = "\n".join([
        "# Benchmarks of delivery", "",
        "Printed by `make bench-delivery` on 2 cores, with servers on the same machine; what each store holds is compared before a time is printed. "
        "An absolute time means little on another machine.", "", *lines, *others(),
    ]) + "\n"  # fmt: skip
    Path(__file__).with_name("delivery.md").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
