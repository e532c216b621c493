"""How fast this machine is at the moment, by work that never changes: sort, gather and add up in numpy, on two cores.

`python -m benchmarks.yardstick` prints it. The targets of `benchmarks/costs.py` were set on a machine where a sketch of the same shape, one
pass over 10 million events, took 0.53 s for a fallout, 0.48 s for sessions and 0.49 s for a table of pages. On another one the same sketch
took 0.70, 0.58 and 0.62 s (1.27 times as long), and the yardstick in turns with it 0.60 CPU s: on the first one it takes 0.47.
"""

from __future__ import annotations

import os
import time
from concurrent.futures import ThreadPoolExecutor

import numpy as np

REFERENCE = 0.47  # CPU seconds on the machine of the targets
_ROWS = 2_000_000
_CORES = 2


def _work(seed: int) -> int:
    """A fixed piece of work; numpy lets go of the interpreter meanwhile."""
    keys = np.random.default_rng(seed).integers(0, 1 << 40, _ROWS)
    order = np.argsort(keys, kind="stable")
    groups = np.cumsum(np.diff(keys[order], prepend=0) > (1 << 19))
    return int(np.bincount(groups % 1000, weights=keys[order].astype(np.float64)).argmax())


def yardstick() -> float:
    """CPU seconds of this process that the work takes now."""
    begun = time.process_time()
    with ThreadPoolExecutor(_CORES) as pool:
        list(pool.map(_work, range(_CORES)))
    return time.process_time() - begun


def slowness(taken: list[float]) -> float:
    """How many times as long as on the machine of the targets; from yardsticks taken beside the work."""
    return sorted(taken)[len(taken) // 2] / REFERENCE


if __name__ == "__main__":
    os.write(1, f"{sorted(yardstick() for _ in range(7))[3]:.3f} CPU s; reference {REFERENCE} CPU s\n".encode())
