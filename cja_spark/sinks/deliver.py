"""Deliver: bring every committed change to every sink, then reconcile (publishing.md section 4, steps 9 and 10)."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import NoReturn

from cja_spark.audiences.claims import claimed
from cja_spark.audiences.receipts import DeliverReceipt, SinkReceipt
from cja_spark.audiences.register import generations
from cja_spark.audiences.spec import Audience
from cja_spark.audiences.tables import require_tables
from cja_spark.errors import CjaError, ConfigurationError, worst
from cja_spark.lake import Lake
from cja_spark.sinks.again import Again, begin_new, send_again
from cja_spark.sinks.announce import look
from cja_spark.sinks.away import Away
from cja_spark.sinks.bring import bring_all, reconciled
from cja_spark.sinks.follow import follow_outbox, keep_following
from cja_spark.sinks.ledger import concerned
from cja_spark.sinks.spec import Sink
from cja_spark.sources.failures import spark_errors
from cja_spark.stopping import stop_here

ONCE = Again()
Call = Callable[..., list[SinkReceipt]]


def deliver(
    lake: Lake,
    sinks: Mapping[str, Sink],
    audiences: Sequence[Audience],
    *,
    again: Again = ONCE,
    take_over: bool = False,
    run_id: str | None = None,
) -> DeliverReceipt:
    """Bring every sink up to the outbox, once; what died half-way is finished by running it again.

    A stream over the outbox calls for the audiences that committed since the last time. Then everything that is still
    open is delivered, so that the stream's checkpoint may be lost at any moment: the ledger alone is the position.
    Audiences and sinks stand for themselves; what became of each is in the receipt, whose exit code is the worst one.

    Args:
        lake: the lake.
        sinks: the sinks by name.
        audiences: the audiences.
        again: what is sent once more by hand; open letters are sent before what is new, all else instead of it.
        take_over: take the claims of runs that are known to be dead.
        run_id: a UUID, by which receipt, tables and steps know this call; a new one when not given.

    Raises:
        ConfigurationError: an audience names a sink that does not exist, or what is to be sent again is nowhere.
    """
    require_tables(lake)
    turn = Turn(lake, sinks, audiences, take_over=take_over, run_id=run_id)
    again.require_some(audiences)
    if again.asked:
        turn.send_again(again)
    if not again.instead:
        follow_outbox(lake, turn.bring)
        turn.bring_rest()
    return turn.receipt()


def reside(
    lake: Lake, sinks: Mapping[str, Sink], audiences: Sequence[Audience], every: timedelta, told: Callable[[DeliverReceipt], None],
    *, take_over: bool = False,
) -> NoReturn:  # fmt: skip
    """Deliver at every tick of a clock until somebody asks the program to end; `told` gets a receipt per tick.

    What could not be brought is tried again at the next tick; what is away then, or claimed by another run, waits for
    the one after. `take_over` takes the claims of runs that are known to be dead, at the first tick: whoever holds one
    later is alive.

    Raises:
        Stopped: somebody asked the program to end.
        ConfigurationError: an audience names a sink that does not exist.
    """
    require_tables(lake)

    def tick(audience_ids: Sequence[str]) -> None:
        nonlocal take_over
        stop_here()
        turn, take_over = Turn(lake, sinks, audiences, take_over=take_over), False
        turn.bring(audience_ids)
        turn.bring_rest()
        told(turn.receipt())

    keep_following(lake, tick, every)


class Turn:
    """One delivery of some audiences: each once, whatever became of the others."""

    def __init__(
        self, lake: Lake, sinks: Mapping[str, Sink], audiences: Sequence[Audience], *, take_over: bool = False,
        run_id: str | None = None,
    ) -> None:  # fmt: skip
        self._lake = lake
        self._run_id = run_id or str(uuid.uuid4())
        self._take_over = take_over
        known = [(entry, one) for one in audiences for entry in generations(lake, one.name)]
        own = {entry.audience_id: concerned(lake, entry, [_sink(sinks, name) for name in one.sinks]) for entry, one in known}
        self._sinks = {id_: some for id_, some in own.items() if some}
        self._wanted = {entry.audience_id: one for entry, one in known if entry.audience_id in self._sinks}
        self._living = [entry.audience_id for entry, _ in known if entry.status != "deleted" and entry.audience_id in self._sinks]
        self._receipts: list[SinkReceipt] = []
        self._done: set[str] = set()
        self._away = Away()

    def bring(self, audience_ids: Iterable[str]) -> None:
        """Bring what is open of some audiences, of those that were not brought yet."""
        for audience_id in audience_ids:
            if audience_id in self._wanted and audience_id not in self._done:
                self._done.add(audience_id)
                self._each(audience_id, deliver_audience)

    def bring_rest(self) -> None:
        """Bring what is open of all other audiences."""
        self.bring(self._wanted)

    def send_again(self, again: Again) -> None:
        """Send what is asked for once more."""
        for audience_id in self._living if again.instead else self._wanted:
            self._each(audience_id, partial(send_again, again))

    def receipt(self) -> DeliverReceipt:
        """What became of all that."""
        code = worst(one.exit_code for one in self._receipts)
        return DeliverReceipt(run_id=self._run_id, exit_code=code, sinks=tuple(self._receipts))

    def _each(self, audience_id: str, call: Call) -> None:
        name, own = self._wanted[audience_id].name, self._sinks[audience_id]
        try:
            with spark_errors(f"delivery of audience '{name}'", self._lake.location):
                told = call(self._lake, name, audience_id, own, self._run_id, take_over=self._take_over, away=self._away)
            self._receipts.extend(told)
        except CjaError as error:
            self._receipts.extend(one.after(error) for one in _untouched(name, audience_id, own))


def _sink(sinks: Mapping[str, Sink], name: str) -> Sink:
    if name not in sinks:
        raise ConfigurationError.unknown("sink", name, sinks)
    return sinks[name]


def deliver_audience(
    lake: Lake, name: str, audience_id: str, sinks: Sequence[Sink], run_id: str, *, take_over: bool = False,
    away: Away | None = None,
) -> list[SinkReceipt]:  # fmt: skip
    """Bring the open runs of one audience to its sinks; a sink that fails does not hold up the others.

    Raises:
        ClaimError: another run is at it.
        InputError: `outbox_gap`, the outbox lacks a run.
    """
    seen = look(lake, audience_id, sinks)
    if not any(seen.open(sink) for sink in sinks if not sink.paused) and not seen.unannounced():
        return reconciled(name, audience_id, seen, {})
    started = datetime.now(UTC)
    with claimed(lake, audience_id, run_id, "deliver", take_over=take_over) as claim:
        seen = begin_new(lake, look(lake, audience_id, sinks), claim)
        runs = {sink.name: seen.open(sink) for sink in sinks if not sink.paused}
        work = [(sink, runs[sink.name]) for sink in sinks if runs.get(sink.name)]
        return bring_all(lake, name, work, sinks, claim, started, away=away)


def _untouched(name: str, audience_id: str, sinks: Sequence[Sink]) -> list[SinkReceipt]:
    return [SinkReceipt(sink=sink.name, audience=name, audience_id=audience_id) for sink in sinks]
