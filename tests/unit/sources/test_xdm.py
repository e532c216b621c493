"""Sources of XDM through `connect`: rows with qualified keys are the events that plain ones are; texts are there without a value."""

import json
import re

import pytest

from cja_spark.connection.spec import Connection
from cja_spark.errors import InputError, TypeConflictError
from cja_spark.sources.read import items_of, read_items
from cja_spark.sources.spec import Source
from tests.unit.sources.shop import load, put

E = "https://ns.adobe.com/experience/"
QUALIFIED = {
    "@id": "e1", "xdm:timestamp": "2026-01-01T10:00:00Z", "xdm:identityMap": {"CRMID": [{"xdm:id": "ann", "xdm:primary": True}]},
    f"{E}decisioning/propositions": [
        {"xdm:id": "p1", f"{E}decisioning/scopeDetails": {"xdm:correlationID": "c1", "repo:etag": "8"}}, {"xdm:id": "p2"},
    ],
    f"{E}a/b/status": "sent", f"{E}a/b/failure": {f"{E}a/b/type": "hard", "https://ns.adobe.com/xdm/channels/email": {"xdm:n": 1}},
}  # fmt: skip
PLAIN = {
    "_id": "e1", "timestamp": "2026-01-01T10:00:00Z", "identityMap": {"CRMID": [{"id": "ann", "primary": True}]},
    "_experience": {
        "decisioning": {"propositions": [{"id": "p1", "scopeDetails": {"correlationID": "c1", "_repo": {"etag": "8"}}}, {"id": "p2"}]},
        "a": {"b": {"status": "sent", "failure": {"type": "hard", "https://ns.adobe.com/xdm/channels/email": {"n": 1}}}},
    },
}  # fmt: skip


def rows(spark, tmp_path, *given, **source):
    put(tmp_path, "web/a.json", "".join(json.dumps(row) + "\n" for row in given))
    spec = Source(format="json", path="web", **{"xdm": True, **source})
    read = read_items(spark, spec, str(tmp_path), items_of(spark, "web", spec, str(tmp_path), {}))
    return [without_nulls(json.loads(text)) for text in read.drop("_file").toJSON().collect()]


def without_nulls(value):
    if isinstance(value, list):
        return [without_nulls(item) for item in value]
    return {key: without_nulls(inner) for key, inner in value.items() if inner is not None} if isinstance(value, dict) else value


def test_qualified_rows_are_plain_ones(spark, tmp_path):
    assert rows(spark, tmp_path, QUALIFIED) == [PLAIN]


def test_rows_of_both_kinds_lie_in_one_file(spark, tmp_path):
    assert sorted(rows(spark, tmp_path, QUALIFIED, {**PLAIN, "_id": "e2"}), key=lambda row: row["_id"]) == [PLAIN, {**PLAIN, "_id": "e2"}]


def test_plain_rows_stay_as_they_are_and_without_the_setting_all_do(spark, tmp_path):
    assert rows(spark, tmp_path, PLAIN) == [PLAIN]
    assert list(rows(spark, tmp_path, {"xdm:a": 1}, xdm=False)[0]) == ["xdm:a"]


def test_numbers_of_both_kinds_of_keys_are_widened(spark, tmp_path):
    assert rows(spark, tmp_path, {"xdm:value": 1}, {"value": 2.5}) == [{"value": 1.0}, {"value": 2.5}]


def test_an_object_without_a_value_is_none(spark, tmp_path):
    assert rows(spark, tmp_path, {"xdm:id": "a", f"{E}a/b": 1}, {"xdm:id": "b"}) == [{"id": "a", "_experience": {"a": {"b": 1}}}, {"id": "b"}]


def test_single_values_of_two_types_are_text_as_in_one_column_of_json(spark, tmp_path):
    assert rows(spark, tmp_path, {"xdm:n": 1}, {"n": "2"}, {"xdm:n": 3}) == [{"n": "1"}, {"n": "2"}, {"n": "3"}]


@pytest.mark.parametrize("given", [({"xdm:a": 1}, {"a": [1]}), ({"xdm:a": "x"}, {"a": ["x"]}), ({"xdm:a": 1}, {"a": {"b": 1}})])
def test_types_that_exclude_each_other_are_named(spark, tmp_path, given):
    with pytest.raises(TypeConflictError, match=r"'web'.*'a'|'a'.*'web'"):
        rows(spark, tmp_path, *given)


def test_texts_are_there_without_a_value_and_are_text_with_any(spark, tmp_path):
    put(tmp_path, "web/a.json", '{"n": 1, "s": {"t": 2.5, "u": true}, "items": [{"v": 3}]}\n')
    source = Source(format="json", path="web", texts=["n", "s.t", "s.u", "s.w", "items[].v", "items[].x", "more[].y", "z"])
    read = read_items(spark, source, str(tmp_path), items_of(spark, "web", source, str(tmp_path), {}))
    assert {field.name: field.dataType.simpleString() for field in read.drop("_file").schema} == {
        "n": "string", "s": "struct<t:string,u:string,w:string>", "items": "array<struct<v:string,x:string>>", "more": "array<struct<y:string>>", "z": "string",
    }
    [row] = read.drop("_file").collect()
    assert row.asDict(recursive=True) == {"n": "1", "s": {"t": "2.5", "u": "true", "w": None}, "items": [{"v": "3", "x": None}], "more": None, "z": None}


@pytest.mark.parametrize(
    ("path", "said"),
    [("n.x", "'x' lies in bigint"), ("n[].x", "'n' is bigint and no array"), ("s[].x", "'s' is struct<t:bigint> and no array"), ("items.v", "'v' lies in array")],
)  # fmt: skip
def test_texts_inside_what_is_no_object_or_array_are_a_fault(spark, tmp_path, path, said):
    put(tmp_path, "web/a.json", '{"n": 1, "s": {"t": 2}, "items": [{"v": 3}]}\n')
    source = Source(format="json", path="web", texts=[path])
    with pytest.raises(InputError, match=f"dataset 'web', source.texts: .*{re.escape(said)}"):
        read_items(spark, source, str(tmp_path), items_of(spark, "web", source, str(tmp_path), {}))


def test_qualified_rows_are_the_events_that_plain_ones_are_and_bad_ones_have_their_reasons(lake, tmp_path):
    source = {"format": "json", "path": "web", "xdm": True, "texts": ["count"]}
    dataset = {"type": "event", "source": source, "timestamp": "timestamp", "person_id": {"identity_map": "CRMID"}, "event_id": "_id", "numbers": ["count"]}
    spec = Connection.model_validate({"name": "shop", "datasets": {"web": dataset}})
    again, nobody = {**PLAIN, "timestamp": "2026-01-02"}, {"@id": "e3", "xdm:timestamp": "2026-01-01"}
    wrong = {**QUALIFIED, "@id": "e4", "xdm:count": "two"}
    put(tmp_path, "web/a.json", "".join(json.dumps(row) + "\n" for row in (QUALIFIED, again, nobody, wrong, {"@id": "e5"})) + "{cut\n")
    receipt = load(lake, tmp_path, spec)
    assert receipt.loaded == {"web": 1}
    assert receipt.dropped == {"web": {"duplicate_event_id": 1, "empty_person_id": 1, "not_a_number": 1, "missing_timestamp": 1, "unreadable_row": 1}}
    [event] = lake.events.rows("event_id", "person_id")
    assert (event["event_id"], event["person_id"]) == ("e1", "ann")
