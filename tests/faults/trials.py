"""What is done to a sink while it brings a story: it dies, is killed, repeats itself, is not heard, is not alone."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import threading
from contextlib import suppress
from pathlib import Path

import pytest

from cja_spark.failpoints import VARIABLE, InjectedFault, forget_hits, never_hit
from cja_spark.sinks.chunk import LostError
from tests.faults.plan import ROOT
from tests.faults.story import Ledger, bring, story, survived, verdict

HOWS = ("runs three times", "chunks three times", "an older ledger", "no ledger", "the oldest run last")


def dies(receiver, folder, monkeypatch, fault, faults, seed=0, **size):
    """F1: a task dies at a place, and its work is done again."""
    told, ledger = story(seed, **size), Ledger(Path(folder, "ledger"))
    monkeypatch.setenv(VARIABLE, faults)
    forget_hits()
    with pytest.raises(InjectedFault):
        bring(told, receiver.open, ledger)
    assert never_hit() == ()
    monkeypatch.delenv(VARIABLE)
    survived(told, receiver, ledger, fault=fault, seed=seed, **_named(faults))


def errs(receiver, folder, monkeypatch, fault, faults, seed=0):
    """F3: what was done is done, its acknowledgement is lost, and the sink hears of an error."""
    told, ledger = story(seed), Ledger(Path(folder, "ledger"))
    monkeypatch.setenv(VARIABLE, faults)
    forget_hits()
    bring(told, receiver.open, ledger)
    assert never_hit() == ()
    monkeypatch.delenv(VARIABLE)
    survived(told, receiver, ledger, fault=fault, seed=seed, **_named(faults))


def killed(receiver, folder, fault, faults, seed=0):
    """F1: a process is killed at a place, with all its group, and another does its work again."""
    told, ledger = story(seed), Ledger(Path(folder, "ledger"))
    with _deliverer(receiver, ledger, {"seed": seed}, faults) as process:
        said, _ = process.communicate(timeout=120)
    assert process.returncode == -signal.SIGKILL, said
    survived(told, receiver, ledger, fault=fault, seed=seed, **_named(faults))


def killed_at_random(receiver, folder, fault, seed, within):
    """F2: a process is killed at a moment drawn by lot while it works."""
    drawn, size = random.Random(f"kill {seed}"), {"seed": seed, "persons": 240, "runs": 12, "count": 8}
    for attempt in range(6):  # one that was done before is no fault
        ledger, after = Ledger(Path(folder, f"ledger{attempt}")), drawn.uniform(0, within / 2**attempt)
        with _deliverer(receiver, ledger, size, "") as process:
            assert process.stdout.readline() == b"begun\n"
            with suppress(subprocess.TimeoutExpired):
                process.wait(after)
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
            process.wait(60)
        if process.returncode == -signal.SIGKILL:
            survived(story(**size), receiver, ledger, fault=fault, seed=seed, action="kill", failpoint=f"{after:.2f} s")
            return
    pytest.fail("it was done before it was killed, each time")


def repeats(receiver, folder, fault, how, seed=0):
    """F4: work that is done comes again."""
    told, ledger = story(seed), Ledger(Path(folder, "ledger"))
    if how == "chunks three times":
        for place, rows in told.chunks.items():
            sink = receiver.open(place[1])
            for _ in range(3):
                sink.apply(rows, told.token(place), told.told(place[0]))
            sink.close()
    bring(told, receiver.open, ledger)
    if how == "runs three times":
        for number in range(2):
            bring(told, receiver.open, Ledger(Path(folder, f"again{number}")))
    elif how == "an older ledger":
        ledger.forget(len(told.chunks) // 2)
    elif how == "no ledger":
        ledger.file.unlink()
    elif how == "the oldest run last":
        sink = receiver.open(0)
        sink.apply(told.chunks[(1, 0)], told.token((1, 0)), told.told(1))
        sink.close()
    survived(told, receiver, ledger, fault=fault, seed=seed, action=how)


def together(receiver, folder, fault, seed=0, own=None):
    """F8: two owners bring the same at once, each with a ledger of its own; one may be fenced off, or each the other: no harm is done."""
    told, faults = story(seed, persons=40, runs=3, count=3), []

    def deliver(number):
        try:
            if own is not None:
                own()
            bring(told, receiver.open, Ledger(Path(folder, f"ledger{number}")), tries=40)
        except LostError:
            faults.append("lost")
        except BaseException as error:  # told where the test can see it
            faults.append(repr(error))

    threads = [threading.Thread(target=deliver, args=(number,)) for number in range(2)]
    for one in threads:
        one.start()
        threading.Event().wait(random.Random(f"together {seed}").uniform(0, 0.02))
    for one in threads:
        one.join(240)
    assert {*faults} <= {"lost"}, faults
    if len(faults) == len(threads):  # who comes next finishes it
        bring(told, receiver.open, Ledger(Path(folder, "ledger0")))
    found = verdict(told, receiver)
    fault.tried(rows=found.rows, lost=found.lost, duplicated=found.duplicated, disordered=found.disordered, seed=seed, action="two owners")
    assert found[1:] == (0, 0, 0), found


def _named(faults: str) -> dict[str, object]:
    name, _, what = faults.partition("=")
    action, _, hit = what.partition("@")
    return {"failpoint": name, "action": action, "hit": int(hit or 1)}


def _deliverer(receiver, ledger, size, faults):
    job = ledger.file.with_suffix(".json")
    job.write_text(json.dumps({"sink": receiver.given, "story": size, "ledger": str(ledger.file)}))
    return subprocess.Popen(
        [sys.executable, "-m", "tests.faults.deliver", str(job)], cwd=ROOT, start_new_session=True, stdout=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": str(ROOT), VARIABLE: faults},
    )  # fmt: skip
