"""The statements of a chunk, with the schema's name in them; all else is a parameter (S3)."""

from __future__ import annotations

from typing import NamedTuple

from cja_spark.sinks.postgres.client import sql
from cja_spark.sinks.postgres.tables import STATE

# Names are written whole, as the role's own search_path still rules here. What is acknowledged must outlive the server's
# crash, and no parameter may stand in its log beside an error.
SETTINGS = """SELECT pg_catalog.set_config(name, value, true) FROM (VALUES
  ('statement_timeout', %(statement)s), ('lock_timeout', %(lock)s),
  ('idle_in_transaction_session_timeout', %(idle)s), ('application_name', %(name)s),
  ('search_path', 'pg_catalog'), ('TimeZone', 'UTC'), ('DateStyle', 'ISO, YMD'), ('log_parameter_max_length_on_error', '0'),
  ('synchronous_commit', CASE WHEN pg_catalog.current_setting('synchronous_commit') OPERATOR(pg_catalog.=) 'off'
    THEN 'on' ELSE pg_catalog.current_setting('synchronous_commit') END)) AS settings (name, value)"""
# Whether texts are stored as they are, and whether the server tells parameters in its log, by itself or by a module.
SERVER = """SELECT current_setting('server_encoding') = 'UTF8',
  (current_setting('log_parameter_max_length') = '0' OR (current_setting('log_statement') IN ('none', 'ddl')
    AND current_setting('log_min_duration_statement') = '-1' AND current_setting('log_min_duration_sample') = '-1'
    AND current_setting('log_transaction_sample_rate')::float8 = 0))
  AND coalesce(current_setting('auto_explain.log_min_duration', true), '') IN ('', '-1')
  AND coalesce(current_setting('pgaudit.log_parameter', true), '') IN ('', 'off')"""
_VERSION = "SELECT max(version) FROM {schema}.schema_version"
_DONE = """SELECT acked, rejected, created FROM {schema}.sink_ledger
WHERE sink_id = %(sink)s AND audience_id = %(aud)s AND run_seq = %(run_seq)s AND chunk = %(chunk)s AND state = 'done'"""
_CLAIM = """INSERT INTO {schema}.sink_ledger AS l (sink_id, audience_id, run_seq, chunk, chunks, state, run_id)
VALUES (%(sink)s, %(aud)s, %(run_seq)s, %(chunk)s, %(chunks)s, 'partial', %(run_id)s)
ON CONFLICT (sink_id, audience_id, run_seq, chunk) DO UPDATE SET run_id = EXCLUDED.run_id WHERE l.state <> 'done'
RETURNING state"""
_PROFILES = """INSERT INTO {schema}.profiles
  (profile_key, namespace, id, person_ref, created_audience_id, created_run_seq, created_as_of)
SELECT s.profile_key, s.namespace, s.id, s.person_ref, %(aud)s, %(run_seq)s::bigint, %(as_of)s::timestamptz
FROM unnest(%(keys)b::text[], %(status)b::text[], %(namespaces)b::text[], %(own_ids)b::text[], %(refs)b::text[])
  AS s(profile_key, status, namespace, id, person_ref)
WHERE s.status = 'realized' ORDER BY s.profile_key COLLATE "C"
ON CONFLICT (profile_key) DO NOTHING"""
_MEMBERSHIPS = """INSERT INTO {schema}.profile_memberships AS t (profile_key, audience_id, {state})
SELECT s.profile_key, %(aud)s, s.status, s.asserted_at::timestamptz, s.valid_until::timestamptz, s.definition_version,
  s.attrs::jsonb, %(run_seq)s::bigint, s.change_id
FROM unnest(%(keys)b::text[], %(status)b::text[], %(asserted)b::text[], %(valid)b::text[],
  %(versions)b::int[], %(attrs)b::text[], %(ids)b::text[])
  AS s(profile_key, status, asserted_at, valid_until, definition_version, attrs, change_id)
ORDER BY s.profile_key COLLATE "C"
ON CONFLICT (profile_key, audience_id) DO UPDATE SET ({state}) = ({excluded})
WHERE t.run_seq < EXCLUDED.run_seq"""
_COUNTS = """UPDATE {schema}.sink_ledger AS l SET state = %(state)s, acked = %(acked)s, rejected = %(rejected)s,
  created = l.created + %(created)s, recorded_at = now()
WHERE sink_id = %(sink)s AND audience_id = %(aud)s AND run_seq = %(run_seq)s AND chunk = %(chunk)s
RETURNING l.created"""
_SETTLE = """UPDATE {schema}.sink_ledger SET state = 'done', recorded_at = now()
WHERE sink_id = %(sink)s AND audience_id = %(aud)s AND run_seq = %(run_seq)s AND chunk = %(chunk)s AND state = 'partial'"""
_ERASE_MEMBERSHIPS = "DELETE FROM {schema}.profile_memberships WHERE profile_key = ANY(%(keys)b::text[])"
_ERASE_PROFILES = "DELETE FROM {schema}.profiles WHERE profile_key = ANY(%(keys)b::text[])"


class Statements(NamedTuple):
    """The statements for one schema."""

    version: sql.Composed
    done: sql.Composed
    claim: sql.Composed
    profiles: sql.Composed
    memberships: sql.Composed
    counts: sql.Composed
    settle: sql.Composed
    erase_memberships: sql.Composed
    erase_profiles: sql.Composed


def statements(schema_name: str) -> Statements:
    """The statements on the tables of a schema."""
    texts = (_VERSION, _DONE, _CLAIM, _PROFILES, _MEMBERSHIPS, _COUNTS, _SETTLE, _ERASE_MEMBERSHIPS, _ERASE_PROFILES)
    state = sql.SQL(", ").join(map(sql.Identifier, STATE))
    excluded = sql.SQL(", ").join(sql.SQL("EXCLUDED.{}").format(sql.Identifier(name)) for name in STATE)
    schema = sql.Identifier(schema_name)
    return Statements(*(sql.SQL(text).format(schema=schema, state=state, excluded=excluded) for text in texts))
