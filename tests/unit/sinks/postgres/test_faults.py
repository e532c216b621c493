"""What goes wrong in PostgreSQL, really provoked: which kind of refusal it is, and that none tells a value (KP2, KP3, KP5)."""

import signal
import threading
import time
from datetime import timedelta

import psycopg
import pytest

from cja_spark.sinks.chunk import DataError, ErasedKey, FatalError, RetryableError
from cja_spark.sinks.postgres import apply as applying
from cja_spark.sinks.postgres.errors import guarded, refused, told
from cja_spark.sinks.postgres.sink import PostgresSink
from tests.servers.lost import Cut
from tests.servers.postgres import Postgres
from tests.unit.sinks.postgres.stores import change, changes, make_roles, new_store, run, token
from tests.unit.sinks.postgres.test_texts import BAD

CANARY = "canary-4711"
LOGGED = "canary-0815"  # is said by no test to the server itself
# Statements that a server refuses, with a value in them, and the code that stays of it.
PROVOKED = {
    "21000": (DataError, "INSERT INTO cja.profiles SELECT 'x', 'a', 'b', 'c', 'd', 1, now() FROM generate_series(1, 2) "
                         "ON CONFLICT (profile_key) DO UPDATE SET id = 'canary-4711'"),
    "22P02": (DataError, "SELECT 'canary-4711'::jsonb"),
    "22P05": (DataError, "SELECT '\"\\u0000 canary-4711\"'::jsonb"),
    "22003": (DataError, "SELECT 32768::int::smallint, 'canary-4711'"),
    "22021": (DataError, "SELECT convert_from('\\xff', 'UTF8'), 'canary-4711'"),
    "23502 id": (DataError, "INSERT INTO cja.profiles VALUES ('canary-4711', 'CRM', NULL, 'r', 'a', 1, now())"),
    "23514 profile_memberships_status": (
        DataError, "INSERT INTO cja.profile_memberships VALUES ('canary-4711', 'a', 'gone', now(), now(), 1, NULL, 1, 'c')"),
    "54000": (DataError, "INSERT INTO cja.profiles SELECT string_agg(md5(x::text), 'canary-4711'), 'CRM', 'i', 'r', 'a', 1, now() "
                         "FROM generate_series(1, 500) x"),
    "23505 profiles_pkey": (RetryableError, "INSERT INTO cja.profiles SELECT 'canary-4711', 'a', 'b', 'c', 'd', 1, now() "
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


def test_a_connection_that_is_closed_or_breaks_off_is_not_known_and_tried_again(postgres):
    connection = postgres.admin()
    connection.close()
    with pytest.raises(RetryableError, match="^OperationalError connection$"):
        guarded(lambda: connection.execute("SELECT 1"))
    assert type(told(psycopg.InterfaceError(CANARY))) is RetryableError
    assert type(told(psycopg.ProgrammingError(CANARY))) is FatalError


@pytest.mark.fault("F8")
def test_a_deadlock_is_tried_again(store):
    store.apply(changes("ab"))
    with store.server.admin(store.database) as one, store.server.admin(store.database) as other:
        lock = "UPDATE cja.profiles SET id = id WHERE id = %s"
        one.execute("BEGIN")
        other.execute("BEGIN")
        one.execute(lock, ("a",))
        other.execute(lock, ("b",))
        found = []

        def cross():
            try:
                guarded(lambda: one.execute(lock, ("b",)))
            except RetryableError as error:
                found.append(error)

        waiting = threading.Thread(target=cross)
        waiting.start()
        try:
            guarded(lambda: other.execute(lock, ("a",)))
        except RetryableError as error:
            found.append(error)
        waiting.join(20)
        assert [str(error) for error in found] == ["DeadlockDetected 40P01"]


def test_a_chunk_that_is_the_victim_of_a_deadlock_leaves_nothing_and_the_next_try_all(store):
    store.apply(changes("abc"))
    lock, found = "UPDATE cja.profile_memberships SET attrs = NULL WHERE profile_key = %s", []
    sink = store.sink()
    assert sink.is_done(token())
    with store.server.admin(store.database) as other, other.transaction(force_rollback=True):
        other.execute("SET LOCAL deadlock_timeout = '60s'")  # it is the chunk that looks first
        other.execute(lock, ("crm:c",))

        def deliver():
            with pytest.raises(RetryableError) as refusal:
                sink.apply(changes("abc", "exit", 2), token(2), run(2))
            found.append(str(refusal.value))

        waiting = threading.Thread(target=deliver)
        waiting.start()
        until(store, "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'cja_spark' AND wait_event_type = 'Lock'")
        other.execute(lock, ("crm:a",))
        waiting.join(30)
    assert found == ["DeadlockDetected 40P01"]
    assert {row[0] for row in store.memberships().values()} == {"realized"}
    assert sink.apply(changes("abc", "exit", 2), token(2), run(2)).acked == 3
    sink.close()


def until(store, query):
    """Wait until a count is 1."""
    for _ in range(300):
        if store.rows(query) == [(1,)]:
            return
        time.sleep(0.1)
    raise TimeoutError(query)


def test_a_session_that_is_ended_amid_its_commit_has_committed_and_the_next_try_changes_nothing(store):
    """The server has the chunk on its own disk and waits for another's; who delivers never hears it (T15)."""
    sink, found = store.sink(), []
    assert not sink.is_done(token())

    def deliver():
        with pytest.raises(RetryableError) as refusal:
            sink.apply(changes("abc"), token(), run())
        found.append(str(refusal.value))

    store.do("ALTER SYSTEM SET synchronous_standby_names = 'nobody'", "SELECT pg_reload_conf()")
    try:
        time.sleep(2)  # until the server's own processes have read it
        committing = threading.Thread(target=deliver)
        committing.start()
        until(store, "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'cja_spark' AND wait_event = 'SyncRep'")
        store.do(KILL)
        committing.join(30)
    finally:
        store.do("ALTER SYSTEM RESET synchronous_standby_names", "SELECT pg_reload_conf()")
    assert [said.split(" ", 1)[1] for said in found] == ["connection"]
    before = store.rows("SELECT xmin::text, * FROM cja.profile_memberships")
    assert len(before) == 3
    again = sink.apply(changes("abc"), token(), run())
    assert (again.acked, again.rejected, again.created) == (3, (), 3)
    assert store.rows("SELECT xmin::text, * FROM cja.profile_memberships") == before
    assert store.ledger() == [(1, 0, "done", 3, 0, 3)]
    sink.close()


def at(monkeypatch, name, what):
    """Something happens when a chunk is at a place of it, once."""
    true, left = applying.failpoint, [what]

    def reached(here):
        if here == name and left:
            left.pop()()
        true(here)

    monkeypatch.setattr(applying, "failpoint", reached)


KILL = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'cja_spark' AND datname = current_database()"


@pytest.mark.parametrize("name", ["pg.connected", "pg.after_ledger_claim", "pg.after_upsert", "pg.before_commit"])
@pytest.mark.fault("F7")
def test_a_session_that_is_ended_by_an_administrator_leaves_nothing_and_the_next_try_all(store, monkeypatch, name):
    at(monkeypatch, name, lambda: store.do(KILL))
    sink = store.sink()
    with pytest.raises(RetryableError, match=r"57P01$|connection$"):
        sink.apply(changes("abc"), token(), run())
    assert (store.memberships(), store.ledger()) == ({}, [])
    assert sink.apply(changes("abc"), token(), run()).acked == 3  # by the same sink, which connects again
    assert store.ledger() == [(1, 0, "done", 3, 0, 3)]
    sink.close()


@pytest.fixture
def way(store, postgres, tmp_path):
    """A store that is reached over a way which cuts at a word."""
    ways = []

    def over(word, **how):
        ways.append(Cut(postgres.folder, postgres.port, word, **how))
        file = tmp_path / "way"
        file.write_text(postgres.dsn(host=str(ways[-1].folder), user="writer", database=store.database))
        return PostgresSink(store.spec.model_copy(update={"dsn": f"${{file:{file}}}", "statement_timeout": timedelta(seconds=1)}))

    yield over
    [one.close() for one in ways]


@pytest.mark.fault("F3")
def test_an_acknowledgement_that_is_lost_is_asked_for_again_and_has_its_effect_once(store, way):
    """The server commits and says so, and nobody hears it (T15)."""
    sink = way(b"COMMIT", after=b"acked = ", answered=True)
    with pytest.raises(RetryableError, match="^OperationalError connection$"):
        sink.apply(changes("abc"), token(), run())
    before = store.rows("SELECT xmin::text, * FROM cja.profile_memberships")
    assert len(before) == 3
    again = sink.apply(changes("abc"), token(), run())
    assert (again.acked, again.rejected, again.created) == (3, (), 3)
    assert store.rows("SELECT xmin::text, * FROM cja.profile_memberships") == before
    assert store.ledger() == [(1, 0, "done", 3, 0, 3)]
    sink.close()


@pytest.mark.parametrize(
    ("after", "word"),
    [(b"", b"BEGIN"), (b"schema_version", b"BEGIN"), (b"schema_version", b"set_config"), (b"", b"sink_ledger"), (b"sink_ledger", b"SAVEPOINT"),
     (b"", b"unnest"), (b"unnest", b"unnest"), (b"unnest", b"RELEASE"), (b"unnest", b"sink_ledger"), (b"acked = ", b"COMMIT")],
)  # fmt: skip
@pytest.mark.fault("F7")
def test_a_message_that_never_arrives_leaves_nothing_and_the_next_try_all(store, way, after, word):
    sink = way(word, after=after)
    with pytest.raises(RetryableError, match="connection$"):
        sink.apply(changes("abc"), token(), run())
    assert (store.memberships(), store.ledger()) == ({}, [])
    assert sink.apply(changes("abc"), token(), run()).acked == 3
    sink.close()


@pytest.mark.fault("F7")
def test_a_peer_that_falls_silent_is_cut_off(store, way, monkeypatch):
    """Its connection stays open and says nothing, as one does behind a firewall that forgot it."""
    monkeypatch.setattr(applying, "GRACE_S", 0.5)
    sink = way(b"unnest", silent=True)
    begun = time.monotonic()
    with pytest.raises(RetryableError, match="^OperationalError connection$"):
        sink.apply(changes("abc"), token(), run())
    assert 1.4 < time.monotonic() - begun < 10
    assert sink.apply(changes("abc"), token(), run()).acked == 3
    sink.close()


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGQUIT], ids=["shut down", "crashed"])
@pytest.mark.fault("F7")
def test_a_server_that_starts_again_in_the_middle_of_a_chunk_has_nothing_of_it_or_all(tmp_path, monkeypatch, how):
    server = Postgres()
    try:
        make_roles(server)
        store = new_store(server, tmp_path)
        store.apply(changes("ab"))
        at(monkeypatch, "pg.before_commit", lambda: server.stop(how))
        sink = store.sink()
        with pytest.raises(RetryableError, match="57P01$|57P02$|connection$"):
            sink.apply(changes("abc", "exit", 2), token(2), run(2))
        with pytest.raises(RetryableError, match="^OperationalError connection$"):
            sink.apply(changes("abc", "exit", 2), token(2), run(2))  # nobody is there
        server.start()
        assert store.ledger() == [(1, 0, "done", 2, 0, 2)]
        assert sink.apply(changes("abc", "exit", 2), token(2), run(2)).acked == 3
        assert {row[0] for row in store.memberships().values()} == {"exited"}
        sink.close()
    finally:
        server.close()


@pytest.mark.fault("F7")
def test_a_table_that_is_locked_is_waited_for_and_tried_again(postgres, tmp_path):
    store = new_store(postgres, tmp_path, lock_timeout="1 second")
    with postgres.admin(store.database) as other, other.transaction():
        other.execute("LOCK TABLE cja.profile_memberships")
        with pytest.raises(RetryableError, match="^LockNotAvailable 55P03$"):
            store.apply(changes("a"))
    assert store.ledger() == []


@pytest.mark.fault("F7")
def test_a_chunk_that_takes_too_long_is_ended_by_the_server(postgres, tmp_path):
    store = new_store(postgres, tmp_path, statement_timeout="1 second", lock_timeout="9 seconds")
    with postgres.admin(store.database) as other, other.transaction():
        other.execute("LOCK TABLE cja.profile_memberships")
        with pytest.raises(RetryableError, match="^QueryCanceled 57014$"):
            store.apply(changes("a"))


def test_no_value_of_a_row_is_in_the_servers_log_nor_in_an_error(store, postgres, caplog):
    """Faults of data, of text, a missing right, a lock, a session that is ended: the log has statements, without values."""
    caplog.set_level("DEBUG")
    bad = [change(f"{LOGGED}-{name}", **given) for name, (given, _) in BAD.items() if not given.keys() & {"profile_key", "id"}]
    told = [*bad, *changes([LOGGED, f"{LOGGED}-2"])]
    sink = store.sink()
    store.do("REVOKE INSERT ON cja.profile_memberships FROM cja_publish")
    with pytest.raises(FatalError, match="^InsufficientPrivilege 42501$") as refusal:
        sink.apply(told, token(), run())
    assert LOGGED not in repr(vars(refusal.value))
    store.do("GRANT INSERT ON cja.profile_memberships TO cja_publish", "ALTER TABLE cja.profiles ADD CHECK (id <> 'a')")
    applied = sink.apply(told, token(), run())
    assert len(applied.rejected) == len(bad)
    assert LOGGED not in " ".join(f"{one.error_class} {one.error_code}" for one in applied.rejected)
    with store.server.admin(store.database) as other, other.transaction():
        other.execute("LOCK TABLE cja.profile_memberships")
        store.spec = store.spec.model_copy(update={"lock_timeout": timedelta(seconds=1)})
        with pytest.raises(RetryableError) as refusal:
            store.apply(changes([LOGGED], "exit", 2), 2)
        assert LOGGED not in repr(vars(refusal.value))
    sink.apply(changes([LOGGED], "exit", 2), token(2), run(2))
    sink.erase([ErasedKey(f"crm:{LOGGED}", change(LOGGED, "exit"))], token(3))
    sink.close()
    log = postgres.log.read_text()
    assert "permission denied for table profile_memberships" in log
    assert "lock timeout" in log
    assert LOGGED not in log
    assert LOGGED not in caplog.text


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
