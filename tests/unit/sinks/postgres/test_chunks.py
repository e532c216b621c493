"""Chunks into a real PostgreSQL: effects exactly once, an older run never wins, refused rows alone are refused (5.3, K6, K8)."""

import json
import threading
from datetime import UTC

import pytest

from cja_spark.failpoints import InjectedFault, forget_hits
from cja_spark.sinks.chunk import Applied, FatalError, Rejected, RetryableError
from cja_spark.sinks.postgres import apply as applying
from cja_spark.sinks.postgres.apply import groups
from tests.unit.sinks.postgres.stores import AUDIENCE, change, changes, new_store, run, token

FAILPOINTS = ("pg.connected", "pg.after_ledger_claim", "pg.after_upsert", "pg.before_commit", "pg.after_commit")


def test_a_chunk_creates_profiles_and_asserts_the_whole_state(store):
    told = [change("ann", attrs='{"tier":"gold","until":null}'), change("bob", "exit"), change("çé😀")]
    assert store.apply(told) == Applied(3, created=2, requests=1)
    found = store.rows(
        "SELECT profile_key, audience_id, status, last_qualification_time, valid_until, definition_version, attrs, run_seq, "
        "change_id FROM cja.profile_memberships"
    )
    assert sorted(found) == sorted(
        (one.profile_key, AUDIENCE, one.status, one.asserted_at, one.valid_until, 1, json.loads(one.attrs or "null"), 1, one.change_id)
        for one in told
    )
    profiles = store.rows("SELECT * FROM cja.profiles ORDER BY profile_key")
    assert [row[:6] for row in profiles] == [(f"crm:{id_}", "CRM", id_, f"ref-{id_}", AUDIENCE, 1) for id_ in ("ann", "çé😀")]
    assert {row[6].astimezone(UTC) for row in profiles} == {run().as_of}
    assert store.ledger() == [(1, 0, "done", 3, 0, 2)]


@pytest.mark.fault("F4")
def test_a_chunk_that_comes_again_changes_nothing_and_tells_the_same(store):
    told = changes("abc")
    first = store.apply(told)
    before = store.rows("SELECT xmin::text, * FROM cja.profile_memberships") + store.rows("SELECT xmin::text, * FROM cja.sink_ledger")
    again = store.apply(told)
    assert (again.acked, again.rejected, again.created) == (first.acked, first.rejected, first.created) == (3, (), 3)
    assert store.rows("SELECT xmin::text, * FROM cja.profile_memberships") + store.rows("SELECT xmin::text, * FROM cja.sink_ledger") == before


def test_the_store_remembers_a_chunk(store):
    sink = store.sink()
    assert not sink.is_done(token())
    store.apply(changes("a"))
    assert sink.is_done(token())
    assert not sink.is_done(token(chunk=1))
    sink.close()


@pytest.mark.fault("F4")
def test_an_older_run_that_comes_late_wins_nowhere(store):
    store.apply(changes("ab", "exit", 3), 3)
    assert store.apply(changes("abc", "enter", 2), 2) == Applied(3, created=3, requests=1)
    assert store.memberships() == {
        "crm:a": ("exited", 3, "c3-exit-a"), "crm:b": ("exited", 3, "c3-exit-b"), "crm:c": ("realized", 2, "c2-enter-c"),
    }  # fmt: skip


@pytest.mark.fault("F4")
def test_an_equal_run_overwrites_nothing_even_without_its_ledger(store):
    store.apply(changes("a"))
    store.do("DELETE FROM cja.sink_ledger", "UPDATE cja.profile_memberships SET attrs = '1'")
    assert store.apply(changes("a")).acked == 1
    assert store.rows("SELECT attrs FROM cja.profile_memberships") == [(1,)]


def test_an_exit_is_written_where_no_row_is_and_makes_no_profile(store):
    assert store.apply(changes("a", "exit")).created == 0
    assert store.memberships() == {"crm:a": ("exited", 1, "c1-exit-a")}
    assert store.rows("SELECT * FROM cja.profiles") == []


def test_attributes_that_are_gone_are_gone_in_the_store(store):
    store.apply([change("a", attrs='{"tier":"gold"}')])
    store.apply([change("a", "update", 2)], 2)
    assert store.rows("SELECT attrs FROM cja.profile_memberships") == [(None,)]


def test_profiles_of_several_audiences_are_one_and_their_attributes_stay(store):
    store.apply(changes("a"))
    sink = store.sink()
    other = token(5)._replace(audience_id="aud_zzzzzzzzzzzz")
    assert sink.apply(changes("ab", seq=5), other, run(5)).created == 1
    sink.close()
    assert store.rows("SELECT id, created_run_seq FROM cja.profiles ORDER BY id") == [("a", 1), ("b", 5)]
    assert store.rows("SELECT count(*) FROM cja.profile_memberships") == [(3,)]


def test_equal_keys_of_a_chunk_are_one_row_the_greatest_change(store):
    twice = [change("a", change_id="c2", attrs="2"), change("a", change_id="c1", attrs="1"), change("b")]
    assert store.apply(twice).acked == 3
    assert store.memberships()["crm:a"] == ("realized", 1, "c2")


def test_an_empty_chunk_is_done(store):
    assert store.apply([]) == Applied(0)
    assert store.ledger() == [(1, 0, "done", 0, 0, 0)]


@pytest.mark.fault("F5")
def test_refused_rows_leave_the_chunk_partial_until_it_is_settled(store):
    told = [*changes("ab"), change("nul", change_id="c-nul", attrs='"\\u0000"')]
    assert store.apply(told) == Applied(2, (Rejected("c-nul", "Validation", "json_nul"),), 2, 1)
    assert store.ledger() == [(1, 0, "partial", 2, 1, 2)]
    assert store.apply(told) == Applied(2, (Rejected("c-nul", "Validation", "json_nul"),), 2, 1)  # a crash before it was settled
    sink = store.sink()
    assert not sink.is_done(token())
    sink.settle(token())
    sink.settle(token())
    assert sink.is_done(token())
    assert store.ledger() == [(1, 0, "done", 2, 1, 2)]
    with pytest.raises(RetryableError, match="^Ledger done_by_another$") as refusal:  # whose letters another writer has
        sink.apply(told, token(), run())
    assert not refusal.value.costs_attempt
    sink.close()


def test_a_chunk_that_is_settled_settles_no_other(store):
    for chunk in (0, 1):
        store.apply([change(f"bad{chunk}", attrs="NaN")], chunk=chunk)
    sink = store.sink()
    sink.settle(token(chunk=0))
    sink.close()
    assert [row[:3] for row in store.ledger()] == [(1, 0, "done"), (1, 1, "partial")]


ROWS = [f"{at:03}" for at in range(64)]
POISON = {"one": ROWS[7:8], "both ends": [ROWS[0], ROWS[63]], "every second": ROWS[::2], "all but one": ROWS[:41] + ROWS[42:], "all": ROWS}


@pytest.mark.parametrize("poison", POISON.values(), ids=POISON)
@pytest.mark.fault("F5")
def test_rows_that_the_server_refuses_are_found_and_the_rest_is_stored(store, poison):
    """What no validation foresees: a rule that somebody added to the table."""
    store.do("ALTER TABLE cja.profile_memberships ADD CONSTRAINT poison CHECK (attrs IS NULL OR attrs <> '\"poison\"')")
    told = [change(id_, attrs='"poison"' if id_ in poison else None) for id_ in ROWS]
    applied = store.apply(told)
    assert [one.change_id for one in applied.rejected] == [f"c1-enter-{id_}" for id_ in poison]
    assert {(one.error_class, one.error_code) for one in applied.rejected} == {("CheckViolation", "23514")}
    assert (applied.acked, applied.created) == (64 - len(poison), 64 - len(poison))
    assert applied.requests <= 1 + 2 * len(poison) * 6
    assert sorted(store.memberships()) == [f"crm:{id_}" for id_ in ROWS if id_ not in poison]
    assert store.rows("SELECT count(*) FROM cja.profiles") == [(64 - len(poison),)]


@pytest.mark.parametrize("name", FAILPOINTS)
@pytest.mark.fault("F1")
def test_a_death_at_any_point_leaves_all_or_nothing_and_the_next_try_the_whole(store, crash, name):
    told = changes("abc")
    crash(name, lambda: store.apply(told))
    lived = name == "pg.after_commit"
    assert len(store.memberships()) == (3 if lived else 0)
    assert store.ledger() == ([(1, 0, "done", 3, 0, 3)] if lived else [])
    again = store.apply(told)
    assert (again.acked, again.created) == (3, 3)
    assert store.ledger() == [(1, 0, "done", 3, 0, 3)]
    assert len(store.memberships()) == 3


@pytest.mark.fault("F8")
def test_two_writers_of_one_chunk_are_one(store, monkeypatch):
    """The second waits for the first and finds the chunk done."""
    found, held, wait = [], threading.Event(), threading.Event()
    true = applying.failpoint

    def hold(name):
        if name == "pg.after_ledger_claim" and not held.is_set():
            held.set()
            wait.wait(20)
        true(name)

    monkeypatch.setattr(applying, "failpoint", hold)
    told = changes([f"{at:04}" for at in range(500)])
    first = threading.Thread(target=lambda: found.append(store.apply(told)))
    first.start()
    assert held.wait(20)
    second = threading.Thread(target=lambda: found.append(store.apply(told)))
    second.start()
    second.join(1)
    assert second.is_alive()  # it waits
    wait.set()
    first.join(20)
    second.join(20)
    assert [(one.acked, one.created) for one in found] == [(500, 500)] * 2
    assert sorted(one.requests for one in found) == [0, 1]
    assert store.ledger() == [(1, 0, "done", 500, 0, 500)]


@pytest.mark.fault("F8")
def test_a_second_writer_does_not_wait_longer_than_it_may(postgres, tmp_path):
    store = new_store(postgres, tmp_path, lock_timeout="1 second")
    store.apply([])
    store.do("UPDATE cja.sink_ledger SET state = 'partial'")
    with postgres.admin(store.database) as other, other.transaction():
        other.execute("SELECT * FROM cja.sink_ledger FOR UPDATE")
        with pytest.raises(RetryableError, match="^LockNotAvailable 55P03$"):
            store.apply(changes("a"))
    assert store.apply(changes("a")).acked == 1


@pytest.mark.fault("F8")
def test_chunks_of_two_audiences_over_the_same_people_lock_none_another(store):
    """Both take the profiles in the order of their keys, also where one is split and the other is not."""
    ids = [f"{at:05}" for at in range(3000)]
    found = []

    def deliver(audience, order):
        sink = store.sink()
        for seq in range(1, 5):
            own = token(seq)._replace(audience_id=audience)
            found.append(sink.apply([change(id_, seq=seq) for id_ in order], own, run(seq)).acked)
        sink.close()

    writers = [threading.Thread(target=deliver, args=(f"aud_{name * 12}", order)) for name, order in (("a", ids), ("b", ids[::-1]))]
    [one.start() for one in writers]
    [one.join(60) for one in writers]
    assert found == [3000] * 8
    assert store.rows("SELECT count(*) FROM cja.profiles") == [(3000,)]


def test_statements_are_bounded_by_rows_and_by_text():
    rows = [change(f"{at:05}") for at in range(10_300)]
    assert [len(some) for some in groups(rows)] == [5150, 5150]
    assert [len(some) for some in groups(rows[:10_000])] == [10_000]
    assert list(groups([])) == []
    long = [change(f"{at}", attrs=json.dumps("x" * 9_000_000)) for at in range(15)]
    assert [len(some) for some in groups(long)] == [5, 5, 5]
    assert [one for some in groups(rows) for one in some] == rows


@pytest.mark.fault("F17")
def test_a_store_that_is_not_migrated_or_newer_is_refused(store, postgres, tmp_path):
    with pytest.raises(FatalError, match="^Version schema_version_0$"):
        new_store(postgres, tmp_path, migrated=False).apply(changes("a"))
    store.do("INSERT INTO cja.schema_version (version) VALUES (99)")
    with pytest.raises(FatalError, match="^Version schema_version_99$"):
        store.apply(changes("a"))


def test_a_store_that_was_refused_is_refused_again_by_the_same_sink(store):
    store.do("INSERT INTO cja.schema_version (version) VALUES (99)")
    sink = store.sink()
    for _ in range(2):
        with pytest.raises(FatalError, match="^Version schema_version_99$"):
            sink.apply(changes("a"), token(), run())
    store.do("DELETE FROM cja.schema_version WHERE version = 99")
    assert sink.apply(changes("a"), token(), run()).acked == 1
    sink.close()


def test_a_setting_of_the_role_changes_nothing(postgres, tmp_path):
    """Its time zone, its search path, its isolation and its own tables of our names are not looked at."""
    store = new_store(postgres, tmp_path)
    with postgres.admin(store.database) as connection:
        connection.execute("CREATE SCHEMA evil")
        connection.execute("CREATE FUNCTION evil.evil(text, text) RETURNS boolean LANGUAGE sql AS 'SELECT true'")
        connection.execute("CREATE OPERATOR evil.= (LEFTARG = text, RIGHTARG = text, FUNCTION = evil.evil)")
        connection.execute("GRANT USAGE ON SCHEMA evil TO cja_publish")
        for setting in ("TimeZone = 'Asia/Tokyo'", "search_path = evil, pg_catalog", "default_transaction_isolation = 'serializable'",
                        "DateStyle = 'SQL, DMY'"):  # fmt: skip
            connection.execute(f"ALTER ROLE writer IN DATABASE {store.database} SET {setting}")
    told = [change("a"), change("b", "exit")]
    assert store.apply(told) == Applied(2, created=1, requests=1)
    assert store.memberships() == {"crm:a": ("realized", 1, "c1-enter-a"), "crm:b": ("exited", 1, "c1-exit-b")}
    assert store.rows("SELECT DISTINCT last_qualification_time FROM cja.profile_memberships")[0][0].astimezone(UTC) == told[0].asserted_at


def test_what_a_role_puts_off_or_tells_is_set_right_within_a_chunk(store):
    """A commit that does not wait for the disk would be acknowledged and lost in a crash; parameters beside an error tell people."""
    for setting in ("synchronous_commit = off", "log_parameter_max_length_on_error = -1", "statement_timeout = 0", "lock_timeout = 0"):
        store.do(f"ALTER ROLE writer IN DATABASE {store.database} SET {setting}")
    work = store.work()
    names = ("synchronous_commit", "log_parameter_max_length_on_error", "statement_timeout", "lock_timeout", "idle_in_transaction_session_timeout")
    with work.connection:
        assert [work.connection.execute(f"SHOW {name}").fetchone()[0] for name in names[:2]] == ["off", "-1"]
        with work.connection.transaction():
            work.begin()
            assert [work.connection.execute(f"SHOW {name}").fetchone()[0] for name in names] == ["on", "0", "30s", "10s", "1min"]


@pytest.mark.parametrize("setting", ["on", "local", "remote_apply"])
def test_a_commit_that_waits_for_more_or_less_of_the_disks_waits_as_it_is_set(store, setting):
    store.do(f"ALTER ROLE writer IN DATABASE {store.database} SET synchronous_commit = {setting}")
    work = store.work()
    with work.connection, work.connection.transaction():
        work.begin()
        assert work.connection.execute("SHOW synchronous_commit").fetchone() == (setting,)


def test_numbers_of_any_length_are_the_servers_to_judge(store):
    told = [change("long", attrs="1" * 5000), change("over", attrs='{"a":1e200000}'), change("whole", attrs="[1e300]")]
    applied = store.apply(told)
    assert applied.rejected == (Rejected("c1-enter-over", "NumericValueOutOfRange", "22003"),)
    assert sorted(store.memberships()) == ["crm:long", "crm:whole"]


def test_hits_of_a_plan_are_counted_and_a_fault_that_never_comes_is_known(store, monkeypatch):
    monkeypatch.setenv("CJA_FAILPOINTS", "pg.before_commit=raise@2")
    forget_hits()
    store.apply(changes("a"))
    with pytest.raises(InjectedFault):
        store.apply(changes("a", seq=2), 2)
    assert store.memberships() == {"crm:a": ("realized", 1, "c1-enter-a")}
