"""Every known trap of publishing.md, section 10, and every mistake of our own has a mutant, and so a test that finds it."""

import pytest

from tests.faults.plan import FAULTS, failpoints
from tests.faults.traps import chosen, traps

NAMES = [*(f"T{number}" for number in range(1, 20)), *(f"M{number}" for number in range(1, 9))]


def test_each_trap_is_there():
    assert [*traps()] == NAMES
    assert len(NAMES) == FAULTS["F19"].full == 27


@pytest.mark.parametrize("name", NAMES)
def test_the_mutant_of_a_trap_is_declared(name):
    [one] = chosen({traps()[name]}).values()
    assert len(one.mutants) == 1


def test_failpoints_are_found_in_the_source():
    assert {"outbox.before_commit", "files.after_rename", "erase.purged", "maintain.before_vacuum", "retry.letters_claimed"} <= failpoints()
    assert len(failpoints()) > 70
