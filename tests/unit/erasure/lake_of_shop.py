"""A small lake with everything that may hold a person: events of devices, journeys, an audience, letters, reports."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from urllib.parse import unquote

import pyarrow.parquet as pq

from cja_spark.audiences.tables import DEAD_LETTERS
from cja_spark.connection.spec import Connection
from cja_spark.connection.tables import LOADS, QUARANTINE
from cja_spark.erasure.erase import Wish, erase
from cja_spark.erasure.requests import Request
from cja_spark.journeys.build import build
from cja_spark.reports.exclusions import EXCLUSIONS
from cja_spark.view.spec import View
from tests.unit.audiences.world import World, day

VIEW = View.model_validate({"name": "shop", "buckets": 2, "dimensions": {"page": "page", "login": "login"}, "metrics": {"orders": "orders"}})
CONNECTION = Connection.model_validate({"name": "shop", "datasets": {"web": {
    "type": "event", "source": {"format": "json", "path": "web"}, "timestamp": "ts", "person_id": {"column": "login", "namespace": "CRM"},
    "persistent_id": {"column": "device", "namespace": "ECID"}, "stitching": {"method": "field_based"},
}}})  # fmt: skip
COLUMNS = (
    "person_id string, person_namespace string, persistent_id string, persistent_namespace string, event_id string, "
    "ts timestamp, event_date date, dataset string, dataset_position int, sequence bigint, row_hash bigint, load bigint, "
    "own_person_id string, own_namespace string, stitch_reason string, page string, login string, orders double"
)


def name_of(number):
    """A person of a number: some ids are longer than a word, some have letters of other scripts."""
    return f"person-{number:06d}" if number % 5 else f"zoë {number:06d}@example.org"


def events_of(persons):
    """Per person a login and an anonymous event on one's own device, and now and then one on that of the next person."""
    begin = datetime(2026, 8, 1, tzinfo=UTC)
    for number in range(persons):
        person, device = name_of(number), f"device-{number:06d}"
        at = begin + timedelta(minutes=number % 5000)
        row = {"device": device, "at": at, "own": person, "person": person, "reason": "own", "page": f"page {number % 7}"}
        yield row
        yield {**row, "own": None, "at": at + timedelta(days=1), "reason": "last_login"}
        if number % 3 == 0:
            yield {**row, "device": f"device-{number + 1:06d}", "at": at + timedelta(days=2)}


def _row(number, one):
    at = one["at"]
    return (
        one["person"], "CRM", one["device"], "ECID", f"e{number}", at, date(at.year, at.month, at.day), "web", 0, None, number, 1,
        one["own"], "CRM" if one["own"] else None, one["reason"], one["page"], one["own"], 1.0,
    )  # fmt: skip


def fill(lake, persons, audience="shoppers"):
    """Fill a lake; the audience has published twice, its sink has taken the first run."""
    spark = lake.spark
    rows = [_row(number, one) for number, one in enumerate(events_of(persons))]
    lake.events.append(spark.createDataFrame(rows, COLUMNS))
    profiles = [(name_of(number), f"tier {number % 3}") for number in range(persons)]
    lake.profiles.append(spark.createDataFrame(profiles, "person_id string, tier string"))
    build(lake, VIEW, {})
    world = World(lake, audience)
    everybody = {name_of(number): '{"tier":"gold"}' for number in range(persons)}
    world.publish(day(0), everybody)
    world.deliver()
    world.publish(day(1), {**everybody, name_of(0): None, name_of(1): None})
    _side_tables(lake, world)
    return world


def _side_tables(lake, world):
    letters = lake.table(DEAD_LETTERS)
    now = datetime(2026, 8, 2, tzinfo=UTC)
    some = [name_of(number) for number in range(3)]
    letters.append(letters.frame([
        (f"letter{number}", "profiles", world.id, 1, f"c{number}", "enter", f"crm:{one}", "ref", f'{{"id": "{one}"}}', "data", "x", 1, "open", 1, 1, now, now, None)
        for number, one in enumerate(some)
    ] + [("letterx", "_source", world.id, 1, "cx", "enter", None, None, f'{{"namespace": "CRM", "id": "{some[0]}"}}', "data", "x", 1, "open", 1, 1, now, now, None)]))
    quarantine = lake.table(QUARANTINE).create()
    quarantine.append(quarantine.frame([(1, "web", "missing_timestamp", "f.json", None, f"{one}-event", f'{{"login": "{one}", "n": 1}}') for one in some]))
    loads = lake.table(LOADS).create()
    loads.append(loads.frame([(1, "done", False, 0, None, [], None, None, 5, some, None)]))
    exclusions = lake.table(EXCLUSIONS).create()
    exclusions.append(exclusions.frame([("r1", "lives", "shop", some[0], "CRM", 7)]))
    runs = lake.report_runs.create()
    runs.append(runs.frame([
        ("r1", "lives", "shop", f'{{"persons": ["{some[0]}"]}}', now, now, 1, 2, 2, 2, 0, 0),
        ("r2", "logins", "shop", "{}", now, now, 1, 2, 2, 2, 0, 0),
    ]))  # fmt: skip
    lives = lake.spark.createDataFrame([("r1", one, "home") for one in some], "run_id string, timeline_person string, page string")
    lake.report("lives").append(lives)
    customers = [(some[0], "gold", None), (some[1], "gold", some[0]), ("lamp", "iron", None)]
    lake.lookup("customers").append(lake.spark.createDataFrame(customers, "key string, tier string, friend string"))
    lake.summary("spend").append(lake.spark.createDataFrame([(one, 3.5) for one in some], "customer string, spent double"))
    logins = lake.spark.createDataFrame([("r2", one, 5) for one in some], "run_id string, login string, events bigint")
    lake.report("logins").append(logins)


def wish_of(lake, world, persons, erasure_id="e1", sinks=None):
    """An erasure of the persons of some numbers."""
    def rebuild():
        build(lake, VIEW, {}, full=True)

    from cja_spark.audiences.identity import pepper_beside

    request = Request(tuple(("crm", name_of(number)) for number in persons))
    given = {world.sink.name: world.sink} if sinks is None else sinks
    return Wish(lake, given, request, erasure_id, pepper_beside(lake.location), CONNECTION, "shop", rebuild)


def erased(lake, world, persons, **more):
    """Erase the persons of some numbers."""
    return erase(wish_of(lake, world, persons, **more))


def texts_of(folder):
    """Every file of a lake as text, Parquet decoded by plain Python: what somebody who looks for a name would see."""
    for file in sorted(Path(folder).rglob("*")):
        if file.is_file():
            yield file, unquote(file.read_bytes().decode("utf-8", "replace"))
            if file.suffix == ".parquet":
                yield file, str(pq.read_table(file).to_pylist())


def files_that_name(folder, persons):
    """Files that tell of somebody."""
    names = [name_of(number) for number in persons]
    return sorted({file.relative_to(folder).as_posix() for file, text in texts_of(folder) if any(name in text for name in names)})
