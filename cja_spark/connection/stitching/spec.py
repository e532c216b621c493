"""Field-based stitching as an author writes it."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Literal

from pydantic import Field

from cja_spark.spec import AsTuple, Spec

PLACEHOLDERS = (
    "null", "undefined", "anonymous", "invalid", "unknown", "none", "nan", "n/a", "(not set)", "-1",
)  # fmt: skip
ZEROS = "[0-]+"
Replay = Literal["1 day", "7 days", "14 days", "30 days", "unlimited"]
_WINDOWS = {"1 day": 1, "7 days": 7, "14 days": 14, "30 days": 30}


class FieldBased(Spec):
    """Events take the person who logged in on their device; `replay` looks at rows again (rules F7-F13).

    `blocked_values` are placeholders that count as no person ID; an empty list blocks nothing, the default also
    blocks ids of zeros and dashes alone.

    Attributes:
        method: by the fields of each event.
        replay: how far back rows are looked at again, each day or each week.
        blocked_values: placeholders that are no person ID, whatever their case.
        max_device_switches: how often persons may take turns on a device before it counts as nobody's (rule F12).
    """

    method: Literal["field_based"]
    replay: Replay | None = None
    blocked_values: Annotated[tuple[str, ...], AsTuple] = PLACEHOLDERS
    max_device_switches: int = Field(default=50_000, ge=1)

    @property
    def window(self) -> timedelta | None:
        """How far a replay looks back; None when it is unlimited or there is none."""
        return timedelta(days=_WINDOWS[self.replay]) if self.replay in _WINDOWS else None

    @property
    def every(self) -> timedelta:
        """Time between replays: a day for a window of a day, else a week (F9)."""
        return timedelta(days=1 if self.replay == "1 day" else 7)

    @property
    def blocked(self) -> tuple[str, ...]:
        """Placeholders as they are compared: trimmed, in lower case (F13)."""
        return tuple(value.strip().lower() for value in self.blocked_values)

    @property
    def blocks_zeros(self) -> bool:
        """Whether ids of zeros and dashes alone are blocked too."""
        return self.blocked_values == PLACEHOLDERS
