"""How many cases a test draws: some by itself, all of them with CJA_DRAW=all (`make draws`)."""

from __future__ import annotations

import os


def cases(all_: int, some: int) -> int:
    """The number of cases of this run."""
    return all_ if os.environ.get("CJA_DRAW") == "all" else some


def seeds(size: int, lot: int) -> range:
    """The seeds of a lot; others in every run with CJA_DRAW=random."""
    first = int.from_bytes(os.urandom(4), "big") if os.environ.get("CJA_DRAW") == "random" else 0
    return range(first + lot * size, first + (lot + 1) * size)
