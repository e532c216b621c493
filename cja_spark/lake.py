"""The lake: the one place that knows where a table lies and how it is made, read and written."""

from __future__ import annotations

from functools import cached_property
from pathlib import Path

from pyspark.sql import SparkSession

from cja_spark.errors import UnwritableError
from cja_spark.identifiers import quoted
from cja_spark.settings import TABLES, require_session
from cja_spark.table import Table, TableSpec
from cja_spark.table_schema import schema


class Lake:
    """All tables of one installation, at a path or in a catalogue schema (`catalogue:schema`)."""

    def __init__(self, spark: SparkSession, location: str) -> None:
        require_session(spark)
        self.spark, self.location = spark, location.rstrip("/")
        self.by_path = not self.location.startswith("catalogue:")
        if not self.by_path:
            quoted(self.location.removeprefix("catalogue:"))  # refuses what is no name of a schema

    def table(self, spec: TableSpec, *names: str) -> Table:
        """The table that `spec` declares; `names` fill a table that exists once per view, dataset or report."""
        require_session(self.spark, TABLES)
        name = "/".join((spec.name, *names))
        if self.by_path:
            folder = self.folder / name if self.folder is not None else None
            return Table(self.spark, spec, f"{self.location}/{name}", by_path=True, folder=folder)
        schema = self.location.removeprefix("catalogue:")
        return Table(self.spark, spec, f"{schema}.{name.replace('/', '__')}", by_path=False)

    @cached_property
    def events(self) -> Table:
        """One row per event that knows its person."""
        return self.table(EVENTS)

    @cached_property
    def profiles(self) -> Table:
        """One row per person."""
        return self.table(PROFILES)

    def lookup(self, dataset: str) -> Table:
        """One row per key of a lookup dataset."""
        return self.table(LOOKUPS, dataset)

    def graph(self, dataset: str) -> Table:
        """One row per usable source row of an identity graph and persistent ID."""
        return self.table(GRAPHS, dataset)

    def summary(self, dataset: str) -> Table:
        """One row per usable source row of a summary dataset."""
        return self.table(SUMMARIES, dataset)

    def accounts(self, dataset: str) -> Table:
        """One row per person and mapping time of an account dataset."""
        return self.table(ACCOUNTS, dataset)

    def journeys(self, view: str) -> Table:
        """One row per person, period and chunk."""
        return self.table(JOURNEYS, view)

    def values(self, view: str) -> Table:
        """One row per dimension and value."""
        return self.table(VALUES, view)

    @cached_property
    def journey_builds(self) -> Table:
        """One row per view and period: what its journeys were built from."""
        return self.table(JOURNEY_BUILDS)

    def report(self, name: str) -> Table:
        """The rows of a report's runs."""
        return self.table(REPORTS, name)

    @cached_property
    def report_runs(self) -> Table:
        """One row per run of reports."""
        return self.table(REPORT_RUNS)

    @cached_property
    def folder(self) -> Path | None:
        """The lake's folder, where it lies on a disk of this machine."""
        if not self.by_path:
            return None
        of_disk = self.location.startswith("file:")
        if not of_disk and ("://" in self.location or not _disk_is_the_default(self.spark)):
            return None
        return Path(self.location.removeprefix("file://").removeprefix("file:"))

    def require_writable(self) -> None:
        """Check, before anything is computed, that a lake on a local disk can be written.

        Raises:
            UnwritableError: the folder cannot be made or written.
        """
        place = self.folder
        if place is None:
            return
        try:
            place.mkdir(parents=True, exist_ok=True)
            probe = place / ".cja_write_probe"
            probe.touch()
            probe.unlink()
        except OSError as error:
            raise UnwritableError.place(self.location, error.strerror or type(error).__name__) from error


def _disk_is_the_default(spark: SparkSession) -> bool:
    """Whether a path without a scheme is one of this machine's disks."""
    return str(spark._jsc.hadoopConfiguration().get("fs.defaultFS", "file:///")).startswith("file:")


# Figures of a file cost a scan of its column: partitions say the time, and persons lie in every file. Arrow reads the
# files of events and journeys: their columns are called there what they are called here, and all their rows count.
EVENTS = TableSpec(
    "events",
    partition_by=("event_date",),
    properties={
        "delta.dataSkippingStatsColumns": "load,dataset",
        "delta.enableDeletionVectors": "false",
        "delta.columnMapping.mode": "none",
    },
)
PROFILES = TableSpec("profiles")
LOOKUPS = TableSpec("lookups")
SUMMARIES = TableSpec("summaries")  # few rows: partitions would only make files smaller
ACCOUNTS = TableSpec("accounts", schema("person_id string, account string, since timestamp"))
GRAPHS = TableSpec(
    "graphs",
    schema(
        "load bigint, published_at timestamp, persistent_namespace string, persistent_id string, person_ids array<string>, "
        "erased boolean"
    ),
)
JOURNEYS = TableSpec(
    "journeys",
    partition_by=("period", "bucket"),
    properties={"delta.enableDeletionVectors": "false", "delta.columnMapping.mode": "none"},
)
VALUES = TableSpec("values", schema("dimension string not null, id bigint not null, value string not null"))
JOURNEY_BUILDS = TableSpec(
    "journey_builds",
    schema(
        "view string, period int, definition string, fingerprint string, events string, buckets int, persons bigint, "
        "event_count bigint, data_until timestamp, journeys_version bigint"
    ),
)
REPORTS = TableSpec("reports")
REPORT_RUNS = TableSpec(
    "report_runs",
    schema(
        "run_id string, report string, view string, definition string, as_of timestamp, data_until timestamp, "
        "journeys_version bigint, row_count bigint, rows_read bigint, events_read bigint, excluded_persons bigint, "
        "excluded_events bigint"
    ),
)
