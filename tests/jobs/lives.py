"""A timeline without ids: what is told of persons drawn by lot, as counts and a digest of their events; the draw is said anew."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from itertools import groupby, pairwise

import duckdb
import xxhash

_ALL = (1 << 64) - 1


def drawn(persons: Iterable[str], people: int, sample: int = 1) -> set[str]:
    """The persons of a sample: those with the least numbers, a hash of the id moved by the sample's number and mixed as splitmix64 ends."""

    def number(person: str) -> int:
        mixed = (xxhash.xxh64_intdigest(person.encode(), seed=42) + 0x9E3779B97F4A7C15 * (sample + 1)) & _ALL
        mixed = ((mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9) & _ALL
        mixed = ((mixed ^ (mixed >> 27)) * 0x94D049BB133111EB) & _ALL
        return mixed ^ (mixed >> 31)

    return {*sorted({*persons}, key=number)[:people]}


def digest(events: Iterable[Sequence[object]]) -> str:
    """A hash of events: numbers to six digits after the point, nothing for what is not set."""
    lines = ["|".join("" if one is None else one if isinstance(one, str) else f"{one:.6f}" for one in event) for event in events]
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()[:16]


def lives(events: duckdb.DuckDBPyRelation, metrics: int, people: int, most: int) -> list[tuple]:
    """The rows of a timeline from a relation of person, session, t (ms), label, metrics, dimensions, in the order of each journey.

    A row per person: sessions, events, shown events, left out ones, and a digest of seconds and metrics and of each event; and one of
    all: people and shown people, the same counts, seconds, metrics.
    """
    found, totals = [], [0.0] * (5 + metrics)
    rows = events.fetchall()
    some = drawn((row[0] for row in rows), people)
    for person, own in groupby(rows, key=lambda row: row[0]):
        unit = [*own]
        spent = [(b[2] - a[2]) / 1000 if a[1] == b[1] else None for a, b in pairwise(unit)] + [None]
        sums = [sum(row[4 + at] or 0 for row in unit) for at in range(metrics)]
        sessions, seconds = len({row[1] for row in unit}), sum(one or 0 for one in spent)
        shown = min(len(unit), most) if person in some else 0
        left = len(unit) - shown if shown else 0
        for at, amount in enumerate((sessions, len(unit), shown, left, seconds, *sums)):
            totals[at] += amount
        if shown:
            first = unit[0][1]
            told = [(row[3], row[1] - first + 1, took, *row[4:]) for row, took in zip(unit[:most], spent, strict=False)]
            blank = [None] * (1 + metrics)
            found.append(("person", None, None, sessions, len(unit), shown, left, *blank, digest([(seconds, *sums), *told])))
    return [("total", len({row[0] for row in rows}), len(some), *totals, None), *sorted(found, key=str)]


def told(rows: Sequence[dict], metrics: Sequence[str], dimensions: Sequence[str]) -> list[tuple]:
    """The same of the report's own rows."""
    amounts = ("sessions", "events", "shown_events", "left_out_events", "time_spent_seconds", *metrics)
    of = {person: [*own] for person, own in groupby(
        sorted((row for row in rows if row["row_kind"] == "event"), key=lambda row: (row["timeline_person"], row["timeline_event"])),
        key=lambda row: row["timeline_person"],
    )}  # fmt: skip
    found = []
    for row in rows:
        if row["row_kind"] == "event":
            continue
        events = of.get(row["timeline_person"], [])
        person = row["row_kind"] == "person"
        columns = ("label", "timeline_session", "time_spent_seconds", *metrics, *dimensions)
        sums = [row[name] for name in amounts[4:]]
        mark = digest([sums, *([event[name] for name in columns] for event in events)]) if person else None
        found.append((row["row_kind"], row["people"], row["shown_people"], *(row[name] for name in amounts[:4]), *([None] * len(sums) if person else sums), mark))
    return found
