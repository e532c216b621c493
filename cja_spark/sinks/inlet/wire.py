"""Requests of a sink: paced, with its token, each with a key of its own, and counted."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Protocol

from cja_spark.sinks.chunk import RetryableError, Token
from cja_spark.sinks.inlet.answers import TOO_MANY, Reply, Verdict, single_verdict, verdict
from cja_spark.sinks.inlet.messages import SOURCE, Message, envelope, idempotency_key
from cja_spark.sinks.inlet.spec import Inlet
from cja_spark.sinks.inlet.token import authorization
from cja_spark.sinks.rate import Rate
from cja_spark.sinks.slots import Slot, take_slot

UNAUTHORIZED = 401


class Posts(Protocol):
    """What requests are posted with."""

    def post(self, path: str, headers: Mapping[str, str], body: bytes, seconds: float) -> Reply:
        """Post a body and read the reply."""

    def probe(self) -> None:
        """Connect and go."""


class Wire:
    """The way to an inlet, for one task.

    Attributes:
        records: this task's part of the rate of records.
        calls: this task's part of the rate of requests.
        requests: requests that were begun.
        sent_bytes: bytes of their bodies.
    """

    def __init__(self, sink: Inlet, posts: Posts) -> None:
        self.sink = sink
        self.records = Rate(sink.records_per_second / sink.concurrency)
        self.calls = Rate(sink.most_requests / sink.concurrency)
        self.requests = self.sent_bytes = 0
        self._posts = posts
        self._slot: Slot | None = None
        self._token: str | None = None
        self._left = self._attempt = sink.attempt_timeout.total_seconds()

    @property
    def most(self) -> int:
        """Messages that one request may have: no more than a second brings, so that it never waits for longer (K5)."""
        return min(self.sink.messages, self.records.at_once) if self._by_batch else 1

    def begin(self) -> None:
        """Begin an attempt: its requests may take so long together, waiting for the rate aside."""
        self._left = self._attempt

    def send(self, messages: Sequence[Message], token: Token, flow: str | None = None) -> Verdict:
        """Send messages as one request, and tell what became of each.

        Raises:
            RetryableError: what became of them is not known, or nothing is taken now.
            DataError: some message of them is refused.
            FatalError: nothing will be taken.
        """
        headers = self._headers(messages, token, flow or self.sink.flow)
        body = envelope(messages) if self._by_batch else messages[0].text
        reply = self._reply(len(messages), headers, body)
        if reply.status == UNAUTHORIZED and self.sink.token:
            self._token = None
            reply = self._reply(len(messages), headers, body)
        told = self._verdict(reply, len(messages))
        if TOO_MANY in told.again.values():
            self._slow_down()
        return told

    def probe(self) -> None:
        """Connect and go; the rate is not asked."""
        self._posts.probe()

    def close(self) -> None:
        """Give the place at the rate back."""
        if self._slot is not None:
            self._slot.release()
            self._slot = None

    @property
    def _by_batch(self) -> bool:
        return self.sink.validation == "asynchronous"

    @property
    def _path(self) -> str:
        single = f"/collection/{self.sink.connection}?syncValidation=true"
        return f"/collection/batch/{self.sink.connection}" if self._by_batch else single

    def _headers(self, messages: Sequence[Message], token: Token, flow: str | None) -> dict[str, str]:
        found = {
            "Content-Type": "application/json",
            "Accept": "application/json",
            "User-Agent": SOURCE,
            "Idempotency-Key": idempotency_key(token, messages),
            "X-Cja-Run-Seq": str(token.run_seq),
        }
        return found | ({"x-adobe-flow-id": flow} if flow else {})

    def _reply(self, count: int, headers: Mapping[str, str], body: bytes) -> Reply:
        """Post when the rate allows it; the token goes into no field but the request's own headers."""
        if self._slot is None:
            self._slot = take_slot(self.sink.group, self.sink.concurrency)
        self.records.take(count)
        self.calls.take(1)
        if self._left <= 0:
            raise RetryableError("network", "attempt_timeout")
        self.requests += 1
        self.sent_bytes += len(body)
        begun = time.monotonic()
        try:
            reply = self._posts.post(self._path, {**headers, **self._authorization()}, body, self._left)
        finally:
            self._left -= time.monotonic() - begun
        if reply.status == TOO_MANY:
            self._slow_down()
        return reply

    def _authorization(self) -> dict[str, str]:
        if self.sink.token is None:
            return {}
        self._token = self._token or authorization(self.sink.token)
        return {"Authorization": self._token}

    def _verdict(self, reply: Reply, count: int) -> Verdict:
        now = datetime.now(UTC)
        return verdict(reply, count, now) if self._by_batch else single_verdict(reply, now)

    def _slow_down(self) -> None:
        self.records.slow_down()
        self.calls.slow_down()
