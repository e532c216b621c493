"""How chunks ended, as errors: by class and code, never by a sink's own words, which hold values of rows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import get_args

from cja_spark.errors import CjaError, ClaimError, DeadLetterError, UnavailableError
from cja_spark.sinks.task import Ended, Told


def some_refused(sink_id: str, letters: int) -> DeadLetterError:
    """A sink refused some rows and took the others."""
    return DeadLetterError(
        f"sink '{sink_id}' refuses {letters:,} rows; they are in dead_letters, with the class and code of why."
    )


def too_many_refused(sink_id: str, run_seq: int, letters: int, emitted: int) -> DeadLetterError:
    """A sink refused more rows of a run than its settings allow."""
    return DeadLetterError(
        f"sink '{sink_id}' refuses {letters:,} of {emitted:,} rows of run {run_seq}, more than it may. It stops, the "
        "rest waits."
    )


def require_whole(sink_id: str, ended: Sequence[Told]) -> None:
    """Stop where a chunk is not done.

    Raises:
        ClaimError: a newer owner is at it.
        CjaError: something that nobody foresaw.
        UnavailableError: it waits.
    """
    for how in get_args(Ended)[2:]:
        require_none(sink_id, ended, how)


def require_none(sink_id: str, ended: Sequence[Told], how: Ended) -> None:
    """Stop where a chunk ended in some way.

    Raises:
        ClaimError: `lost`.
        CjaError: `bug`.
        UnavailableError: `fatal` and `waits`.
    """
    some = next((one for one in ended if one.ended == how), None)
    if some is None:
        return
    why = f"{some.error_class} {some.error_code}"
    if how == "lost":
        raise ClaimError(f"sink '{sink_id}': a newer run is at it ({why}). Run the same command again.")
    if how == "bug":
        raise CjaError(f"sink '{sink_id}': {why} ended a chunk; its rows wait.")
    end = "Mend it and deliver again" if how == "fatal" else "Deliver again later"
    raise UnavailableError(f"sink '{sink_id}': {why}. Its rows wait. {end}.")
