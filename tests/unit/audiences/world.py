"""An audience on a small lake: publish people sets, deliver them, read the tables as plain rows."""

from __future__ import annotations

import shutil
import uuid
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cja_spark.audiences.identity import pepper_beside, pepper_id, read_pepper
from cja_spark.audiences.publish import publish
from cja_spark.audiences.register import find
from cja_spark.audiences.spec import Audience
from cja_spark.audiences.tables import CHANGES, LEDGER, MEMBERS, SUPPRESSIONS
from cja_spark.driver_reads import equal, one_of
from cja_spark.lake import Lake
from cja_spark.local_rows import local_rows
from cja_spark.sinks.deliver import deliver_audience
from cja_spark.sinks.delta_profiles import MEMBERSHIPS, PROFILES
from cja_spark.sinks.spec import DeltaProfiles
from cja_spark.table_schema import schema
from tests.unit.audiences.oracle import expected

PEOPLE = schema("person_id string, person_namespace string, attrs string")
BEGIN = datetime(2026, 8, 1, tzinfo=UTC)


def day(number):
    return BEGIN + timedelta(days=number)


class World:
    def __init__(self, lake, name, **changed):
        self.lake = lake
        given = {"name": name, "segments": "buyers", "refresh": "daily", "lookback": "30 days", "sinks": ("profiles",)}
        self.audience = Audience.model_validate({**given, **changed})
        self.sink = DeltaProfiles(name="profiles", sink="delta")

    def copied(self, folder):
        """The same audience in a copy of its lake, with what lies beside it: the pepper, and the folder of its sink."""
        lake = Path(self.lake.location)
        shutil.copytree(lake.parent, folder)
        other = World(Lake(self.lake.spark, str(folder / lake.name)), self.audience.name)
        other.audience, other.sink = self.audience, self.sink
        if "folder" in type(self.sink).model_fields:
            other.sink = self.sink.model_copy(update={"folder": str(folder / Path(self.sink.folder).name)})
        return other

    def publish(self, as_of, people, *, namespace="CRM", definition="{}", **options):
        rows = [(id_, namespace, people[id_] if isinstance(people, dict) else None) for id_ in people]
        return publish(
            self.lake, self.audience, lambda start, end: local_rows(self.lake.spark, rows, PEOPLE), as_of=as_of,
            definition=definition, **options,
        )  # fmt: skip

    def deliver(self):
        return deliver_audience(self.lake, self.audience.name, self.id, [self.sink], str(uuid.uuid4()))

    def suppress(self, *refs):
        table, pepper = self.lake.table(SUPPRESSIONS), pepper_id(pepper_beside(self.lake.location))
        table.append(table.frame([(ref, "e1", "asked", pepper, BEGIN) for ref in refs]))

    @property
    def id(self):
        return find(self.lake, self.audience.name).audience_id

    def expected(self, runs, **options):
        return expected(runs, self.id, read_pepper(pepper_beside(self.lake.location)), **options)

    def rows(self, spec, columns, *names, where=()):
        rows = self.lake.table(spec, *names).rows(*columns, where=where)
        return sorted((tuple(map(plain, row.values())) for row in rows), key=str)

    def found(self, *, store=True):
        mine = equal(audience_id=self.id)
        tables = {
            "changes": self.rows(
                CHANGES,
                ("run_seq", "op", "change_id", "profile_key", "namespace", "id", "person_ref", "status", "asserted_at",
                 "valid_until", "attrs"),
                where=(*mine, *one_of(op=("enter", "update", "exit", "heartbeat", "erased"))),
            ),
            "members": self.rows(
                MEMBERS,
                ("profile_key", "person_ref", "status", "entered_at", "asserted_at", "exited_at", "valid_until", "attrs",
                 "run_seq", "change_id"),
                where=mine,
            ),
        }  # fmt: skip
        if store:
            columns = ("profile_key", "person_ref", "status", "last_qualification_time", "valid_until", "attrs", "run_seq")
            tables["memberships"] = self.rows(MEMBERSHIPS, (*columns, "change_id"), "profiles", where=mine)
            columns = ("profile_key", "namespace", "id", "person_ref", "created_audience_id", "created_run_seq")
            tables["profiles"] = self.rows(
                PROFILES, (*columns, "created_as_of"), "profiles", where=equal(created_audience_id=self.id)
            )
        return tables

    def versions(self):
        return {spec.name: self.lake.table(spec).version() for spec in (CHANGES, MEMBERS, LEDGER)}


def plain(value):
    return value.astimezone(UTC) if isinstance(value, datetime) else value
