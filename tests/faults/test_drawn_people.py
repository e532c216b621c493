"""F20: people whose days are drawn by lot, all in one audience: every table is as plain Python says, however Spark works (I6, I7)."""

import random

import pytest

from cja_spark.audiences import outbox
from tests.faults.plan import FULL
from tests.unit.audiences.world import World, day

PEOPLE = 800 if FULL else 80
ATTRS = (None, '{"tier":"gold"}', '{"tier":null}', '{"note":"\u00e9\u202e\u0130"}')
WAYS = {
    "one partition": {"spark.sql.shuffle.partitions": "1"},
    "seven partitions": {"spark.sql.shuffle.partitions": "7"},
    "64 partitions": {"spark.sql.shuffle.partitions": "64"},
    "adaptive": {"spark.sql.adaptive.enabled": "true"},
}
SLOW = ("64 partitions", "adaptive")


def drawn(way, runs=4):
    """Each person has days of his own: in or out, with which attributes; ids in all kinds of writing."""
    found, when = [], 0
    for number in range(runs):
        when += (1, 5, 3, 8)[number % 4]
        found.append((when, {}))
    for at in range(PEOPLE):
        dice = random.Random(f"person {at}")
        id_ = dice.choice(["p{}", "P{}", "0{}", "\u0661{}", " {} ", "a b{}", "\U0001f600{}"]).format(at) + way[0]
        for _, people in found:
            if dice.random() < 0.55:
                people[id_] = dice.choice(ATTRS)
    return [(day(number), people) for number, people in found]


@pytest.fixture
def way(spark, request):
    before = {name: spark.conf.get(name) for name in WAYS[request.param]}
    for name, value in WAYS[request.param].items():
        spark.conf.set(name, value)
    yield request.param
    for name, value in before.items():
        spark.conf.set(name, value)


@pytest.mark.fault("F20")
@pytest.mark.parametrize("way", [name for name in WAYS if FULL or name not in SLOW], indirect=True)
def test_f20_drawn_days_of_people_end_as_plain_python_says(place, way, fault, monkeypatch):
    monkeypatch.setattr(outbox, "CHUNK", 50)
    world, runs = World(place, f"drawn_{way.replace(' ', '_')}"), drawn(way)
    for number, (as_of, people) in enumerate(runs):
        shuffled = [*people.items()]
        random.Random(f"{way} {number}").shuffle(shuffled)
        told = world.publish(as_of, dict(shuffled))
        assert told.state == "committed", told.text()
        if number % 2:
            world.deliver()
    found, expected = world.found(), world.expected(runs)
    differences = {name: len({*found[name]} ^ {*expected[name]}) for name in expected}
    keys = [row[0] for row in found["memberships"]]
    fault.tried(times=PEOPLE, rows=len(expected["changes"]), lost=sum(differences.values()), duplicated=len(keys) - len({*keys}), action=way)
    assert found == expected
