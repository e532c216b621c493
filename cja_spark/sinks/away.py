"""Away: which sinks did not answer in this delivery, so that one of them keeps no audience waiting but the first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TypeVar

from cja_spark.audiences.receipts import SinkReceipt
from cja_spark.audiences.runs import Seal
from cja_spark.errors import UnavailableError
from cja_spark.sinks.spec import Chunked, Sink

ENOUGH = 2
S = TypeVar("S", bound=Sink)


@dataclass
class Away:
    """Sinks that were away for the last audiences of a delivery, each with what was said then.

    The first audience waits for a sink as long as its settings say. The second tries it once, which tells a sink that
    is away from a chunk that one audience cannot get rid of; after that its rows wait for the next delivery.
    """

    said: dict[str, list[str]] = field(default_factory=dict)

    def note(self, receipt: SinkReceipt) -> None:
        """Keep what a sink ended with; one that took something is not away."""
        if receipt.state == "unavailable" and receipt.reason:
            self.said.setdefault(receipt.sink, []).append(receipt.reason)
        elif receipt.acked:
            self.said.pop(receipt.sink, None)

    def why(self, sink: Sink) -> UnavailableError | None:
        """Why a sink is not tried any more in this delivery; None where it is."""
        said = self.said.get(sink.name, [])
        return UnavailableError(said[0]) if len(said) >= ENOUGH else None

    def patient(self, sink: S) -> S:
        """A sink as it is tried now: once, where it was away before."""
        if isinstance(sink, Chunked) and sink.name in self.said:
            return sink.model_copy(update={"attempts": 1, "give_up_after": timedelta(0)})
        return sink

    def in_turn(self, work: Sequence[tuple[Sink, Sequence[Seal]]]) -> list[tuple[Sink, Sequence[Seal]]]:
        """Work in the order in which it is done: who may have to be waited for comes later, who was away last."""
        return sorted(work, key=lambda one: (one[0].name in self.said, _patience(one[0])))


def _patience(sink: Sink) -> timedelta:
    return sink.give_up_after if isinstance(sink, Chunked) else timedelta(0)
