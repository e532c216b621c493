"""Whom a sink is told to forget in which audiences: also in those that outbox and members do not tell of any more (S9, KK1)."""

from datetime import UTC, datetime

import pytest

from cja_spark.audiences.claims import EVERYTHING, claimed
from cja_spark.audiences.identity import pepper_beside
from cja_spark.audiences.runs import seals
from cja_spark.erasure.people import people_of
from cja_spark.erasure.requests import Request
from cja_spark.erasure.told import tell, with_audiences
from cja_spark.sinks.files.spec import Files
from cja_spark.sinks.kafka.spec import Kafka
from cja_spark.sinks.ledger import Outcome, append
from tests.unit.audiences.world import World, day

TOPIC = Kafka(name="topic", sink="kafka", bootstrap_servers=["localhost:9092"], topic="t")


@pytest.fixture(scope="module")
def told(place):
    """Ann is in an audience that the topic has; nothing tells of Zoe any more, whom it once had. Another audience it never took."""
    worlds = [World(place, "taken"), World(place, "never_taken")]
    for one in worlds:
        one.publish(day(0), dict.fromkeys(["ann", "bob"]))
    [seal] = seals(place, worlds[0].id)
    append(place, TOPIC.name, seal, [Outcome(0, 2, 0, 0, 1)], "r", 1)
    people = people_of(place, Request((("crm", "ann"), ("crm", "zoe"))), "t1", "r", pepper_beside(place.location))
    with claimed(place, EVERYTHING, "r", "erase") as claim:
        run = tell(place, people, "t1", {}, claim, datetime.now(UTC))
    return run, [one.id for one in worlds]


def audiences(place, run, sink):
    return {row["id"]: row["audiences"] for row in with_audiences(place, run, sink).select("id", "audiences").collect()}


def test_a_sink_with_a_key_per_audience_is_asked_for_each_that_it_ever_took(place, told):
    run, (taken, other) = told
    assert audiences(place, run, TOPIC) == {"ann": sorted([taken, other]), "zoe": [taken]}


def test_another_sink_is_told_of_those_that_the_tables_tell_of(place, told, tmp_path):
    run, ids = told
    assert audiences(place, run, Files(name="topic", sink="files", location=str(tmp_path))) == {"ann": sorted(ids), "zoe": []}
