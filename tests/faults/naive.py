"""A sink as many are: no ledger of its own, no guard by run, rows put in as they come. The oracle must see what it does."""

from __future__ import annotations

from collections import Counter

from cja_spark.failpoints import failpoint
from cja_spark.sinks.chunk import Applied


class Naive:
    """Rows in a list, and the last row of a person is what counts."""

    def __init__(self) -> None:
        self.held = []

    def open(self, slot):
        return self

    def is_done(self, token):
        return False

    def apply(self, changes, token, run):
        for one in changes:
            self.held.append((one.profile_key, one.status, token.run_seq, one.change_id))
        failpoint("naive.applied")
        return Applied(len(changes))

    def close(self):
        """Nothing is open."""

    def look(self):
        state = {key: (status, seq) for key, status, seq, _ in self.held}
        return state, Counter(change_id for *_, change_id in self.held)
