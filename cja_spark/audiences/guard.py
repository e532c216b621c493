"""The guard: signs that a run is a mistake; then nothing leaves until somebody approves exactly these changes."""

from __future__ import annotations

from cja_spark.audiences.runs import Counts, Seal
from cja_spark.audiences.spec import MAX_PEOPLE


def reasons(counts: Counts, before: int, *, last: Seal | None, definition_version: int) -> tuple[str, ...]:
    """Why a refresh must not leave, empty when it may."""
    people = before + counts.enter - counts.exit
    found = {
        "size_cap": people > MAX_PEOPLE,
        "empty_result": people == 0 and before > 0,
        "mass_exit": before >= 100 and counts.exit > 0.5 * before,
        "mass_growth": before >= 1000 and people > 3 * before,
        "definition_changed": last is not None and last.definition_version != definition_version and counts.emitted > 0,
    }
    return tuple(name for name, is_so in found.items() if is_so)
