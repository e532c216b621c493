"""From a fallout's options to the kernel that finds its chains (rules F2-F7, F10)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from cja_spark.journeys.batch import Bools, Ints
from cja_spark.kernels.attempts import attempts
from cja_spark.kernels.fallout import fallout
from cja_spark.kernels.fallout_any import fallout_any
from cja_spark.kernels.fallout_grace import fallout_grace
from cja_spark.kernels.fallout_step_order import fallout_step_order
from cja_spark.kernels.fallout_stopping import stopped
from cja_spark.kernels.months import NEVER, earliest
from cja_spark.reports.fallout_steps import Grace
from cja_spark.spec import milliseconds

if TYPE_CHECKING:
    from cja_spark.reports.fallout import Fallout


@dataclass(frozen=True)
class Chains:
    """What is counted: units, or attempts of units.

    Attributes:
        levels: int8[counted], how many steps each reaches; attempts are at level 1 at least.
        starts: int64[counted], ms of the latest step-1 event that a chain may begin with (in any order: of any step), with
            `window_start: first` of the one it does begin with; undefined at level 0, the least number where exclusions or modes
            have ended all chains.
        events: int64[counted, steps], positions of the reported chain's events, -1 where a step was not reached;
            without a reported chain None.
        left: how many units have left the report (F8).
    """

    levels: npt.NDArray[np.int8]
    starts: Ints
    events: Ints | None
    left: int = 0


def chains_of(
    report: Fallout, bits: npt.NDArray[np.uint32], t: Ints, offsets: Ints, in_range: Bools, zone: str = "UTC"
) -> Chains:
    """The chains of a batch's units under a report's options.

    Shapes: bits uint32[events] (bit k: the event matches step k), t int64[events] (ms), offsets int64[units + 1],
        in_range bool[events].
    """
    if report.modes:
        return _up_to_stops(report, bits, t, offsets, in_range, zone)
    begins = earliest(t, offsets, report.window, zone)
    steps, once = len(report.steps), report.one_event_one_step
    if report.order == "any":
        levels = fallout_any(bits, t, offsets, in_range, steps, begins, one_event_one_step=once)
        return Chains(levels, _latest(in_range & (bits != 0), t, offsets), None)
    opens = in_range & (bits & 1 != 0)
    if report.ties == "step_order":
        levels = fallout_step_order(bits, t, offsets, in_range, steps, begins, one_event_one_step=once)
        return Chains(levels, _latest(opens, t, offsets), None)
    levels, events = _reported(report, bits, t, offsets, in_range, begins)
    first = report.window_start == "first"
    return Chains(levels, t[np.maximum(events[:, 0], 0)] if first else _latest(opens, t, offsets), events)


def _up_to_stops(
    report: Fallout, bits: npt.NDArray[np.uint32], t: Ints, offsets: Ints, in_range: Bools, zone: str
) -> Chains:
    """The chains of units whose events have no steps from where chains stop on; a unit that has stopped does not go on."""
    left, over = stopped(
        bits, t, offsets, in_range, len(report.steps), earliest(t, offsets, report.window, zone),
        strict_order="strict_order" in report.modes, strict_deduplication="strict_deduplication" in report.modes,
        step_order=report.ties == "step_order", strict_time=report.ties == "strict_time",
    )  # fmt: skip
    chains = chains_of(report.model_copy(update={"modes": ()}), left, t, offsets, in_range, zone)
    return replace(chains, starts=np.where(over, NEVER, chains.starts))


def _latest(chosen: Bools, t: Ints, offsets: Ints) -> Ints:
    """The time of each unit's last chosen event: chosen bool[events] -> int64[units], undefined where there is none."""
    at = np.flatnonzero(chosen)
    if len(at) == 0:
        return np.zeros(len(offsets) - 1, np.int64)
    return t[at[np.searchsorted(at, offsets[1:]) - 1]]


def _reported(
    report: Fallout, bits: npt.NDArray[np.uint32], t: Ints, offsets: Ints, in_range: Bools, begins: Ints
) -> tuple[npt.NDArray[np.int8], Ints]:
    """Levels and reported chains, for the options that have one."""
    grace = grace_of(report)
    first, strict_time = report.window_start == "first", report.ties == "strict_time"
    once = report.one_event_one_step
    if grace is not None and not first:
        return fallout_grace(bits, t, offsets, in_range, len(report.steps), begins, grace)
    is_next = following_steps(report)
    if grace is None and report.count != "attempts":
        return fallout(
            bits, t, offsets, in_range, is_next, begins, strict_time=strict_time, one_event_one_step=once, first=first
        )
    return attempts(
        bits, t, offsets, in_range, is_next, begins,
        strict_time=strict_time, one_event_one_step=once, grace_ms=grace, only_first=report.count != "attempts",
    )  # fmt: skip


def grace_of(report: Fallout) -> int | None:
    """How many ms a step may come before the one that it follows, where it may (F4)."""
    return milliseconds(report.ties.grace) if isinstance(report.ties, Grace) else None


def following_steps(report: Fallout) -> Bools:
    """Which steps are the very next event: bool[steps] (F3)."""
    return np.array([step.next or (report.order == "strict" and at > 0) for at, step in enumerate(report.steps)])
