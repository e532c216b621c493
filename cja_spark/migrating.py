"""Migrating: bring the schema of a sink's own store to this version; nothing else makes or changes it."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from cja_spark.audiences.claims import EVERYTHING, claimed
from cja_spark.audiences.tables import require_tables
from cja_spark.errors import ConfigurationError
from cja_spark.lake import Lake
from cja_spark.project import Project
from cja_spark.sinks.postgres.spec import PostgresProfiles
from cja_spark.sources.failures import spark_errors

if TYPE_CHECKING:
    from cja_spark.sinks.postgres.migrate import Migrated


def migrate(lake: Lake, project: Project, sink: str) -> Migrated:
    """Make or upgrade the tables of a sink's store, while nothing is published or delivered (R6).

    Raises:
        ConfigurationError: there is no such sink, or its kind has no schema of ours.
        ClaimError: a run is at it (exit 7).
        UnavailableError: the store is away, or refuses.
        VersionError: a later version of the code made the schema.
    """
    from cja_spark.sinks.postgres.migrate import migrate as migrate_store

    wanted = sink_of(project, sink)
    with spark_errors("migrate", lake.location):
        require_tables(lake)
        with claimed(lake, EVERYTHING, str(uuid.uuid4()), "migrate"):
            return migrate_store(wanted)


def sink_of(project: Project, name: str) -> PostgresProfiles:
    """The sink whose schema is asked for.

    Raises:
        ConfigurationError: there is no such sink, or its kind has no schema of ours.
    """
    if name not in project.sinks:
        raise ConfigurationError.unknown("sink", name, project.sinks)
    sink = project.sinks[name]
    if not isinstance(sink, PostgresProfiles):
        raise ConfigurationError(f"sink '{name}' is of kind '{sink.sink}', which has no schema to migrate; 'postgres' has one.")
    return sink
