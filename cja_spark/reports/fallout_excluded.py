"""From a fallout's exclusions to the kernel that finds what they leave (rule F8)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from cja_spark.journeys.batch import Bools, Ints
from cja_spark.kernels.attempts import BEYOND, attempts, next_hits
from cja_spark.kernels.fallout_excluding import NEVER, fallout_excluding
from cja_spark.kernels.fallout_walk import fallout_step_order_excluding, leaving
from cja_spark.kernels.months import earliest
from cja_spark.reports.fallout_chains import Chains, chains_of, following_steps, grace_of

if TYPE_CHECKING:
    from cja_spark.reports.fallout import Fallout

Bits = npt.NDArray[np.uint32]


@dataclass(frozen=True)
class _Batch:
    """What kernels read of a batch.

    Attributes:
        bits: uint32[events], bit k: the event matches step k.
        hits: uint32[events], bit x: it is of exclusion x.
        t: int64[events], ms.
        offsets: int64[units + 1].
        in_range: bool[events].
        begins: int64[events], ms: windows that began before do not reach the event.
        between: int64[exclusions, 2], steps a and b, from 0.
    """

    bits: Bits
    hits: Bits
    t: Ints
    offsets: Ints
    in_range: Bools
    begins: Ints
    between: Ints


def chains_excluding(
    report: Fallout, bits: Bits, hits: Bits, t: Ints, offsets: Ints, in_range: Bools, zone: str = "UTC"
) -> Chains:
    """The chains of a batch's units under a report's options, exclusions among them.

    Shapes: bits uint32[events] (bit k: the event matches step k), hits uint32[events] (bit x: it is of exclusion x),
        t int64[events] (ms), offsets int64[units + 1], in_range bool[events].
    """
    between = np.array([one.steps_of(len(report.steps)) for one in report.exclude], np.int64).reshape(-1, 2) - 1
    batch = _Batch(bits, hits, t, offsets, in_range, earliest(t, offsets, report.window, zone), between)
    if report.effective_exclusion() == "drop_person":
        chains = chains_of(report, bits, t, offsets, in_range, zone)
        return _without(chains, _leaves(report, batch, chains))
    if report.window_start == "first":
        return _attempts(report, batch)
    once = report.one_event_one_step
    if report.ties == "step_order":
        levels, starts = fallout_step_order_excluding(
            bits, hits, t, offsets, in_range, len(report.steps), batch.begins, between, one_event_one_step=once
        )
        return Chains(levels, starts, None)
    levels, events, starts = fallout_excluding(
        bits, hits, t, offsets, in_range, following_steps(report), batch.begins, between,
        strict_time=report.ties == "strict_time", one_event_one_step=once,
    )  # fmt: skip
    return Chains(levels, starts, events)


def _attempts(report: Fallout, batch: _Batch) -> Chains:
    """Attempts, or the only one of each unit; those that an exclusion has ended have no start."""
    following = next_hits(batch.hits, batch.offsets, len(batch.between))
    levels, events = attempts(
        batch.bits, batch.t, batch.offsets, batch.in_range, following_steps(report), batch.begins,
        strict_time=report.ties == "strict_time", one_event_one_step=report.one_event_one_step, grace_ms=grace_of(report),
        only_first=report.count != "attempts", between=batch.between, following=following,
    )  # fmt: skip
    over = np.zeros(len(levels), bool)
    for one, (after, until) in enumerate(batch.between):
        over |= (after < levels) & (levels <= until) & (following[one, events[:, after]] < BEYOND)
    return Chains(levels, np.where(over, NEVER, batch.t[events[:, 0]]), events)


def _leaves(report: Fallout, batch: _Batch, chains: Chains) -> Bools:
    """Which of the counted leave the report: bool[counted]."""
    if report.window_start == "first":
        assert chains.events is not None
        return _harmed(batch, chains.levels, chains.events)
    return leaving(
        batch.bits, batch.hits, batch.t, batch.offsets, batch.in_range, following_steps(report), batch.begins, batch.between,
        chains.levels, strict_time=report.ties == "strict_time", one_event_one_step=report.one_event_one_step,
        step_order=report.ties == "step_order",
    )  # fmt: skip


def _harmed(batch: _Batch, levels: npt.NDArray[np.int8], events: Ints) -> Bools:
    """Whose only chain an exclusion follows after step a, before step b or in the window: bool[counted]."""
    following, found = next_hits(batch.hits, batch.offsets, len(batch.between)), np.zeros(len(levels), bool)
    for one, (after, until) in enumerate(batch.between):
        at = np.flatnonzero(levels > after)
        hit = following[one, events[at, after]]
        at, hit = at[hit < BEYOND], hit[hit < BEYOND]
        found[at] |= np.where(levels[at] > until, hit < events[at, until], batch.begins[hit] <= batch.t[events[at, 0]])
    return found


def _without(chains: Chains, leaves: Bools) -> Chains:
    """What is left."""
    events = chains.events if chains.events is None else chains.events[~leaves]
    return replace(chains, levels=chains.levels[~leaves], starts=chains.starts[~leaves], events=events, left=int(leaves.sum()))
