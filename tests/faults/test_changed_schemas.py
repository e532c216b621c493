"""F10, F17: tables whose columns are others than this program writes, or that a newer one made: named, and nothing is written."""

import json
import shutil

import pytest

from cja_spark.audiences.tables import CHANGES, MEMBERS, require_tables
from cja_spark.errors import InputError, VersionError
from cja_spark.hadoop import java_class
from cja_spark.lake import Lake
from cja_spark.sources.failures import spark_errors
from tests.faults.plan import FULL
from tests.unit.audiences.world import World, day


def dropped(fields, name):
    return [one for one in fields if one["name"] != name]


def renamed(fields, name):
    return [{**one, "name": f"{name}_2"} if one["name"] == name else one for one in fields]


def twin(fields, name):
    return [{**one, "name": name.upper()} if one["name"] == name else one for one in fields]


def typed(kind):
    return lambda fields, name: [{**one, "type": kind} if one["name"] == name else one for one in fields]


CHANGED = {
    "dropped": dropped, "renamed": renamed, "case twin": twin, "binary": typed("binary"), "double": typed("double"),
    "nested": typed({"type": "struct", "fields": [{"name": "x", "type": "string", "nullable": True, "metadata": {}}]}),
    "array": typed({"type": "array", "elementType": "string", "containsNull": True}),
}  # fmt: skip
COLUMNS = {CHANGES.name: ("op", "run_seq", "attr_hash"), MEMBERS.name: ("profile_key", "run_seq", "valid_until")}
MORE = {CHANGES.name: ("chunk", "valid_until", "attrs", "definition_version"), MEMBERS.name: ("attrs", "attr_hash", "status", "change_id")}
CASES = [
    (table, column, how)
    for table in COLUMNS
    for column in (*COLUMNS[table], *(MORE[table] if FULL else ()))
    for how in CHANGED
    if (column, how) != ("audience_id", "dropped")
]


@pytest.fixture
def lake(spark, audience_tables, tmp_path):
    shutil.copytree(audience_tables, tmp_path / "lake")
    return Lake(spark, str(tmp_path / "lake"))


def change(lake, table, changed):
    """Let a table's log say other columns, as a program of another version, or somebody by hand, would have left it."""
    first = min((lake.folder / table / "_delta_log").glob("*.json"))
    actions = [json.loads(line) for line in first.read_text().splitlines()]
    for action in actions:
        if "metaData" in action:
            schema = json.loads(action["metaData"]["schemaString"])
            schema["fields"] = changed(schema["fields"])
            action["metaData"]["schemaString"] = json.dumps(schema)
    first.write_text("".join(f"{json.dumps(action)}\n" for action in actions))
    for checksum in first.parent.glob("*.crc"):
        checksum.unlink()


@pytest.mark.fault("F10")
@pytest.mark.parametrize(("table", "column", "how"), CASES)
def test_f10_a_column_that_is_another_is_named_before_anything_is_written(lake, table, column, how):
    change(lake, table, lambda fields: CHANGED[how](fields, column))
    files = sorted(lake.folder.rglob("*"))
    with pytest.raises(InputError, match=f"^{table}: column '{column}' is ") as raised:
        require_tables(lake)
    assert raised.value.exit_code == 3
    assert sorted(lake.folder.rglob("*")) == files


@pytest.mark.fault("F10")
@pytest.mark.parametrize("how", ["reordered", "a column more"])
def test_f10_what_changes_no_column_of_ours_stops_nothing(lake, how, fault):
    more = {"name": "added_by_hand", "type": "string", "nullable": True, "metadata": {}}
    for table in (MEMBERS.name,) if how == "reordered" else (MEMBERS.name, CHANGES.name):
        change(lake, table, lambda fields: [*fields[:3], *reversed(fields[3:])] if how == "reordered" else [*fields, more])
        fault.tried(action=how)
    world, runs = World(lake, "unmoved"), [(day(0), dict.fromkeys("abc")), (day(1), dict.fromkeys("bcd"))]
    for run in runs:
        world.publish(*run)
    expected = world.expected(runs)
    assert world.found(store=False) == {name: expected[name] for name in ("changes", "members")}


@pytest.mark.fault("F17")
def test_f17_tables_of_a_newer_program_are_left_alone(lake):
    table = lake.table(CHANGES)
    lake.spark.sql(f"ALTER TABLE delta.`{table.address}` SET TBLPROPERTIES (cja.schema_version = 2)")
    before = table.version()
    with pytest.raises(VersionError, match="audience tables of version 2, this program knows 1") as raised:
        World(lake, "newer").publish(day(0), dict.fromkeys("ab"))
    assert (raised.value.exit_code, table.version()) == (8, before)


@pytest.mark.fault("F17")
@pytest.mark.parametrize(
    ("changed", "feature"),
    [
        ({"minReaderVersion": 9, "readerFeatures": []}, []),
        ({"minWriterVersion": 99}, []),
        ({"minReaderVersion": 3, "readerFeatures": ["notYet"]}, ["notYet"]),
        ({}, ["notYet"]),
    ],
    ids=["readers", "writers", "a feature of readers", "a feature of writers"],
)
def test_f17_a_protocol_of_delta_that_is_not_known_is_refused(lake, changed, feature):
    first = min((lake.folder / CHANGES.name / "_delta_log").glob("*.json"))
    actions = [json.loads(line) for line in first.read_text().splitlines()]
    protocol = next(one["protocol"] for one in actions if "protocol" in one)
    protocol.update(changed, writerFeatures=[*protocol["writerFeatures"], *feature])
    first.write_text("".join(f"{json.dumps(action)}\n" for action in actions))
    for checksum in first.parent.glob("*.crc"):
        checksum.unlink()
    java_class(lake.spark, "org.apache.spark.sql.delta.DeltaLog").clearCache()  # the log that this session knows
    with pytest.raises(VersionError, match="protocol of Delta that this program does not know") as raised, spark_errors("publishing", "a lake"):
        World(lake, "other_protocol").publish(day(0), dict.fromkeys("ab"))
    assert (raised.value.exit_code, [*first.parent.glob("*1.json")]) == (8, [])
