"""What tests of waves are given: people, settings of the store, and what is found afterwards."""

import json
import uuid

from pyspark.sql import functions as F

from cja_spark.audiences.runs import audience_run_state
from cja_spark.audiences.tables import DEAD_LETTERS, LEDGER
from cja_spark.driver_reads import equal
from cja_spark.sinks.again import Again, send_again

PEOPLE = [f"p{at:02}" for at in range(30)]


def keys(*people):
    return [f"crm:{id_}" for id_ in people]


def ledger(world):
    columns = ("run_seq", "chunk", "acked", "rejected", "suppressed")
    return world.rows(LEDGER, columns, where=equal(audience_id=world.id))


def letters(world):
    columns = ("profile_key", "op", "error_class", "error_code", "attempts", "state")
    return world.rows(DEAD_LETTERS, columns, where=equal(audience_id=world.id))


def state(world):
    row = audience_run_state(world.lake).where(F.col("audience_id") == world.id).orderBy(F.desc("run_seq")).first()
    return row["state"], row["exit_code"], json.loads(row["sinks"])[world.sink.name]


def whole(world, run=1, status="realized"):
    return [(key, status, run) for key in sorted(keys(*PEOPLE))]


def one_wave(world, **settings):
    """A sink that takes a whole run in one wave."""
    return world.sink.model_copy(update={"concurrency": 8, **settings})


def sent_again(world, **what):
    return send_again(Again(**what), world.lake, world.audience.name, world.id, [world.sink], str(uuid.uuid4()))
