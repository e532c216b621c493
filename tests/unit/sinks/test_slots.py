"""Places at a shared rate: no more tasks hold one than there are, and a place is free when its holder is gone."""

import os
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from cja_spark.sinks.chunk import FatalError, RetryableError
from cja_spark.sinks.slots import take_slot

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture(autouse=True)
def own_folder(tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    return tmp_path / f"cja_spark-rates-{os.getuid()}"


def test_there_are_as_many_places_as_said():
    held = [take_slot("adobe", 3) for _ in range(3)]
    with pytest.raises(RetryableError, match="^rate no_place$") as refused:
        take_slot("adobe", 3, patience_s=0)
    assert not refused.value.costs_attempt
    take_slot("other", 3, patience_s=0)
    held[1].release()
    take_slot("adobe", 3, patience_s=0)


def test_giving_back_twice_gives_back_one():
    one, other = take_slot("adobe", 2), take_slot("adobe", 2)
    one.release()
    one.release()
    take_slot("adobe", 2, patience_s=0)
    with pytest.raises(RetryableError):
        take_slot("adobe", 2, patience_s=0)
    other.release()


def test_who_waits_gets_a_place_when_one_is_free():
    held = take_slot("adobe", 1)
    threading.Timer(0.2, held.release).start()
    begun = time.monotonic()
    take_slot("adobe", 1, patience_s=30)
    assert time.monotonic() - begun >= 0.15


def test_a_killed_process_holds_nothing(tmp_path):
    program = "import sys; from cja_spark.sinks.slots import take_slot; held = take_slot('adobe', 1); print('held', flush=True); sys.stdin.read()"
    child = subprocess.Popen(
        [sys.executable, "-c", program], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        env={**os.environ, "TMPDIR": str(tmp_path), "PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    with child:
        assert child.stdout.readline() == b"held\n"
        with pytest.raises(RetryableError):
            take_slot("adobe", 1, patience_s=0)
        child.kill()
    take_slot("adobe", 1, patience_s=0)


def test_names_of_groups_do_not_become_paths(own_folder):
    take_slot("../../etc/passwd ${env:TOKEN}", 1)
    assert [len(file.name) for file in own_folder.iterdir()] == [34]


def test_a_folder_that_others_can_write_is_refused(own_folder):
    own_folder.mkdir(mode=0o777)
    own_folder.chmod(0o777)
    with pytest.raises(FatalError, match="^rate folder_of_others$"):
        take_slot("adobe", 1)


def test_a_folder_that_cannot_be_written_is_told_by_its_code(own_folder, tmp_path, monkeypatch):
    take_slot("adobe", 1).release()
    [file] = own_folder.iterdir()
    file.unlink()
    file.mkdir()
    with pytest.raises(FatalError, match="^rate EISDIR$"):
        take_slot("adobe", 1)
    (tmp_path / "file").touch()
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "file"))
    with pytest.raises(FatalError, match="^rate ENOTDIR$"):
        take_slot("adobe", 1)


def test_a_link_in_place_of_the_folder_is_refused(own_folder, tmp_path):
    (tmp_path / "elsewhere").mkdir(mode=0o700)
    own_folder.symlink_to(tmp_path / "elsewhere")
    with pytest.raises(FatalError, match="^rate folder_of_others$"):
        take_slot("adobe", 1)
