"""The other side of each kind of sink, for stories: what it holds, and how often a change had an effect."""

from __future__ import annotations

import csv
import json
from collections import Counter
from datetime import datetime
from pathlib import Path

from cja_spark.sinks.files.sink import FilesSink
from cja_spark.sinks.files.spec import Files
from tests.faults.story import BEGIN


class Folder:
    """Files of a feed."""

    def __init__(self, folder):
        self.given = {"kind": "files", "location": str(folder)}
        self.folder = Path(folder)

    def open(self, slot):
        return FilesSink(Files(name="store", sink="files", location=str(self.folder)))

    def look(self):
        rows = []
        for file in self.folder.rglob("[!.]*.csv"):
            with file.open(newline="", encoding="utf-8") as text:
                rows += csv.DictReader(text)
        rows.sort(key=lambda row: int(row["version"]))
        state = {f"crm:{row['id']}": (row["status"], int(row["version"])) for row in rows}
        return state, Counter(row["change_id"] for row in rows)


class Tables:
    """A profile store in PostgreSQL."""

    def __init__(self, store):
        self.store = store
        self.given = {"kind": "postgres", **store.spec.model_dump(mode="json", exclude_unset=True)}

    def open(self, slot):
        return self.store.sink()

    def look(self):
        rows = self.store.memberships()
        return {key: (status, seq) for key, (status, seq, _) in rows.items()}, Counter(change_id for *_, change_id in rows.values())


class Stream:
    """An inlet, whose store keeps the newest state of each membership; what it was told is kept whole."""

    def __init__(self, server, make):
        self.server, self._make = server, make
        self.given = {"kind": "inlet", "port": server.port}
        server.keep_bodies()

    def open(self, slot):
        return self._make(self.server.port)

    def look(self):
        """An effect is a message that says other than an earlier one with its id; equal ones are one by it."""
        told, said = self.server.told, set()
        state = {key.partition(" ")[2]: (one["status"], _seq(one["lastQualificationTime"])) for key, one in told["memberships"].items()}
        for one in told["requests"]:
            for message in json.loads(one["body"])["messages"] if one["ids"] else ():
                said.add((message["body"]["xdmEntity"]["_id"], json.dumps(message, sort_keys=True)))
        return state, Counter(change_id for change_id, _ in said)


def _seq(when):
    """The run that speaks of an instant."""
    return (datetime.fromisoformat(when) - BEGIN).days


class Topic:
    """A topic, read as a consumer does who takes committed messages and ignores older runs."""

    def __init__(self, broker, topic, spec, make):
        self.broker, self.topic, self._make = broker, topic, make
        self.given = {"kind": "kafka", **spec.model_dump(mode="json", exclude_unset=True)}

    def open(self, slot):
        return self._make(slot)

    def look(self):
        """An effect is a message that says other than an earlier one with its id; equal ones are one by it."""
        state, said = {}, set()
        for one in self.broker.messages(self.topic):
            value, headers = json.loads(one.value()), dict(one.headers())
            seq, key = int(headers["run_seq"]), value["profile_key"]
            said.add((headers["change_id"], one.value()))
            if seq >= state.get(key, ("", 0))[1]:
                state[key] = (value["status"], seq)
        return state, Counter(change_id.decode() for change_id, _ in said)
