"""Columns as tables hold them: no date before 1900, no two names that differ only in case."""

from datetime import UTC, date, datetime

import pytest
from pydantic import ValidationError

from cja_spark.errors import MissingColumnError, TypeConflictError
from cja_spark.lake import Lake
from tests.unit.connection.shop import DATASETS, event, load, lookups, profiles, put, quarantine, shop

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
        "day": day, "at": datetime(1900, 1, 1, 23, 59, 59, 999000, tzinfo=UTC) if year_is_fine else None, "local": None,
        "one": {"day": day, "n": 1}, "days": [day, date(1900, 1, 1)],
        "items": [{"at": datetime(1900, 1, 1, 10, tzinfo=UTC) if year_is_fine else None}], "named": {"x": day},
    }  # fmt: skip


@pytest.mark.parametrize("day", [OLD, NEW])
@pytest.mark.fault("F10")
def test_dates_before_1900_are_null_in_events_profiles_and_lookups(lake, spark, tmp_path, day):
    rows = spark.sql("SELECT 'ann' AS who, 'a' AS sku, 'e1' AS id, 'ann' AS login").selectExpr(*columns(day))
    for name in DATASETS:
        rows.write.parquet(str(tmp_path / name))
    datasets = {name: {**DATASETS[name], "source": {"format": "parquet", "path": name}} for name in DATASETS}
    load(lake, tmp_path, type(shop()).model_validate({"name": "shop", "datasets": datasets}))
    for row in (lake.events.rows()[0], profiles(lake)["ann"], lookups(lake)["a"]):
        assert {name: row[name] for name in expected(True)} == expected(day == NEW)


@pytest.mark.fault("F10")
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


@pytest.mark.fault("F10")
def test_two_datasets_whose_columns_differ_only_in_case_are_named(lake, tmp_path):
    put(tmp_path, "web/1.json", event(1, Amount=1))
    put(tmp_path, "app/1.json", event(2, amount=1))
    app = {**DATASETS["web"], "source": {"format": "json", "path": "app"}}
    both = type(shop()).model_validate({"name": "shop", "datasets": {"web": DATASETS["web"], "app": app}})
    with pytest.raises(TypeConflictError, match="dataset 'app': 'amount' differs only in case from 'Amount'"):
        load(lake, tmp_path, both)
    assert not lake.events.exists()


@pytest.mark.fault("F10")
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


@pytest.mark.fault("F10")
def test_a_column_named_like_one_of_events_in_another_case_is_kept_as_the_sources(lake, tmp_path):
    put(tmp_path, "web/1.json", event(1, Load=7, TS="x"))
    put(tmp_path, "crm/1.json", {"who": "ann", "Person_ID": 5})
    put(tmp_path, "cat/1.json", {"sku": "a", "Key": 6})
    load(lake, tmp_path)
    row = lake.events.read().first()
    assert (row["load"], row["source_Load"], row["source_TS"]) == (1, 7, "x")
    assert profiles(lake)["ann"]["source_Person_ID"] == 5
    assert lookups(lake)["a"]["source_Key"] == 6


@pytest.mark.fault("F10")
def test_datasets_whose_names_differ_only_in_case_are_refused():
    with pytest.raises(ValidationError, match="'web' and 'Web' differ only in case"):
        type(shop()).model_validate({"name": "shop", "datasets": {"web": DATASETS["web"], "Web": DATASETS["web"]}})


def everything(lake):
    """All events, as text, but for the number of their load."""
    return sorted(row["line"] for row in lake.events.read().drop("load").selectExpr("to_json(struct(*)) AS line").collect())


@pytest.mark.fault("F10")
def test_json_loads_one_by_one_equal_one_load_whatever_each_has_no_value_for(lake, spark, tmp_path):
    """Null, empty lists and missing keys say nothing of a type, in whatever order they come."""
    web = {"web": {"sequence": "nr"}}
    full = event(1, items=[{"sku": "a", "n": 1}], price=2.5, page={"name": "home"}, tags=["x"], nr=1)
    empty = event(2, day=2, items=[], price=None, page={"name": None}, tags=[], nr=None)
    bare = {"time": "2026-01-03T10:00:00Z", "sku": "a", "login": "ann"}
    nobody = {"time": "2026-01-04T10:00:00Z", "sku": "a", "id": "e4"}
    for at, row in enumerate((full, empty, bare, nobody, event(5, day=5, items=[None], tags=[None]))):
        put(tmp_path, f"web/{at}.json", row)
        load(lake, tmp_path, shop("web", **web))
    once = Lake(spark, str(tmp_path / "once"))
    load(once, tmp_path, shop("web", **web))
    assert everything(lake) == everything(once)
    assert len(everything(once)) == 4
    assert [row[2] for row in quarantine(lake)] == [row[2] for row in quarantine(once)] == ["empty_person_id"]


@pytest.mark.fault("F10")
def test_two_datasets_of_one_load_share_a_column_that_one_has_no_value_for(lake, tmp_path):
    put(tmp_path, "web/1.json", event(1, items=[{"sku": "a"}], price=2.5))
    put(tmp_path, "app/1.json", event(2, items=[], price=None))
    app = {**DATASETS["web"], "source": {"format": "json", "path": "app"}}
    load(lake, tmp_path, type(shop()).model_validate({"name": "shop", "datasets": {"web": DATASETS["web"], "app": app}}))
    assert {row["event_id"]: row["price"] for row in lake.events.rows()} == {"e1": 2.5, "e2": None}


@pytest.mark.parametrize("values", [(100, 99.5), (99.5, 100)], ids=["whole first", "fractions first"])
@pytest.mark.fault("F10")
def test_numbers_of_events_widen_from_load_to_load(lake, spark, tmp_path, values):
    for at, value in enumerate(values, 1):
        put(tmp_path, f"web/{at}.json", event(at, price=value, order={"total": [value]}))
        load(lake, tmp_path, shop("web"))
    once = Lake(spark, str(tmp_path / "once"))
    load(once, tmp_path, shop("web"))
    assert everything(lake) == everything(once)
    assert sorted(row["price"] for row in lake.events.rows()) == [99.5, 100.0]
    put(tmp_path, "web/3.json", event(3, price=7, order={"total": [7]}))
    load(lake, tmp_path, shop("web"))
    assert sorted(row["price"] for row in lake.events.rows()) == [7.0, 99.5, 100.0]


@pytest.mark.fault("F10")
def test_events_are_written_again_only_where_a_column_was_narrower(lake, tmp_path):
    put(tmp_path, "web/1.json", event(1, order={"total": 1}, items=[{"n": 1}]))
    load(lake, tmp_path, shop("web"))
    [first] = lake.events.read().inputFiles()
    for at, more in enumerate(({"page": "home"}, {"order": {"total": 2, "tax": 0.5}}, {"items": [{"n": 1, "sku": "a"}]}, {"order": None}), 2):
        put(tmp_path, f"web/{at}.json", event(at, **more))
        load(lake, tmp_path, shop("web"))
        assert first in lake.events.read().inputFiles()
    put(tmp_path, "web/9.json", event(9, items=[{"n": 1.5}]))
    load(lake, tmp_path, shop("web"))
    assert first not in lake.events.read().inputFiles()
    assert {row["event_id"]: row["items"] and row["items"][0]["n"] for row in lake.events.rows()} == {
        "e1": 1.0, "e2": None, "e3": None, "e4": 1.0, "e5": None, "e9": 1.5,
    }  # fmt: skip


def test_names_that_tables_cannot_have_get_underscores_and_paths_mean_them(lake, tmp_path):
    put(tmp_path, "web/1.json", event(1, **{"page (name)": {"full name": "home"}, "a=b": "2.5"}))
    for name, text in (("crm", "Customer ID,Full Name\nann,Ann A.\n"), ("cat", "SKU code,List Price;net\na,7\n")):
        (tmp_path / name).mkdir()
        (tmp_path / name / "1.csv").write_text(text, encoding="utf-8")
    csv = {name: {"format": "csv", "path": name} for name in ("crm", "cat")}
    datasets = {
        "web": {**DATASETS["web"], "numbers": ["a=b"]},
        "crm": {**DATASETS["crm"], "source": csv["crm"], "person_id": {"column": "Customer ID", "namespace": "CRM"}},
        "cat": {**DATASETS["cat"], "source": csv["cat"], "key": "SKU code"},
    }
    load(lake, tmp_path, type(shop()).model_validate({"name": "shop", "datasets": datasets}))
    [row] = lake.events.read().collect()
    assert (row["page__name_"]["full_name"], row["a_b"]) == ("home", 2.5)
    assert profiles(lake)["ann"] == {"Customer_ID": "ann", "Full_Name": "Ann A."}
    assert lookups(lake)["a"] == {"SKU_code": "a", "List_Price_net": "7"}


@pytest.mark.fault("F10")
def test_two_columns_that_would_have_one_name_are_named_before_any_write(lake, tmp_path):
    put(tmp_path, "web/1.json", event(1, **{"a b": 1, "a_b": 2}))
    with pytest.raises(TypeConflictError, match="dataset 'web': 'a b' and 'a_b' would both be the column 'a_b'"):
        load(lake, tmp_path, shop("web"))
    assert not lake.events.exists()


def test_a_first_file_whose_rows_have_a_key_and_no_value_is_loaded(lake, tmp_path):
    put(tmp_path, "web/1.json", {**event(1, login=None), "nr": None}, {**event(2, login=None), "nr": None})
    web = {"sequence": "nr", "person_id": {"identity_map": "CRM"}}
    with pytest.raises(MissingColumnError, match="person_id: no column 'identityMap'"):
        load(lake, tmp_path, shop("web", web=web))
    receipt = load(lake, tmp_path, shop("web", web={"sequence": "nr", "numbers": ["nr"]}))
    assert receipt.dropped == {"web": {"empty_person_id": 2}}
