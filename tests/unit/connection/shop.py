"""A shop of three small datasets, for tests of connect: web events, profiles, a lookup."""

from __future__ import annotations

import json

from cja_spark.connection.connect import connect
from cja_spark.connection.spec import Connection
from cja_spark.connection.tables import QUARANTINE

DATASETS = {
    "web": {
        "type": "event", "source": {"format": "json", "path": "web"}, "event_id": "id", "timestamp": "time",
        "person_id": {"column": "login", "namespace": "CRM"},
    },
    "crm": {
        "type": "profile", "source": {"format": "json", "path": "crm"}, "person_id": {"column": "who", "namespace": "CRM"},
    },
    "cat": {"type": "lookup", "source": {"format": "json", "path": "cat"}, "key": "sku", "matches": "sku"},
}  # fmt: skip


def shop(*names, web=None, **more):
    """The shop with some of its datasets, or all; `web` are further settings of the events."""
    chosen = {name: DATASETS[name] for name in names or DATASETS}
    return Connection.model_validate({"name": "shop", "datasets": {**chosen, "web": {**DATASETS["web"], **(web or {})}}, **more})


def event(number, login="ann", day=1, **more):
    return {"id": f"e{number}", "time": f"2026-01-{day:02d}T10:00:00Z", "login": login, "sku": "a", **more}


def put(root, name, *rows):
    (root / name).parent.mkdir(parents=True, exist_ok=True)
    (root / name).write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")


def load(lake, root, spec=None, **options):
    return connect(lake.spark, lake, spec or shop(), files_root=str(root), **options)


def events(lake):
    return sorted((row["event_id"], row["person_id"]) for row in lake.events.rows("event_id", "person_id"))


def profiles(lake):
    return {row["person_id"]: row["crm"] for row in lake.profiles.rows()}


def lookups(lake):
    rows = lake.lookup("cat").rows()
    return {row.pop("key"): row for row in rows}


def quarantine(lake):
    return sorted((row["load"], row["dataset"], row["reason"], row["raw"]) for row in lake.table(QUARANTINE).rows())


def whole(lake):
    """All that a load can change, but for its number."""
    return events(lake), profiles(lake), lookups(lake), sorted(row[1:] for row in quarantine(lake))
