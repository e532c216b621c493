"""Whether a PostgreSQL store is there, as `cja doctor` asks: nothing is written, and what is to be done is said."""

import pytest

from cja_spark.errors import ConfigurationError, UnavailableError
from cja_spark.sinks.reach import reach
from tests.unit.sinks.postgres.stores import new_store


def test_a_store_that_is_ready_answers_and_nothing_is_written(store):
    assert reach(None, store.spec) == "postgres answers"
    assert (store.ledger(), store.memberships()) == ([], {})


def test_a_store_that_is_not_migrated_says_the_command(postgres, tmp_path):
    with pytest.raises(ConfigurationError, match="sink 'people': there is no schema 'cja'. `cja migrate --sink people` makes it"):
        reach(None, new_store(postgres, tmp_path, migrated=False).spec)


def test_a_store_that_is_away_waits_and_one_that_refuses_is_to_be_mended(store, tmp_path):
    dsn = tmp_path / "dsn"
    there = store.spec.model_copy(update={"dsn": f"${{file:{dsn}}}"})
    dsn.write_text("host=127.0.0.1 port=1 user=writer dbname=nowhere sslmode=verify-full connect_timeout=2")
    with pytest.raises(UnavailableError, match="sink 'people': .* It is away; its rows wait"):
        reach(None, there)
    dsn.write_text(store.server.dsn(user="writer", database="no_such_store"))
    with pytest.raises(ConfigurationError, match="refuses with what it was given"):
        reach(None, there)
