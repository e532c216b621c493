"""Erasure from a real PostgreSQL: by its own role, all audiences, again without effect (S9, KP4)."""

import pytest

from cja_spark.sinks.chunk import ErasedKey, FatalError
from tests.unit.sinks.postgres.stores import change, changes, run, token


def keys(ids):
    return [ErasedKey(f"crm:{id_}", change(id_, "exit")) for id_ in ids]


@pytest.fixture
def filled(store):
    store.apply(changes("abc"))
    sink = store.sink()
    sink.apply(changes("ab"), token()._replace(audience_id="aud_zzzzzzzzzzzz"), run())
    yield store, sink
    sink.close()


def test_a_profile_and_its_memberships_of_all_audiences_are_deleted(filled):
    store, sink = filled
    assert sink.erase(keys("ab"), token()) == "deleted"
    assert store.rows("SELECT profile_key FROM cja.profile_memberships UNION SELECT profile_key FROM cja.profiles") == [("crm:c",)]
    assert sink.erase(keys("ab"), token()) == "absent"
    assert sink.erase(keys("nobody"), token()) == "absent"


def test_a_guard_row_without_a_profile_is_deleted_too(store):
    store.apply(changes("g", "exit"))
    sink = store.sink()
    assert sink.erase(keys("g"), token()) == "deleted"
    assert store.memberships() == {}
    sink.close()


@pytest.mark.parametrize(("name", "left"), [("pg.before_erase_commit", 3), ("pg.after_erase_commit", 2)])
@pytest.mark.fault("F1")
def test_a_death_deletes_all_or_nothing(filled, crash, name, left):
    store, sink = filled
    crash(name, lambda: sink.erase(keys("a"), token()))
    assert store.rows("SELECT count(*) FROM cja.profiles") == [(left,)]
    sink.erase(keys("a"), token())
    assert store.rows("SELECT count(*) FROM cja.profiles") == [(2,)]


def test_the_role_that_delivers_cannot_delete(store):
    store.apply(changes("a"))
    store.spec = store.spec.model_copy(update={"erase_dsn": store.spec.dsn})
    sink = store.sink()
    with pytest.raises(FatalError, match="^InsufficientPrivilege 42501$"):
        sink.erase(keys("a"), token())
    sink.close()
    assert len(store.memberships()) == 1


def test_without_the_connection_of_a_role_that_may_delete_nothing_is_tried(store):
    store.spec = store.spec.model_copy(update={"erase_dsn": None})
    sink = store.sink()
    with pytest.raises(FatalError, match="^Configuration erase_dsn_missing$"):
        sink.erase(keys("a"), token())
