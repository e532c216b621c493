"""Settings of a PostgreSQL sink: secrets by reference, encryption, names of schemas and roles (KP4, S3, S7)."""

import logging

import psycopg
import pytest
from psycopg.conninfo import conninfo_to_dict
from pydantic import ValidationError

from cja_spark.errors import ConfigurationError, MissingToolError, VersionError
from cja_spark.secret import without_secrets
from cja_spark.sinks import kinds
from cja_spark.sinks.chunk import FatalError, RetryableError
from cja_spark.sinks.kinds import own_sink
from cja_spark.sinks.postgres.connect import conninfo, fault_in
from cja_spark.sinks.postgres.migrate import script
from cja_spark.sinks.postgres.spec import PostgresProfiles
from tests.bad_input.shop import Shop
from tests.unit.sinks.postgres.stores import AUDIENCE, changes, new_store

GIVEN = {"name": "people", "sink": "postgres", "dsn": "${env:DSN}"}


def spec(**settings):
    return PostgresProfiles.model_validate({**GIVEN, **settings})


@pytest.mark.parametrize("text", ["host=db password=hidden", "postgresql://u:hidden@db/x", "${env:}", "$DSN", ""])
@pytest.mark.parametrize("field", ["dsn", "erase_dsn", "migrate_dsn"])
def test_a_connection_string_is_never_written_itself(field, text):
    with pytest.raises(ValidationError, match="write a reference") as refusal:
        spec(**{field: text})
    assert "hidden" not in str(refusal.value)


HOSTILE = ['a"; DROP SCHEMA cja; --', "a.b", "", "1a", "a b", "a\x00", "é", "a" * 64, "%s", "{schema}", "a\n", "../a", "pg'x", "pg_own", "PG_x",
           "public", "none", "information_schema"]  # fmt: skip


@pytest.mark.parametrize("field", ["schema_name", "publish_role", "erase_role", "read_role"])
@pytest.mark.parametrize("name", HOSTILE)
def test_a_name_that_is_no_plain_identifier_is_refused(field, name):
    with pytest.raises(ValidationError):
        spec(**{field: name})


@pytest.mark.parametrize("name", ["select", "Cja", "_", "a" * 63, "information_schema_", "NULL"])
def test_a_name_that_sql_would_read_otherwise_is_taken_as_it_is(postgres, tmp_path, name):
    store = new_store(postgres, tmp_path, schema_name=name)
    assert store.apply(changes("ab")).acked == 2
    assert store.rows(f'SELECT count(*) FROM "{name}".profiles') == [(2,)]
    assert "schema" in script(store.spec).lower()


@pytest.mark.parametrize(
    "given",
    [{"publish_role": "cja_erase"}, {"read_role": "cja_publish"}, {"erase_role": "own", "read_role": "own"}, {"erase_dsn": "${env:DSN}"},
     {"migrate_dsn": "${env:DSN}"}, {"erase_dsn": "${env:A}", "migrate_dsn": "${env:A}"}],
)  # fmt: skip
def test_who_may_do_one_thing_may_not_do_the_other(given):
    with pytest.raises(ValidationError, match="are different ones"):
        spec(**given)


def test_a_file_with_mistakes_is_told_whole_and_without_what_it_hides(tmp_path, capsys):
    shop = Shop(tmp_path / "shop")
    shop.write("conf/sinks/people.yaml", "sink: postgres\ndsn: host=db password=hidden-4711\nschema_name: a-b\nlock_timeout: 1 hour\nshcema: x\n")
    assert shop.run("preflight") == 2
    said = capsys.readouterr().err
    assert "people.yaml" in said
    assert [word for word in ("line 2", "line 3", "line 4", "line 5") if word not in said] == []
    assert "hidden-4711" not in said


@pytest.mark.parametrize("time", ["0 s", "11 minutes", "500 ms"])
@pytest.mark.parametrize("field", ["connect_timeout", "statement_timeout", "lock_timeout"])
def test_a_time_out_of_reach_is_refused(field, time):
    with pytest.raises(ValidationError, match="between 1 second and 10 minutes"):
        spec(**{field: time})


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("host=db.example dbname=x", None),
        ("host=db.example sslmode=verify-full", None),
        ("postgresql://u@db.example/x?sslmode=verify-full", None),
        ("host=/run/postgresql", None),
        ("host=/run/postgresql sslmode=disable", None),
        ("host=@abstract sslmode=disable", "dsn_sslmode"),
        ("host=/run/a,/run/b sslmode=disable", None),
        ("host=db.example sslmode=verify-ca", "dsn_sslmode"),
        ("host=db.example sslmode=require", "dsn_sslmode"),
        ("host=127.0.0.1 sslmode=disable", "dsn_sslmode"),
        ("postgresql://u@localhost/x?sslmode=prefer", "dsn_sslmode"),
        ("host=/run/postgresql,db.example sslmode=disable", "dsn_sslmode"),
        ("host=/run/postgresql hostaddr=10.0.0.1 sslmode=allow", "dsn_sslmode"),
        ("host=/run/postgresql, sslmode=disable", "dsn_sslmode"),
        ("host=db.example ssl_min_protocol_version=TLSv1.1", "dsn_sslmode"),
        ("host=db.example ssl_min_protocol_version=TLSv1.3", None),
        ("dbname=x", "dsn_no_host"),
        ("service=x", "dsn_service"),
        ("host=db.example service=x", "dsn_service"),
    ],
)
def test_a_connection_over_a_network_is_encrypted_and_its_server_is_known(text, fault):
    assert fault_in(conninfo_to_dict(text)) == fault


def given(monkeypatch, text, seconds=5):
    from datetime import timedelta

    monkeypatch.setenv("DSN", text)
    return conninfo_to_dict(conninfo("${env:DSN}", timedelta(seconds=seconds)))


def test_what_every_connection_has(monkeypatch):
    monkeypatch.setenv("PGSSLMODE", "disable")
    found = given(monkeypatch, "host=db.example user=u application_name=other connect_timeout=99 gssencmode=require client_encoding=latin1")
    assert (found["sslmode"], found["gssencmode"], found["client_encoding"]) == ("verify-full", "disable", "UTF8")
    assert (found["connect_timeout"], found["application_name"], found["user"]) == ("5", "cja_spark", "u")
    assert found["tcp_user_timeout"] == "30000"
    local = given(monkeypatch, "host=/run/postgresql", seconds=1)
    assert ("sslmode" in local, local["connect_timeout"], local["gssencmode"]) == (False, "2", "disable")


def test_the_environment_leads_no_connection_elsewhere(store, monkeypatch):
    with monkeypatch.context() as environment:
        environment.setenv("PGHOSTADDR", "192.0.2.1")
        environment.setenv("PGHOST", "elsewhere.invalid")
        environment.setenv("PGOPTIONS", "-c search_path=nowhere")
        assert store.apply(changes("a")).acked == 1


@pytest.mark.parametrize(
    ("text", "code"),
    [("", "dsn_missing"), ("host", "dsn_unreadable"), ("postgresql://u:hidden@[::1", "dsn_unreadable"), ("hidden=1 host=x", "dsn_unreadable"),
     ("host=x sslmode=require password=hidden", "dsn_sslmode")],
)  # fmt: skip
def test_what_stands_behind_a_reference_and_cannot_be_meant_is_told_by_its_code(monkeypatch, text, code):
    with pytest.raises(FatalError, match=f"^Configuration {code}$") as refusal:
        given(monkeypatch, text)
    assert refusal.value.__cause__ is None
    assert refusal.value.__suppress_context__ or refusal.value.__context__ is None


def test_a_connection_string_that_was_read_is_hidden_in_texts(monkeypatch):
    given(monkeypatch, "host=db.example password=hidden-4711")
    assert without_secrets("went to host=db.example password=hidden-4711") == "went to ***"


def test_over_tcp_the_certificate_is_verified_and_its_name_too(postgres, tmp_path):
    store = new_store(postgres, tmp_path)
    file = tmp_path / "tcp"
    file.write_text(postgres.tcp(user="writer", database=store.database))
    store.spec = store.spec.model_copy(update={"dsn": f"${{file:{file}}}"})
    assert store.apply(changes("a")).acked == 1
    file.write_text(postgres.tcp(user="writer", database=store.database, host="elsewhere.example", hostaddr="127.0.0.1"))
    with pytest.raises(FatalError, match="^OperationalError tls$"):
        store.apply(changes("b"))


def test_a_password_is_in_no_log(store, caplog):
    caplog.set_level(logging.DEBUG)
    psycopg.logger.setLevel(logging.DEBUG) if hasattr(psycopg, "logger") else logging.getLogger("psycopg").setLevel(logging.DEBUG)
    store.apply(changes("a"))
    assert "of-the-test" not in caplog.text


def test_a_store_that_is_ready_is_let_through(store):
    own_sink(store.spec, AUDIENCE)


@pytest.mark.parametrize(
    ("text", "said"),
    [("", "there is nothing behind"), ("host", "is no connection string"), ("service=x", "names a service"), ("dbname=x", "names no host"),
     ("host=db.example sslmode=require password=hidden", "less than sslmode=verify-full")],
)  # fmt: skip
def test_a_connection_string_that_cannot_be_meant_is_told_in_words_before_the_first_chunk(store, tmp_path, text, said):
    file = tmp_path / "given"
    file.write_text(text)
    with pytest.raises(ConfigurationError, match=f"^sink 'people': .*{said}") as refusal:
        own_sink(store.spec.model_copy(update={"dsn": f"${{file:{file}}}"}), AUDIENCE)
    assert "hidden" not in str(refusal.value)
    assert refusal.value.__context__ is None


@pytest.mark.fault("F17")
def test_a_store_that_is_not_migrated_or_newer_is_told_in_words(store, postgres, tmp_path):
    with pytest.raises(ConfigurationError, match="no schema 'cja'. `cja migrate --sink people` makes it"):
        own_sink(new_store(postgres, tmp_path, migrated=False).spec, AUDIENCE)
    store.do("INSERT INTO cja.schema_version (version) VALUES (99)")
    with pytest.raises(VersionError, match="of version 99, this program knows 1"):
        own_sink(store.spec, AUDIENCE)
    store.do("TRUNCATE cja.schema_version", "INSERT INTO cja.schema_version (version) VALUES (-1)")
    with pytest.raises(VersionError, match="brings it to 1"):
        own_sink(store.spec, AUDIENCE)


LOGGING = {
    "all statements": "log_statement = 'all'",
    "statements that change": "log_statement = 'mod'",
    "slow ones": "log_min_duration_statement = 0",
    "some of the slow ones": "log_min_duration_sample = 100",
    "some transactions": "log_transaction_sample_rate = 0.5",
    "by auto_explain": "auto_explain.log_min_duration = 0",
    "by pgaudit": "pgaudit.log_parameter = on",
}


@pytest.mark.parametrize("how", LOGGING)
def test_a_server_that_writes_parameters_into_its_log_gets_none(store, how):
    store.do(f"ALTER ROLE writer IN DATABASE {store.database} SET {LOGGING[how]}")
    with pytest.raises(ConfigurationError, match="writes parameters of statements into its log.*SET log_parameter_max_length = 0"):
        own_sink(store.spec, AUDIENCE)
    with pytest.raises(FatalError, match="^Configuration server_logs_values$"):
        store.apply(changes("a"))
    store.do(f"ALTER ROLE writer IN DATABASE {store.database} SET log_parameter_max_length = 10")
    with pytest.raises(FatalError, match="^Configuration server_logs_values$"):
        store.apply(changes("a"))
    assert store.ledger() == []


@pytest.mark.parametrize("how", ["all statements", "slow ones"])
def test_a_server_that_writes_statements_without_their_parameters_is_fine(store, how):
    for setting in (LOGGING[how], "log_parameter_max_length = 0"):
        store.do(f"ALTER ROLE writer IN DATABASE {store.database} SET {setting}")
    own_sink(store.spec, AUDIENCE)
    assert store.apply(changes(["canary-2953"])).acked == 1
    log = store.server.log.read_text()
    assert 'INSERT INTO "cja".profile_memberships' in log
    assert "canary-2953" not in log


def test_a_database_that_does_not_keep_all_texts_is_refused(postgres, tmp_path, store):
    with postgres.admin() as connection:
        connection.execute("CREATE DATABASE latin ENCODING 'LATIN1' TEMPLATE template0")
    file = tmp_path / "latin"
    file.write_text(postgres.dsn(user="writer", database="latin"))
    with pytest.raises(ConfigurationError, match="does not keep texts in UTF8"):
        own_sink(store.spec.model_copy(update={"dsn": f"${{file:{file}}}"}), AUDIENCE)


@pytest.mark.fault("F7")
def test_a_server_that_is_away_is_no_mistake_of_the_configuration(store, postgres, tmp_path):
    file = tmp_path / "away"
    file.write_text(postgres.dsn(port="1"))
    with pytest.raises(RetryableError, match="connection$"):
        own_sink(store.spec.model_copy(update={"dsn": f"${{file:{file}}}"}), AUDIENCE)


def test_a_package_that_is_missing_is_named(monkeypatch):
    import sys

    monkeypatch.setattr(kinds.OPEN, "_known", {})
    monkeypatch.setattr(kinds.OWN, "_known", {})
    monkeypatch.delitem(sys.modules, "cja_spark.sinks.postgres.sink", raising=False)
    for module in [name for name in sys.modules if name.startswith("cja_spark.sinks.postgres.") and not name.endswith("spec")]:
        monkeypatch.delitem(sys.modules, module)
    monkeypatch.setitem(sys.modules, "psycopg", None)
    with pytest.raises(MissingToolError, match=r"needs psycopg: install cja_spark\[postgres\]"):
        kinds.open_sink(spec(), AUDIENCE, 0)
