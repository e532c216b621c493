"""The three tables of the profile store, its version, and who may do what to them (KP4)."""

from __future__ import annotations

VERSION = 1
OLDEST_SERVER = 13
TABLES = ("profiles", "profile_memberships", "sink_ledger")
STATE = ("status", "last_qualification_time", "valid_until", "definition_version", "attrs", "run_seq", "change_id")

# Each migration leads from the version before it to its own. Keys are compared byte by byte: it is quicker, it is the
# order in which chunks are sorted, and a new version of the system's collations breaks no index.
MIGRATIONS: tuple[tuple[str, ...], ...] = (
    (
        """CREATE TABLE {schema}.profiles (
  profile_key text COLLATE "C" CONSTRAINT profiles_pkey PRIMARY KEY,
  namespace text NOT NULL,
  id text NOT NULL,
  person_ref text NOT NULL,
  created_audience_id text NOT NULL,
  created_run_seq bigint NOT NULL,
  created_as_of timestamptz NOT NULL
)""",
        """CREATE TABLE {schema}.profile_memberships (
  profile_key text COLLATE "C" NOT NULL,
  audience_id text COLLATE "C" NOT NULL,
  status text NOT NULL CONSTRAINT profile_memberships_status CHECK (status IN ('realized', 'exited')),
  last_qualification_time timestamptz NOT NULL,
  valid_until timestamptz,
  definition_version int NOT NULL,
  attrs jsonb,
  run_seq bigint NOT NULL,
  change_id text NOT NULL,
  CONSTRAINT profile_memberships_pkey PRIMARY KEY (profile_key, audience_id)
)""",
        """CREATE TABLE {schema}.sink_ledger (
  sink_id text NOT NULL,
  audience_id text NOT NULL,
  run_seq bigint NOT NULL,
  chunk int NOT NULL,
  chunks int NOT NULL,
  state text NOT NULL CONSTRAINT sink_ledger_state CHECK (state IN ('partial', 'done')),
  acked bigint NOT NULL DEFAULT 0,
  rejected bigint NOT NULL DEFAULT 0,
  created bigint NOT NULL DEFAULT 0,
  run_id text NOT NULL,
  recorded_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT sink_ledger_pkey PRIMARY KEY (sink_id, audience_id, run_seq, chunk)
)""",
    ),
)
# Names that an error may tell: of constraints and columns, never of what else somebody added.
OURS = frozenset(
    ("profiles_pkey", "profile_memberships_pkey", "sink_ledger_pkey", "profile_memberships_status", "sink_ledger_state",
     "profile_key", "audience_id", "namespace", "id", "person_ref", *STATE)
)  # fmt: skip
GRANTS = (
    "GRANT USAGE ON SCHEMA {schema} TO {publish}, {erase}, {read}",
    "GRANT SELECT ON {schema}.schema_version TO {publish}, {erase}",
    "GRANT SELECT, INSERT, UPDATE ON {schema}.profiles, {schema}.profile_memberships, {schema}.sink_ledger TO {publish}",
    "GRANT SELECT, INSERT, UPDATE, DELETE ON {schema}.profiles, {schema}.profile_memberships, {schema}.sink_ledger "
    "TO {erase}",
    "GRANT SELECT ON {schema}.profiles, {schema}.profile_memberships TO {read}",
)
ROLES = ("CREATE ROLE {publish} NOLOGIN", "CREATE ROLE {erase} NOLOGIN", "CREATE ROLE {read} NOLOGIN")
# What everybody may do in a new database, to be taken away by its owner once; `cja migrate` only says so.
EXCESS = {
    "TEMPORARY": "DO $$BEGIN EXECUTE format('REVOKE TEMPORARY ON DATABASE %I FROM PUBLIC', current_database()); END$$",
    "CREATE": "REVOKE CREATE ON SCHEMA public FROM PUBLIC",
}
