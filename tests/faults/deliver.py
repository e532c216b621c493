"""`python -m tests.faults.deliver JOB`: brings a story to a sink, in a process that a test kills."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from tests.faults.story import AUDIENCE, Ledger, bring, story


def opener(given):
    """How a sink is opened, from what its receiver says of it."""
    kind = given.pop("kind")
    if kind == "files":
        from tests.faults.receivers import Folder

        return Folder(given["location"]).open
    if kind == "postgres":
        from cja_spark.sinks.postgres.sink import PostgresSink
        from cja_spark.sinks.postgres.spec import PostgresProfiles

        return lambda slot: PostgresSink(PostgresProfiles.model_validate(given))
    if kind == "inlet":
        from tests.unit.sinks.inlet.given import sink_at

        return lambda slot: sink_at(given["port"], rate_group="deliverer")
    from cja_spark.sinks.kafka.sink import KafkaSink
    from cja_spark.sinks.kafka.spec import Kafka
    from tests.unit.sinks.kafka.rows import SHORT

    return lambda slot: KafkaSink(Kafka.model_validate(given), AUDIENCE, slot, SHORT)


def main() -> None:
    job = json.loads(Path(sys.argv[1]).read_text())
    told, open_sink = story(**job["story"]), opener(job["sink"])
    sys.stdout.write("begun\n")
    sys.stdout.flush()
    bring(told, open_sink, Ledger(Path(job["ledger"])))


if __name__ == "__main__":
    main()
