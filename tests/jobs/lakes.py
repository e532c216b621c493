"""What a lake holds, as plain text that two lakes can be compared by."""

from pathlib import Path

from pyspark.sql import functions as F

# Who did it and when differs from run to run; what was done does not.
VOLATILE = {
    "run_id", "recorded_at", "started_at", "duration_ms", "epoch", "versions", "first_at", "last_at", "created_at",
    "resolved_run_id", "journeys_version", "confirmed", "seal", "approval_id",
}  # fmt: skip
# An audience expires by its file, an approval by the clock.
VOLATILE_IN = {"approvals": {"expires_at"}}
# The log of attempts: a run that was killed and finished has more entries.
LOGS = {"claims", "audience_runs"}


def tables(location: Path) -> list[str]:
    """Names of the Delta tables of a lake, work tables apart."""
    found = (log.parent.relative_to(location).as_posix() for log in Path(location).rglob("_delta_log") if log.is_dir())
    return sorted(name for name in found if not name.startswith("_"))


def content(spark, location: Path) -> dict[str, list[str]]:
    """Every row of every table as JSON, in order."""
    return {name: rows(spark, location, name) for name in tables(location) if name not in LOGS}


def rows(spark, location: Path, name: str, without: set[str] = frozenset()) -> list[str]:
    frame = spark.read.format("delta").load(str(Path(location, name)))
    kept = [column for column in frame.columns if column not in VOLATILE | VOLATILE_IN.get(name, set()) | without]
    text = F.to_json(F.struct(*(F.col(f"`{column}`") for column in kept)))
    return sorted(row["line"] for row in frame.select(text.alias("line")).collect())


def versions(location: Path) -> dict[str, int]:
    """The number of commits of every table: a run that changes nothing adds none."""
    return {
        name: sum(1 for entry in Path(location, name, "_delta_log").glob("*.json") if entry.stem.isdigit())
        for name in tables(location)
    }
