"""What a Python worker does for its tasks, each in a process of its own."""

import subprocess
import sys

HELD = """
import gc
from cja_spark.journeys.worker import prepare_worker
counts = []
for task in range(1, 10):
    prepare_worker()
    counts.append(gc.get_freeze_count())
    held = [[] for _ in range(1000)] + (globals().get("held") or [])
print([task for task, (before, after) in enumerate(zip([0, *counts], counts), 1) if after > before])
"""


def test_what_a_worker_holds_is_taken_out_of_the_search_for_garbage_after_ever_more_tasks():
    said = subprocess.run([sys.executable, "-c", HELD], capture_output=True, text=True, check=True).stdout
    assert said == "[1, 2, 4, 8]\n"


def test_garbage_of_later_tasks_is_found():
    script = (
        "import gc, weakref\n"
        "from cja_spark.journeys.worker import prepare_worker\n"
        "class Ring: pass\n"
        "for _ in range(3): prepare_worker()\n"
        "ring = Ring(); ring.itself = ring; seen = weakref.ref(ring); del ring\n"
        "gc.collect(); print(seen())\n"
    )
    assert subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout == "None\n"
