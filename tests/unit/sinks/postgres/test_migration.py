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


@pytest.mark.fault("F17")
def test_a_newer_schema_is_left_alone(store):
    store.do("INSERT INTO cja.schema_version (version) VALUES (99)")
    with pytest.raises(VersionError, match="of version 99, this program knows 1") as refusal:
        migrate(store.spec)
    assert refusal.value.exit_code == 8
    assert store.rows("SELECT max(version) FROM cja.schema_version") == [(99,)]


@pytest.mark.fault("F1")
def test_a_death_before_the_commit_leaves_nothing(bare, crash):
    for name in ("migrate.roles_made", "migrate.tables_made", "migrate.before_commit"):
        crash(name, lambda: migrate(bare.spec))
        assert bare.rows("SELECT 1 FROM pg_namespace WHERE nspname = 'cja'") == []
    crash("migrate.after_commit", lambda: migrate(bare.spec))
    assert migrate(bare.spec) == Migrated(VERSION, VERSION)


@pytest.mark.fault("F8")
def test_two_migrations_at_once_are_one(bare):
    found = []
    both = [threading.Thread(target=lambda: found.append(migrate(bare.spec))) for _ in range(4)]
    [one.start() for one in both]
    [one.join(30) for one in both]
    assert sorted(one.before for one in found) == [0, 1, 1, 1]


def test_a_role_that_is_missing_is_named_and_what_makes_it_is_told(postgres, tmp_path):
    store = new_store(postgres, tmp_path, migrated=False, erase_role="nobody")
    with pytest.raises(ConfigurationError, match=r"no role 'nobody', and 'migrate_dsn' may make none. `cja migrate --sink people --sql`"):
        migrate(store.spec)
    assert store.rows("SELECT 1 FROM pg_namespace WHERE nspname = 'cja'") == []


def test_roles_that_are_missing_are_made_where_that_is_allowed(postgres, tmp_path, crash):
    names = {"publish_role": "made_publish", "erase_role": "made_erase", "read_role": "made_read"}
    store = new_store(postgres, tmp_path, migrated=False, **names)
    made = "SELECT rolname, rolcanlogin FROM pg_roles WHERE rolname LIKE 'made%' ORDER BY 1"
    store.do("ALTER ROLE owner CREATEROLE")
    try:
        crash("migrate.before_commit", lambda: migrate(store.spec))
        assert store.rows(made) == []
        assert migrate(store.spec) == Migrated(0, VERSION)
        assert migrate(store.spec) == Migrated(VERSION, VERSION)
    finally:
        store.do("ALTER ROLE owner NOCREATEROLE")
    assert store.rows(made) == [("made_erase", False), ("made_publish", False), ("made_read", False)]
    store.do("GRANT made_publish TO writer")
    assert store.apply(changes("ab")).created == 2


def test_what_everybody_may_beyond_the_tables_is_told(bare):
    bare.do(f"GRANT TEMPORARY ON DATABASE {bare.database} TO PUBLIC", "GRANT CREATE ON SCHEMA public TO PUBLIC")
    try:
        assert migrate(bare.spec) == Migrated(0, VERSION, ("TEMPORARY", "CREATE"))
    finally:
        bare.do(f"REVOKE TEMPORARY ON DATABASE {bare.database} FROM PUBLIC", "REVOKE CREATE ON SCHEMA public FROM PUBLIC")
    assert migrate(bare.spec) == Migrated(VERSION, VERSION)


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
    store = new_store(postgres, tmp_path, migrated=False, publish_role="own_publish", erase_role="own_erase", read_role="own_read",
                      schema_name="Own")  # fmt: skip
    with postgres.admin(store.database) as connection:
        connection.execute(script(store.spec))
        connection.execute("GRANT own_publish TO writer")
    assert store.apply(changes("ab")).created == 2
    assert migrate(store.spec.model_copy(update={"migrate_dsn": _as_admin(store, tmp_path)})) == Migrated(VERSION, VERSION)


def _as_admin(store, tmp_path):
    file = tmp_path / "admin"
    file.write_text(store.server.dsn(database=store.database))
    return f"${{file:{file}}}"


ALLOWED = {
    "writer": {table: {"SELECT", "INSERT", "UPDATE"} for table in TABLES},
    "eraser": {table: {"SELECT", "INSERT", "UPDATE", "DELETE"} for table in TABLES},
    "reader": {"profiles": {"SELECT"}, "profile_memberships": {"SELECT"}, "sink_ledger": set()},
}


UPDATE, DELETE = "UPDATE cja.profiles SET id = id", "DELETE FROM cja.profile_memberships"
MORE = {"writer": [DELETE], "eraser": [], "reader": [UPDATE, DELETE, "SELECT * FROM cja.sink_ledger", "INSERT INTO cja.profiles VALUES ('a')"]}


@pytest.mark.parametrize("user", ALLOWED)
def test_the_roles_may_do_what_they_must_and_no_more(store, user):
    rights = ("SELECT", "INSERT", "UPDATE", "DELETE", "TRUNCATE", "REFERENCES", "TRIGGER")
    for table in TABLES:
        found = {right for right in rights if store.rows(f"SELECT has_table_privilege('{user}', 'cja.{table}', '{right}')") == [(True,)]}
        assert found == ALLOWED[user][table], table
    asked = "SELECT has_schema_privilege('{0}', 'cja', 'CREATE'), has_database_privilege('{0}', current_database(), 'TEMPORARY')"
    assert store.rows(asked.format(user)) == [(False, False)]
    for statement in ("CREATE TABLE cja.own (a int)", "CREATE TEMPORARY TABLE own (a int)", "DROP TABLE cja.profiles",
                      "ALTER TABLE cja.profiles ADD a int", "TRUNCATE cja.profiles", "CREATE SCHEMA own",
                      "INSERT INTO cja.schema_version (version) VALUES (2)", "GRANT cja_erase TO reader", "CREATE ROLE own",
                      "SET log_parameter_max_length = -1", "COPY cja.profiles TO PROGRAM 'cat'", "SELECT pg_read_file('postgresql.conf')",
                      *MORE[user]):  # fmt: skip
        with psycopg.connect(store.server.dsn(user=user, database=store.database)) as connection, pytest.raises(psycopg.Error) as refusal:
            connection.execute(statement)
        assert refusal.value.sqlstate == "42501", statement
