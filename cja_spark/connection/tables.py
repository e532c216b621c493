"""Tables of loading: what was planned and done, and the rows that could not be used."""

from __future__ import annotations

from cja_spark.table import TableSpec
from cja_spark.table_schema import schema

LOADS = TableSpec(
    "loads",
    schema(
        "load bigint, state string, full boolean, events_version bigint, as_of timestamp, "
        "items array<struct<dataset: string, path: string, size: bigint, modified_ms: bigint>>, "
        "replayed_until timestamp, newest timestamp, most_monthly_events bigint, bad_ids array<string>, "
        "definitions string"
    ),
)
QUARANTINE = TableSpec(
    "quarantine",
    schema("load bigint, dataset string, reason string, file string, ts timestamp, event_id string, raw string"),
)
GRAPH_RUNS = TableSpec(
    "graph_runs",
    schema(
        "load bigint, dataset string, graph string, pass string, at timestamp, published_at timestamp, "
        "overridden_own_id bigint"
    ),
)
EVENT_COLUMNS = (
    "person_id", "person_namespace", "persistent_id", "persistent_namespace", "event_id", "ts", "event_date", "dataset",
    "dataset_position", "sequence", "row_hash", "load", "own_person_id", "own_namespace", "stitch_reason",
)  # fmt: skip
EVENT_SCHEMA = schema(
    "person_id string, person_namespace string, persistent_id string, persistent_namespace string, event_id string, "
    "ts timestamp, event_date date, dataset string, dataset_position int, sequence bigint, row_hash bigint, load bigint, "
    "own_person_id string, own_namespace string, stitch_reason string"
)
