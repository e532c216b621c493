"""docs/sinks-postgres.md: its sink is one, its SQL finds who is in an audience, its table of codes is the program's."""

import re
from datetime import UTC, datetime
from pathlib import Path

import psycopg
import yaml

from cja_spark.sinks.chunk import DataError, RetryableError
from cja_spark.sinks.postgres.errors import told
from cja_spark.sinks.postgres.spec import PostgresProfiles
from cja_spark.sinks.postgres.tables import TABLES
from tests.unit.sinks.postgres.stores import AUDIENCE, change

ROOT = Path(__file__).resolve().parents[4]
GUIDE = (ROOT / "docs" / "sinks-postgres.md").read_text(encoding="utf-8")


def test_the_sink_of_the_guide_is_read():
    [written] = re.findall(r"```yaml\n(.*?)```", GUIDE, re.DOTALL)
    sink = PostgresProfiles.model_validate({"name": "people", **yaml.safe_load(written)})
    assert (sink.dsn, sink.erase_dsn) == ("${env:PEOPLE_DSN}", "${file:/run/secrets/erase_dsn}")


def test_the_query_of_the_guide_finds_who_is_in_an_audience(store):
    [query] = re.findall(r"```sql\n(.*?)```", GUIDE, re.DOTALL)
    far, past = datetime(9998, 1, 1, tzinfo=UTC), datetime(2020, 1, 1, tzinfo=UTC)
    store.apply([change("in", valid_until=far), change("lapsed", valid_until=past), change("out", "exit")])
    assert store.rows(query.replace("aud_…", AUDIENCE)) == [("crm:in",)]


def test_the_tables_of_the_guide_are_those_of_the_store(store):
    said = {name: re.sub(r"\s+", " ", text) for name, text in re.findall(r"^\*\*(\w+)\*\*, key(.*?)(?:\.|\n\n)", GUIDE, re.M | re.S)}
    assert sorted(said) == sorted(TABLES)
    for table in ("profiles", "profile_memberships"):
        columns = store.rows(f"SELECT column_name FROM information_schema.columns WHERE table_schema = 'cja' AND table_name = '{table}'")
        assert {row[0] for row in columns} == {*re.findall(r"\w+", said[table].replace("jsonb", ""))}


def test_the_codes_of_the_guide_have_their_kinds():
    lines = [re.findall(r"`([0-9A-Z]{2}[0-9A-Z*]+)`", line) for line in GUIDE.splitlines() if line.startswith("| ") and "`2" in line]
    for kind, codes in zip((RetryableError, DataError), lines, strict=True):
        assert len(codes) >= 5
        for code in codes:
            assert type(told(type("Made", (psycopg.Error,), {"sqlstate": code.replace("*", "000"[: 6 - len(code)])})(""))) is kind, code

