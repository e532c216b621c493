"""The messages of one chunk on their way: what became of each, and what is still to be sent when the chunk is tried again.

A pass sends every batch that is not settled. Refused batches are halved until single messages are (KH3, KH6, K6); a
failure of the server ends the pass with RetryableError, and the next one goes on where it ended. Status 500 alone may be
either: it ends the pass too, but after the other batches; bytes that get it five times while another message succeeds
are refused for what they are.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from cja_spark.sinks.chunk import DataError, Rejected, RetryableError
from cja_spark.sinks.inlet.answers import BROKEN, Verdict
from cja_spark.sinks.inlet.messages import Message
from cja_spark.sinks.isolate import isolate

PATIENCE = 5
_BROKEN = f"http_{BROKEN}"
Ids = tuple[str, ...]


@dataclass
class Progress:
    """What is known of the messages of one chunk; it outlives a pass.

    Attributes:
        accepted: messages that were taken.
        rejected: messages that are refused for what they are.
        refused: groups that are known to hold a refused message, so that they are not sent again whole.
        failed: how often a group got status 500 while another message succeeded.
        doubted: messages of groups that were given up for it.
        witness: a message that was taken; sent again it changes nothing, and shows whether the server is well.
    """

    accepted: set[str] = field(default_factory=set)
    rejected: dict[str, Rejected] = field(default_factory=dict)
    refused: dict[Ids, DataError] = field(default_factory=dict)
    failed: dict[Ids, int] = field(default_factory=dict)
    doubted: set[str] = field(default_factory=set)
    witness: Message | None = None


class Pass:
    """One attempt at all messages of a chunk.

    Attributes:
        progress: what is known from the passes before, and more and more.
        send: sends messages as one request and tells what became of each.
    """

    def __init__(self, progress: Progress, send: Callable[[Sequence[Message]], Verdict]) -> None:
        self.progress = progress
        self._send = send
        self._waiting: RetryableError | None = None
        self._alive = False  # some message succeeded in this pass
        self._probing = False  # a group was counted to find one

    def bring(self, batch: Sequence[Message]) -> None:
        """Send what of a batch is not settled.

        Raises:
            RetryableError: the server does not take anything now.
            FatalError: it never will.
        """
        for one in isolate(batch, self._bring_group):
            self.progress.rejected.setdefault(one.change_id, one)

    def end(self) -> None:
        """End the pass.

        Raises:
            RetryableError: some messages have to be sent again.
        """
        if self._waiting is not None:
            raise self._waiting

    def _bring_group(self, group: Sequence[Message]) -> None:
        """Send a group, or raise DataError where it is known to hold a refused message."""
        known, ids = self.progress, _ids(group)
        if ids in known.refused:
            raise known.refused[ids]
        left = [one for one in group if one.change_id not in known.accepted and one.change_id not in known.rejected]
        if not left:
            return
        try:
            self._note(left, self._send(left))
        except DataError as refusal:
            known.refused[ids] = refusal
            raise
        except RetryableError as fault:
            if fault.code != _BROKEN:
                raise
            self._doubt(group, fault)

    def _note(self, sent: Sequence[Message], told: Verdict) -> None:
        known = self.progress
        for place in told.accepted:
            known.accepted.add(sent[place].change_id)
            known.witness, self._alive = sent[place], True
        for place, status in told.refused.items():
            self._reject(sent[place], f"item_{status}")
        for place, status in told.again.items():
            fault = RetryableError("item", f"item_{status}")
            if status == BROKEN and self._counts([sent[place]]) and self._failures([sent[place]]) >= PATIENCE:
                self._reject(sent[place], fault.code)
            else:
                self._waiting = fault

    def _reject(self, message: Message, code: str) -> None:
        self.progress.rejected[message.change_id] = Rejected(message.change_id, "data", code)

    def _doubt(self, group: Sequence[Message], fault: RetryableError) -> None:
        """Count a 500 of a group: give the group up as refused, or wait with it; end the pass where nothing succeeds."""
        known = self.progress
        if not self._counts(group):
            if known.witness is not None:
                raise fault
            self._waiting = fault
            return
        suspect = len(group) > 1 and group[0].change_id in known.doubted and self._alive
        if self._failures(group) >= (1 if suspect else PATIENCE):
            known.doubted.update(_ids(group))
            known.refused[_ids(group)] = DataError("data", fault.code)
            raise known.refused[_ids(group)]
        self._waiting = fault

    def _counts(self, group: Sequence[Message]) -> bool:
        """Whether a failure says something of the group: another message succeeds now.

        Before any was ever taken nothing can show that; then the first group that fails is halved, to find one.
        """
        known = self.progress
        if known.witness is not None:
            self._alive = self._alive or self._succeeds(known.witness)
            return self._alive
        if len(group) == 1 or self._probing:
            return False
        self._probing = True
        return True

    def _succeeds(self, message: Message) -> bool:
        try:
            return bool(self._send([message]).accepted)
        except (RetryableError, DataError):
            return False

    def _failures(self, group: Sequence[Message]) -> int:
        ids = _ids(group)
        self.progress.failed[ids] = self.progress.failed.get(ids, 0) + 1
        return self.progress.failed[ids]


def _ids(group: Sequence[Message]) -> Ids:
    return tuple(message.change_id for message in group)
