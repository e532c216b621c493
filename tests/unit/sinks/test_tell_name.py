"""A18: a new name of an audience reaches the receivers that show names, without a run."""

import pytest

from cja_spark.audiences.manage import rename
from cja_spark.audiences.runs import seals
from cja_spark.errors import UnavailableError
from cja_spark.sinks.spec import DeltaProfiles
from cja_spark.sinks.tell_name import tell_name
from tests.servers.inlet import InletServer
from tests.unit.audiences.world import World, day
from tests.unit.sinks.inlet.given import settings

DEFINED = {"xdm_schema": "https://ns.adobe.com/shop/schemas/definitions", "dataset": "dataset2", "namespace": "CJA_AUDIENCES"}


@pytest.fixture(scope="module")
def server():
    with InletServer() as running:
        yield running


def test_a18_receivers_that_show_names_hear_of_a_new_one_without_a_run(place, server, monkeypatch):
    monkeypatch.setenv("CJA_TEST_MODE", "1")
    at = {"endpoint": f"http://127.0.0.1:{server.port}", "hosts": ("127.0.0.1",), "allow_private": True}
    sinks = [settings(**at, definition=DEFINED), settings(**at, name="nameless"), DeltaProfiles(name="profiles", sink="delta")]
    assert tell_name(place, sinks, "aud_000000000000") == []
    world = World(place, "shoppers")
    world.publish(day(0), dict.fromkeys("ab"))
    id_ = world.id
    told = []
    for name, new in (("shoppers", "buyers"), ("buyers", "clients")):
        rename(place, name, new, {new})
        told.append(tell_name(place, sinks, id_))
    assert told == [["inlet", "nameless"]] * 2
    assert server.told["definitions"][id_]["segmentName"] == f"clients ({id_})"
    first, second = server.requests
    assert first["ids"] == second["ids"] == [id_]
    assert first["headers"]["idempotency-key"] != second["headers"]["idempotency-key"]  # a receiver must not pass over it
    assert len(seals(place, id_)) == 1
    server.script({"do": "status", "code": 503})
    other, before = settings(**at, name="other", definition=DEFINED), len(server.requests)
    with pytest.raises(UnavailableError, match="'inlet': server http_503. The audience is renamed here; run the same command again"):
        tell_name(place, [*sinks, other], id_)
    assert len(server.requests) == before + 2  # the other one is told
    assert tell_name(place, sinks, id_) == ["inlet", "nameless"]
