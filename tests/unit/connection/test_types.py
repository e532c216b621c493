"""Columns as tables hold them: no date before 1900, no two names that differ only in case."""

from datetime import date, datetime

import pytest
from pydantic import ValidationError

from cja_spark.errors import TypeConflictError
from tests.unit.connection.shop import DATASETS, event, load, lookups, profiles, put, shop

OLD, NEW = "1899-12-31", "1900-01-01"


def columns(day):
    return (
        "who", "sku", "id", "login", "timestamp'2026-01-01 10:00:00' AS time", f"date'{day}' AS day",
        f"timestamp'{day} 23:59:59.999' AS at", f"timestamp_ntz'{OLD} 10:00:00' AS local",
        f"struct(date'{day}' AS day, 1 AS n) AS one", f"array(date'{day}', date'{NEW}') AS days",
        f"array(struct(timestamp'{day} 10:00:00' AS at)) AS items", f"map('x', date'{day}') AS named",
    )  # fmt: skip


def expected(year_is_fine):
    day = date(1900, 1, 1) if year_is_fine else None
    return {
        "day": day, "at": datetime(1900, 1, 1, 23, 59, 59, 999000) if year_is_fine else None, "local": None,
        "one": {"day": day, "n": 1}, "days": [day, date(1900, 1, 1)],
        "items": [{"at": datetime(1900, 1, 1, 10) if year_is_fine else None}], "named": {"x": day},
    }  # fmt: skip


@pytest.mark.parametrize("day", [OLD, NEW])
def test_dates_before_1900_are_null_in_events_profiles_and_lookups(lake, spark, tmp_path, day):
    rows = spark.sql("SELECT 'ann' AS who, 'a' AS sku, 'e1' AS id, 'ann' AS login").selectExpr(*columns(day))
    for name in DATASETS:
        rows.write.parquet(str(tmp_path / name))
    datasets = {name: {**DATASETS[name], "source": {"format": "parquet", "path": name}} for name in DATASETS}
    load(lake, tmp_path, type(shop()).model_validate({"name": "shop", "datasets": datasets}))
    for row in (lake.events.read().first().asDict(True), profiles(lake)["ann"], lookups(lake)["a"]):
        assert {name: row[name] for name in expected(True)} == expected(day == NEW)


def test_columns_that_differ_only_in_case_are_named_before_any_write(lake, tmp_path):
    put(tmp_path, "web/1.json", event(1, Amount=1, page={"Name": "home"}))
    put(tmp_path, "crm/1.json", {"who": "ann", "Tier": 1})
    put(tmp_path, "cat/1.json", {"sku": "a", "Title": "lamp"})
    load(lake, tmp_path)
    versions = lake.events.version(), lake.profiles.version(), lake.lookup("cat").version()
    for file, row, said in (
        ("web/2.json", event(2, amount=1), "dataset 'web': 'amount' differs only in case from 'Amount'"),
        ("web/2.json", event(2, page={"name": "x"}), "dataset 'web': 'page.name' differs only in case from 'page.Name'"),
        ("crm/2.json", {"who": "bob", "tier": 1}, "dataset 'crm': 'tier' differs only in case from 'Tier'"),
        ("cat/2.json", {"sku": "b", "title": "x"}, "dataset 'cat': 'title' differs only in case from 'Title'"),
    ):
        put(tmp_path, file, row)
        with pytest.raises(TypeConflictError, match=said):
            load(lake, tmp_path)
        (tmp_path / file).unlink()
    assert (lake.events.version(), lake.profiles.version(), lake.lookup("cat").version()) == versions


def test_two_datasets_whose_columns_differ_only_in_case_are_named(lake, tmp_path):
    put(tmp_path, "web/1.json", event(1, Amount=1))
    put(tmp_path, "app/1.json", event(2, amount=1))
    app = {**DATASETS["web"], "source": {"format": "json", "path": "app"}}
    both = type(shop()).model_validate({"name": "shop", "datasets": {"web": DATASETS["web"], "app": app}})
    with pytest.raises(TypeConflictError, match="dataset 'app': 'amount' differs only in case from 'Amount'"):
        load(lake, tmp_path, both)
    assert not lake.events.exists()


def test_two_files_of_one_load_whose_columns_differ_only_in_case_are_named(lake, tmp_path):
    for folder, names in (("crm", ("who,Tier", "who,tier")), ("web", ("id,time,login,Amount", "id,time,login,amount"))):
        (tmp_path / folder).mkdir()
        for number, header in enumerate(names):
            row = "ann,1" if folder == "crm" else f"e{number},2026-01-01T10:00:00Z,ann,1"
            (tmp_path / folder / f"{number}.csv").write_text(f"{header}\n{row}\n", encoding="utf-8")
    sets = {name: {**DATASETS[name], "source": {"format": "csv", "path": name}} for name in ("web", "crm")}
    both = type(shop()).model_validate({"name": "shop", "datasets": sets})
    with pytest.raises(TypeConflictError, match="dataset 'web': 'amount' differs only in case from 'Amount'"):
        load(lake, tmp_path, both)
    (tmp_path / "web/1.csv").unlink()
    with pytest.raises(TypeConflictError, match="dataset 'crm': 'tier' differs only in case from 'Tier'"):
        load(lake, tmp_path, both)
    assert not lake.events.exists()


def test_a_column_named_like_one_of_events_in_another_case_is_kept_as_the_sources(lake, tmp_path):
    put(tmp_path, "web/1.json", event(1, Load=7, TS="x"))
    put(tmp_path, "crm/1.json", {"who": "ann", "Person_ID": 5})
    put(tmp_path, "cat/1.json", {"sku": "a", "Key": 6})
    load(lake, tmp_path)
    row = lake.events.read().first()
    assert (row["load"], row["source_Load"], row["source_TS"]) == (1, 7, "x")
    assert profiles(lake)["ann"]["source_Person_ID"] == 5
    assert lookups(lake)["a"]["source_Key"] == 6


def test_datasets_whose_names_differ_only_in_case_are_refused():
    with pytest.raises(ValidationError, match="'web' and 'Web' differ only in case"):
        type(shop()).model_validate({"name": "shop", "datasets": {"web": DATASETS["web"], "Web": DATASETS["web"]}})
