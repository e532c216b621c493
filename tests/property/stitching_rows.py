"""Generated devices: few times around the borders of replay windows, few persons, so that ties abound."""

from __future__ import annotations

import random
from datetime import UTC, datetime

from tests.reference.stitching import DAY

REPLAY = round(datetime(2026, 1, 8, tzinfo=UTC).timestamp() * 1000)  # a whole number of weeks since 1970
STEPS = (0, 0, 1, -1, 1000, 3_600_000, DAY - 1, DAY, DAY + 1)
STARTS = tuple(REPLAY + weeks * 7 * DAY for weeks in (-5, -4, -2, -1, 0, 1))
PERSONS = (
    None,
    None,
    None,
    None,
    "ann",
    "bob",
    "Bob",
    " bob",
    "ünal",
    "\uff5e",
    "\U0001f600",
    "",
    " \u0085",
    "\tUNDEFINED",
    "00-0",
)
FEW = (None, None, "ann", "bob")
BLOCKED_DEVICES = (None, "", "  ", "unknown", "0000")


def devices(seed: int, count: int, starts: tuple[int, ...] = STARTS) -> list[dict]:
    """Rows of `count` devices, numbered by `n`, and some of blank and blocked ones; given starts span few dates."""
    chance = random.Random(seed)
    steps = STEPS if starts == STARTS else STEPS[:-3]
    rows = []
    for device in (*(f"d{number}" for number in range(count)), *BLOCKED_DEVICES):
        t, persons = chance.choice(starts), chance.choice((PERSONS, FEW))
        for _ in range(chance.randint(1, 12)):
            t += chance.choice(steps)
            rows.append({"n": len(rows), "t": t, "device": device, "person": chance.choice(persons)})
    return rows
