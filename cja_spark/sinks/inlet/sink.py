"""The streaming inlet as a sink of chunks."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial

from cja_spark.sinks.chunk import (
    Applied,
    Change,
    DataError,
    ErasedKey,
    FatalError,
    Rejected,
    RetryableError,
    RunFacts,
    Token,
)
from cja_spark.sinks.inlet.addresses import checked
from cja_spark.sinks.inlet.batches import batches, fits
from cja_spark.sinks.inlet.delivery import Pass, Progress
from cja_spark.sinks.inlet.messages import Message, definition, deletion, membership
from cja_spark.sinks.inlet.place import place_of
from cja_spark.sinks.inlet.post import Post, Timeouts
from cja_spark.sinks.inlet.spec import MOST_BYTES, Inlet
from cja_spark.sinks.inlet.wire import Wire
from cja_spark.sinks.kinds import OPEN

DELETED, EXIT_ONLY, ABSENT = "deleted", "exit_only", "absent"
Written = tuple[str, Callable[[], Message]]  # the id of a change, and how its message is written


class InletSink:
    """Sends the changes of chunks as messages: at least once, each with the id of its change.

    It remembers what became of the messages of the chunk that it is at, so that a chunk which is tried again goes on
    where it was.
    """

    def __init__(self, sink: Inlet, wire: Wire) -> None:
        self.sink = sink
        self.wire = wire
        self._at: Token | None = None
        self._known = Progress()
        self._announced = False
        self._before = (0, 0)  # requests and bytes of chunks before

    def is_done(self, token: Token) -> bool:
        """Never known: an inlet remembers no chunks."""
        return False

    def apply(self, changes: Sequence[Change], token: Token, run: RunFacts) -> Applied:
        """Send every change; exits too, wherever the profile is (K8).

        Raises:
            RetryableError: try the chunk again, with this sink at best.
            FatalError: the inlet takes nothing.
        """
        self._begin(token)
        if changes and not self._announced:
            self.announce(token, run)
            self._announced = True
        write = partial(membership, self.sink, audiences=(token.audience_id,), as_of=run.as_of)
        self._bring(((one.change_id, partial(write, one)) for one in changes), token)
        return Applied(
            acked=sum(one.change_id in self._known.accepted for one in changes),
            rejected=tuple(self._known.rejected.values()),
            requests=self.wire.requests - self._before[0],
            sent_bytes=self.wire.sent_bytes - self._before[1],
            confirmed=self.sink.validation == "synchronous",
        )

    def announce(self, token: Token, run: RunFacts) -> None:
        """Say what people call the audience, where the sink says where to (KH2); again is no harm.

        Raises:
            RetryableError: it may be told later.
            FatalError: the inlet does not take it.
        """
        if self.sink.definition is None:
            return
        try:
            told = self.wire.send([definition(self.sink, token.audience_id, run)], token)
        except DataError as refusal:
            raise FatalError("definition", refusal.code) from None
        if told.refused:
            raise FatalError("definition", f"item_{told.refused[0]}")
        if told.again:
            raise RetryableError("definition", f"item_{told.again[0]}")

    def erase(self, keys: Sequence[ErasedKey], token: Token) -> str:
        """Have profiles deleted, where a flow can (KH9); else send their exits from the audiences they were in.

        Raises:
            RetryableError: try again, with this sink at best.
            DataError: a profile's message is refused.
            FatalError: the inlet takes nothing.
        """
        self._begin(token)
        told = [key for key in keys if self.sink.delete_flow or key.audiences]
        self._bring(((key.change.change_id, partial(self._forget, key)) for key in told), token, self.sink.delete_flow)
        for one in self._known.rejected.values():
            raise DataError(one.error_class, one.error_code)
        return DELETED if self.sink.delete_flow else EXIT_ONLY if told else ABSENT

    def probe(self) -> None:
        """Connect, with TLS and the checks of the address; nothing is sent, so that a token is not tried.

        Raises:
            RetryableError: it is away.
            FatalError: it is not who it should be, or may not be spoken to.
        """
        self.wire.probe()

    def close(self) -> None:
        """Give the place at the rate back."""
        self.wire.close()

    def _begin(self, token: Token) -> None:
        self.wire.begin()
        if token != self._at:
            self._at, self._known, self._announced = token, Progress(), False
            self._before = self.wire.requests, self.wire.sent_bytes

    def _bring(self, written: Iterable[Written], token: Token, flow: str | None = None) -> None:
        attempt = Pass(self._known, lambda messages: self.wire.send(messages, token, flow))
        for batch in batches(self._messages(written), self.wire.most, MOST_BYTES):
            attempt.bring(batch)
        attempt.end()

    def _messages(self, written: Iterable[Written]) -> Iterator[Message]:
        """The messages that can be sent; one that cannot, for what it is, is refused here."""
        for change_id, write in written:
            try:
                message = write()
                if not fits(message, MOST_BYTES):
                    raise DataError("data", "too_large")
            except DataError as refusal:
                self._known.rejected[change_id] = Rejected(change_id, refusal.error_class, refusal.code)
            else:
                yield message

    def _forget(self, key: ErasedKey) -> Message:
        if self.sink.delete_flow:
            return deletion(self.sink, key.change)
        return membership(self.sink, key.change, key.audiences, key.change.asserted_at)


@OPEN.register("inlet")
def open_inlet(sink: Inlet, audience_id: str, slot: int) -> InletSink:
    """Open an inlet in a task; nothing is sent or resolved before there is something to send.

    Raises:
        FatalError: its certificates cannot be read.
    """
    place = place_of(sink.endpoint)
    timeouts = Timeouts(sink.connect_timeout.total_seconds(), sink.read_timeout.total_seconds())
    addresses = partial(checked, place, allow_private=sink.allow_private)
    return InletSink(sink, Wire(sink, Post(place, addresses, timeouts, sink.ca)))
