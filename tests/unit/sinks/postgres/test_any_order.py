"""Chunks in any order, repeated, with deaths and settlings between: the store ends as plain Python says (I1-I3, F4)."""

import random

import pytest

from cja_spark.failpoints import InjectedFault, forget_hits
from cja_spark.sinks.chunk import RetryableError
from tests.unit.sinks.postgres.stores import change, run, token

PLACES = ("pg.connected", "pg.after_ledger_claim", "pg.after_upsert", "pg.before_commit", "pg.after_commit")
CHUNKS = 2


def drawn_chunks(drawn):
    """Changes of five runs over a few people, by (run, chunk); some cannot be stored."""
    found = {}
    for seq in range(1, 6):
        for at in range(12):
            if drawn.random() < 0.7:
                op = drawn.choice(["enter", "update", "exit", "heartbeat"])
                attrs = drawn.choice([None, None, '{"tier":"gold"}', "NaN"])
                found.setdefault((seq, at % CHUNKS), []).append(change(f"p{at:02}", op, seq, attrs=attrs))
    return found


@pytest.mark.parametrize("seed", range(12))
@pytest.mark.fault("F4")
def test_any_order_of_chunks_ends_as_plain_python_says(store, monkeypatch, seed):
    drawn = random.Random(seed)
    chunks = drawn_chunks(drawn)
    order = [*chunks, *drawn.choices([*chunks], k=len(chunks))]
    drawn.shuffle(order)
    sink = store.sink()
    for seq, chunk in order:
        monkeypatch.setenv("CJA_FAILPOINTS", f"{drawn.choice(PLACES)}=raise@1" if drawn.random() < 0.4 else "")
        forget_hits()
        try:
            if not sink.is_done(token(seq, chunk, CHUNKS)):
                sink.apply(chunks[(seq, chunk)], token(seq, chunk, CHUNKS), run(seq))
        except InjectedFault:
            sink.close()
            sink = store.sink()
    monkeypatch.delenv("CJA_FAILPOINTS")
    for seq, chunk in chunks:  # what a driver does in the end: run it again
        if not sink.is_done(token(seq, chunk, CHUNKS)):
            sink.apply(chunks[(seq, chunk)], token(seq, chunk, CHUNKS), run(seq))
            sink.settle(token(seq, chunk, CHUNKS))
    sink.close()
    newest, made = {}, set()
    for (seq, _), some in sorted(chunks.items()):
        stored = [one for one in some if one.attrs != "NaN"]
        newest |= {one.profile_key: (one.status, seq, one.change_id) for one in stored}
        made |= {one.profile_key for one in stored if one.status == "realized"}
    assert store.memberships() == newest
    assert {row[0] for row in store.rows("SELECT profile_key FROM cja.profiles")} == made
    bad = {place: sum(one.attrs == "NaN" for one in some) for place, some in chunks.items()}
    assert [row[:5] for row in store.ledger()] == [
        (seq, chunk, "done", len(chunks[(seq, chunk)]) - bad[(seq, chunk)], bad[(seq, chunk)]) for seq, chunk in sorted(chunks)
    ]
    assert sum(row[5] for row in store.ledger()) == len(made)


def test_a_store_without_a_guard_or_a_ledger_would_show_it(store):
    """The check above can fail: an older run that comes late wins where nobody compares."""
    store.apply([change("a", "exit", 2)], 2)
    store.do("UPDATE cja.profile_memberships SET run_seq = 0")  # as if nobody knew better
    store.apply([change("a", "enter", 1)], 1)
    assert store.memberships() == {"crm:a": ("realized", 1, "c1-enter-a")}
    sink = store.sink()
    sink.settle(token(1))
    with pytest.raises(RetryableError):
        store.do("UPDATE cja.sink_ledger SET rejected = 1")
        sink.apply([change("a", "enter", 1)], token(1), run(1))
    sink.close()
