"""B8: 80 texts of SQL and 80 that are no identifiers: none is taken for a name, none of them is a path to a column (S3)."""

import json
from pathlib import Path

import pytest
from pydantic import ValidationError
from pyspark.sql import types as T

import cja_spark as cja
from cja_spark.audiences.spec import Audience
from cja_spark.connection.spec import Connection
from cja_spark.errors import MissingColumnError
from cja_spark.journeys.fields import leaf
from cja_spark.sinks.spec import DeltaProfiles
from cja_spark.sources.spec import Source
from cja_spark.view.condition import DimensionCondition
from cja_spark.view.spec import View

pytestmark = pytest.mark.fault("F15")

HERE = Path(__file__).resolve().parent
IDENTIFIERS = json.loads((HERE / "identifiers.json").read_text(encoding="utf-8"))
SQL = json.loads((HERE / "sql.json").read_text(encoding="utf-8"))
TEXTS = [*dict.fromkeys([*SQL, *IDENTIFIERS])]
WEB = {"type": "event", "source": {"format": "json", "path": "web"}, "timestamp": "time", "person_id": {"column": "login", "namespace": "CRM"}}
SEGMENT = {"where": {"dimension": "page", "equals": "home"}}
# Each place of a configuration that is a name, with one that is right to begin with.
NAMES = {
    "view": lambda name: View.model_validate({"name": name}),
    "dimension": lambda name: View.model_validate({"name": "v", "dimensions": {name: "page"}}),
    "metric": lambda name: View.model_validate({"name": "v", "metrics": {name: "price"}}),
    "segment": lambda name: View.model_validate({"name": "v", "dimensions": {"page": "page"}, "segments": {name: SEGMENT}}),
    "derived field": lambda name: View.model_validate({"name": "v", "derived": {name: [{"function": "lowercase", "input": "page"}]}}),
    "compared dimension": lambda name: DimensionCondition.model_validate({"dimension": name, "equals": "home"}),
    "connection": lambda name: Connection.model_validate({"name": name, "datasets": {"web": WEB}}),
    "dataset": lambda name: Connection.model_validate({"name": "c", "datasets": {name: WEB}}),
    "report": lambda name: cja.Table.model_validate({"name": name, "report": "table", "metrics": ["events"]}),
    "audience": lambda name: audience(name=name),
    "sink of an audience": lambda name: audience(sinks=[name]),
    "known namespace": lambda name: audience(known_namespaces=[name]),
    "sink": lambda name: DeltaProfiles.model_validate({"name": name, "sink": "delta"}),
}  # fmt: skip


def audience(**changed):
    given = {"name": "buyers", "segments": {"segment": "buyers"}, "refresh": "daily", "lookback": "30 days"}
    return Audience.model_validate({**given, **changed})


def test_the_corpora_are_as_large_as_they_are_said_to_be():
    assert (len({*SQL}), len({*IDENTIFIERS}), len(TEXTS)) == (80, 80, 152)


@pytest.mark.parametrize("place", NAMES)
def test_no_text_is_taken_for_a_name(place):
    assert taken_by(NAMES[place]) == []
    NAMES[place]("home")


def taken_by(named):
    """The texts that a place takes."""
    taken = []
    for text in TEXTS:
        try:
            named(text)
        except ValidationError:
            continue
        taken.append(text)
    return taken


def test_only_plain_names_with_dots_between_are_tables_of_a_source():
    assert taken_by(lambda name: Source.model_validate({"format": "delta", "table": name})) == ["spark_catalog.default.x", "_"]


@pytest.mark.parametrize("name", ["csv.secrets", "JSON.x", "delta.x", "text.x", "parquet.x", "jdbc.x", "binaryFile.x", "a.`/etc/passwd`", "csv.`/etc/passwd`", ".", "a..b"])
def test_a_table_of_a_source_is_no_file_in_disguise(name):
    with pytest.raises(ValidationError, match="source: 'table'"):
        Source.model_validate({"format": "delta", "table": name})


@pytest.mark.parametrize("text", TEXTS)
def test_a_path_that_no_column_has_is_told_and_never_read_as_sql(text):
    schema = T.StructType([T.StructField("page", T.StructType([T.StructField("name", T.StringType())]))])
    for path in (text, f"page.{text}"):
        with pytest.raises(MissingColumnError, match="dimension 'd'"):
            leaf(path, schema, "dimension 'd'")
