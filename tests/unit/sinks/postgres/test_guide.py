"""docs/sinks-postgres.md: its sink is one, its SQL finds who is in an audience, its table of codes is the program's."""

import re
from datetime import UTC, datetime
from pathlib import Path

import psycopg
import yaml

from cja_spark.sinks.chunk import Applied, DataError, ErasedKey, Rejected, RetryableError
from cja_spark.sinks.postgres.errors import told
from cja_spark.sinks.postgres.migrate import Migrated, migrate
from cja_spark.sinks.postgres.spec import PostgresProfiles
from cja_spark.sinks.postgres.tables import TABLES, VERSION
from tests.servers.postgres import PASSWORD
from tests.unit.sinks.postgres.stores import AUDIENCE, Store, change, token

ROOT = Path(__file__).resolve().parents[4]
GUIDE = (ROOT / "docs" / "sinks-postgres.md").read_text(encoding="utf-8")
SQL = re.findall(r"```sql\n(.*?)```", GUIDE, re.DOTALL)


def test_the_sink_of_the_guide_is_read():
    [written] = re.findall(r"```yaml\n(.*?)```", GUIDE, re.DOTALL)
    sink = PostgresProfiles.model_validate({"name": "people", **yaml.safe_load(written)})
    assert (sink.dsn, sink.erase_dsn) == ("${env:PEOPLE_DSN}", "${file:/run/secrets/erase_dsn}")


def test_the_query_of_the_guide_finds_who_is_in_an_audience(store):
    [query] = [text for text in SQL if "SELECT" in text]
    far, past = datetime(9998, 1, 1, tzinfo=UTC), datetime(2020, 1, 1, tzinfo=UTC)
    store.apply([change("in", valid_until=far), change("lapsed", valid_until=past), change("out", "exit")])
    assert store.rows(query.replace("aud_…", AUDIENCE)) == [("crm:in",)]


def test_what_the_guide_has_an_administrator_do_is_enough(postgres, tmp_path):
    """Roles that may what they must, and a log without the row that a rule of somebody else refuses."""
    making, silence = [text.replace("cja_", "guide_").replace("…", PASSWORD).replace(" people ", " guide ") for text in SQL if "ROLE" in text]
    with postgres.admin() as connection:
        connection.execute("CREATE DATABASE guide TEMPLATE template0")
    with postgres.admin("guide") as connection:
        connection.execute(making)
        connection.execute(silence)
    given = {"name": "people", "sink": "postgres", "publish_role": "guide_publish", "erase_role": "guide_erase", "read_role": "guide_read"}
    for field, user in (("dsn", "guide_writer"), ("erase_dsn", "guide_eraser"), ("migrate_dsn", "guide_owner")):
        (tmp_path / field).write_text(postgres.dsn(user=user, database="guide"))
        given[field] = f"${{file:{tmp_path / field}}}"
    store = Store(postgres, "guide", PostgresProfiles.model_validate(given))
    assert migrate(store.spec) == Migrated(0, VERSION)
    store.do("ALTER TABLE cja.profiles ADD CHECK (id NOT LIKE 'canary%')")
    told = [change("canary-6021"), change("ann")]
    assert store.apply(told) == Applied(1, (Rejected(told[0].change_id, "CheckViolation", "23514"),), 1, 3)
    sink = store.sink()
    assert sink.erase([ErasedKey("crm:ann", told[1])], token()) == "deleted"
    sink.close()
    assert "violates check constraint" in postgres.log.read_text()
    assert "canary-6021" not in postgres.log.read_text()


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

