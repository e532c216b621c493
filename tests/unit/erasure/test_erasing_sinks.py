"""Every sink forgets: profile stores, files, a real inlet; one that is away stops the erasure, one that left the project is told."""

import csv
import uuid
from pathlib import Path

import pytest

from cja_spark.audiences import outbox
from cja_spark.audiences.identity import pepper_beside
from cja_spark.audiences.tables import ERASURE_RECEIPTS, LEDGER, MEMBERS, SUPPRESSIONS
from cja_spark.driver_reads import equal
from cja_spark.erasure.erase import Wish, erase
from cja_spark.erasure.requests import Request
from cja_spark.errors import UnavailableError
from cja_spark.sinks.deliver import deliver_audience
from cja_spark.sinks.delta_profiles import PROFILES
from cja_spark.sinks.files.spec import Files
from cja_spark.sinks.inlet.spec import Inlet
from cja_spark.sinks.spec import DeltaProfiles
from tests.servers.certificates import Authority
from tests.servers.inlet import InletServer
from tests.unit.audiences.world import World, day
from tests.unit.erasure.lake_of_shop import CONNECTION, files_that_name, name_of
from tests.unit.sinks.inlet.given import settings

PERSONS = 12
GONE = (1, 2, 4, 7, 11)  # none with a letter that a URL would write otherwise: the inlet's keys are compared as they are


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    authority = Authority(tmp_path_factory.mktemp("authority"))
    with InletServer(authority.pair("good", "localhost", "127.0.0.1")) as running:
        running.ca = authority.ca
        yield running


@pytest.fixture(scope="module")
def sinks(server, tmp_path_factory):
    """Sinks that the project has; `profiles` is one of World's."""
    inlet = {
        **settings().model_dump(), "name": "platform", "hosts": ("localhost",), "endpoint": f"https://localhost:{server.port}",
        "allow_private": True, "ca": str(server.ca), "attempts": 1, "give_up_after": "0 s", "rate_group": "erasing",
    }  # fmt: skip
    files = Files(name="feed", sink="files", location=str(tmp_path_factory.mktemp("feed")))
    return {one.name: one for one in (DeltaProfiles(name="profiles", sink="delta"), files, Inlet.model_validate(inlet))}


@pytest.fixture(scope="module")
def world(place, sinks, tmp_path_factory):
    """An audience that went to all of them and to two sinks that the project does not have any more."""
    one = World(place, "told")
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(outbox, "CHUNK", 3)  # several chunks: each sink is asked for each
        one.publish(day(0), {name_of(number): None for number in range(PERSONS)})
    left = (DeltaProfiles(name="old", sink="delta"), Files(name="old_feed", sink="files", location=str(tmp_path_factory.mktemp("old"))))
    told = deliver_audience(place, one.audience.name, one.id, [*sinks.values(), *left], str(uuid.uuid4()))
    assert {(receipt.sink, receipt.acked, receipt.exit_code) for receipt in told} == {
        (name, PERSONS, 0) for name in ("profiles", "feed", "platform", "old", "old_feed")
    }
    return one


def erased(world, sinks, monkeypatch):
    monkeypatch.setattr(outbox, "CHUNK", 2)
    request = Request(tuple(("crm", name_of(number)) for number in GONE))
    lake = world.lake
    return erase(Wish(lake, sinks, request, "s1", pepper_beside(lake.location), CONNECTION, "shop", lambda: None))


def fed(sinks):
    """Whom the files of the feed name."""
    found = []
    for file in sorted(path for path in Path(sinks["feed"].location).rglob("*") if path.is_file()):
        with file.open(encoding="utf-8", newline="") as opened:
            found += [row["id"] for row in csv.DictReader(opened)]
    return sorted(found)


def test_a_sink_that_is_away_stops_the_erasure_before_any_table_forgets(place, world, sinks, server, monkeypatch):
    assert len(fed(sinks)) == PERSONS
    server.always(do="status", code=503)
    with pytest.raises(UnavailableError, match=r"sink 'platform' did not erase 3 of 3 chunks: \S+ \S+\. Run the same command again\.") as raised:
        erased(world, sinks, monkeypatch)
    assert not any(name_of(number) in str(raised.value) for number in GONE)
    assert place.table(SUPPRESSIONS).count(equal(erasure_id="s1")) == len(GONE)
    assert place.table(MEMBERS).count(equal(audience_id=world.id)) == PERSONS
    assert place.table(ERASURE_RECEIPTS).count(equal(erasure_id="s1")) == 0
    # the others have forgotten already
    assert fed(sinks) == sorted(name_of(number) for number in range(PERSONS) if number not in GONE)
    assert place.table(PROFILES, "profiles").count() == PERSONS - len(GONE)


def test_the_same_command_goes_on_with_the_sink_that_was_away_and_no_other(place, world, sinks, server, monkeypatch):
    took = {row["sink_id"]: row["rows"] for row in place.table(LEDGER).totals(("sink_id",), {"rows": ("count", "chunk")}, equal(audience_id="_erase"))}
    assert took == {"profiles": 3, "feed": 3}
    server.always(do="take")
    receipt = erased(world, sinks, monkeypatch)
    told = {name: (one.outcome, one.persons) for name, one in receipt.scopes.items()}
    assert receipt.state == "erased"
    assert (told["sink:profiles"], told["sink:feed"], told["sink:platform"]) == (
        ("deleted", len(GONE)), ("deleted", len(GONE)), ("exit_only", len(GONE))
    )  # fmt: skip
    states = {key.partition(" ")[2]: state["status"] for key, state in server.told["memberships"].items()}
    assert {key for key, status in states.items() if status == "exited"} == {f"crm:{name_of(number)}" for number in GONE}
    ledger = place.table(LEDGER).totals(("sink_id",), {"rows": ("count", "chunk")}, equal(audience_id="_erase"))
    assert {row["sink_id"]: row["rows"] for row in ledger} == {"profiles": 3, "feed": 3, "platform": 3}


def test_a_store_of_a_sink_that_left_the_project_forgets_too_and_any_other_is_told(place, world, sinks, monkeypatch):
    receipt = erased(world, sinks, monkeypatch)
    assert receipt.state == "done_before"
    rows = place.table(ERASURE_RECEIPTS).rows("scope", "outcome", "rows", where=equal(erasure_id="s1"))
    found = [(row["scope"], row["outcome"], row["rows"]) for row in rows if row["scope"].startswith("profile_store/")]
    assert sorted(found) == sorted(
        (f"profile_store/{name}/old", "deleted", 1) for name in ("profiles", "profile_memberships") for _ in GONE
    )
    assert place.table(PROFILES, "old").count() == PERSONS - len(GONE)
    assert files_that_name(place.folder, GONE) == []


def test_the_receipt_names_sinks_that_nobody_could_ask(place, world, sinks):
    request = Request((("crm", name_of(PERSONS + 1)),))
    wish = Wish(place, sinks, request, "s2", pepper_beside(place.location), CONNECTION, "shop", lambda: None)
    receipt = erase(wish)
    assert receipt.sinks_gone == ("old_feed",)
    assert "  sink old_feed is not in the project any more and was not asked" in receipt.text()
    assert receipt.scopes["sink:platform"].outcome == "absent"  # no audience knows the person, so there is no exit to send
    assert receipt.scopes["sink:feed"].outcome == "absent"
