"""What breaks off between a chunk and PostgreSQL, really provoked: nothing of it stays, or all (KP2, KP3, KP5)."""

import signal
import threading
import time
from datetime import timedelta

import psycopg
import pytest

from cja_spark.sinks.chunk import ErasedKey, FatalError, RetryableError
from cja_spark.sinks.postgres import apply as applying
from cja_spark.sinks.postgres.errors import guarded, told
from cja_spark.sinks.postgres.sink import PostgresSink
from tests.servers.lost import Cut
from tests.servers.postgres import Postgres
from tests.unit.sinks.postgres.stores import change, changes, make_roles, new_store, run, token
from tests.unit.sinks.postgres.test_texts import BAD

LOGGED = "canary-0815"  # is said by no test to the server itself


def test_a_connection_that_is_closed_or_breaks_off_is_not_known_and_tried_again(postgres):
    connection = postgres.admin()
    connection.close()
    with pytest.raises(RetryableError, match="^OperationalError connection$"):
        guarded(lambda: connection.execute("SELECT 1"))
    assert type(told(psycopg.InterfaceError(LOGGED))) is RetryableError
    assert type(told(psycopg.ProgrammingError(LOGGED))) is FatalError


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
def test_a_session_that_is_ended_by_an_administrator_leaves_nothing_and_the_next_try_all(store, monkeypatch, caplog, name):
    at(monkeypatch, name, lambda: store.do(KILL))
    sink = store.sink()
    with pytest.raises(RetryableError, match=r"57P01$|connection$"):
        sink.apply(changes("abc"), token(), run())
    assert caplog.text == ""  # the client's own lines would name host, user and database
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
