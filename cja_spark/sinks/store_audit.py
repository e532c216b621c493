"""Whether a table of states, the members or a Delta profile store, holds what the outbox told it."""

from __future__ import annotations

from typing import NamedTuple

from pydantic import Field
from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from cja_spark.audiences.tables import CHANGES, DEAD_LETTERS, MEMBERS, SUPPRESSIONS
from cja_spark.lake import Lake
from cja_spark.sinks.compared import KINDS, Runs, differences
from cja_spark.sinks.delta_profiles import MEMBERSHIPS, store_of
from cja_spark.sinks.outage import outage
from cja_spark.sinks.run_facts import Facts
from cja_spark.sinks.spec import DeltaProfiles, Sink
from cja_spark.spec import Spec

OWN_TABLE = "_members"
STATE = ("profile_key", "run_seq", "change_id", "status", "person_ref")
OPS = ("enter", "update", "exit", "heartbeat")


class StoreAudit(Spec):
    """What a store, or the table of members, holds against the newest change of every profile.

    Attributes:
        compared: profiles that it was told of; None where a store of this kind cannot be asked.
        missing: profiles that are not there.
        stale: profiles whose row is of an earlier run than the newest that was told.
        differing: profiles whose row is of that run and another change or status.
        too_new: profiles whose row is of a later run than the newest that was told.
        extra: profiles that nothing told of.
        erased_there: members who were erased.
        person_refs: the first digits of some of these persons' pseudonyms, by what is wrong.
        away: the store could not be asked now.
    """

    audience: str
    audience_id: str
    store: str
    compared: int | None = None
    missing: int = 0
    stale: int = 0
    differing: int = 0
    too_new: int = 0
    extra: int = 0
    erased_there: int = 0
    person_refs: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    away: bool = False

    @property
    def gaps(self) -> tuple[str, ...]:
        """What stands against it."""
        return tuple(
            f"{count:,} {name}" + (f" ({', '.join(self.person_refs[name])} ..)" if self.person_refs.get(name) else "")
            for name in (*KINDS, "erased_there") if (count := getattr(self, name))
        )  # fmt: skip

    def text(self) -> str:
        """One line for the person at the terminal."""
        what = "members" if self.store == OWN_TABLE else f"store of {self.store}"
        if self.compared is None:
            return f"{self.audience} {what}: {'away, ask again' if self.away else 'not compared, only its ledger'}"
        ends = f"GAP: {'; '.join(self.gaps)}" if self.gaps else "equal"
        return f"{self.audience} {what}: {self.compared:,} profiles compared: {ends}"


class Asked(NamedTuple):
    """Which audience is compared; `run`: only what this run told."""

    name: str
    audience_id: str
    run: int | None = None

    def audit(self, store: str, **found: object) -> StoreAudit:
        """The audit of one of its stores."""
        return StoreAudit.model_validate(
            {"audience": self.name, "audience_id": self.audience_id, "store": store, **found}
        )  # fmt: skip


def members_audit(lake: Lake, asked: Asked, facts: Facts) -> StoreAudit:
    """Compare the members with the outbox."""
    runs = Runs(facts.seals[-1].run_seq, facts.removed)
    told = _told(lake, asked).where(F.col("target_sink").isNull()).select(*STATE)
    held = _of(lake.table(MEMBERS).read(), asked).select(*STATE)
    return _compared(lake, asked, OWN_TABLE, told, told, held, runs)


def store_audit(lake: Lake, asked: Asked, sink: Sink, facts: Facts, last: int) -> StoreAudit:
    """Compare a sink's store with the outbox.

    Args:
        lake: the lake.
        asked: the audience.
        sink: the sink.
        facts: what the tables have of the audience.
        last: the last run that the sink has whole, 0 for none.
    """
    if not isinstance(sink, DeltaProfiles):
        return asked.audit(sink.name)
    if not last:
        return asked.audit(sink.name, compared=0)
    try:
        return _store(lake, asked, sink, facts, last)
    except Exception as error:  # a bug is raised; a store that is away is told
        if outage(error) is None:
            raise
        return asked.audit(sink.name, away=True)


def _store(lake: Lake, asked: Asked, sink: DeltaProfiles, facts: Facts, last: int) -> StoreAudit:
    newest = max(seal.run_seq for seal in facts.seals if seal.target_sink in (None, sink.name))
    runs = Runs(newest, facts.removed, whole=last == newest)
    mine = _told(lake, asked).where(F.col("target_sink").isNull() | (F.col("target_sink") == sink.name)).select(*STATE)
    # Of removed runs that it took the members are what is known: nobody's row there is older than its newest change.
    taken = facts.removed & facts.ledger.get(sink.name, {}).keys()
    members = _of(lake.table(MEMBERS).read(), asked).where(F.col("run_seq").isin(*taken)).select(*STATE)
    told = mine.unionByName(members)
    letters = _of(lake.table(DEAD_LETTERS).read(), asked).where((F.col("sink_id") == sink.name) & (F.col("state") != "resolved"))
    due = told.where(F.col("run_seq") <= last).join(letters.select("change_id").distinct(), on="change_id", how="left_anti")
    held = _of(store_of(lake, sink).table(MEMBERSHIPS, sink.name).read(), asked).select(*STATE)
    return _compared(lake, asked, sink.name, due, told, held, runs)


def _of(rows: DataFrame, asked: Asked) -> DataFrame:
    return rows.where(F.col("audience_id") == asked.audience_id)


def _told(lake: Lake, asked: Asked) -> DataFrame:
    return _of(lake.table(CHANGES).read(), asked).where(F.col("op").isin(*OPS))


def _compared(
    lake: Lake, asked: Asked, store: str, due: DataFrame, told: DataFrame, held: DataFrame, runs: Runs
) -> StoreAudit:
    erased = lake.table(SUPPRESSIONS).read().select("person_ref").distinct()
    there = held.join(erased, on="person_ref", how="left_semi").where(F.col("status") == "realized").count()
    kept = held.join(erased, on="person_ref", how="left_anti")
    due = due.join(erased, on="person_ref", how="left_anti")
    if asked.run is not None:
        due, kept = _of_run(due, told, kept, asked.run)
    found = differences(due, told, kept, runs)
    compared = due.select("profile_key").distinct().count()
    refs = {kind: one.person_refs for kind, one in found.items()}
    return asked.audit(
        store, compared=compared, erased_there=there, person_refs=refs, **{kind: one.rows for kind, one in found.items()}
    )  # fmt: skip


def _of_run(due: DataFrame, told: DataFrame, held: DataFrame, run: int) -> tuple[DataFrame, DataFrame]:
    """Only what one run told, and rows of profiles that it told of or that say that they are of it."""
    mine = due.where(F.col("run_seq") == run)
    keys = told.where(F.col("run_seq") == run).select("profile_key").distinct()
    rows = held.join(keys.withColumn("_mine", F.lit(True)), on="profile_key", how="left")
    return mine, rows.where(F.col("_mine") | (F.col("run_seq") == run)).select(*STATE)
