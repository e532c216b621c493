"""The schema of a PostgreSQL store: made once, by its own role, for two roles that may do what they must and no more (KP4)."""

import threading

import psycopg
import pytest

from cja_spark.errors import ConfigurationError, UnavailableError, VersionError
from cja_spark.sinks.postgres.migrate import Migrated, migrate, script
from cja_spark.sinks.postgres.tables import TABLES, VERSION
from tests.unit.sinks.postgres.stores import changes, new_store


@pytest.fixture
def bare(postgres, tmp_path):
    return new_store(postgres, tmp_path, migrated=False)


def test_a_schema_is_made_once_and_again_nothing_is_done(bare):
    assert migrate(bare.spec) == Migrated(0, VERSION)
    assert migrate(bare.spec) == Migrated(VERSION, VERSION)
    tables = bare.rows("SELECT table_name FROM information_schema.tables WHERE table_schema = 'cja' ORDER BY 1")
    assert [row[0] for row in tables] == sorted([*TABLES, "schema_version"])


def test_a_newer_schema_is_left_alone(store):
    store.do("INSERT INTO cja.schema_version (version) VALUES (99)")
    with pytest.raises(VersionError, match="of version 99, this program knows 1") as refusal:
        migrate(store.spec)
    assert refusal.value.exit_code == 8
    assert store.rows("SELECT max(version) FROM cja.schema_version") == [(99,)]


def test_a_death_before_the_commit_leaves_nothing(bare, crash):
    crash("migrate.before_commit", lambda: migrate(bare.spec))
    assert bare.rows("SELECT 1 FROM pg_namespace WHERE nspname = 'cja'") == []
    crash("migrate.after_commit", lambda: migrate(bare.spec))
    assert migrate(bare.spec) == Migrated(VERSION, VERSION)


def test_two_migrations_at_once_are_one(bare):
    found = []
    both = [threading.Thread(target=lambda: found.append(migrate(bare.spec))) for _ in range(4)]
    [one.start() for one in both]
    [one.join(30) for one in both]
    assert sorted(one.before for one in found) == [0, 1, 1, 1]


def test_a_role_that_is_missing_is_named_and_what_makes_it_is_told(postgres, tmp_path):
    store = new_store(postgres, tmp_path, migrated=False, erase_role="nobody")
    with pytest.raises(ConfigurationError, match=r"no role 'nobody'.*cja migrate --sink people --sql"):
        migrate(store.spec)
    assert store.rows("SELECT 1 FROM pg_namespace WHERE nspname = 'cja'") == []


def test_without_its_own_connection_nothing_is_migrated(bare):
    with pytest.raises(ConfigurationError, match="'migrate_dsn' is needed"):
        migrate(bare.spec.model_copy(update={"migrate_dsn": None}))


@pytest.mark.parametrize("field", ["dsn", "erase_dsn"])
def test_a_role_that_does_not_own_the_tables_migrates_nothing(bare, field):
    with pytest.raises(UnavailableError, match="InsufficientPrivilege 42501. Nothing was changed"):
        migrate(bare.spec.model_copy(update={"migrate_dsn": getattr(bare.spec, field)}))
    assert bare.rows("SELECT 1 FROM pg_namespace WHERE nspname = 'cja'") == []


def test_a_schema_that_somebody_else_made_for_the_owner_is_filled(bare):
    bare.do("CREATE SCHEMA cja AUTHORIZATION owner", "REVOKE CREATE ON DATABASE " + bare.database + " FROM owner")
    assert migrate(bare.spec) == Migrated(0, VERSION)
    assert bare.apply(changes("a")).acked == 1


def test_the_printed_sql_makes_the_same_roles_and_tables(postgres, tmp_path):
    store = new_store(postgres, tmp_path, migrated=False, publish_role="own_publish", erase_role="own_erase", schema_name="Own")
    with postgres.admin(store.database) as connection:
        connection.execute(script(store.spec))
        connection.execute("GRANT own_publish TO writer")
    assert store.apply(changes("ab")).created == 2
    assert migrate(store.spec.model_copy(update={"migrate_dsn": _as_admin(store, tmp_path)})) == Migrated(VERSION, VERSION)


def _as_admin(store, tmp_path):
    file = tmp_path / "admin"
    file.write_text(store.server.dsn(database=store.database))
    return f"${{file:{file}}}"


ALLOWED = {"writer": {"SELECT", "INSERT", "UPDATE"}, "eraser": {"SELECT", "INSERT", "UPDATE", "DELETE"}}


@pytest.mark.parametrize("user", ALLOWED)
def test_the_roles_may_do_what_they_must_and_no_more(store, user):
    rights = ("SELECT", "INSERT", "UPDATE", "DELETE", "TRUNCATE", "REFERENCES", "TRIGGER")
    for table in TABLES:
        found = {right for right in rights if store.rows(f"SELECT has_table_privilege('{user}', 'cja.{table}', '{right}')") == [(True,)]}
        assert found == ALLOWED[user], table
    asked = "SELECT has_schema_privilege('{0}', 'cja', 'CREATE'), has_database_privilege('{0}', current_database(), 'TEMPORARY')"
    assert store.rows(asked.format(user)) == [(False, False)]
    for statement in ("CREATE TABLE cja.own (a int)", "CREATE TEMPORARY TABLE own (a int)", "DROP TABLE cja.profiles",
                      "ALTER TABLE cja.profiles ADD a int", "TRUNCATE cja.profiles", "CREATE SCHEMA own",
                      "INSERT INTO cja.schema_version (version) VALUES (2)"):  # fmt: skip
        with psycopg.connect(store.server.dsn(user=user, database=store.database)) as connection, pytest.raises(psycopg.Error) as refusal:
            connection.execute(statement)
        assert refusal.value.sqlstate == "42501", statement
