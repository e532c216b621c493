"""What tests of sending again are given: people, what is sent, and what is found afterwards."""

import uuid

from pyspark.sql import functions as F

from cja_spark.audiences.runs import audience_run_state
from cja_spark.audiences.tables import CHANGES, DEAD_LETTERS
from cja_spark.driver_reads import equal
from cja_spark.maintenance.tables import appendable
from cja_spark.sinks.again import Again, send_again

PEOPLE = [f"p{at:02}" for at in range(12)]


def keys(*people):
    return [f"crm:{id_}" for id_ in people]


def send(world, **what):
    return send_again(Again(**what), world.lake, world.audience.name, world.id, [world.sink], str(uuid.uuid4()))


def letters(world):
    columns = ("profile_key", "state", "attempts", "error_code")
    return world.rows(DEAD_LETTERS, columns, where=equal(audience_id=world.id))


def realized(world):
    return [row[0] for row in world.sink.members(world.id) if row[1] == "realized"]


def emptied(world):
    """The outbox without the changes of finished runs, as maintenance leaves it."""
    changes = world.lake.table(CHANGES)
    with appendable(changes):
        changes.delta().delete(f"audience_id = '{world.id}' AND op <> 'seal'")


def states(world):
    """The state of every run, in order."""
    rows = audience_run_state(world.lake).where(F.col("audience_id") == world.id).orderBy("run_seq").collect()
    return [row["state"] for row in rows]
