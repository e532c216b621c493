"""A load that does not end, whatever ends it, is finished or replaced later, and nothing is lost or there twice."""

import gzip
import os
import random

import pytest

from cja_spark.connection.load import require_no_load
from cja_spark.connection.tables import LOADS
from cja_spark.driver_reads import equal
from cja_spark.errors import ClaimError, InputError, SourceError
from cja_spark.failpoints import InjectedFault, forget_hits
from cja_spark.lake import Lake
from tests.unit.connection.shop import event, load, lookups, profiles, put, quarantine, shop, whole


@pytest.fixture
def root(tmp_path):
    root = tmp_path / "in"
    put(root, "web/1.json", event(1))
    put(root, "crm/1.json", {"who": "ann", "tier": 1}, {"who": " ", "tier": 7})
    put(root, "cat/1.json", {"sku": "a", "title": "lamp"})
    return root


def second(root):
    put(root, "web/2.json", event(2, "bob"), event(3, None))
    put(root, "crm/2.json", {"who": "bob", "tier": 2}, {"who": None, "tier": 8})
    put(root, "cat/2.json", {"sku": "b", "title": "desk"}, {"title": "none"})


def at_once(spark, root, tmp_path):
    once = Lake(spark, str(tmp_path / "once"))
    load(once, root)
    return whole(once)


@pytest.fixture
def dies(monkeypatch):
    """A function that runs something which dies at a failpoint."""

    def at(place, run):
        forget_hits()
        monkeypatch.setenv("CJA_FAILPOINTS", f"connect.{place}=raise@1")
        with pytest.raises(InjectedFault, match=place):
            run()
        monkeypatch.delenv("CJA_FAILPOINTS")

    return at


@pytest.mark.parametrize("full", [False, True], ids=["resumed", "replaced"])
@pytest.mark.fault("F1")
def test_a_load_that_dies_at_its_people_is_finished_or_replaced_by_a_full_one(lake, spark, root, tmp_path, dies, full):
    load(lake, root)
    second(root)
    for place in ("appended", "quarantined", "write_profiles", "write_lookups"):
        dies(place, lambda: load(lake, root))
    assert load(lake, root, full=full).load == (3 if full else 2)
    assert whole(lake) == at_once(spark, root, tmp_path)
    assert load(lake, root).load is None


def test_whoever_removes_versions_gives_up_a_mere_plan_and_waits_for_a_load_that_has_begun(lake, root, dies):
    require_no_load(lake, shop(), alone=True)
    load(lake, root)
    second(root)
    dies("planned", lambda: load(lake, root))
    with pytest.raises(ClaimError, match=r"Load 2 has begun and is not done. Run 'cja connect' until it is"):
        require_no_load(lake, shop(), alone=False)  # it may be at work
    require_no_load(lake, shop(), alone=True)
    assert sorted(row["state"] for row in lake.table(LOADS).rows("state", where=equal(load=2))) == ["dropped", "planned"]
    for place in ("appended", "write_lookups"):
        dies(place, lambda: load(lake, root))
        with pytest.raises(ClaimError, match="Load 3 has begun"):
            require_no_load(lake, shop(), alone=True)
    assert load(lake, root).load == 3
    require_no_load(lake, shop(), alone=False)


@pytest.mark.fault("F1")
def test_a_full_load_that_cannot_be_read_leaves_the_open_load_to_be_finished(lake, spark, root, tmp_path, dies):
    load(lake, root)
    second(root)
    dies("appended", lambda: load(lake, root))
    cut = gzip.compress(random.Random(1).randbytes(5000).hex().encode())[:2000]
    (root / "web/3.json.gz").write_bytes(cut)
    with pytest.raises(SourceError, match="the compressed file is cut"):
        load(lake, root, full=True)
    (root / "web/3.json.gz").unlink()
    assert load(lake, root).load == 2
    assert whole(lake) == at_once(spark, root, tmp_path)


@pytest.mark.fault("F1")
def test_people_whose_write_fails_are_written_by_the_next_run_and_no_dropped_row_is_lost(lake, spark, root, tmp_path):
    load(lake, root)
    catalogue = f"delta.`{lake.lookup('cat').address}`"
    spark.sql(f"ALTER TABLE {catalogue} ADD CONSTRAINT short CHECK (key <> 'b')")
    second(root)
    (root / "web/2.json").unlink()
    for _ in range(2):
        with pytest.raises(InputError, match="a row breaks the CHECK constraint short .* of a table") as refused:
            load(lake, root)
        assert "desk" not in str(refused.value)
    assert set(profiles(lake)) == {"ann", "bob"}
    spark.sql(f"ALTER TABLE {catalogue} DROP CONSTRAINT short")
    put(root, "crm/3.json", {"who": "cas", "tier": 3}, {"who": None, "tier": 9})
    assert load(lake, root).load == 2
    assert load(lake, root).load == 3
    assert [row[0] for row in quarantine(lake)] == [1, 2, 2, 3]
    assert set(lookups(lake)) == {"a", "b"}
    assert whole(lake) == at_once(spark, root, tmp_path)


def test_a_plan_that_was_dropped_keeps_its_number(lake, root):
    load(lake, root)
    put(root, "web/2.json", {"id": "e2", "tme": "no time"}, {"time": ["no instant"]})
    with pytest.raises(InputError):
        load(lake, root)
    (root / "web/2.json").unlink()
    second(root)
    assert load(lake, root).load == 3


@pytest.mark.parametrize(("what", "said"), [("gone", "is gone, and load 2,"), ("changed", "changed, and load 2,")])
@pytest.mark.fault("F11")
def test_a_begun_load_names_the_file_that_is_not_what_it_was(lake, spark, root, tmp_path, dies, what, said):
    load(lake, root)
    second(root)
    dies("appended", lambda: load(lake, root))
    file = root / "web/2.json"
    if what == "gone":
        file.unlink()
    else:
        put(root, "web/2.json", event(4))
    with pytest.raises(SourceError, match=rf"dataset 'web': .*2\.json {said}"):
        load(lake, root)
    assert load(lake, root, full=True).load == 3
    assert whole(lake) == at_once(spark, root, tmp_path)


def test_a_plan_of_which_nothing_was_written_takes_what_is_there_now(lake, spark, root, tmp_path, dies):
    load(lake, root)
    second(root)
    dies("planned", lambda: load(lake, root))
    put(root, "web/2.json", event(4))
    os.utime(root / "web/2.json", (1, 1))
    assert load(lake, root).load == 3
    assert whole(lake) == at_once(spark, root, tmp_path)
