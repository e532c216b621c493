"""What a PostgreSQL server or its client refuses, really provoked: its kind, its code, and no value (KP2, KP3, KP5)."""

import psycopg
import pytest

from cja_spark.sinks.chunk import DataError, FatalError, Rejected, RetryableError
from cja_spark.sinks.letters import coded
from cja_spark.sinks.postgres.errors import guarded, refused, told
from tests.unit.sinks.postgres.stores import changes

CANARY = "canary-4711"
# Statements that a server refuses, with a value in them, and the code that stays of it.
PROVOKED = {
    "21000": (DataError, "INSERT INTO cja.profiles SELECT 'x', 'a', 'b', 'c', 'd', 1, now() FROM generate_series(1, 2) "
                         "ON CONFLICT (profile_key) DO UPDATE SET id = 'canary-4711'"),
    "22P02": (DataError, "SELECT 'canary-4711'::jsonb"),
    "22P05": (DataError, "SELECT '\"\\u0000 canary-4711\"'::jsonb"),
    "22003": (DataError, "SELECT 32768::int::smallint, 'canary-4711'"),
    "22021": (DataError, "SELECT convert_from('\\xff', 'UTF8'), 'canary-4711'"),
    "23502:id": (DataError, "INSERT INTO cja.profiles VALUES ('canary-4711', 'CRM', NULL, 'r', 'a', 1, now())"),
    "23514:profile_memberships_status": (
        DataError, "INSERT INTO cja.profile_memberships VALUES ('canary-4711', 'a', 'gone', now(), now(), 1, NULL, 1, 'c')"),
    "54000": (DataError, "INSERT INTO cja.profiles SELECT string_agg(md5(x::text), 'canary-4711'), 'CRM', 'i', 'r', 'a', 1, now() "
                         "FROM generate_series(1, 500) x"),
    "23505:profiles_pkey": (RetryableError, "INSERT INTO cja.profiles SELECT 'canary-4711', 'a', 'b', 'c', 'd', 1, now() "
                                            "FROM generate_series(1, 2)"),
    "57014": (RetryableError, "SELECT set_config('statement_timeout', '50ms', false), 'canary-4711'; SELECT pg_sleep(5)"),
    "42P01": (FatalError, "SELECT 'canary-4711' FROM cja.nothing"),
    "42601": (FatalError, "SELEC 'canary-4711'"),
    "42703": (FatalError, "SELECT \"canary-4711\" FROM cja.profiles"),
    "22012": (DataError, "SELECT 1 / 0, 'canary-4711'"),
    "P0001": (FatalError, "DO $$BEGIN RAISE EXCEPTION 'canary-4711'; END$$"),
    "25006": (FatalError, "SET transaction_read_only = on; INSERT INTO cja.profiles VALUES ('canary-4711')"),
    # A trigger may say what it likes, also where names of ours are expected.
    "23514": (DataError, "DO $$BEGIN RAISE EXCEPTION USING ERRCODE = '23514', CONSTRAINT = 'canary-4711', COLUMN = 'canary-4711'; END$$"),
    "40001": (RetryableError, "DO $$BEGIN RAISE EXCEPTION 'canary-4711' USING ERRCODE = '40001'; END$$"),
    "53100": (RetryableError, "DO $$BEGIN RAISE EXCEPTION 'canary-4711' USING ERRCODE = '53100'; END$$"),
    "08006": (RetryableError, "DO $$BEGIN RAISE EXCEPTION 'canary-4711' USING ERRCODE = '08006'; END$$"),
}  # fmt: skip
KINDS = {
    RetryableError: "08000 08P01 25P03 40001 40003 40P01 53000 53100 53200 53300 53400 55P03 57014 57P01 57P02 57P03 23505",
    DataError: "21000 22000 22P02 22P05 22021 22003 23502 23514 54000",
    FatalError: "28000 28P01 3D000 42501 42P01 23503 23000 25006 25P02 40002 54001 57P04 58030 P0001 XX000 0A000 99999 ZZZZZ",
}


@pytest.mark.parametrize(("kind", "code"), [(kind, code) for kind, codes in KINDS.items() for code in codes.split()])
def test_every_state_has_its_kind(kind, code):
    error = type("Made", (psycopg.Error,), {"sqlstate": code})(CANARY)
    found = told(error)
    assert type(found) is kind
    assert (found.error_class, found.code) == ("Made", code)


@pytest.mark.parametrize("code", PROVOKED)
@pytest.mark.fault("F5")
def test_what_a_server_refuses_keeps_its_code_and_no_value(store, code):
    kind, statement = PROVOKED[code]
    with store.server.admin(store.database) as connection:
        with pytest.raises(psycopg.Error) as raised:
            connection.execute(statement)
        assert raised.value.sqlstate == code[:5]
        with pytest.raises(kind, match=f"^[A-Za-z]+ {code}$") as refusal:
            guarded(lambda: connection.execute(statement))
    clean(refusal.value)
    letter = Rejected("c", refusal.value.error_class, refusal.value.code)
    assert coded(letter) == letter  # with its code


def clean(error):
    """Nothing of what was said hangs on an error, not even on what is chained to it."""
    assert error.__cause__ is None
    assert error.__context__ is None
    assert CANARY not in repr((error, error.args, vars(error)))


@pytest.mark.parametrize(
    ("value", "how", "refusal"),
    [
        ("a\x00b" + CANARY, "%s", "^DataError client$"),
        ("a\x00b" + CANARY, "%b", "^CharacterNotInRepertoire 22021$"),
        ("\ud800" + CANARY, "%s", "^UnicodeEncodeError not_utf8$"),
        ("\ud800" + CANARY, "%b", "^UnicodeEncodeError not_utf8$"),
    ],
)
def test_what_the_client_refuses_is_a_fault_of_data(postgres, value, how, refusal):
    with postgres.admin() as connection:
        for given in (value, [value]):
            with pytest.raises(DataError, match=refusal) as found:
                guarded(lambda given=given: connection.execute(f"SELECT {how}::text[]" if isinstance(given, list) else f"SELECT {how}::text", (given,)))
            clean(found.value)


@pytest.mark.parametrize(
    ("given", "kind", "code"),
    [
        ({"password": "wrong-canary-4711"}, FatalError, "28000"),
        ({"user": "nobody-canary-4711"}, FatalError, "28000"),
        ({"database": "nothing-canary-4711"}, FatalError, "3D000"),
        ({"port": "1"}, RetryableError, "connection"),
        ({"host": "/nowhere-canary-4711"}, RetryableError, "connection"),
        ({"host": "nowhere.invalid", "sslrootcert": "system"}, RetryableError, "connection"),
        ({"host": "127.0.0.1", "sslrootcert": "/nowhere-canary-4711"}, FatalError, "tls"),
        ({"host": "127.0.0.1", "sslrootcert": "system"}, FatalError, "tls"),
    ],
)
@pytest.mark.fault("F7")
def test_what_keeps_a_connection_from_being_made_has_its_kind(store, postgres, tmp_path, given, kind, code):
    file = tmp_path / "dsn"
    file.write_text(postgres.dsn(**{"user": "writer", "database": store.database, **given}))
    store.spec = store.spec.model_copy(update={"dsn": f"${{file:{file}}}"})
    with pytest.raises(kind, match=f"^[A-Za-z]+ {code}$") as refusal:
        store.apply(changes("a"))
    clean(refusal.value)


@pytest.mark.fault("F14")
def test_a_server_without_a_place_left_is_tried_again(store):
    store.do("ALTER ROLE writer CONNECTION LIMIT 0")
    try:
        with pytest.raises(RetryableError, match="53300$"):
            store.apply(changes("a"))
    finally:
        store.do("ALTER ROLE writer CONNECTION LIMIT -1")


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ('connection failed: FATAL:  no pg_hba.conf entry for host "1.2.3.4"', "28000"),
        ("FATAL:  the database system is starting up", "57P03"),
        ("FATAL:  sorry, too many clients already", "53300"),
        ("server does not support SSL, but SSL was required", "tls"),
        ("SSL error: certificate verify failed", "tls"),
        ("SSL SYSCALL error: EOF detected", "connection"),
        ('connection to server at "certificate.example" failed: Connection refused', "connection"),
        ("FATAL:  Passwort-Authentifizierung fehlgeschlagen", "connection"),
    ],
)
def test_the_words_of_a_server_that_lets_nobody_in_are_told_apart(said, code):
    found = refused(psycopg.OperationalError(said))
    assert found.code == code
    assert type(found) is (RetryableError if code in ("connection", "57P03", "53300") else FatalError)
