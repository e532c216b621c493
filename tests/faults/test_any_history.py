"""F20: any history of a sink of files ends as the model says; one of a naive sink does not."""

import pytest

from tests.faults.histories import drawn, machine_of
from tests.faults.naive import Naive
from tests.faults.plan import FULL
from tests.faults.receivers import Folder


@pytest.mark.fault("F20")
def test_f20_any_history_of_files_ends_as_the_model_says(monkeypatch, fault):
    places = ("files.before_write", "files.before_rename", "files.after_rename")
    drawn(machine_of(lambda number, folder: Folder(folder / "feed"), places, monkeypatch), 1_500 if FULL else 150, fault)


def test_a_history_of_a_naive_sink_is_found_out(monkeypatch, fault):
    machine = machine_of(lambda number, folder: Naive(), ("naive.applied",), monkeypatch)
    with pytest.raises(AssertionError):
        drawn(machine, 200, fault)
