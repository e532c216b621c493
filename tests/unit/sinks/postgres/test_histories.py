"""F20: any history of a store in PostgreSQL ends as the model says."""

import pytest

from tests.faults.histories import drawn, machine_of
from tests.faults.plan import FULL
from tests.faults.receivers import Tables


@pytest.mark.fault("F20")
def test_f20_any_history_of_a_store_ends_as_the_model_says(store, monkeypatch, fault):
    def emptied(number, folder):
        store.do("TRUNCATE cja.profiles, cja.profile_memberships, cja.sink_ledger")
        return Tables(store)

    places = ("pg.after_ledger_claim", "pg.after_upsert", "pg.before_commit", "pg.after_commit")
    drawn(machine_of(emptied, places, monkeypatch), 500 if FULL else 25, fault)
