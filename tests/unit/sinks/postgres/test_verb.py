"""cja migrate: on a shop whose sink is a real PostgreSQL, and what it says of a sink that is none."""

import pytest

from cja_spark.sinks.postgres.migrate import Migrated
from cja_spark.sinks.postgres.tables import EXCESS, VERSION
from cja_spark.verbs.migrate import lines
from tests.bad_input.shop import Shop
from tests.unit.sinks.postgres.stores import new_store


@pytest.fixture
def shop(tmp_path, postgres, monkeypatch):
    """A shop and a database that nobody has migrated."""
    shop = Shop(tmp_path / "shop")
    store = new_store(postgres, tmp_path, migrated=False)
    shop.write("conf/sinks/people.yaml", f"sink: postgres\ndsn: {store.spec.dsn}\nmigrate_dsn: {store.spec.migrate_dsn}\n")
    shop.write("conf/sinks/store.yaml", "sink: delta\n")
    shop.store = store
    return shop


def test_a_schema_is_made_and_again_nothing_is_done(spark, shop, capsys):
    assert shop.run("migrate", "--sink", "people") == 0
    assert f"schema of version {VERSION}, was not there" in capsys.readouterr().out
    assert shop.run("migrate", "--sink", "people") == 0
    assert f"schema of version {VERSION}, was {VERSION}" in capsys.readouterr().out
    shop.store.do("INSERT INTO cja.schema_version (version) VALUES (99)")
    assert shop.run("migrate", "--sink", "people") == 8


def test_what_everybody_may_is_told_in_words():
    assert [*lines("people", Migrated(1, 1))] == ["sink 'people': schema of version 1, was 1"]
    [_, temporary, tables] = lines("people", Migrated(0, 1, tuple(EXCESS)))
    assert "everybody may make temporary tables in this database" in temporary
    assert "everybody may make tables in its schema 'public'" in tables


def test_the_sql_is_printed_without_a_server_and_without_spark(shop, capsys):
    shop.write("conf/sinks/people.yaml", "sink: postgres\ndsn: ${env:NOBODY_SET_THIS}\nschema_name: elsewhere\n")
    assert shop.run("migrate", "--sink", "people", "--sql") == 0
    printed = capsys.readouterr().out
    assert 'CREATE SCHEMA "elsewhere";' in printed
    assert 'CREATE ROLE "cja_publish" NOLOGIN;' in printed


@pytest.mark.parametrize(("sink", "said"), [("peopel", "Did you mean 'people'"), ("store", "of kind 'delta', which has no schema to migrate")])
def test_a_sink_without_a_schema_is_told_before_spark_starts(shop, capsys, sink, said):
    assert shop.run("migrate", "--sink", sink) == 2
    assert said in capsys.readouterr().err
