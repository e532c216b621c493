"""The Kafka sink: a chunk is one transaction of one producer (publishing.md 5.5)."""

from __future__ import annotations

from collections.abc import Sequence

from cja_spark.errors import ConfigurationError
from cja_spark.sinks.chunk import Applied, Change, DataError, ErasedKey, FatalError, Rejected, RunFacts, Token
from cja_spark.sinks.isolate import isolate
from cja_spark.sinks.kafka.client import Patience, client_settings
from cja_spark.sinks.kafka.errors import CLASS
from cja_spark.sinks.kafka.messages import Message, message, tombstones
from cja_spark.sinks.kafka.own import own
from cja_spark.sinks.kafka.produce import Channel
from cja_spark.sinks.kafka.spec import Kafka
from cja_spark.sinks.kinds import OPEN, OWN

TOO_LARGE = "MSG_SIZE_TOO_LARGE"


class KafkaSink:
    """A topic as a sink of chunks; a topic remembers no chunk, so one that may be there is sent again (KK3)."""

    def __init__(self, sink: Kafka, audience_id: str, slot: int, patience: Patience | None = None) -> None:
        self._sink = sink
        patience = patience or Patience()
        try:
            settings = client_settings(sink, audience_id, slot, patience)
        except ConfigurationError:  # the driver has a secret or a file that a task's machine has not
            raise FatalError("configuration", "missing") from None
        self._channel = Channel(settings, sink.topic, patience)

    def is_done(self, token: Token) -> bool:
        """Never known."""
        return False

    def apply(self, changes: Sequence[Change], token: Token, run: RunFacts) -> Applied:
        """Send a chunk in one transaction; in several only where the brokers refuse a row that looked right.

        Raises:
            RetryableError: it is not there, or that is not known.
            FatalError: authentication or authorisation failed, or there is no such topic.
            LostError: a newer owner fenced this one off.
        """
        sends, sent_bytes = self._channel.sends, self._channel.sent_bytes
        messages, refused = self._written(changes, token)
        refused += isolate(messages, self._channel.send)
        return Applied(
            acked=len(changes) - len(refused), rejected=refused, requests=self._channel.sends - sends,
            sent_bytes=self._channel.sent_bytes - sent_bytes, confirmed=self._sink.transactional,
        )  # fmt: skip

    def erase(self, keys: Sequence[ErasedKey], token: Token) -> str:
        """Send a tombstone for every profile and audience, so that compaction forgets them; `absent` without any.

        Raises:
            RetryableError, FatalError, LostError: as `apply`.
        """
        messages = [message for one in keys for message in tombstones(one, token)]
        if not messages:
            return "absent"
        self._channel.send(messages)
        return "deleted"

    def probe(self) -> None:
        """Ask the brokers for a producer; nothing is sent.

        Raises:
            RetryableError, FatalError: as `apply`.
        """
        self._channel.open()

    def close(self) -> None:
        """Give back the connections."""
        self._channel.close()

    def _written(self, changes: Sequence[Change], token: Token) -> tuple[list[Message], tuple[Rejected, ...]]:
        """The messages of a chunk, and the changes that can be none."""
        messages, refused = [], []
        for change in changes:
            try:
                messages.append(self._fitting(message(change, token)))
            except DataError as error:
                refused.append(Rejected(change.change_id, error.error_class, error.code))
        return messages, tuple(refused)

    def _fitting(self, one: Message) -> Message:
        if one.size > self._sink.max_message_bytes:
            raise DataError(CLASS, TOO_LARGE)
        return one


OPEN.register("kafka")(KafkaSink)
OWN.register("kafka")(own)
