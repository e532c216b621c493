"""Runs of an audience as chunks, brought to a sink by the plainest driver there is, and what its receiver must hold then.

Nothing of the package decides here: people are sets, the ledger is a file of lines, the answer is a dictionary.
"""

from __future__ import annotations

import random
import time
from collections import Counter
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple, Protocol

from cja_spark.sinks.chunk import Change, ChunkSink, RetryableError, RunFacts, Token

AUDIENCE = "aud_0123456789ab"
BEGIN = datetime(2026, 8, 1, tzinfo=UTC)
Place = tuple[int, int]
State = Mapping[str, tuple[str, int]]


class Story(NamedTuple):
    """Some runs: the changes of each chunk, by run and chunk, in order."""

    chunks: dict[Place, list[Change]]
    count: int

    @property
    def rows(self) -> int:
        return sum(map(len, self.chunks.values()))

    def told(self, seq: int) -> RunFacts:
        return RunFacts("refresh", BEGIN + timedelta(days=seq), 1, "buyers", None)

    def token(self, place: Place) -> Token:
        return Token("store", AUDIENCE, place[0], place[1], self.count)

    def end(self) -> State:
        """What every receiver must hold when all is told: each person as the newest run says."""
        return {one.profile_key: (one.status, seq) for (seq, _), rows in sorted(self.chunks.items()) for one in rows}


def story(seed: object = 0, *, persons: int = 16, runs: int = 3, count: int = 2) -> Story:
    """People who come, go and come back, by lot."""
    drawn, inside, chunks = random.Random(f"story {seed}"), set(), {}
    for seq in range(1, runs + 1):
        now = {at for at in range(persons) if drawn.random() < 0.6} if seq > 1 else {at for at in range(persons) if at % 3}
        for chunk in range(count):
            chunks[(seq, chunk)] = []
        for at in sorted(now | inside):
            op = "heartbeat" if at in now & inside else "enter" if at in now else "exit"
            chunks[(seq, at % count)].append(change(at, op, seq))
        inside = now
    return Story(chunks, count)


def change(at: int, op: str, seq: int) -> Change:
    when, left = BEGIN + timedelta(days=seq), op == "exit"
    return Change(
        op, f"{seq:04x}{at:060x}", f"crm:p{at:05}", "CRM", f"p{at:05}", f"{at:064x}", "exited" if left else "realized",
        when, None if left else when + timedelta(days=16), None, 1,
    )  # fmt: skip


class Ledger:
    """Which chunks were acknowledged: a line each, in a file that outlives whoever writes it."""

    def __init__(self, file: Path) -> None:
        self.file = file

    def has(self) -> set[Place]:
        lines = self.file.read_text().splitlines() if self.file.exists() else []
        return {(int(seq), int(chunk)) for seq, chunk in map(str.split, lines)}

    def note(self, place: Place) -> None:
        with self.file.open("a") as to:
            to.write(f"{place[0]} {place[1]}\n")

    def forget(self, count: int) -> None:
        """Be as it was some chunks ago."""
        lines = self.file.read_text().splitlines(keepends=True) if self.file.exists() else []
        self.file.write_text("".join(lines[: max(len(lines) - count, 0)]))


class Receiver(Protocol):
    """A sink's other side."""

    def open(self, slot: int) -> ChunkSink:
        """A sink, as a task has it."""

    def look(self) -> tuple[State, Counter[str]]:
        """Each person's status and run; how often each change had an effect that who honours ids and versions would count."""


def bring(told: Story, open_sink: Callable[[int], ChunkSink], ledger: Ledger, *, tries: int = 8) -> int:
    """Bring every chunk that the ledger lacks, and note it when it is acknowledged; give the rows that were sent."""
    sent, has = 0, ledger.has()
    for place, rows in sorted(told.chunks.items()):
        if place in has:
            continue
        sink = open_sink(place[1])
        try:
            if not sink.is_done(told.token(place)):
                sent += _persist(lambda rows=rows, place=place, sink=sink: sink.apply(rows, told.token(place), told.told(place[0])), len(rows), tries)
        finally:
            sink.close()
        ledger.note(place)
    return sent


def _persist(call: Callable[[], object], rows: int, tries: int) -> int:
    for attempt in range(1, tries + 1):
        try:
            call()
        except RetryableError:
            if attempt == tries:
                raise
        else:
            return attempt * rows
    raise AssertionError("unreached")


class Verdict(NamedTuple):
    """What became of a story at a receiver."""

    rows: int
    lost: int
    duplicated: int
    disordered: int


def verdict(told: Story, receiver: Receiver) -> Verdict:
    """Compare a receiver with what plain Python says."""
    (found, effects), expected = receiver.look(), told.end()
    lost = sum(key not in found for key in expected)
    behind = sum(key in found and found[key][1] < seq for key, (_, seq) in expected.items())
    other = sum(key in found and found[key] != state for key, state in expected.items()) - behind
    more = sum(key not in expected for key in found)
    duplicated = sum(count - 1 for count in effects.values())
    return Verdict(told.rows, lost + other + more, duplicated, behind)


def survived(told: Story, receiver: Receiver, ledger: Ledger, *, fault: Any = None, **facts: object) -> None:
    """Run it again after a fault until all is told, and compare; notes what was found where that is asked."""
    open_places = sorted({*told.chunks} - ledger.has())
    had, _ = receiver.look()
    again = [one for one in told.chunks[open_places[0]] if had.get(one.profile_key, ("", 0))[1] >= open_places[0][0]] if open_places else []
    begun = time.monotonic()
    bring(told, receiver.open, ledger)
    seconds, found = time.monotonic() - begun, verdict(told, receiver)
    if fault is not None:
        fault.tried(rows=found.rows, lost=found.lost, duplicated=found.duplicated, disordered=found.disordered,
                    recovery_s=round(seconds, 4), resent=len(again), **facts)  # fmt: skip
    assert found[1:] == (0, 0, 0), found
    assert bring(told, receiver.open, ledger) == 0  # I5: what is finished sends nothing
