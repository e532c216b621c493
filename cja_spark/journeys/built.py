"""What the journeys of a view were built from: their builds note it, and reports ask before they read."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import UTC, date, datetime

from cja_spark.driver_reads import equal
from cja_spark.errors import InputError
from cja_spark.journeys.fields import Field, event_fields, profile_fields, words_of
from cja_spark.journeys.period import PROFILE_PERIOD
from cja_spark.lake import JOURNEY_BUILDS, Lake
from cja_spark.table import PlainRow, Table
from cja_spark.view.spec import View

FORMAT = 4


@dataclass(frozen=True)
class Built:
    """What a view's journeys were built from.

    Attributes:
        sources: a line per period, the same for the same journeys.
        data_until: the instant of the newest event that they hold.
        version: the version of the journeys that this is said of. A newer one may be there already, of a build that
            has not said what it built.
    """

    sources: str
    data_until: datetime
    version: int


def notes_of(lake: Lake, view: View) -> dict[int, PlainRow]:
    """Per period what its build noted; nothing when it never was, or by a program that noted less."""
    if _notes_less(lake):
        return {}
    return {row["period"]: row for row in lake.journey_builds.rows(where=equal(view=view.name))}


def notes_table(lake: Lake) -> Table:
    """The table of notes, made if it is not there; that of a program that noted less is made again, empty."""
    if _notes_less(lake):
        lake.journey_builds.drop()
    return lake.journey_builds.create()


def _notes_less(lake: Lake) -> bool:
    assert JOURNEY_BUILDS.schema is not None
    return bool(set(JOURNEY_BUILDS.schema.names) - set(lake.journey_builds.read().columns))


def definition_of(view: View, matches: Mapping[str, str]) -> str:
    """A digest of what a view asks its journeys to hold; segments and calculated metrics are not in it."""
    fields = [_written(field) for field in (*event_fields(view, matches), *profile_fields(view))]
    parts: dict[str, object] = {"format": FORMAT, "fields": fields, "period": view.period}
    if words := words_of(view):
        parts["words"] = words
    if view.person_id:
        parts["person_id"] = view.person_id
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()[:32]


def _written(field: Field) -> dict[str, object]:
    parts = {name: part for name, part in asdict(replace(field, formula=None)).items() if name not in ("formula", "instances")}
    return {**parts, "formula": field.formula.written()} if field.formula else parts


def built(lake: Lake, view: View, matches: Mapping[str, str]) -> Built:
    """What the journeys were built from.

    Raises:
        InputError: there are none, they hold no event, the view asks for others since, or they were made anew by a
            build that ended before it noted so.
    """
    newest = lake.journeys(view.name).version()
    if newest < 0:
        raise InputError(f"{lake.location} has no journeys of view '{view.name}': run 'cja journey' first.")
    notes = notes_of(lake, view)
    asked = definition_of(view, matches)
    if any(row["definition"] != asked for row in notes.values()):
        text = f"The dimensions, metrics or period of view '{view.name}' changed since its journeys were built"
        raise InputError(f"{text}: run 'cja journey' first.")
    periods = sorted(set(notes) - {PROFILE_PERIOD})
    if not periods:
        raise InputError(f"The journeys of view '{view.name}' hold no events: run 'cja connect', then 'cja journey'.")
    lines = (f"{row['period']} {row['fingerprint']} {row['events']}" for _, row in sorted(notes.items()))
    last = notes[periods[-1]]
    return Built("\n".join(lines), last["data_until"].astimezone(UTC), _version(lake, view, last, newest))


def _version(lake: Lake, view: View, note: PlainRow, newest: int) -> int:
    """The version that a note is of; or the newest where the journeys were only stored otherwise since."""
    noted: int = note["journeys_version"]
    if noted > newest:
        text = f"The journeys of view '{view.name}' were removed and built anew, by a build that did not end"
        raise InputError(f"{text}: run 'cja journey' first.")
    return noted if noted < newest and lake.journeys(view.name).rows_changed_since(noted) else newest


def newest_event(events: Table, version: int, last_day: date | None) -> datetime | None:
    """The instant of the newest event of a version; partitions but the last are not read. None where there is no event."""
    if last_day is None:
        return None
    [newest] = events.totals((), {"ts": ("max", "ts")}, equal(event_date=last_day), version)
    found: datetime | None = newest["ts"]
    return None if found is None else found.astimezone(UTC)
