"""A delivery service that stays, under load: it is killed and started again, its database too, and nothing is lost.

CJA_MINUTES=10 lets it run as long as a release does.
"""

import os
import random
import signal
import time
from collections import Counter
from datetime import timedelta

import pytest

from cja_spark.audiences.tables import CHANGES, LEDGER
from cja_spark.driver_reads import equal
from cja_spark.errors import ClaimError
from cja_spark.sinks.delta_profiles import MEMBERSHIPS
from tests.jobs.processes import command, start
from tests.servers.postgres import Postgres
from tests.unit.audiences.shop import project_and_lake, shop_with
from tests.unit.audiences.world import World, day
from tests.unit.sinks.postgres.stores import make_roles, new_store

MINUTES = float(os.environ.get("CJA_MINUTES", "1.5"))
PEOPLE = [f"person{number:04}" for number in range(2_000)]


@pytest.fixture(scope="module")
def server():
    server = Postgres(fsync=True)
    make_roles(server)
    yield server
    server.close()


class Resident:
    """The service as a process of its own."""

    def __init__(self, log):
        self.log = log
        self.process = None
        self.lives = Counter()

    def begin(self, project):
        with self.log.open("ab") as to:
            self.process = start(command("deliver", project, "--every", "1"), to)

    def kill(self):
        assert self.process.poll() is None, self.log.read_text()[-3000:]
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait(60)
        self.lives["killed"] += 1

    def end(self):
        self.process.send_signal(signal.SIGTERM)
        code = self.process.wait(120)
        self.lives[code] += 1
        return code


@pytest.fixture
def resident(tmp_path):
    service = Resident(tmp_path / "resident.log")
    yield service
    if service.process is not None and service.process.poll() is None:
        service.kill()


def publish(world, number, people):
    """A run; where the service is at the audience, a moment later."""
    until = time.monotonic() + 120
    while True:
        try:
            return world.publish(day(1) + timedelta(hours=number), people)
        except ClaimError:
            assert time.monotonic() < until
            time.sleep(0.05)


def test_it_lives_under_load_with_kills_and_outages_and_loses_nothing(spark, server, tmp_path, resident):
    store = new_store(server, tmp_path)
    secrets = {name: getattr(store.spec, name) for name in ("dsn", "erase_dsn", "migrate_dsn")}
    shop = shop_with(tmp_path / "shop")
    lines = "".join(f"{name}: {text}\n" for name, text in secrets.items())
    shop.write("conf/sinks/people.yaml", f"sink: postgres\nattempts: 1\ngive_up_after: 0 s\n{lines}")
    shop.write("conf/audiences/buyers.yaml", "segments: buyers\nrefresh: daily\nlookback: 30 days\nsinks: [store, people]\n")
    _, lake = project_and_lake(spark, shop)
    world = World(lake, "buyers", sinks=("store", "people"))
    drawn, runs = random.Random(11), []
    resident.begin(shop.project)
    begun = time.monotonic()
    kill_at, cut_at = 20.0, 12.0
    while (elapsed := time.monotonic() - begun) < MINUTES * 60:
        inside = drawn.sample(PEOPLE, 1_000 + drawn.randrange(400))
        publish(world, len(runs), inside)
        runs.append(inside)
        if elapsed > cut_at:
            server.stop(signal.SIGQUIT)
            server.start()
            cut_at = elapsed + drawn.uniform(10, 30)
        if elapsed > kill_at:
            resident.kill()
            resident.begin(shop.project)
            kill_at = elapsed + drawn.uniform(20, 40)
        time.sleep(drawn.uniform(0, 2))
    assert wait_until_all_is_there(world, store, len(runs)), resident.log.read_text()[-3000:]
    assert resident.end() == 143
    assert resident.lives["killed"] >= 1
    found = {key.removeprefix("crm:"): row for key, row in store.memberships().items()}
    assert {id_ for id_, row in found.items() if row[0] == "realized"} == {*runs[-1]}
    assert {id_ for run in runs for id_ in run} == {*found}  # who left is known as one who left
    newest = newest_of_outbox(world)
    assert {f"crm:{id_}": row[1:] for id_, row in found.items()} == newest
    assert {row["profile_key"]: (row["run_seq"], row["change_id"]) for row in in_lake(world)} == newest
    assert [shop.run("deliver"), shop.run("audit")] == [0, 0]


def newest_of_outbox(world):
    """The run and id of the last change of each profile."""
    rows = [row for row in world.lake.table(CHANGES).rows("run_seq", "change_id", "profile_key", where=equal(audience_id=world.id)) if row["profile_key"]]
    return {row["profile_key"]: (row["run_seq"], row["change_id"]) for row in sorted(rows, key=lambda row: row["run_seq"])}


def in_lake(world):
    mine = equal(audience_id=world.id)
    return world.lake.table(MEMBERSHIPS, "store").rows("profile_key", "run_seq", "change_id", where=mine)


def wait_until_all_is_there(world, store, runs):
    """Whether the service brings the last run into both stores in two minutes."""
    until = time.monotonic() + 120
    while time.monotonic() < until:
        if {row[0] for row in store.ledger()} >= {*range(1, runs + 1)} and runs_taken(world) == runs:
            return True
        time.sleep(1)
    return False


def runs_taken(world):
    """How many runs the Delta store has."""
    return len({row["run_seq"] for row in world.lake.table(LEDGER).rows("run_seq", where=equal(sink_id="store", state="done"))})
