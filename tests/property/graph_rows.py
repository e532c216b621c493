"""Generated publications of an identity graph: few times around the borders of replay windows, several persons, withdrawals."""

from __future__ import annotations

import random

from tests.property.stitching_rows import REPLAY
from tests.reference.stitching import DAY

PERSONS = (None, "", "ann", "bob", "Bob", " bob", "\uff5e", "\U0001f600", "unknown", "00-0")
TIMES = tuple(
    REPLAY + weeks * 7 * DAY + step for weeks in (-5, -2, -1, 0) for step in (-DAY, -1, 0, 1, DAY)
)  # publications are few, so that snapshots share them


def publications(seed: int, devices: list[str | None], erased: float = 0.05) -> list[dict]:
    """Rows of a graph about some persistent IDs, some several times at one instant, and about one that no event has."""
    chance = random.Random(seed)
    found = []
    for device in (*(one for one in devices if one is not None), "never seen"):
        for _ in range(chance.choice((0, 1, 1, 2, 4))):
            persons = [chance.choice(PERSONS) for _ in range(chance.choice((0, 1, 1, 2)))]
            found.append({"t": chance.choice(TIMES), "device": device, "persons": persons, "erased": chance.random() < erased})
    return found
