"""Produce messages, all or none of them: in a transaction that is committed, or at least until all brokers have them."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from types import ModuleType
from typing import TYPE_CHECKING

from cja_spark.errors import MissingToolError
from cja_spark.failpoints import failpoint
from cja_spark.sinks.chunk import RetryableError, SinkError
from cja_spark.sinks.kafka.client import Patience
from cja_spark.sinks.kafka.errors import CLASS, is_denied, meaning
from cja_spark.sinks.kafka.messages import Message

if TYPE_CHECKING:
    from confluent_kafka import KafkaError, Producer

SLICE_S = 1.0  # how long the client is waited for at a time, so that a refusal is heard at once


class Channel:
    """A way into one topic. It opens itself when it is used first, and again after a failure.

    Attributes:
        sends: how often messages were sent.
        sent_bytes: bytes of keys, values and headers that were sent, repeated ones too.
    """

    def __init__(self, settings: Mapping[str, object], topic: str, patience: Patience) -> None:
        self.sends = self.sent_bytes = 0
        self._settings, self._topic, self._patience = settings, topic, patience
        self._transactional = "transactional.id" in settings
        self._producer: Producer | None = None
        self._heard: list[KafkaError] = []
        self._undelivered: list[KafkaError] = []

    def open(self) -> None:
        """Have a producer; one with transactions fences its predecessors off, and what they left open is aborted.

        Raises:
            SinkError: the brokers refuse it, or are away.
        """
        self._guarded(lambda producer: None)

    def send(self, messages: Sequence[Message]) -> None:
        """Bring all messages to the topic.

        Raises:
            RetryableError: none of them are there, or it is not known whether they are: send them again.
            DataError: some of them will never be taken; none are there.
            FatalError: nothing is taken.
            LostError: another owner opened the same transactions.
        """
        self.sends += 1
        self.sent_bytes += sum(one.size for one in messages)
        self._guarded(lambda producer: self._send(producer, messages))

    def close(self) -> None:
        """Give back the connections; messages that are not there yet never will be."""
        producer, self._producer = self._producer, None
        if producer is not None:
            producer.purge()

    def _guarded(self, work: Callable[[Producer], None]) -> None:
        """Do something with a producer; what fails leaves neither a transaction nor the error's text behind."""
        fault: SinkError | None = None
        try:
            work(self._opened())
        except (_client().KafkaException, SystemError) as error:
            fault = self._fault(self._told(error))
        except SinkError as error:
            fault = error
        if fault is not None:
            self._clear()
            raise fault

    def _opened(self) -> Producer:
        if self._producer is None:
            self._heard.clear()
            producer = self._producer = _client().Producer({**self._settings, "error_cb": self._hear})
            if self._transactional:
                self._until(producer, self._patience.open, producer.init_transactions)
        return self._producer

    def _send(self, producer: Producer, messages: Sequence[Message]) -> None:
        failpoint("kafka.begin")
        if self._transactional:
            producer.begin_transaction()
        self._undelivered.clear()
        self._fill(producer, messages)
        self._flush(producer)
        failpoint("kafka.produced")
        failpoint("kafka.before_commit")
        if self._transactional:
            self._until(producer, self._patience.commit, producer.commit_transaction)
        failpoint("kafka.after_commit")

    def _fill(self, producer: Producer, messages: Sequence[Message]) -> None:
        for one in messages:
            for _ in self._slices(producer, self._patience.delivery):
                try:
                    producer.produce(self._topic, one.value, one.key, on_delivery=self._report, headers=[*one.headers])
                except BufferError:  # the client's queue is full: wait until it has sent some
                    continue
                break

    def _flush(self, producer: Producer) -> None:
        for _ in self._slices(producer, self._patience.delivery + SLICE_S):
            if not producer.flush(SLICE_S):
                break
        if self._undelivered:
            raise _worst(self._undelivered)

    def _until(self, producer: Producer, seconds: float, step: Callable[[float], object]) -> None:
        """Repeat a step of a transaction while the client says that it may be repeated."""
        kafka_exception = _client().KafkaException
        for _ in self._slices(producer, seconds):
            try:
                step(SLICE_S)
            except kafka_exception as error:
                if not error.args[0].retriable():
                    raise
                continue
            break

    def _slices(self, producer: Producer, seconds: float) -> Iterator[None]:
        """Go on for some seconds, listening for refusals between.

        Raises:
            SinkError: a broker denied it, or time is over.
        """
        end = time.monotonic() + seconds
        while True:
            yield
            producer.poll(0)
            if denied := [error for error in self._heard if is_denied(error)]:
                raise meaning(denied[0])
            if time.monotonic() >= end:
                raise RetryableError(CLASS, "_TIMED_OUT")

    def _fault(self, error: KafkaError) -> SinkError:
        """What a failure means; the client calls what comes after a fatal one `_FATAL`, and says at `poll` which one it was."""
        if self._producer is not None:
            try:
                self._producer.poll(0)
            except (_client().KafkaException, SystemError) as fatal:
                error = self._told(fatal)
        denied = [one for one in self._heard if is_denied(one)]
        return meaning(denied[0] if denied else error)

    def _told(self, error: BaseException) -> KafkaError:
        """The client's error; where a fatal one arises while it calls back, Python complains of that call instead.

        That complaint may have lost its cause: then the client says again what was fatal when it shall abort.
        """
        client = _client()
        known = error if isinstance(error, client.KafkaException) else error.__cause__
        if not isinstance(known, client.KafkaException):
            known = self._fatal() or client.KafkaException(client.KafkaError(client.KafkaError._FAIL))
        told: KafkaError = known.args[0]
        return told

    def _fatal(self) -> BaseException | None:
        if self._producer is not None and self._transactional:
            try:
                self._producer.abort_transaction(self._patience.connect)
            except _client().KafkaException as fatal:
                known: BaseException = fatal
                return known
        return None

    def _clear(self) -> None:
        """Abort what is open, so that nothing of it is seen; where that fails, whoever opens the id next does it."""
        producer = self._producer
        if producer is not None and self._transactional:
            with suppress(_client().KafkaException):
                producer.purge()
                producer.abort_transaction(self._patience.connect)
        self.close()

    def _hear(self, error: KafkaError) -> None:
        self._heard.append(error)

    def _report(self, error: KafkaError | None, _: object) -> None:
        if error is not None:
            self._undelivered.append(error)


def _worst(errors: Sequence[KafkaError]) -> SinkError:
    """Of the errors of several messages the one that decides: a refused row is looked for only where all else is well."""
    order = ("LostError", "FatalError", "RetryableError", "DataError")
    return min(map(meaning, errors), key=lambda fault: order.index(type(fault).__name__))


def _client() -> ModuleType:
    try:
        import confluent_kafka
    except ImportError as error:
        raise MissingToolError("A sink of the kind 'kafka' needs confluent-kafka: install cja_spark[kafka].") from error
    return confluent_kafka
