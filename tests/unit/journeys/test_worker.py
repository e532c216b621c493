"""What a Python worker does for its tasks."""

import subprocess
import sys

import pyarrow as pa

from cja_spark.journeys import worker

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


def test_a_worker_acknowledges_at_once_on_its_connection_to_spark(spark):
    def told(batches):
        for _ in batches:
            worker.prepare_worker()
            yield pa.RecordBatch.from_pydict({"port": [one.getpeername()[1] for one in worker._SOCKETS]})

    ports = [row["port"] for row in spark.range(0, 2, 1, 2).mapInArrow(told, "port long").collect()]
    assert len(ports) >= 2
    assert all(port > 0 for port in ports)


def test_without_a_connection_a_worker_asks_nothing_of_the_system():
    script = (
        "import os\n"
        "from cja_spark.journeys import worker\n"
        "opened = len(os.listdir('/proc/self/fd'))\n"
        "worker.prepare_worker(); worker.prepare_worker()\n"
        "print(worker._SOCKETS, len(os.listdir('/proc/self/fd')) - opened)\n"
    )
    assert subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout == "[] 0\n"
