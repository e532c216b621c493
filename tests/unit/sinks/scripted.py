"""A store in an SQLite file that is a sink of chunks, and fails as a script beside it says."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path
from typing import Literal

from cja_spark.failpoints import failpoint
from cja_spark.sinks.chunk import Applied, DataError, FatalError, LostError, RetryableError
from cja_spark.sinks.isolate import isolate
from cja_spark.sinks.kinds import OPEN, OWN
from cja_spark.sinks.spec import Chunked

TABLES = """
CREATE TABLE IF NOT EXISTS memberships (
  audience_id, profile_key, status, run_seq, change_id, op, PRIMARY KEY (audience_id, profile_key));
CREATE TABLE IF NOT EXISTS chunks (audience_id, run_seq, chunk, PRIMARY KEY (audience_id, run_seq, chunk));
CREATE TABLE IF NOT EXISTS sent (audience_id, run_seq, chunk, change_id, how);
CREATE TABLE IF NOT EXISTS calls (what, audience_id, chunk);
"""


class Scripted(Chunked):
    """A store in an SQLite file.

    Attributes:
        folder: where it lies, with its script.
        guarded: whether an older run's row leaves a newer one alone.
        remembers: whether it knows chunks that it has.
    """

    sink: Literal["scripted"] = "scripted"
    folder: str
    guarded: bool = True
    remembers: bool = False

    def script(self, **what):
        """What fails from now on."""
        Path(self.folder).mkdir(exist_ok=True)
        (Path(self.folder) / "script.json").write_text(json.dumps(what))

    def rows(self, query, *values):
        with open_store(self.folder) as store:
            return store.execute(query, values).fetchall()

    def members(self, audience_id):
        found = "SELECT profile_key, status, run_seq FROM memberships WHERE audience_id = ? ORDER BY profile_key"
        return self.rows(found, audience_id)


def open_store(folder):
    Path(folder).mkdir(exist_ok=True)
    store = sqlite3.connect(Path(folder) / "store.db", timeout=60)
    store.executescript(TABLES)
    return store


class _Store:
    def __init__(self, spec, audience_id, slot):
        self.spec, self.audience_id, self.slot = spec, audience_id, slot
        self.store = open_store(spec.folder)
        file = Path(spec.folder) / "script.json"
        self.script = json.loads(file.read_text()) if file.exists() else {}

    def is_done(self, token):
        mine = (token.audience_id, token.run_seq, token.chunk)
        found = self.store.execute("SELECT 1 FROM chunks WHERE (audience_id, run_seq, chunk) = (?, ?, ?)", mine).fetchone()
        return self.spec.remembers and found is not None

    def apply(self, changes, token, run):
        self._fail(token, self._call("apply", token.chunk))
        if "lies" in self.script:
            return Applied(*self.script["lies"])
        rejected = isolate(changes, lambda rows: self._send(rows, token))
        failpoint("scripted.applied")
        if not rejected:
            self._remember(token)
        confirmed = not self.script.get("unconfirmed", False)
        return Applied(len(changes) - len(rejected), rejected, len(changes), 1, 100, confirmed)

    def settle(self, token):
        self._call("settle", token.chunk)
        self._remember(token)

    def close(self):
        self.store.close()

    def _remember(self, token):
        with self.store:
            mine = (token.audience_id, token.run_seq, token.chunk)
            self.store.execute("INSERT OR IGNORE INTO chunks VALUES (?, ?, ?)", mine)

    def _call(self, what, chunk):
        with self.store:
            return self.store.execute("INSERT INTO calls VALUES (?, ?, ?)", (what, self.audience_id, chunk)).lastrowid

    def _fail(self, token, call):
        if token.chunk in self.script.get("fatal", ()):
            raise FatalError("auth", "401")
        if token.chunk in self.script.get("lost", ()):
            raise LostError("fenced", "47")
        if token.chunk in self.script.get("bug", ()):
            raise ValueError("a row's secret value: crm:p1")
        before = "SELECT count(*) FROM calls WHERE what = 'apply' AND rowid <= ?"
        calls = self.store.execute(before, (call,)).fetchone()[0]
        if token.chunk in self.script.get("away", ()) or calls <= self.script.get("away_at_first", 0):
            raise RetryableError("network", "reset")

    def _send(self, rows, token):
        poison = {change.change_id for change in rows} & self._poison(rows)
        if poison:
            raise DataError("data", self.script.get("code", "22P05"))
        newer = "WHERE excluded.run_seq > memberships.run_seq" if self.spec.guarded else ""
        with self.store:
            for change in rows:
                self.store.execute(
                    "INSERT INTO memberships VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (audience_id, profile_key) DO UPDATE "
                    "SET (status, run_seq, change_id, op) = (excluded.status, excluded.run_seq, excluded.change_id, "
                    f"excluded.op) {newer}",
                    (token.audience_id, change.profile_key, change.status, token.run_seq, change.change_id, change.op),
                )
                self.store.execute(
                    "INSERT INTO sent VALUES (?, ?, ?, ?, ?)",
                    (token.audience_id, token.run_seq, token.chunk, change.change_id, change.op),
                )

    def _poison(self, rows):
        keys = set(self.script.get("refuse", ()))
        return {change.change_id for change in rows if change.profile_key in keys or change.op in keys}


@OPEN.register("scripted")
def open_scripted(spec, audience_id, slot):
    """Open the store."""
    return _Store(spec, audience_id, slot)


@OWN.register("scripted")
def own_scripted(spec, audience_id):
    """Note that somebody owns the store now."""
    with open_store(spec.folder) as store:
        store.execute("INSERT INTO calls VALUES ('own', ?, NULL)", (audience_id,))
