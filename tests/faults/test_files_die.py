"""The sink of files dies, is killed, repeats itself, is not heard, is not alone, and finds no room."""

import os
import resource
import subprocess
import sys

import pytest

from cja_spark.failpoints import VARIABLE, forget_hits
from cja_spark.sinks.chunk import FatalError
from tests.faults.plan import ROOT, seeds
from tests.faults.receivers import Folder
from tests.faults.story import Ledger, bring, story, survived
from tests.faults.trials import HOWS, dies, errs, killed, killed_at_random, repeats, together

PLACES = ("files.before_write", "files.before_rename", "files.after_rename")


@pytest.fixture
def receiver(tmp_path):
    return Folder(tmp_path / "feed")


@pytest.mark.fault("F1")
@pytest.mark.parametrize("seed", seeds(1, 2))
@pytest.mark.parametrize("hit", [1, 2])
@pytest.mark.parametrize("place", PLACES)
def test_f1_a_task_that_dies_is_done_again(receiver, tmp_path, monkeypatch, fault, place, hit, seed):
    dies(receiver, tmp_path, monkeypatch, fault, f"{place}=raise@{hit}", seed)


@pytest.mark.fault("F1")
@pytest.mark.parametrize("hit", seeds(1, 2))
@pytest.mark.parametrize("place", PLACES)
def test_f1_a_process_that_is_killed_is_done_again(receiver, tmp_path, fault, place, hit):
    killed(receiver, tmp_path, fault, f"{place}=kill@{hit + 1}")


@pytest.mark.fault("F2")
@pytest.mark.parametrize("seed", seeds(4, 40))
def test_f2_a_process_that_is_killed_at_any_moment_is_done_again(receiver, tmp_path, fault, seed):
    killed_at_random(receiver, tmp_path, fault, seed, within=0.2)


@pytest.mark.fault("F3")
@pytest.mark.parametrize("seed", seeds(1, 4))
@pytest.mark.parametrize("hit", [1, 2, 5])
def test_f3_a_file_of_which_nobody_heard_that_it_is_there_is_written_again(receiver, tmp_path, monkeypatch, fault, hit, seed):
    errs(receiver, tmp_path, monkeypatch, fault, f"files.after_rename=lost_ack@{hit}", seed)


@pytest.mark.fault("F4")
@pytest.mark.parametrize("seed", seeds(1, 3))
@pytest.mark.parametrize("how", HOWS)
def test_f4_what_comes_again_changes_nothing(receiver, tmp_path, fault, how, seed):
    repeats(receiver, tmp_path, fault, how, seed)


@pytest.mark.fault("F8")
@pytest.mark.parametrize("seed", seeds(8, 40))
def test_f8_two_owners_at_once_are_one(receiver, tmp_path, fault, seed):
    together(receiver, tmp_path, fault, seed)


@pytest.mark.fault("F14")
@pytest.mark.parametrize("hit", [1, 2, 6])
@pytest.mark.parametrize("place", PLACES)
def test_f14_a_full_disk_stops_the_sink_and_what_waits_comes_when_there_is_room(receiver, tmp_path, monkeypatch, fault, place, hit):
    told, ledger = story(), Ledger(tmp_path / "ledger")
    monkeypatch.setenv(VARIABLE, f"{place}=enospc@{hit}")
    forget_hits()
    with pytest.raises(FatalError, match="^files ENOSPC$"):
        bring(told, receiver.open, ledger)
    assert len(ledger.has()) == hit - 1
    monkeypatch.delenv(VARIABLE)
    survived(told, receiver, ledger, fault=fault, failpoint=place, action="enospc", hit=hit)


@pytest.mark.fault("F14")
def test_f14_a_folder_that_becomes_a_file_stops_the_sink_and_what_waits_comes_when_it_is_one_again(receiver, tmp_path, fault):
    told, ledger = story(), Ledger(tmp_path / "ledger")
    receiver.folder.write_text("")
    with pytest.raises(FatalError, match="^files (ENOTDIR|EEXIST)$"):
        bring(told, receiver.open, ledger)
    receiver.folder.unlink()
    survived(told, receiver, ledger, fault=fault, action="no folder")


@pytest.mark.fault("F14")
@pytest.mark.parametrize(("handles", "enough"), [(64, True), (3, False)])
def test_f14_few_handles_are_enough_or_stop_it_and_the_rest_comes_later(receiver, tmp_path, fault, handles, enough):
    told, ledger = story(), Ledger(tmp_path / "ledger")
    program = (
        "import sys; from pathlib import Path; from tests.faults.receivers import Folder; from tests.faults.story import *; import resource, socket\n"
        f"sink = Folder(sys.argv[1]); sink.open(0); resource.setrlimit(resource.RLIMIT_NOFILE, ({handles}, {handles}))\n"
        "bring(story(), sink.open, Ledger(Path(sys.argv[2])))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, str(receiver.folder), str(ledger.file)], cwd=ROOT, check=False, capture_output=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)}, timeout=120,
    )  # fmt: skip
    assert resource.getrlimit(resource.RLIMIT_NOFILE)[0] > handles
    assert (done.returncode == 0) == enough, done.stderr
    survived(told, receiver, ledger, fault=fault, action=f"{handles} handles")
