"""How audiences and their sinks stand: nouns that the text, the page and the metrics show; no identity is in them."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from pydantic import Field

from cja_spark.audiences.receipts import versions
from cja_spark.spec import Spec

SinkState = Literal["done", "pending", "paused", "never"]
# Most urgent first: what an exit code asks of whoever is called (publishing.md section 9).
Urgency = Literal["page", "stop", "approve", "retry", "fix", "run", "soon"]
URGENCIES: tuple[Urgency, ...] = ("page", "stop", "approve", "retry", "fix", "run", "soon")


class Trouble(Spec):
    """Something that is not as it should be, and what to do about it.

    Attributes:
        urgency: `page` somebody now, `stop` until somebody mends it, `approve` it or mend its source, `retry` it later,
            `fix` the rows, `run` a command, or attend to it `soon`.
        what: what is wrong.
        next_action: what to do.
    """

    urgency: Urgency
    what: str
    next_action: str


class LetterCount(Spec):
    """Open dead letters of one kind."""

    error_class: str
    error_code: str
    letters: int


class SinkStanding(Spec):
    """One sink of one audience.

    Attributes:
        state: `done`, it has every run; `pending`, rows wait; `paused`; `never`, it has taken nothing yet.
        last_run: the last run that it has whole.
        last_at: when it last took something.
        whole_at: when it had that run whole.
        lag_runs: runs that it does not have whole.
        pending: rows that wait.
        dead: letters that are open.
        gaps: what does not add up.
    """

    sink: str
    state: SinkState
    last_run: int = 0
    last_at: datetime | None = None
    whole_at: datetime | None = None
    lag_runs: int = 0
    acked: int = 0
    pending: int = 0
    dead: int = 0
    letters: tuple[LetterCount, ...] = ()
    gaps: tuple[str, ...] = ()
    troubles: tuple[Trouble, ...] = ()


class RunStanding(Spec):
    """The newest run of an audience, committed or not."""

    run_seq: int
    kind: str
    state: str
    as_of: datetime
    recorded_at: datetime
    exit_code: int = 0
    enter: int = 0
    update: int = 0
    exit: int = 0
    heartbeat: int = 0
    rejected: int = 0
    guard: tuple[str, ...] = ()


class AudienceStanding(Spec):
    """One audience.

    Attributes:
        status: `active`, `paused`, `expired`, `deleted`, or `new`: never published.
        action: what a scheduler does now: `refresh`, `heartbeat`, `resume`, `commit`; None for nothing.
        people: members after the newest committed run; None when nothing was committed.
        told_at: the instant that the newest committed run speaks of.
        next_at: when it is due next; None when it is due now, or never.
        due: what is due, or why nothing is.
        letters: open letters of identities that cannot be published.
        next_action: the one next thing to do.
    """

    name: str
    audience_id: str | None = None
    refresh: str | None = None
    status: str = "new"
    people: int | None = None
    last: RunStanding | None = None
    told_at: datetime | None = None
    next_at: datetime | None = None
    action: str | None = None
    due: str | None = None
    expires_at: datetime | None = None
    letters: tuple[LetterCount, ...] = ()
    sinks: tuple[SinkStanding, ...] = ()
    troubles: tuple[Trouble, ...] = ()
    next_action: str = "nothing"

    @property
    def all_troubles(self) -> tuple[Trouble, ...]:
        """Its own and those of its sinks, the most urgent first."""
        found = [*self.troubles, *(trouble for sink in self.sinks for trouble in sink.troubles)]
        return tuple(sorted(found, key=lambda one: URGENCIES.index(one.urgency)))


class Standing(Spec):
    """All audiences of a project at an instant."""

    receipt_version: int = 1
    command: Literal["status"] = "status"
    project: str
    at: datetime
    audiences: tuple[AudienceStanding, ...] = ()
    versions: dict[str, str] = Field(default_factory=versions)

    @property
    def troubles(self) -> tuple[tuple[str, Trouble], ...]:
        """All troubles with the audience of each, the most urgent first."""
        found = [(one.name, trouble) for one in self.audiences for trouble in one.all_troubles]
        return tuple(sorted(found, key=lambda each: URGENCIES.index(each[1].urgency)))
