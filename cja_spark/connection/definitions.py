"""What rows were loaded with: once it changes, rows that are there and rows that come would not agree."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from cja_spark.connection.spec import Connection
from cja_spark.errors import InputError

# What decides whose a row is, when it happened, which of two rows counts; the rest may change from load to load.
_DECIDES = (
    "type", "timestamp", "person_id", "event_id", "persistent_id", "sequence", "stitching", "key", "granularity", "time_zone",
    "account", "mapping_time", "published_at", "persistent_namespace", "publication", "erased",
)  # fmt: skip


def definitions(connection: Connection) -> dict[str, dict[str, Any]]:
    """Per dataset what its rows are loaded with; of events their place among the datasets too (O3)."""
    found = {}
    for place, (name, dataset) in enumerate(connection.datasets.items()):
        told = dataset.model_dump(mode="json", include=set(_DECIDES))
        if dataset.type == "event":
            told["its place among the datasets"] = place
        found[name] = told
    return found


def changed(connection: Connection, before: Mapping[str, Mapping[str, Any]]) -> InputError | None:
    """What is wrong when datasets are not what they were when their rows were loaded; None when all are.

    Source: cja.md section 1: a changed identity deletes what a dataset has and takes it in again.
    """
    for name, told in definitions(connection).items():
        was = before.get(name, told)
        for key in sorted({*was, *told}):
            if was.get(key) != told.get(key):
                return InputError(
                    f"dataset '{name}': {key} changed since its rows were loaded (it was {_shown(was.get(key))}, now "
                    f"{_shown(told.get(key))}). Rebuild with --full, or change it back."
                )
    return None


def _shown(value: object) -> str:
    return json.dumps(value, sort_keys=True)
