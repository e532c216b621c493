"""`python -m tests.faults.check FOLDER [--full]`: ends with 1 where a run of faults lacks something."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

from tests.faults.summary import lines_of, shortages, sums_of


def main() -> int:
    """Tell what a run tried, and what it lacks; without `CI` what is left out for want of a server is only told."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("folder", type=Path)
    asked.add_argument("--full", action="store_true", help="as many as `make faults` tries, not as CI")
    options = asked.parse_args()
    sums = sums_of(lines_of(options.folder))
    lacks = shortages(options.folder, full=options.full)
    tried = " ".join(f"{name} {one.survived}/{one.tried}" for name, one in sums.items())
    sys.stdout.write("\n".join([f"faults survived: {tried}", *lacks]) + "\n")
    some_left_out = any(one.skipped for one in sums.values()) and not os.environ.get("CI")
    return 1 if lacks and not some_left_out else 0


if __name__ == "__main__":
    sys.exit(main())
