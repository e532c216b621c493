"""What verbs that make runs share: their arguments; each receipt is said at once, and all are written, however it ends."""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from cja_spark.errors import worst
from cja_spark.stopping import Stopped
from cja_spark.verbs.places import say, step

if TYPE_CHECKING:
    from cja_spark.audiences.receipts import PublishReceipt

Command = Literal["publish", "run-due", "delete"]


def add_run(command: argparse.ArgumentParser, verb: str) -> None:
    """Add --take-over and --receipt."""
    command.add_argument("--take-over", action="store_true", help="take the claim of a run that is known to be dead")
    command.add_argument("--receipt", help=f"the receipt's file; build/PROJECT/{verb}.json when not given")


@dataclass
class Runs:
    """The receipts of one command so far."""

    command: Command
    receipts: list[PublishReceipt] = field(default_factory=list)

    def take(self, some: Iterable[PublishReceipt]) -> None:
        """Say and keep receipts as they come."""
        with step(self.command):
            for one in some:
                say(one.text())
                self.receipts.append(one)

    @property
    def exit_code(self) -> int:
        """The most urgent of theirs."""
        return worst(one.exit_code for one in self.receipts)


@contextmanager
def receipts_of(command: Command, receipt: str | None, project: str) -> Iterator[Runs]:
    """Collect the receipts of a command and write them, also when an error or a signal ends it.

    Raises:
        UnwritableError: the receipt cannot be written.
    """
    from cja_spark.audiences.receipts import PublishRun, ended_by, receipt_place, require_file, write_receipt

    place = receipt_place(receipt, project, command)
    require_file(place)
    runs = Runs(command)
    try:
        yield runs
    except (Exception, Stopped) as error:
        code, reason = ended_by(error)
        write_receipt(PublishRun(command=command, exit_code=code, reason=reason, audiences=tuple(runs.receipts)), place)
        raise
    done = PublishRun(command=command, exit_code=runs.exit_code, audiences=tuple(runs.receipts))
    say(f"receipt {write_receipt(done, place)}")
