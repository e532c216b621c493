"""Erase: the steps of an erasure, each of which may be done again (publishing.md S9)."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime

from pyspark.sql import DataFrame

from cja_spark.audiences.claims import EVERYTHING, Claim, claimed
from cja_spark.audiences.identity import require_pepper
from cja_spark.audiences.tables import CHANGES, DEAD_LETTERS, MEMBERS, SUPPRESSIONS, require_tables
from cja_spark.connection.load import require_no_load
from cja_spark.connection.spec import Connection
from cja_spark.driver_reads import equal
from cja_spark.erasure.audience_tables import anonymise_changes, anonymise_letters, delete_members
from cja_spark.erasure.events import erase_events, keep_gaps
from cja_spark.erasure.found import forget_found, found, rows_in
from cja_spark.erasure.journeys import forget_values, holds_values
from cja_spark.erasure.people import forget_people, people_of, require_same, suppress
from cja_spark.erasure.purge import forget_log, purge_again, purge_all, sweep, tables_to_purge, vacuum_all
from cja_spark.erasure.receipts import ErasureReceipt, finished_receipt, is_finished, summed, write_receipts
from cja_spark.erasure.requests import Request
from cja_spark.erasure.scan import Sought
from cja_spark.erasure.search import search_settled
from cja_spark.erasure.sinks import outcomes_of, sinks_gone
from cja_spark.erasure.stragglers import wait_for_stragglers
from cja_spark.erasure.told import tell
from cja_spark.erasure.traces import traces
from cja_spark.errors import ReconcileError
from cja_spark.failpoints import failpoint
from cja_spark.lake import Lake
from cja_spark.lock import locked
from cja_spark.maintenance.tables import lock, unlocked
from cja_spark.sinks.spec import Sink


@dataclass(frozen=True)
class Wish:
    """What is to be erased, and where.

    Attributes:
        connection: the connection, which says how events are stitched.
        view: the data view of the project, whose journeys are built anew.
        rebuild: builds them, from what is left of the events.
    """

    lake: Lake
    sinks: Mapping[str, Sink]
    request: Request
    erasure_id: str
    pepper: str
    connection: Connection
    view: str
    rebuild: Callable[[], object]
    reason: str = "asked"


def erase(wish: Wish, *, take_over: bool = False) -> ErasureReceipt:
    """Forget the persons of a request, in every table and sink; what died half-way is finished by running it again.

    Raises:
        ConfigurationError: the erasure was begun, or is finished, for other identities.
        VersionError: the pepper changed.
        ClaimError: another run publishes, delivers, loads or builds, or a load is not finished.
        Stopped: somebody asked the program to end; the same command goes on.
        UnavailableError: a sink is away; its persons are suppressed already.
        ReconcileError: in the end some file still holds one of the identities.
    """
    lake, run_id = wish.lake, str(uuid.uuid4())
    require_tables(lake)
    require_pepper(lake, wish.pepper)
    receipt = _begun(wish)
    if is_finished(lake, wish.erasure_id):
        return finished_receipt(lake, receipt, require_same(lake, wish.request, wish.erasure_id, wish.pepper), wish.pepper)
    with ExitStack() as alone:
        # 1. From here on nothing of these persons comes in or goes out.
        alone.callback(forget_people, lake, wish.erasure_id, run_id)
        people = people_of(lake, wish.request, wish.erasure_id, run_id, wish.pepper)
        at = suppress(lake, people, wish.erasure_id, wish.pepper, wish.reason)
        failpoint("erase.suppressed")
        # 2. Nobody else writes: neither audiences nor events nor journeys.
        claim = alone.enter_context(claimed(lake, EVERYTHING, run_id, "erase", take_over=take_over))
        no_load = alone.enter_context(locked(lake, "connect", "loads"))
        alone.enter_context(locked(lake, "journeys", "builds journeys"))
        if is_finished(lake, wish.erasure_id):
            return finished_receipt(lake, receipt, at, wish.pepper)
        failpoint("erase.claimed")
        require_no_load(lake, wish.connection, alone=no_load)
        wait_for_stragglers(lake, claim)
        for table in unlocked(lake):
            lock(table)
        return _erase(wish, people, at, claim, receipt).signed(wish.pepper)


def _begun(wish: Wish) -> ErasureReceipt:
    one = wish.request
    return ErasureReceipt(
        erasure_id=wish.erasure_id, identities=len(one.identities), blank=one.blank, repeated=one.repeated
    )


def _erase(wish: Wish, people: DataFrame, at: datetime, claim: Claim, receipt: ErasureReceipt) -> ErasureReceipt:
    lake, sought = wish.lake, Sought(wish.request.identities)
    counted = found(lake, people, sought, wish.sinks, wish.connection, wish.erasure_id)
    failpoint("erase.counted")
    # 3. The sinks, while the outbox still says whom it is about.
    seal = tell(lake, people, wish.erasure_id, wish.sinks, claim, at)
    failpoint("erase.told")
    # 4. The tables.
    scopes = _scopes(wish, sought)
    _forget(wish, people, sought, counted, at, claim)
    # 5 to 8. What deletes only hide.
    _purge(wish, claim)
    # 9. Nothing is left, or this is not finished.
    try:
        files = search_settled(lake, wish.sinks, sought, claim.check)
    except ReconcileError:
        purge_again(lake, wish.sinks, wish.erasure_id)
        raise
    failpoint("erase.scanned")
    # 10. Receipts.
    claim.check()
    refs = lake.table(SUPPRESSIONS).matching(equal(erasure_id=wish.erasure_id)).select("person_ref").distinct()
    counted = counted if (told := outcomes_of(lake, seal)) is None else counted.unionByName(told)
    write_receipts(lake, refs, counted, scopes, wish.erasure_id, wish.pepper)
    failpoint("erase.receipts_written")
    facts = {
        "state": "erased", "requested_at": at, "scopes": summed(counted, scopes), "files_scanned": files,
        "sinks_gone": sinks_gone(lake, wish.sinks),
    }  # fmt: skip
    forget_found(lake, wish.erasure_id)
    failpoint("erase.done")
    return receipt.model_copy(update={**facts, "sought_as_values": sought.short})


def _scopes(wish: Wish, sought: Sought) -> list[str]:
    """The names of all places that a receipt speaks of."""
    names = [MEMBERS.name, CHANGES.name, DEAD_LETTERS.name, *(f"sink:{name}" for name in wish.sinks)]
    names += ["events"] if wish.lake.events.exists() else []
    return [*names, *(one.scope for one in traces(wish.lake, sought, wish.connection, wish.sinks))]


def _forget(wish: Wish, people: DataFrame, sought: Sought, counted: DataFrame, at: datetime, claim: Claim) -> None:
    lake = wish.lake
    delete_members(lake, people)
    failpoint("erase.deleted")
    claim.check()
    anonymise_changes(lake, people)
    failpoint("erase.outbox_anonymised")
    anonymise_letters(lake, people)
    failpoint("erase.letters_anonymised")
    claim.check()
    keep_gaps(lake, wish.connection, people, at)
    failpoint("erase.gaps_kept")
    erase_events(lake, people)
    failpoint("erase.events_deleted")
    claim.check()
    for trace in traces(lake, sought, wish.connection, wish.sinks, at):
        trace.forget(people)
    failpoint("erase.traces_forgotten")
    claim.check()
    if rows_in(counted, "events", "profiles", "accounts", "lookups") or holds_values(lake, people):
        forget_values(lake, wish.view)
        failpoint("erase.values_forgotten")
        wish.rebuild()
    failpoint("erase.journeys_built")


def _purge(wish: Wish, claim: Claim) -> None:
    claim.check()
    tables = tables_to_purge(wish.lake, wish.sinks, wish.erasure_id)
    purge_all(tables)
    failpoint("erase.purged")
    claim.check()
    vacuum_all(tables)
    failpoint("erase.vacuumed")
    claim.check()
    for table in tables:
        forget_log(table, wish.erasure_id)
    failpoint("erase.log_cleaned")
    sweep(wish.lake, wish.erasure_id)
    failpoint("erase.swept")
