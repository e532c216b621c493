"""Sinks as an author writes them; each kind registers its spec."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Literal

from pydantic import Field

from cja_spark.registry import Registry
from cja_spark.sinks.clocks import ATTEMPTS, GIVE_UP_S, Clocks
from cja_spark.spec import Address, Duration, Name, Spec


class Sink(Spec):
    """A destination: a name, which is its id in the ledger for ever, and a kind. Each kind adds its own fields.

    Attributes:
        name: the sink's id in the ledger for ever; the file's name.
        sink: the kind of destination.
        paused: hold it: nothing is brought to it, its rows wait; false again brings them all, in order.
    """

    name: Name
    sink: str
    paused: bool = False


class Chunked(Sink):
    """A destination that takes changes by chunks of about 10,000, several at once.

    Attributes:
        concurrency: how many chunks of one run are on their way at once.
        on_row_error: what becomes of a row that it refuses: `dlq` puts it into dead_letters and goes on; `fail` does so
            too, and stops.
        max_dlq_ratio: the share of a run's rows above which, from 10 refused rows on, it stops.
        attempts: how often a chunk is tried at least before its rows are left waiting.
        give_up_after: how long it is tried at least before its rows are left waiting; three hours at most.
    """

    concurrency: Annotated[int, Field(ge=1, le=256)] = 4
    on_row_error: Literal["dlq", "fail"] = "dlq"
    max_dlq_ratio: Annotated[float, Field(ge=0, le=1)] = 0.01
    attempts: Annotated[int, Field(ge=1, le=1000)] = ATTEMPTS
    give_up_after: Duration = timedelta(seconds=GIVE_UP_S)

    @property
    def keeps_slots(self) -> bool:
        """Whether the number of chunks at once has to stay while rows of a run are pending (KK2)."""
        return False

    @property
    def keyed_by_audience(self) -> bool:
        """Whether a profile has a key per audience, and is forgotten only where each of them is named (KK1)."""
        return False

    def clocks(self) -> Clocks:
        """The clocks of one chunk, which begin with its first attempt (K3)."""
        return Clocks(attempts=self.attempts, give_up_s=self.give_up_after.total_seconds())


SINKS: Registry[type[Sink]] = Registry("sink")


@SINKS.register("delta")
class DeltaProfiles(Sink):
    """A profile store in Delta tables, in this lake or at another place.

    Attributes:
        sink: tables of profiles and their memberships.
        location: where they lie: a path, a URI or `catalogue:schema`; by itself in this lake.
    """

    sink: Literal["delta"]
    location: Address | None = None
