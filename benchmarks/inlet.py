"""How fast the streaming inlet's tasks send together, and whether their memory stays flat: `python -m benchmarks.inlet`.

Tasks are processes, as under Spark, each with its own sink; the server is the one of the tests, on this machine.
"""

from __future__ import annotations

import argparse
import multiprocessing
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cja_spark.sinks.chunk import Change, RunFacts, Token
from cja_spark.sinks.inlet.place import Place
from cja_spark.sinks.inlet.post import Post, Timeouts
from cja_spark.sinks.inlet.sink import InletSink
from cja_spark.sinks.inlet.spec import Inlet
from cja_spark.sinks.inlet.wire import Wire
from tests.servers.inlet import InletServer

AS_OF = datetime(2026, 11, 22, tzinfo=UTC)
RUN = RunFacts("refresh", AS_OF, 1, "Benchmark", None)
CHUNK = 10_000


def settings(rate: int, tasks: int) -> Inlet:
    return Inlet.model_validate(
        {"name": "inlet", "sink": "inlet", "endpoint": "https://inlet.test", "hosts": ("inlet.test",), "connection": "c",
         "organisation": "org", "dataset": "d", "xdm_schema": "https://ns.adobe.com/shop/schemas/s", "segment_namespace": "CJA",
         "records_per_second": rate, "concurrency": tasks, "rate_group": f"benchmark{rate}"}
    )  # fmt: skip


def change(number: int) -> Change:
    id_ = f"person{number:09}@example.com"
    return Change("enter", f"{number:064x}", f"email:{id_}", "Email", id_, "", "realized", AS_OF, AS_OF + timedelta(days=16), None, 1)


def peak_kb() -> int:
    """This process's own peak: what getrusage tells may be that of the one that started it."""
    [line] = [one for one in Path("/proc/self/status").read_text().splitlines() if one.startswith("VmHWM:")]
    return int(line.split()[1])


def task(asked: tuple[int, int, int, int, int]) -> list[tuple[float, int]]:
    """Chunks of one task, one after the other: (second, peak of memory in KB) after each."""
    port, rate, tasks, slot, chunks = asked
    found = []
    for chunk in range(chunks):
        spec = settings(rate, tasks)
        sink = InletSink(spec, Wire(spec, Post(Place("http", "inlet.test", port), lambda: ("127.0.0.1",), Timeouts(5, 30))))
        first = (slot * chunks + chunk) * CHUNK
        rows = [change(number) for number in range(first, first + CHUNK)]
        applied = sink.apply(rows, Token("inlet", "aud_0123456789ab", 1, slot * chunks + chunk, tasks * chunks), RUN)
        assert applied.acked == CHUNK
        sink.close()
        found.append((time.monotonic(), peak_kb()))
    return found


def most_in_ten_seconds(requests: list[dict]) -> int:
    times = sorted((one["at"], len(one["ids"])) for one in requests)
    most = total = begin = 0
    for at, count in times:
        total += count
        while times[begin][0] <= at - 10:
            total -= times[begin][1]
            begin += 1
        most = max(most, total)
    return most


def measured(rate: int, tasks: int, chunks: int) -> str:
    with InletServer() as server, multiprocessing.get_context("spawn").Pool(tasks) as pool:
        pool.map(abs, range(tasks))
        begun = time.monotonic()
        told = pool.map(task, [(server.port, rate, tasks, slot, chunks) for slot in range(tasks)], chunksize=1)
        seconds = time.monotonic() - begun
        most = most_in_ten_seconds(server.requests)
    sent = tasks * chunks * CHUNK
    first, last = (max(one[place][1] for one in told) / 1024 for place in (0, -1))
    return (
        f"{rate:>6} per second, {tasks:>2} tasks: {sent:,} records in {seconds:.1f} s = {sent / seconds:,.0f} per second; "
        f"most in 10 s {most:,} ({most / rate / 10:.2f} of the rate); memory {first:.0f} MB after the first chunk, {last:.0f} MB after the last"
    )


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--chunks", type=int, default=4, help="chunks of 10,000 per task")
    asked = parser.parse_args()
    for rate, tasks in ((1500, 1), (1500, 4), (10_000, 2)):
        print(measured(rate, tasks, asked.chunks), flush=True)


if __name__ == "__main__":
    main()
