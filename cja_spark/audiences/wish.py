"""A wish: one invocation of publish, and the instant that it speaks of."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from pyspark.sql import DataFrame

from cja_spark.audiences.register import Registered
from cja_spark.audiences.runs import Counts, Kind, LastRun, Seal
from cja_spark.audiences.spec import Audience
from cja_spark.errors import StaleError
from cja_spark.lake import Lake

Evaluate = Callable[[datetime, datetime], DataFrame]
Unneeded = Callable[[Registered, LastRun | None], str | None]
MILLISECOND = timedelta(milliseconds=1)


def in_ms(instant: datetime) -> datetime:
    """An instant in UTC, cut to ms: the grain of what runs speak of."""
    return instant.astimezone(UTC).replace(microsecond=instant.microsecond // 1000 * 1000)


@dataclass(frozen=True)
class Wish:
    """One invocation of publish.

    Attributes:
        find_people: persons (person_id, person_namespace string, optional attrs string) of a window `[start, end)`;
            None where the run is about members whom nobody evaluates.
        as_of: the instant that the run speaks of, ms.
        moves: nobody asked for `as_of`; it may move to a later instant.
        definition: what decides who belongs, as canonical JSON; another text is another definition.
        inputs: versions of the tables that `find_people` reads.
        kind: of the run that it begins.
        unneeded: asked under the claim: why no run has to be begun any more, None when one has.
    """

    lake: Lake
    audience: Audience
    find_people: Evaluate | None
    as_of: datetime
    moves: bool
    definition: str
    time_zone: str
    inputs: Mapping[str, int]
    pepper: str
    run_id: str
    started_at: datetime
    kind: Kind = "refresh"
    unneeded: Unneeded = lambda entry, last: None

    @classmethod
    def of_members(cls, lake: Lake, audience: Audience, kind: Kind, as_of: datetime, unneeded: Unneeded) -> Wish:
        """A wish about the members of an audience whom nobody evaluates: to assert them again, or that all leave."""
        return cls(lake, audience, None, in_ms(as_of), False, "", "UTC", {}, "", str(uuid.uuid4()), datetime.now(UTC),
                   kind, unneeded)  # fmt: skip

    @classmethod
    def foreseen(
        cls, lake: Lake, audience: Audience, as_of: datetime, moves: bool, definition: str, inputs: Mapping[str, int]
    ) -> Wish:
        """A wish that is only looked at, to know what publish will ask for."""
        return cls(lake, audience, None, in_ms(as_of), moves, definition, "UTC", inputs, "", str(uuid.uuid4()), datetime.now(UTC))

    def begun(self, entry: Registered, run_seq: int = 0, epoch: int = 0) -> Seal:
        """A run of this wish before anything is counted."""
        return Seal(
            entry.audience_id, run_seq, self.run_id, epoch, self.kind, self.as_of, 0, 1, "0:0",
            entry.definition_version, Counts(),
        )  # fmt: skip

    def aimed(self, entry: Registered, last: LastRun | None) -> Wish:
        """The wish with the instant that it speaks of after a last run.

        The newest event is no clock of what is known: a late row, a replay or a rebuild changes who belongs and leaves
        it where it is. So `as_of` moves 1 ms past a last run that was made of something else, and stays at one that
        was made of the same.
        Decision: docs/decisions/instants.md.
        """
        if not self.moves or last is None:
            return self
        told = last.seal.as_of
        return replace(self, as_of=max(self.as_of, told + MILLISECOND if self.differs(entry, last) else told))

    def differs(self, entry: Registered, last: LastRun) -> str | None:
        """What the last run was made of that is another now: None when it would find the same people again."""
        if entry.definition != self.definition or entry.definition_version != last.seal.definition_version:
            return "the definition"
        before = last.inputs or {}
        tables = sorted(name for name in {*before, *self.inputs} if before.get(name) != self.inputs.get(name))
        return ", ".join(f"{name} (version {before.get(name)}, now {self.inputs.get(name)})" for name in tables) or None

    def require_same(self, entry: Registered, last: LastRun) -> None:
        """Check that the last run, which speaks of this instant, says what this wish would find.

        Raises:
            StaleError: its inputs or its definition are others.
        """
        if what := self.differs(entry, last):
            told = last.seal.as_of.isoformat()
            raise StaleError.changed(self.audience.name, last.seal.run_seq, told, what)
