"""A small lake with events and a project over it, for tests of whole report runs."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from cja_spark.connection.spec import Connection
from cja_spark.project import Project

SCHEMA = (
    "person_id string, person_namespace string, persistent_id string, event_id string, ts timestamp, event_date date, "
    "dataset string, dataset_position int, sequence bigint, row_hash bigint, page string, load bigint"
)
START = datetime(2026, 1, 5, 10, tzinfo=UTC)


def events_of(person, count, start=START):
    """One event a minute."""
    moments = [start + timedelta(minutes=at) for at in range(count)]
    return [
        (person, "crm", None, f"{person}-{at}-{start}", moment, date(moment.year, moment.month, moment.day), "web", 0, None, at, "home", 1)
        for at, moment in enumerate(moments)
    ]  # fmt: skip


def project_of(tmp_path, reports, **view) -> Project:
    """A project with one web dataset, whose events a test writes itself."""
    source = {"format": "json", "path": "raw"}
    return Project.model_validate(
        {
            "folder": str(tmp_path),
            "connection": Connection.model_validate(
                {
                    "name": "small",
                    "datasets": {
                        "web": {"type": "event", "source": source, "timestamp": "ts", "person_id": "person_id"}
                    },
                }
            ),
            "view": {"name": "small", "buckets": 2, "dimensions": {"page": "page"}, **view},
            "lake": {"location": str(tmp_path / "lake")},
            "reports": {report.name: report for report in reports},
            "audiences": {},
            "sinks": {},
        }
    )


def fill(lake, rows):
    """Append events."""
    lake.events.append(lake.spark.createDataFrame(rows, SCHEMA))
