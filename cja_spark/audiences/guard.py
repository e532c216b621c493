"""The guard: signs that a run is a mistake; then nothing leaves until somebody approves exactly these changes."""

from __future__ import annotations

from collections.abc import Mapping

from cja_spark.audiences.runs import Counts, Seal
from cja_spark.audiences.spec import MAX_PEOPLE


def reasons(
    counts: Counts, before: int, *, last: Seal | None, definition_version: int, kind: str = "refresh", rolled_back: bool = False
) -> tuple[str, ...]:
    """Why a run must not leave, empty when it may; what evaluates nobody (a heartbeat) has no sign (step 5).

    Args:
        counts: of its changes.
        before: members before it.
        last: the last sealed run.
        definition_version: of the definition that it was evaluated by.
        kind: of the run; a final exit is always held back.
        rolled_back: whether it read an older state of a table than the last run.
    """
    if kind != "refresh":
        return ("final_exit",) if kind == "final_exit" else ()
    people = before + counts.enter - counts.exit
    found = {
        "size_cap": people > MAX_PEOPLE,
        "empty_result": people == 0 and before > 0,
        "mass_exit": before >= 100 and counts.exit > 0.5 * before,
        "mass_growth": before >= 1000 and people > 3 * before,
        "definition_changed": last is not None and last.definition_version != definition_version and counts.emitted > 0,
        "stale_source": rolled_back and counts.emitted > 0,
    }
    return tuple(name for name, is_so in found.items() if is_so)


def older(now: Mapping[str, int], before: Mapping[str, int] | None) -> bool:
    """Whether a table is read in an older version than the last run read it in: its source was set back."""
    return any(now[name] < version for name, version in (before or {}).items() if name in now)
