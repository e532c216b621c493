"""`cja migrate`: bring the schema of a sink's own store to this version."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from typing import TYPE_CHECKING

from cja_spark.verbs import Verb
from cja_spark.verbs.places import add_places, open_places, say, step

if TYPE_CHECKING:
    from cja_spark.project import Project
    from cja_spark.sinks.postgres.migrate import Migrated

WORDS = {"TEMPORARY": "make temporary tables in this database", "CREATE": "make tables in its schema 'public'"}


def _arguments(command: argparse.ArgumentParser) -> None:
    add_places(command)
    command.add_argument("--sink", required=True, help="the sink: the name of its file in sinks/")
    command.add_argument("--sql", action="store_true", help="print what makes roles, schema and tables; connect to nothing")


def _require(project: Project, name: str) -> None:
    from cja_spark.migrating import sink_of

    sink_of(project, name)


def lines(name: str, found: Migrated) -> Iterator[str]:
    """What a migration found and left, for people."""
    yield f"sink '{name}': schema of version {found.after}, was {found.before or 'not there'}"
    for right in found.excess:
        yield f"  everybody may {WORDS[right]}; take it away as the database's owner: '--sql' prints how"


def _run(asked: argparse.Namespace) -> int:
    if asked.sql:
        from cja_spark.migrating import sink_of
        from cja_spark.project import load
        from cja_spark.sinks.postgres.migrate import script

        say(script(sink_of(load(asked.project), asked.sink)).rstrip())
        return 0
    project, lake = open_places(asked, first=lambda project: _require(project, asked.sink))
    from cja_spark.migrating import migrate

    with step("migrate"):
        found = migrate(lake, project, asked.sink)
    say("\n".join(lines(asked.sink, found)))
    return 0


VERB = Verb("bring the schema of a sink's store to this version", _arguments, _run)
