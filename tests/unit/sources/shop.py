"""A shop with one event dataset `web` of any source, its files, and its loads."""

from __future__ import annotations

from cja_spark.connection.connect import connect
from cja_spark.connection.spec import Connection


def connection(format_="delta", source=None, **web):
    source = {"format": format_, **(source or {"path": "web"})}
    dataset = {"type": "event", "source": source, "timestamp": "time", "person_id": "who", "event_id": "id", **web}
    return Connection.model_validate({"name": "shop", "datasets": {"web": dataset}})


def put(tmp_path, name, content):
    path = tmp_path / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def load(lake, tmp_path, spec, **options):
    return connect(lake.spark, lake, spec, files_root=str(tmp_path), **options)


def ids(lake):
    return sorted(row["event_id"] for row in lake.events.rows("event_id"))
