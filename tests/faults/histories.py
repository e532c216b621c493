"""F20: histories of publishing, delivering, dying, forgetting and repeating, drawn by Hypothesis and compared with a model.

The model is a dictionary of who the newest run says is in; after every step no person has gone back, after a delivery all
is told once (I1-I6).
"""

from __future__ import annotations

import itertools
import shutil
import tempfile
from pathlib import Path

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from cja_spark.failpoints import VARIABLE, InjectedFault, forget_hits
from tests.faults.story import Ledger, Story, bring, change, verdict

PERSONS, COUNT = 9, 2


def machine_of(receiver_of, places, monkeypatch):
    """A machine over receivers of one kind; its `made` counts histories."""

    class Histories(RuleBasedStateMachine):
        made = itertools.count(1)

        def __init__(self):
            super().__init__()
            self.number = next(Histories.made)
            self.folder = Path(tempfile.mkdtemp(prefix="history_"))
            self.receiver = receiver_of(self.number, self.folder)
            self.told, self.inside, self.ledger = Story({}, COUNT), set(), Ledger(self.folder / "ledger")
            self.seen = {}

        @rule(people=st.sets(st.integers(0, PERSONS - 1)))
        def publish(self, people):
            seq = len(self.told.chunks) // COUNT + 1
            for chunk in range(COUNT):
                self.told.chunks[(seq, chunk)] = []
            for at in sorted(people | self.inside):
                op = "heartbeat" if at in people & self.inside else "enter" if at in people else "exit"
                self.told.chunks[(seq, at % COUNT)].append(change(at, op, seq))
            self.inside = people

        @rule()
        def deliver(self):
            bring(self.told, self.receiver.open, self.ledger)
            assert verdict(self.told, self.receiver)[1:] == (0, 0, 0)
            state, _ = self.receiver.look()
            assert {key for key, (status, _) in state.items() if status == "realized"} == {f"crm:p{at:05}" for at in self.inside}
            assert bring(self.told, self.receiver.open, self.ledger) == 0

        @rule(place=st.sampled_from(places), hit=st.integers(1, 3))
        def die(self, place, hit):
            monkeypatch.setenv(VARIABLE, f"{place}=raise@{hit}")
            forget_hits()
            try:
                bring(self.told, self.receiver.open, self.ledger)
            except InjectedFault:
                self.died = True
            finally:
                monkeypatch.delenv(VARIABLE)

        @rule(count=st.integers(1, 4))
        def forget(self, count):
            self.ledger.forget(count)

        @precondition(lambda self: self.ledger.has())
        @rule(data=st.data())
        def repeat(self, data):
            place = data.draw(st.sampled_from(sorted(self.ledger.has())))
            sink = self.receiver.open(place[1])
            sink.apply(self.told.chunks[place], self.told.token(place), self.told.told(place[0]))
            sink.close()

        @invariant()
        def nobody_goes_back(self):
            state, _ = self.receiver.look()
            assert all(state.get(key, ("", 0))[1] >= seq for key, seq in self.seen.items())
            self.seen = {key: seq for key, (_, seq) in state.items()}

        def teardown(self):
            self.deliver()
            shutil.rmtree(self.folder)

    return Histories


def drawn(machine, count, fault):
    """Draw so many histories."""
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=count, stateful_step_count=12, deadline=None, suppress_health_check=[*HealthCheck], database=None,
            report_multiple_bugs=False,
        )
    )  # fmt: skip
    made = next(machine.made) - 1
    assert made >= count * 0.9
    fault.tried(times=made, lost=0, duplicated=0, disordered=0)
