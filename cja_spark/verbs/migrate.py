"""`cja migrate`: bring the schema of a sink's own store to this version."""

from __future__ import annotations

import argparse
import uuid
from collections.abc import Iterator
from typing import TYPE_CHECKING

from cja_spark.errors import ConfigurationError
from cja_spark.verbs import Verb
from cja_spark.verbs.places import add_places, open_places, say, step

if TYPE_CHECKING:
    from cja_spark.project import Project
    from cja_spark.sinks.postgres.migrate import Migrated
    from cja_spark.sinks.postgres.spec import PostgresProfiles

WORDS = {"TEMPORARY": "make temporary tables in this database", "CREATE": "make tables in its schema 'public'"}


def _arguments(command: argparse.ArgumentParser) -> None:
    add_places(command)
    command.add_argument("--sink", required=True, help="the sink: the name of its file in sinks/")
    command.add_argument("--sql", action="store_true", help="print what makes roles, schema and tables; connect to nothing")


def sink_of(project: Project, name: str) -> PostgresProfiles:
    """The sink whose schema is asked for.

    Raises:
        ConfigurationError: there is no such sink, or its kind has no schema of ours.
    """
    from cja_spark.sinks.postgres.spec import PostgresProfiles

    if name not in project.sinks:
        raise ConfigurationError.unknown("sink", name, project.sinks)
    sink = project.sinks[name]
    if not isinstance(sink, PostgresProfiles):
        raise ConfigurationError(f"sink '{name}' is of kind '{sink.sink}', which has no schema to migrate; 'postgres' has one.")
    return sink


def _require(project: Project, name: str) -> None:
    sink_of(project, name)


def lines(name: str, found: Migrated) -> Iterator[str]:
    """What a migration found and left, for people."""
    yield f"sink '{name}': schema of version {found.after}, was {found.before or 'not there'}"
    for right in found.excess:
        yield f"  everybody may {WORDS[right]}; take it away as the database's owner: '--sql' prints how"


def _run(asked: argparse.Namespace) -> int:
    if asked.sql:
        from cja_spark.project import load
        from cja_spark.sinks.postgres.migrate import script

        say(script(sink_of(load(asked.project), asked.sink)).rstrip())
        return 0
    project, lake = open_places(asked, first=lambda project: _require(project, asked.sink))
    from cja_spark.audiences.claims import EVERYTHING, claimed
    from cja_spark.audiences.tables import require_tables
    from cja_spark.sinks.postgres.migrate import migrate

    require_tables(lake)
    with step("migrate"), claimed(lake, EVERYTHING, str(uuid.uuid4()), "migrate"):
        found = migrate(sink_of(project, asked.sink))
    say("\n".join(lines(asked.sink, found)))
    return 0


VERB = Verb("bring the schema of a sink's store to this version", _arguments, _run)
