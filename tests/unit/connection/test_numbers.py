"""Numbers that come as text, wherever they lie: columns, fields of structs, items of arrays."""

import json

import pytest
from pyspark.sql import types as T

from cja_spark.connection.numbers import text_paths
from cja_spark.connection.spec import Connection
from cja_spark.errors import InputError, MissingColumnError, TypeConflictError
from tests.unit.connection.shop import DATASETS, event, load, put, quarantine, shop

PRICE = "commerce.order.priceTotal"


def order(price, **more):
    return {"commerce": {"order": {"priceTotal": price, "currency": "EUR"}}, **more}


def two(**more):
    """Events of the web, and of an app that writes numbers as text."""
    app = {**DATASETS["web"], "source": {"format": "json", "path": "app"}, **more}
    return Connection.model_validate({"name": "shop", "datasets": {"web": DATASETS["web"], "app": app}})


def values(lake, path):
    rows = lake.events.read().selectExpr("event_id", f"{path} AS value").collect()
    return {row["event_id"]: row["value"] for row in rows}


def test_a_nested_number_that_comes_as_text_shares_its_path_with_numbers(lake, tmp_path):
    put(tmp_path, "web/1.json", event(1, **order(2.5)), event(2))
    texts = [event(3, **order("3")), event(4, **order("")), event(5), event(6, **order("12,50"))]
    put(tmp_path, "app/1.json", *texts)
    with pytest.raises(InputError, match=f"'{PRICE}' is double in dataset 'web' and string.*list the column under its 'numbers'"):
        load(lake, tmp_path, two())
    with pytest.raises(MissingColumnError, match=f"numbers: no column 'commerce.order.price'. Did you mean '{PRICE}'?"):
        load(lake, tmp_path, two(numbers=["commerce.order.price"]))
    assert load(lake, tmp_path, two(numbers=[PRICE])).dropped == {"app": {"not_a_number": 1}}
    assert values(lake, PRICE) == {"e1": 2.5, "e2": None, "e3": 3.0, "e4": None, "e5": None}
    assert values(lake, "commerce.order.currency")["e3"] == "EUR"
    [(_, dataset, reason, raw)] = quarantine(lake)
    assert (dataset, reason, json.loads(json.loads(raw)["_corrupt_record"])) == ("app", "not_a_number", {PRICE: "12,50"})


@pytest.mark.fault("F10")
def test_text_of_a_later_file_becomes_the_number_that_the_table_has(lake, tmp_path):
    put(tmp_path, "web/1.json", event(1, **order(2.5)))
    load(lake, tmp_path, shop("web"))
    put(tmp_path, "web/2.json", event(2, **order("3.5")))
    load(lake, tmp_path, shop("web", web={"numbers": ["Commerce.Order.pricetotal"]}))
    assert values(lake, PRICE) == {"e1": 2.5, "e2": 3.5}


def test_a_json_file_without_any_number_is_loaded_once_the_table_has_the_column(lake, tmp_path):
    numbers = shop("web", web={"numbers": [PRICE]})
    put(tmp_path, "web/1.json", event(1, **order("2.5")))
    load(lake, tmp_path, numbers)
    put(tmp_path, "web/2.json", event(2))
    load(lake, tmp_path, numbers)
    assert values(lake, PRICE) == {"e1": 2.5, "e2": None}
    put(tmp_path, "web/3.json", event(3))
    with pytest.raises(MissingColumnError, match=r"numbers: no column 'price'"):
        load(lake, tmp_path, shop("web", web={"numbers": ["price"]}))


@pytest.mark.fault("F10")
def test_a_csv_file_must_have_the_columns_of_its_numbers(lake, tmp_path):
    numbers = shop("web", web={"source": {"format": "csv", "path": "web"}, "numbers": ["price"]})
    (tmp_path / "web").mkdir()
    (tmp_path / "web" / "1.csv").write_text("id,time,login,price\ne1,2026-01-01T10:00:00Z,ann,2.5\n")
    load(lake, tmp_path, numbers)
    (tmp_path / "web" / "2.csv").write_text("id,time,login,prize\ne2,2026-01-01T10:00:00Z,ann,2.5\n")
    with pytest.raises(MissingColumnError, match=r"numbers: no column 'price'. Did you mean 'prize'"):
        load(lake, tmp_path, numbers)


@pytest.mark.fault("F10")
def test_numbers_that_were_loaded_as_text_ask_for_a_full_load(lake, tmp_path):
    put(tmp_path, "web/1.json", event(1, **order("2.5")))
    load(lake, tmp_path, shop("web"))
    put(tmp_path, "web/2.json", event(2, **order("3.5")))
    numbers = shop("web", web={"numbers": [PRICE]})
    with pytest.raises(InputError, match=r"is string in dataset 'events'.*they came from, and load again with --full"):
        load(lake, tmp_path, numbers)
    load(lake, tmp_path, numbers, full=True)
    assert values(lake, PRICE) == {"e1": 2.5, "e2": 3.5}


def test_a_map_of_texts_has_no_hint_at_numbers():
    assert "numbers" not in str(TypeConflictError.at("prices{}", "web", "double", "app", "string"))


@pytest.mark.fault("F12")
def test_numbers_in_items_of_arrays_are_read_and_one_bad_item_drops_its_row(lake, tmp_path):
    def items(*prices):
        return {"items": [{"sku": "a", "prices": [{"net": price}]} for price in prices], "sizes": ["1", "2.5"]}

    rows = [event(1, **items("1", "", "2.5")), event(2, items=[]), event(3), event(4, **items("1", "NaN"))]
    put(tmp_path, "web/1.json", *rows)
    receipt = load(lake, tmp_path, shop("web", web={"numbers": ["items[].prices[].net", "sizes[]"]}))
    assert receipt.dropped == {"web": {"not_a_number": 1}}
    assert values(lake, "transform(items.prices, prices -> prices[0].net)") == {"e1": [1.0, None, 2.5], "e2": None, "e3": None}
    assert values(lake, "items.prices[1]") == {"e1": None, "e2": None, "e3": None}  # an array without a value
    assert values(lake, "sizes") == {"e1": [1.0, 2.5], "e2": None, "e3": None}
    [(_, _, _, raw)] = quarantine(lake)
    kept = {"items[].prices[].net": [["1"], ["NaN"]], "sizes[]": ["1", "2.5"]}
    assert json.loads(json.loads(raw)["_corrupt_record"]) == kept


def test_what_was_no_number_is_kept_beside_rows_that_are_unreadable(lake, tmp_path):
    put(tmp_path, "web/1.json", event(1, **order("2.5")), event(2, **order("many")))
    with (tmp_path / "web/1.json").open("a", encoding="utf-8") as file:
        file.write('{"id": "e3", "ti\n')
    load(lake, tmp_path, shop("web", web={"numbers": [PRICE]}))
    kept = {reason: json.loads(raw)["_corrupt_record"] for _, _, reason, raw in quarantine(lake)}
    assert kept == {"not_a_number": json.dumps({PRICE: "many"}, separators=(",", ":")), "unreadable_row": '{"id": "e3", "ti'}


def test_a_column_of_csv_with_dots_in_its_name_is_meant_by_that_name(lake, tmp_path):
    (tmp_path / "web").mkdir()
    rows = f"id,time,login,{PRICE}\ne1,2026-01-01T10:00:00Z,ann,2.5\ne2,2026-01-01T10:00:00Z,ann,none\n"
    (tmp_path / "web/1.csv").write_text(rows, encoding="utf-8")
    receipt = load(lake, tmp_path, shop("web", web={"source": {"format": "csv", "path": "web"}, "numbers": [PRICE]}))
    assert receipt.dropped == {"web": {"not_a_number": 1}}
    assert values(lake, f"`{PRICE}`") == {"e1": 2.5}


def test_what_lies_beside_a_number_is_stored_as_it_would_be_without(lake, spark, tmp_path):
    fields = "named_struct('amount', '5', 'count', 7S, 'day', date'1899-12-31', 'days', array(date'2026-01-01', date'1899-12-31'))"
    row = f"SELECT 'e1' AS id, 'ann' AS login, timestamp'2026-01-01 10:00:00' AS time, {fields} AS `order`"
    spark.sql(row).write.parquet(str(tmp_path / "web"))
    load(lake, tmp_path, shop("web", web={"source": {"format": "parquet", "path": "web"}, "numbers": ["order.amount"]}))
    assert lake.events.read().schema["order"].dataType.simpleString() == "struct<amount:double,count:bigint,day:date,days:array<date>>"
    [found] = lake.events.read().selectExpr("to_json(order) AS shown").collect()
    assert json.loads(found["shown"]) == {"amount": 5.0, "count": 7, "days": ["2026-01-01", None]}


NET = T.ArrayType(T.StructType().add("Net", "string"))
SCHEMA = (
    T.StructType().add("Price", "string").add("price", "string").add("Total", "double").add("a.b", "string")
    .add("a", T.StructType().add("b", "string")).add("items", NET).add("_file", "string")
)  # fmt: skip


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        (["price"], [("price",)]),
        (["Price", "Price"], [("Price",)]),
        (["total", "items"], []),
        (["a.b"], [("a.b",)]),
        (["ITEMS[].net"], [("items", "[]", "Net")]),
    ],
)
def test_a_name_is_taken_as_it_is_spelled_or_in_another_case_where_only_one_has_it(asked, found):
    assert text_paths(SCHEMA, asked, "web") == tuple(found)


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ("PRICE", "no column 'PRICE'"),
        ("items.net", "no column 'items.net'. Did you mean 'items[].Net'?"),
        ("_file", "no column '_file'"),
    ],
)
@pytest.mark.fault("F10")
def test_a_name_that_means_nothing_or_two_columns_is_refused_with_the_nearest(asked, said):
    with pytest.raises(MissingColumnError, match=r"dataset 'web', numbers: ") as caught:
        text_paths(SCHEMA, [asked], "web")
    assert said in str(caught.value)
    assert "_file" not in str(caught.value).split("Known:")[1]
