"""A lake of one audience, made once; each test has a copy, with the store and the pepper beside it."""

import shutil

import pytest

from cja_spark.audiences import outbox
from cja_spark.lake import Lake
from tests.unit.audiences.world import World, day
from tests.unit.sinks.scripted import Scripted
from tests.unit.sinks.waves.given import PEOPLE


@pytest.fixture(autouse=True)
def small_chunks(monkeypatch):
    monkeypatch.setattr(outbox, "CHUNK", 4)


@pytest.fixture(scope="session")
def _published(spark, audience_tables, tmp_path_factory):
    folder = tmp_path_factory.mktemp("waves")
    shutil.copytree(audience_tables, folder / "lake")
    world = World(Lake(spark, str(folder / "lake")), "audience")
    world.sink = Scripted(name="store", folder=str(folder / "store"),
                          concurrency=3, attempts=1, give_up_after="0 s", max_dlq_ratio=1.0)  # fmt: skip
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(outbox, "CHUNK", 4)
        world.publish(day(0), PEOPLE)
    return world


@pytest.fixture
def world(_published, tmp_path):
    """An audience of 30 people in 8 chunks, none of which is delivered."""
    return _published.copied(tmp_path / "world")
