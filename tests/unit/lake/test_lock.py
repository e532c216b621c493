"""One process at a time loads into a lake on a disk of this machine, and builds its journeys."""

import subprocess
import sys
from types import SimpleNamespace

import pytest

from cja_spark import plan
from cja_spark.errors import ClaimError
from cja_spark.lake import Lake
from cja_spark.lock import locked
from tests.bad_input.shop import Shop

HOLDER = (
    "import fcntl, sys; lock = open(sys.argv[1], 'w'); fcntl.flock(lock, fcntl.LOCK_EX); print('held', flush=True); "
    "sys.stdin.read()"
)


@pytest.mark.parametrize(("verb", "work", "doing"), [("connect", "connect", "loads"), ("journey", "journeys", "builds journeys")])
def test_a_second_run_ends_with_7_while_another_process_is_at_it_and_runs_once_it_died(spark, tmp_path, capsys, verb, work, doing):
    shop = Shop(tmp_path)
    if verb == "journey":
        assert shop.run("connect") == 0
    shop.lake.mkdir(exist_ok=True)
    other = subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(shop.lake / f"_{work}.lock")], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    try:
        assert other.stdout.readline() == b"held\n"
        assert shop.run(verb) == 7
        assert f"Another run {doing} in this lake." in capsys.readouterr().err
        with locked(Lake(spark, str(shop.lake)), "report", "reports") as alone:
            assert alone
    finally:
        other.kill()
        other.communicate()
    assert shop.run(verb) == 0


def test_threads_of_one_process_keep_each_other_out_too(spark, tmp_path):
    lake = Lake(spark, f"file:{tmp_path}/lake")
    with locked(lake, "connect", "loads"), pytest.raises(ClaimError, match="Another run loads in this lake"):
        plan.connect(lake, SimpleNamespace(place=str, lake=SimpleNamespace(files=".")))


@pytest.mark.parametrize("location", ["s3a://bucket/lake", "catalogue:shop"])
def test_elsewhere_nobody_is_kept_out(spark, location):
    with locked(Lake(spark, location), "connect", "loads") as alone:
        assert not alone


@pytest.mark.parametrize(
    ("location", "folder"),
    [("/srv/lake/", "/srv/lake"), ("file:/srv/lake", "/srv/lake"), ("file:///srv/lake", "/srv/lake"), ("s3a://b/lake", "None"),
     ("catalogue:shop", "None")],
)  # fmt: skip
def test_a_lake_on_this_machines_disk_knows_its_folder(spark, location, folder):
    assert str(Lake(spark, location).folder) == folder
