"""How fast profiles come into PostgreSQL: `python -m benchmarks.sinks_postgres`, on a server that it starts and ends.

The store's answer is compared first, with plain Python over the same changes. The server keeps what it acknowledges
(fsync on), as one for work does.
"""

from __future__ import annotations

import argparse
import hashlib
import tempfile
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

from benchmarks.clock import timed
from cja_spark.sinks.chunk import Change
from tests.servers.postgres import Postgres
from tests.unit.sinks.postgres.stores import Store, change, make_roles, new_store, run, token

TARGET = 20_000
CHUNK = 10_000


def changes_of(chunk: int, seq: int) -> list[Change]:
    """A chunk as the outbox has it: spread keys, in order; in the second run a tenth leave, the others are told again."""
    found = []
    for at in range(CHUNK):
        id_ = hashlib.sha256(f"{chunk}-{at}".encode()).hexdigest()[:20]
        op = "exit" if seq > 1 and at % 10 == 0 else "enter" if seq == 1 else "heartbeat"
        ref = hashlib.sha256(id_.encode()).hexdigest()
        found.append(change(id_, op, seq, person_ref=ref, change_id=ref, attrs='{"tier":"gold","visits":3}'))
    return sorted(found, key=lambda one: one.profile_key)


def deliver(store: Store, chunks: list[list[Change]], seq: int, tasks: int) -> None:
    """All chunks of a run, some at once, each in a process with its own connection, as Spark's tasks do it."""
    _at_work[:] = [(store, chunks, seq, tasks)]
    with ProcessPoolExecutor(tasks, mp_context=get_context("fork")) as pool:
        list(pool.map(_some, range(tasks)))


_at_work: list[tuple[Store, list[list[Change]], int, int]] = []


def _some(number: int) -> None:
    [(store, chunks, seq, tasks)] = _at_work
    sink = store.sink()
    for chunk in range(number, len(chunks), tasks):
        assert sink.apply(chunks[chunk], token(seq, chunk, len(chunks)), run(seq)).acked == CHUNK
    sink.close()


def same(store: Store, runs: list[list[list[Change]]]) -> bool:
    """Whether the store holds what plain Python does."""
    newest = {one.profile_key: (one.status, seq) for seq, chunks in enumerate(runs, 1) for chunk in chunks for one in chunk}
    return {key: row[:2] for key, row in store.memberships().items()} == newest


def main() -> None:
    """Print the rates of a first run, of one that touches every row again, and of a replay."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--profiles", type=int, default=200_000)
    asked.add_argument("--tasks", type=int, default=2)
    options = asked.parse_args()
    server = Postgres(fsync=True)
    try:
        make_roles(server)
        store = new_store(server, Path(tempfile.mkdtemp()))
        runs = [[changes_of(chunk, seq) for chunk in range(options.profiles // CHUNK)] for seq in (1, 2)]
        small = new_store(server, Path(tempfile.mkdtemp()))
        for seq, chunks in enumerate(runs, 1):
            deliver(small, chunks[:2], seq, 2)
        assert same(small, [chunks[:2] for chunks in runs])
        lines = []
        for label, seq in (("first run", 1), ("every row again", 2), ("a replay of it", 2)):
            _, wall, cpu = timed(lambda seq=seq: deliver(store, runs[seq - 1], seq, options.tasks))
            rate = options.profiles / wall
            lines.append(f"PostgreSQL, {label}: {rate:,.0f} profiles per second ({wall:.1f} s wall, {cpu:.1f} CPU s, {options.tasks} tasks)")
        assert same(store, runs)
        print("\n".join([*lines, f"target: {TARGET:,} profiles per second"]))
    finally:
        server.close()


if __name__ == "__main__":
    main()
