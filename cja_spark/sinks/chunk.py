"""A chunk of changes on its way into a sink: what a sink of chunks is given, what it answers, how it fails (K1, K2)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple, Protocol, runtime_checkable


class Token(NamedTuple):
    """One chunk of one run for one sink; equal tokens are the same work, however often they come.

    Attributes:
        chunk: its number; below zero for letters that are sent again, never the same twice.
    """

    sink_id: str
    audience_id: str
    run_seq: int
    chunk: int
    chunks: int


class RunFacts(NamedTuple):
    """What all chunks of a run share: its kind, the end of its window, and what people call the audience."""

    kind: str
    as_of: datetime
    definition_version: int
    name: str
    description: str | None


class Change(NamedTuple):
    """The whole state to assert for one profile; times are UTC."""

    op: str
    change_id: str
    profile_key: str
    namespace: str
    id: str
    person_ref: str
    status: str
    asserted_at: datetime
    valid_until: datetime | None
    attrs: str | None
    definition_version: int


class Rejected(NamedTuple):
    """A change that a sink refuses for what it is; class and code never hold a value of the row (S8, KP5)."""

    change_id: str
    error_class: str
    error_code: str


class Applied(NamedTuple):
    """What became of the changes of a chunk: `acked` and the rejected ones are all of them.

    Attributes:
        created: profiles that were not there before.
        requests: requests, statements or transactions that were sent, repeated ones too.
        sent_bytes: bytes of the bodies that were sent, repeated ones too.
        confirmed: whether the sink says that it has applied them, not only accepted (KH5, KK2).
    """

    acked: int
    rejected: tuple[Rejected, ...] = ()
    created: int = 0
    requests: int = 0
    sent_bytes: int = 0
    confirmed: bool = True


class ErasedKey(NamedTuple):
    """A profile that has to be forgotten.

    Attributes:
        change: the exit that a sink sends which cannot delete (KH9).
        audiences: ids of the audiences that the profile was told to be in, which it then leaves.
    """

    profile_key: str
    change: Change
    audiences: tuple[str, ...] = ()


class SinkError(Exception):
    """A sink's refusal, by class and code alone: raw messages hold values of rows."""

    def __init__(self, error_class: str, code: str) -> None:
        super().__init__(f"{error_class} {code}")
        self.error_class = error_class
        self.code = code


class RetryableError(SinkError):
    """The same bytes may succeed later; also every outcome that is not known: timeout, reset, unreadable reply.

    Attributes:
        retry_after: seconds that the sink asks to wait, None when it does not.
        costs_attempt: False where the wait alone counts (K4).
    """

    def __init__(
        self, error_class: str, code: str, *, retry_after: float | None = None, costs_attempt: bool = True
    ) -> None:
        super().__init__(error_class, code)
        self.retry_after = retry_after
        self.costs_attempt = costs_attempt


class DataError(SinkError):
    """Some row of what was sent is refused for what it is; isolate it (K6)."""


class FatalError(SinkError):
    """Nothing will be taken until somebody mends something: the sink stops, its rows wait (exit 6)."""


class LostError(SinkError):
    """A newer owner fenced this one off: stop at once (exit 7)."""


class ChunkSink(Protocol):
    """A sink that takes chunks; made in a task from its spec, used by that task alone."""

    def is_done(self, token: Token) -> bool:
        """Whether the sink itself remembers that it has the chunk whole; False where it remembers nothing."""

    def apply(self, changes: Sequence[Change], token: Token, run: RunFacts) -> Applied:
        """Assert the state of every change, sorted by profile_key and unique per key.

        An older run's row never overwrites a newer one's; a replay changes nothing. Exits are written also where no
        row is (K8).

        Raises:
            RetryableError: the whole chunk may be tried again, with the same bytes.
            FatalError: the sink stops.
            LostError: a newer owner is at it.
        """

    def erase(self, keys: Sequence[ErasedKey], token: Token) -> str:
        """Forget profiles; gives the receipt's outcome: `deleted`, `exit_only` or `absent`."""

    def close(self) -> None:
        """Give back connections; never raises."""


@runtime_checkable
class Settles(Protocol):
    """A sink that remembers chunks and is told when the letters of one with refused rows are durable (5.3, step 4)."""

    def settle(self, token: Token) -> None:
        """Remember that the chunk is done whole; called by the driver, in its own sink, and again after a crash."""


@runtime_checkable
class Names(Protocol):
    """A sink whose receivers show what people call an audience (A18, KH2)."""

    def announce(self, token: Token, run: RunFacts) -> None:
        """Tell the name now; again is no harm.

        Raises:
            RetryableError: it may be told later.
            FatalError: the sink does not take it.
        """
