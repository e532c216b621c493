"""The program ends at each place of a request: what is sent again afterwards is the same, and nothing is lost."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from cja_spark.failpoints import VARIABLE, InjectedFault, forget_hits, never_hit
from tests.unit.sinks.inlet.given import RUN, TOKEN, changes

ROOT = Path(__file__).resolve().parents[4]
PLACES = ("http.before_send", "http.partial_body", "http.after_send_before_read", "http.after_read")
PROGRAM = """
import sys
from tests.unit.sinks.inlet.given import RUN, TOKEN, changes, sink_at
sink = sink_at(int(sys.argv[1]), rate_group=sys.argv[2])
print(sink.apply(changes(1200), TOKEN, RUN).acked)
sink.close()
"""


@pytest.fixture(autouse=True)
def _counted_anew():
    forget_hits()
    yield
    forget_hits()


@pytest.mark.parametrize("hit", [1, 2])
@pytest.mark.parametrize("place", PLACES)
@pytest.mark.fault("F1")
def test_a_task_that_ends_at_a_place_and_begins_again_loses_nothing(server, at, monkeypatch, place, hit):
    monkeypatch.setenv(VARIABLE, f"{place}=raise@{hit}")
    sink = at(server.port)
    with pytest.raises(InjectedFault, match=place):
        sink.apply(changes(1200), TOKEN, RUN)
    assert never_hit() == ()
    sink.close()
    monkeypatch.delenv(VARIABLE)
    assert at(server.port).apply(changes(1200), TOKEN, RUN).acked == 1200
    told = server.told
    assert len(told["memberships"]) == 1200
    assert {*told["taken"].values()} <= {1, 2}
    whole = [one for one in told["requests"] if one["ids"]]
    assert len({one["sha"] for one in whole}) == len({one["headers"]["idempotency-key"] for one in whole}) == 3


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.fault("F1")
def test_a_process_that_is_killed_at_a_place_and_runs_again_loses_nothing(server, place):
    def run(faults):
        environment = {**os.environ, "PYTHONPATH": str(ROOT), VARIABLE: faults}
        asked = [sys.executable, "-c", PROGRAM, str(server.port), place.replace(".", "_")]
        return subprocess.run(asked, cwd=ROOT, env=environment, capture_output=True, check=False, start_new_session=True)

    assert run(f"{place}=kill@2").returncode == -9
    again = run("")
    assert again.stdout == b"1200\n", again.stderr
    told = server.told
    assert (len(told["memberships"]), {*told["taken"].values()} <= {1, 2}) == (1200, True)
