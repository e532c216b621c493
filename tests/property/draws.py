"""How many cases a test draws: some by itself, all of them with CJA_DRAW=all (`make draws`)."""

from __future__ import annotations

import os


def cases(all_: int, some: int) -> int:
    """The number of cases of this run."""
    return all_ if os.environ.get("CJA_DRAW") == "all" else some
