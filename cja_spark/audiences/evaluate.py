"""Evaluate: people now against members before, frozen once (publishing.md section 4, steps 3 and 4)."""

from __future__ import annotations

from dataclasses import replace
from typing import NamedTuple

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from cja_spark.audiences import outbox
from cja_spark.audiences.changes import changes
from cja_spark.audiences.members import count_members, realized
from cja_spark.audiences.people import identified, publishable, suppressed
from cja_spark.audiences.runs import Seal
from cja_spark.audiences.staging import Staging
from cja_spark.audiences.wish import Wish
from cja_spark.failpoints import failpoint
from cja_spark.worker_errors import worker_errors


class Diff(NamedTuple):
    """What a run would commit.

    Attributes:
        people: the frozen people, those that cannot be published included.
        changes: the frozen changes.
        seal: the run with its counts and the fingerprint of its changes.
        before: members before it.
    """

    people: DataFrame
    changes: DataFrame
    seal: Seal
    before: int

    @property
    def after(self) -> int:
        """Members after it."""
        return self.before + self.seal.counts.enter - self.seal.counts.exit


def evaluate(wish: Wish, begun: Seal, staging: Staging) -> Diff:
    """Find the people of a run once and compare them with the members; what follows reads the frozen copies."""
    window = wish.audience.window(wish.as_of, wish.time_zone)
    people = identified(wish.find_people(*window), wish.audience, suppressed(wish.lake), wish.pepper)
    with worker_errors():
        people = staging.freeze("people", people)
    failpoint("eval.done")
    members = realized(wish.lake, begun.audience_id)
    computed = changes(
        publishable(people), members, audience_id=begun.audience_id, run_seq=begun.run_seq, as_of=wish.as_of,
        valid_until=wish.audience.valid_until(wish.as_of), definition_version=begun.definition_version,
        heartbeats=wish.audience.kind == "recurring",
    )  # fmt: skip
    failpoint("diff.computed")
    staged = staging.freeze("changes", computed)
    told = outbox.content(staged)
    lost = people.agg(
        F.count_if(F.col("error").isNotNull()).alias("rejected"), F.count_if("suppressed").alias("suppressed")
    ).collect()[0]  # fmt: skip
    counts = told.counts._replace(rejected=lost["rejected"], suppressed=lost["suppressed"])
    seal = replace(
        begun, counts=counts, emitted=counts.emitted, chunks=outbox.chunks_for(counts.emitted),
        fingerprint=told.fingerprint,
    )  # fmt: skip
    failpoint("diff.staged")
    return Diff(people, staged, seal, count_members(wish.lake, begun.audience_id))
