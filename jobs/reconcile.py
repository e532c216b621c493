"""spark-submit entry of `cja reconcile`."""

from __future__ import annotations

import sys
from pathlib import Path

if __name__ == "__main__":
    root = str(Path(__file__).resolve().parent.parent)
    if root not in sys.path:
        sys.path.append(root)
    from cja_spark.cli import job

    job("reconcile")
