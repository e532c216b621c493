"""Lakes of one audience, made once up to some point; each test has a copy, with the store and the pepper beside it."""

import shutil

import pytest

from cja_spark.audiences import outbox
from cja_spark.lake import Lake
from cja_spark.sinks import retry as retrying
from tests.unit.audiences.world import World, day
from tests.unit.sinks.again.given import PEOPLE, keys
from tests.unit.sinks.scripted import Scripted


@pytest.fixture(autouse=True)
def small_chunks(monkeypatch):
    monkeypatch.setattr(outbox, "CHUNK", 4)
    monkeypatch.setattr(retrying, "CHUNK", 2)


@pytest.fixture(scope="session")
def _published(spark, audience_tables, tmp_path_factory):
    folder = tmp_path_factory.mktemp("again")
    shutil.copytree(audience_tables, folder / "lake")
    world = World(Lake(spark, str(folder / "lake")), "audience")
    world.sink = Scripted(name="store", folder=str(folder / "store"),
                          concurrency=2, attempts=1, give_up_after="0 s", max_dlq_ratio=1.0)  # fmt: skip
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(outbox, "CHUNK", 4)
        world.publish(day(0), PEOPLE)
    return world


@pytest.fixture(scope="session")
def _refused(_published, tmp_path_factory):
    world = _published.copied(tmp_path_factory.mktemp("again") / "refused")
    world.sink.script(refuse=keys("p01", "p05", "p07"))
    world.deliver()
    world.sink.script()
    return world


@pytest.fixture(scope="session")
def _delivered(_published, tmp_path_factory):
    world = _published.copied(tmp_path_factory.mktemp("again") / "delivered")
    world.deliver()
    return world


@pytest.fixture(scope="session")
def _delivered_twice(_delivered, tmp_path_factory):
    world = _delivered.copied(tmp_path_factory.mktemp("again") / "twice")
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(outbox, "CHUNK", 4)
        world.publish(day(1), PEOPLE[:8])
    world.deliver()
    return world


@pytest.fixture
def world(_published, tmp_path):
    """Run 1 of twelve people in chunks of four, not delivered."""
    return _published.copied(tmp_path / "world")


@pytest.fixture
def refused(_refused, tmp_path):
    """Run 1 delivered but for three letters."""
    return _refused.copied(tmp_path / "world")


@pytest.fixture
def delivered(_delivered, tmp_path):
    """Run 1 delivered."""
    return _delivered.copied(tmp_path / "world")


@pytest.fixture
def delivered_twice(_delivered_twice, tmp_path):
    """Run 1 delivered, and run 2 in which four of the twelve left."""
    return _delivered_twice.copied(tmp_path / "world")
