"""Generated mappings and events: few times a millisecond apart, few accounts, files that correct each other."""

from __future__ import annotations

import random

T0 = 1_777_593_600_000  # 2026-05-01
STEPS = (0, 0, 1, -1, 1000, 86_399_999, 86_400_000, 86_400_001)
ACCOUNTS = ("Apple", "Adobe", "adobe", " Adobe", "ünal", "\uff5e", "\U0001f600")
UNUSABLE = (None, "", " \u0085")
FILES = 3


def drawn(seed: int, persons: int) -> tuple[list[dict], list[dict]]:
    """Mappings and events of some persons, one in five without a mapping; events have their number `n`."""
    chance = random.Random(seed)
    mappings, events = [], []
    for number in range(persons):
        person = f"p{seed}-{number}"
        times = [T0 + chance.choice(STEPS) + chance.choice(STEPS) for _ in range(chance.randint(1, 6))]
        few = chance.sample(ACCOUNTS, 2) if chance.random() < 0.5 else ACCOUNTS
        for _ in range(chance.choice((0, 1, 2, 4, 8))):
            account = chance.choice(UNUSABLE) if chance.random() < 0.1 else chance.choice(few)
            mappings.append({"person": person, "account": account, "since": chance.choice(times), "file": chance.randrange(FILES)})
        for _ in range(chance.randint(1, 4)):
            t = chance.choice(times) + chance.choice((0, 0, 1, -1, *STEPS))
            events.append({"n": f"{person}-{len(events)}", "person": person, "t": t})
    chance.shuffle(mappings)
    return mappings, events
