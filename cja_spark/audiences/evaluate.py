"""Evaluate: people now against members before, frozen once (publishing.md section 4, steps 3 and 4)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import NamedTuple

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from cja_spark.audiences import outbox
from cja_spark.audiences.changes import changes, member_changes, parted
from cja_spark.audiences.members import count_members, realized
from cja_spark.audiences.people import single, suppressed
from cja_spark.audiences.runs import Seal
from cja_spark.audiences.staging import Staging
from cja_spark.audiences.wish import Wish
from cja_spark.failpoints import failpoint
from cja_spark.worker_errors import worker_errors


class Diff(NamedTuple):
    """What a run would commit.

    Attributes:
        lost: the frozen people that cannot be published or were erased; None where nobody was evaluated.
        changes: the frozen changes.
        seal: the run with its counts and the fingerprint of its changes.
        before: members before it.
    """

    lost: DataFrame | None
    changes: DataFrame
    seal: Seal
    before: int

    @property
    def after(self) -> int:
        """Members after it."""
        return self.before + self.seal.counts.enter - self.seal.counts.exit


def evaluate(wish: Wish, begun: Seal, staging: Staging) -> Diff:
    """Find the people of a run once and compare them with the members; what follows reads the frozen copy."""
    people = None if wish.find_people is None else _people(wish)
    failpoint("eval.done")
    computed = _of_members(wish, begun) if people is None else _compared(wish, begun, people)
    failpoint("diff.computed")
    with worker_errors():
        staged = staging.freeze("diff", computed)
    lost, told = parted(staged)
    content = outbox.content(told)
    counts = content.counts if lost is None else content.counts._replace(**_counted(lost))
    seal = replace(
        begun, counts=counts, emitted=counts.emitted, chunks=outbox.chunks_for(counts.emitted),
        fingerprint=content.fingerprint,
    )  # fmt: skip
    failpoint("diff.staged")
    return Diff(lost, told, seal, count_members(wish.lake, begun.audience_id))


def _people(wish: Wish) -> DataFrame:
    assert wish.find_people is not None
    window = wish.audience.window(wish.as_of, wish.time_zone)
    return single(wish.find_people(*window), wish.audience)


def _compared(wish: Wish, begun: Seal, people: DataFrame) -> DataFrame:
    return changes(
        people, realized(wish.lake, begun.audience_id), suppressed(wish.lake), begun, pepper=wish.pepper,
        valid_until=wish.audience.valid_until(wish.as_of), heartbeats=wish.audience.kind == "recurring",
    )  # fmt: skip


def _of_members(wish: Wish, begun: Seal) -> DataFrame:
    """Changes of members whom nobody evaluates; an erased one is asserted no more."""
    members = realized(wish.lake, begun.audience_id)
    if wish.kind == "heartbeat":
        members = members.join(suppressed(wish.lake), on="person_ref", how="anti")
    return member_changes(
        members, "exit" if wish.kind == "final_exit" else "heartbeat", audience_id=begun.audience_id,
        run_seq=begun.run_seq, as_of=wish.as_of, valid_until=wish.audience.valid_until(wish.as_of),
        definition_version=begun.definition_version,
    )  # fmt: skip


def _counted(lost: DataFrame) -> Mapping[str, int]:
    """How many identities cannot be published, and how many persons were erased."""
    rows = lost.agg(
        F.count_if(F.col("error").isNotNull()).alias("rejected"), F.count_if("suppressed").alias("suppressed")
    ).collect()[0]  # fmt: skip
    return {"rejected": rows["rejected"], "suppressed": rows["suppressed"]}
