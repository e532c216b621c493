"""A process that delivers is killed at every failpoint of a chunk, a migration and an erasure: again is the whole repair (C5, F1)."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from cja_spark.sinks.chunk import ErasedKey
from cja_spark.sinks.postgres.migrate import migrate
from cja_spark.sinks.postgres.tables import VERSION
from tests.unit.sinks.postgres.stores import change, changes, new_store, token

ROOT = Path(__file__).resolve().parents[4]
PROGRAM = """
import json, sys
from cja_spark.sinks.chunk import ErasedKey
from cja_spark.sinks.postgres.migrate import migrate
from cja_spark.sinks.postgres.sink import PostgresSink
from cja_spark.sinks.postgres.spec import PostgresProfiles
from tests.unit.sinks.postgres.stores import change, changes, run, token

what, given = sys.argv[1:]
spec = PostgresProfiles.model_validate(json.loads(given))
if what == "migrate":
    migrate(spec)
elif what == "erase":
    PostgresSink(spec).erase([ErasedKey("crm:a", change("a", "exit"))], token())
else:
    told = [*changes("abc"), change("bad", attrs="NaN")]
    PostgresSink(spec).apply(told, token(), run())
"""


def killed(store, what, name, hit=1):
    """Run something in a process of its own, which dies at a failpoint."""
    fields = ("name", "sink", "dsn", "erase_dsn", "migrate_dsn")
    given = json.dumps({field: getattr(store.spec, field) for field in fields})
    ended = subprocess.run(
        [sys.executable, "-c", PROGRAM, what, given], cwd=ROOT, check=False, start_new_session=True,
        env={**os.environ, "PYTHONPATH": str(ROOT), "CJA_FAILPOINTS": f"{name}=kill@{hit}"},
    )  # fmt: skip
    assert ended.returncode == -signal.SIGKILL


@pytest.mark.parametrize("name", ["pg.connected", "pg.after_ledger_claim", "pg.after_upsert", "pg.before_commit", "pg.after_commit"])
def test_a_process_that_is_killed_amid_a_chunk_leaves_all_or_nothing_and_no_letter_is_forgotten(store, name):
    killed(store, "apply", name)
    lived = name == "pg.after_commit"
    assert sorted(store.memberships()) == (["crm:a", "crm:b", "crm:c"] if lived else [])
    assert store.ledger() == ([(1, 0, "partial", 3, 1, 3)] if lived else [])
    again = store.apply([*changes("abc"), change("bad", attrs="NaN")])
    assert (again.acked, [one.change_id for one in again.rejected], again.created) == (3, ["c1-enter-bad"], 3)
    sink = store.sink()
    sink.settle(token())
    sink.close()
    assert store.ledger() == [(1, 0, "done", 3, 1, 3)]


@pytest.mark.parametrize("name", ["migrate.roles_made", "migrate.tables_made", "migrate.before_commit", "migrate.after_commit"])
def test_a_migration_that_is_killed_is_done_by_the_next(postgres, tmp_path, name):
    store = new_store(postgres, tmp_path, migrated=False)
    killed(store, "migrate", name)
    assert migrate(store.spec).before == (VERSION if name == "migrate.after_commit" else 0)
    assert store.apply(changes("a")).acked == 1


@pytest.mark.parametrize("name", ["pg.before_erase_commit", "pg.after_erase_commit"])
def test_an_erasure_that_is_killed_is_done_by_the_next(store, name):
    store.apply(changes("ab"))
    killed(store, "erase", name)
    sink = store.sink()
    assert sink.erase([ErasedKey("crm:a", change("a", "exit"))], token()) == ("deleted" if name == "pg.before_erase_commit" else "absent")
    sink.close()
    assert store.rows("SELECT profile_key FROM cja.profile_memberships UNION SELECT profile_key FROM cja.profiles") == [("crm:b",)]
