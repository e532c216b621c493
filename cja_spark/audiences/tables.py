"""The tables of audiences, final: columns, partitioning and Delta properties of publishing.md section 3."""

from __future__ import annotations

from collections.abc import Mapping

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from cja_spark.errors import InputError, VersionError
from cja_spark.lake import Lake
from cja_spark.table import Table, TableSpec
from cja_spark.table_schema import schema

SCHEMA_VERSION = 1
_COUNTS = (
    "counts struct<enter: bigint, update: bigint, exit: bigint, heartbeat: bigint, rejected: bigint, "
    "suppressed: bigint>"
)


def properties(
    statistics: str = "", *, appends: bool = False, deletes: bool | None = None, long: bool = False
) -> Mapping[str, str]:
    """Delta properties of a table.

    Statistics copy values into the log, so never those of an identifier column; a partition column cannot be listed.
    `deletes` says whether deletion vectors are on.
    """
    days = (30, 90) if long else (7, 30)
    found = {
        "delta.enableInCommitTimestamps": "true",
        "delta.deletedFileRetentionDuration": f"interval {days[0]} days",
        "delta.logRetentionDuration": f"interval {days[1]} days",
        "cja.schema_version": str(SCHEMA_VERSION),
    }
    if statistics:
        found["delta.dataSkippingStatsColumns"] = statistics
    else:
        found["delta.dataSkippingNumIndexedCols"] = "0"
    if appends:
        found["delta.appendOnly"] = "true"
    if deletes is not None:
        found["delta.enableDeletionVectors"] = str(deletes).lower()
    return found


AUDIENCES = TableSpec(
    "audiences",
    schema(
        "audience_id string not null, name string, description string, definition string, kind string, cadence string, "
        "definition_version int, lookback_days int, ttl_days int, anchor_at timestamp, expires_at timestamp, "
        "status string"
    ),
    properties=properties("audience_id"),
)
CLAIMS = TableSpec(
    "claims",
    schema(
        "ticket bigint not null, claim bigint, scope string, event string, run_id string, command string, "
        "lease_until timestamp"
    ),
    properties=properties(appends=True, long=True),
)
RUNS = TableSpec(
    "audience_runs",
    schema(
        "audience_id string not null, run_seq bigint not null, epoch bigint, event_no int, run_id string, kind string, "
        "state string, as_of timestamp, definition_version int, inputs string, people bigint, emitted bigint, "
        f"{_COUNTS}, chunks int, diff_fingerprint string, guard string, sinks string, exit_code int, "
        "started_at timestamp, recorded_at timestamp, versions string"
    ),
    properties=properties("audience_id,run_seq", appends=True, long=True),
)
CHANGES = TableSpec(
    "audience_changes",
    schema(
        "audience_id string not null, run_seq bigint not null, op string, change_id string, chunk int, "
        "profile_key string, namespace string, id string, person_ref string, status string, asserted_at timestamp, "
        "valid_until timestamp, attrs string, attr_hash bigint, definition_version int, target_sink string, "
        "seal struct<run_id: string, epoch: bigint, kind: string, as_of: timestamp, emitted: bigint, chunks: int, "
        f"fingerprint: string, definition_version: int, {_COUNTS.replace(' ', ': ', 1)}>"
    ),
    cluster_by=("audience_id", "run_seq"),
    properties=properties("audience_id,run_seq,chunk", appends=True, deletes=False),
)
MEMBERS = TableSpec(
    "audience_members",
    schema(
        "audience_id string not null, profile_key string not null, namespace string, id string, person_ref string, "
        "status string, entered_at timestamp, asserted_at timestamp, exited_at timestamp, valid_until timestamp, "
        "attrs string, attr_hash bigint, definition_version int, run_seq bigint, change_id string"
    ),
    partition_by=("audience_id",),
    properties=properties("run_seq,valid_until", deletes=True),
)
LEDGER = TableSpec(
    "sink_ledger",
    schema(
        "sink_id string not null, audience_id string not null, run_seq bigint not null, chunk int, chunks int, "
        "state string, acked bigint, rejected bigint, suppressed bigint, requests bigint, bytes bigint, "
        "duration_ms bigint, confirmed boolean, run_id string, epoch bigint, recorded_at timestamp"
    ),
    properties=properties("audience_id,run_seq", appends=True, long=True),
)
DEAD_LETTERS = TableSpec(
    "dead_letters",
    schema(
        "letter_id string not null, sink_id string, audience_id string, run_seq bigint, change_id string, op string, "
        "profile_key string, person_ref string, payload string, error_class string, error_code string, attempts int, "
        "state string, version int, claim bigint, first_at timestamp, last_at timestamp, resolved_run_id string"
    ),
    partition_by=("audience_id",),
    properties=properties("run_seq", deletes=True, long=True),
)
SUPPRESSIONS = TableSpec(
    "suppressions",
    schema("person_ref string not null, erasure_id string, reason string, pepper_id string, requested_at timestamp"),
    properties=properties(),
)
ERASURE_RECEIPTS = TableSpec(
    "erasure_receipts",
    schema(
        "erasure_id string not null, person_ref string, scope string, outcome string, rows bigint, "
        "recorded_at timestamp, proof string"
    ),
    properties=properties(),
)
APPROVALS = TableSpec(
    "approvals",
    schema(
        "approval_id string not null, audience_id string, run_seq bigint, diff_fingerprint string, "
        "reasons array<string>, approved_by string, note string, created_at timestamp, expires_at timestamp"
    ),
    properties=properties("audience_id,run_seq"),
)
# The outbox comes last: it is there only when all others are.
TABLES = (
    AUDIENCES, CLAIMS, RUNS, MEMBERS, LEDGER, DEAD_LETTERS, SUPPRESSIONS, ERASURE_RECEIPTS, APPROVALS, CHANGES,
)  # fmt: skip


def require_tables(lake: Lake) -> None:
    """Make the tables where they are missing, and check that the outbox is as this version writes it.

    The outbox speaks for all tables: they are made and migrated together, the outbox last.

    Raises:
        VersionError: a newer version of the code wrote the tables.
        InputError: a column was dropped, renamed or changed its type.
    """
    outbox = lake.table(CHANGES)
    if not outbox.exists():
        for spec in TABLES:
            lake.table(spec).create()
    found = int(outbox.properties().get("cja.schema_version", "0"))
    if found > SCHEMA_VERSION:
        raise VersionError(f"{lake.location}: audience tables of version {found}, this program knows {SCHEMA_VERSION}.")
    for spec in (CHANGES, MEMBERS):
        require_columns(lake.table(spec))


def require_columns(table: Table) -> None:
    """Compare a table with its declaration, letter by letter (D8).

    Raises:
        InputError: naming the first column that differs.
    """
    assert table.spec.schema is not None
    found = {field.name: field.dataType for field in table.read().schema.fields}
    for field in table.spec.schema.fields:
        if found.get(field.name) != field.dataType:
            was = found[field.name].simpleString() if field.name in found else "missing"
            raise InputError(f"{table.spec.name}: column '{field.name}' is {was}, not {field.dataType.simpleString()}.")


def conformed(table: Table, rows: DataFrame) -> DataFrame:
    """Exactly the table's columns in its order and types; what the rows lack is null.

    Rows:    The same.
    Columns: returns {table}.
    """
    assert table.spec.schema is not None
    known = set(rows.columns)
    return rows.select(
        *((F.col(field.name) if field.name in known else F.lit(None)).cast(field.dataType).alias(field.name)
          for field in table.spec.schema.fields)
    )  # fmt: skip
