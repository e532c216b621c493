"""Batches: messages in their order, as many as one request takes (KH3)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from cja_spark.sinks.inlet.messages import Message, envelope

_AROUND = len(envelope(()))


def fits(message: Message, most_bytes: int) -> bool:
    """Whether a request with this message alone is small enough."""
    return _AROUND + len(message.text) <= most_bytes


def batches(messages: Iterable[Message], most: int, most_bytes: int) -> Iterator[Sequence[Message]]:
    """Fill one request after the other: the same messages give the same requests, so a retry is the same bytes.

    Each message has to fit by itself.
    """
    batch: list[Message] = []
    size = _AROUND
    for message in messages:
        assert fits(message, most_bytes)
        more = len(message.text) + (1 if batch else 0)  # a comma before all but the first
        if batch and (len(batch) == most or size + more > most_bytes):
            yield batch
            batch, size, more = [], _AROUND, len(message.text)
        batch.append(message)
        size += more
    if batch:
        yield batch
