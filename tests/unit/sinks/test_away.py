"""A sink that is away: the first audience waits for it, the second tries it once, the others leave their rows for later."""

import shutil
from datetime import timedelta

import pytest

from cja_spark.audiences.receipts import SinkReceipt
from cja_spark.errors import DeadLetterError, UnavailableError
from cja_spark.lake import Lake
from cja_spark.sinks.away import Away
from cja_spark.sinks.deliver import deliver
from cja_spark.sinks.spec import Chunked, DeltaProfiles
from tests.unit.audiences.world import World, day
from tests.unit.sinks.scripted import Scripted

FEED, STORE = Chunked(name="feed", sink="kafka"), DeltaProfiles(name="store", sink="delta")


def told(error=None, **facts):
    receipt = SinkReceipt(sink="feed", audience="buyers", audience_id="aud_a", **facts)
    return receipt if error is None else receipt.after(error)


def test_it_is_tried_once_more_and_then_not_any_more():
    away = Away()
    assert (away.patient(FEED), away.why(FEED)) == (FEED, None)
    away.note(told(UnavailableError("sink 'feed': network reset.")))
    once = away.patient(FEED)
    assert (once.attempts, once.give_up_after, once.name) == (1, timedelta(0), "feed")
    assert away.why(FEED) is None
    away.note(told(UnavailableError("sink 'feed': network refused.")))
    assert str(away.why(FEED)) == "sink 'feed': network reset."
    assert (away.patient(STORE), away.why(STORE)) == (STORE, None)


@pytest.mark.parametrize(("ended", "kept"), [(told(acked=3), FEED.attempts), (told(), 1), (told(DeadLetterError("x")), 1)])
def test_who_took_something_is_waited_for_again(ended, kept):
    away = Away()
    away.note(told(UnavailableError("x")))
    away.note(ended)
    assert away.patient(FEED).attempts == kept


def test_who_is_waited_for_comes_later_and_who_was_away_last():
    patient = Chunked(name="patient", sink="kafka", give_up_after="1 hour")
    work = [(patient, ()), (FEED, ()), (STORE, ())]
    away = Away()
    assert [sink.name for sink, _ in away.in_turn(work)] == ["store", "feed", "patient"]
    away.note(told(UnavailableError("x")))
    assert [sink.name for sink, _ in away.in_turn(work)] == ["store", "patient", "feed"]


@pytest.fixture(scope="module")
def published(spark, audience_tables, tmp_path_factory):
    """A lake of three audiences, none of which is delivered."""
    folder = tmp_path_factory.mktemp("waiting") / "lake"
    shutil.copytree(audience_tables, folder)
    worlds = [World(Lake(spark, str(folder)), f"waiting_{letter}", sinks=("feed", "profiles")) for letter in "abc"]
    for world in worlds:
        world.publish(day(0), ["p1", "p2"])
    return worlds


@pytest.fixture
def shop(published, tmp_path):
    """The three in a lake of their own, with a profile store and a sink that can be away."""
    worlds = [published[0].copied(tmp_path / "world")]
    worlds += [World(worlds[0].lake, one.audience.name, sinks=one.audience.sinks) for one in published[1:]]
    feed = Scripted(name="feed", sink="scripted", folder=str(tmp_path / "feed"), attempts=2, give_up_after="0 s")
    return worlds, feed, {"feed": feed, "profiles": worlds[0].sink}


def applied(feed):
    return feed.rows("SELECT count(*) FROM calls WHERE what = 'apply'")[0][0]


@pytest.mark.fault("F7")
def test_a_sink_that_is_away_is_waited_for_once_per_delivery(shop):
    worlds, feed, sinks = shop
    feed.script(away=[0])
    receipt = deliver(worlds[0].lake, sinks, [world.audience for world in worlds])
    waits = [one for one in receipt.sinks if one.sink == "feed"]
    assert applied(feed) == 2 + 1
    assert [(one.state, one.exit_code, one.pending, one.lag_runs) for one in waits] == [("unavailable", 6, 2, 1)] * 3
    assert {one.reason for one in waits} == {"sink 'feed': network reset. Its rows wait. Deliver again later."}
    assert [one.acked for one in receipt.sinks if one.sink == "profiles"] == [2, 2, 2]
    feed.script()
    assert deliver(worlds[0].lake, sinks, [world.audience for world in worlds]).exit_code == 0
    assert [len(feed.members(world.id)) for world in worlds] == [2, 2, 2]


@pytest.mark.fault("F7")
def test_what_one_audience_cannot_get_rid_of_holds_up_no_other(shop):
    worlds, feed, sinks = shop
    feed.script(away_at_first=2)  # both attempts of the first audience
    receipt = deliver(worlds[0].lake, sinks, [world.audience for world in worlds])
    assert sorted(one.state for one in receipt.sinks if one.sink == "feed") == ["done", "done", "unavailable"]
    assert applied(feed) == 2 + 1 + 1
