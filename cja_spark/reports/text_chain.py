"""Functions of the texts that a function gave which looks at other events: once per distinct text."""

from __future__ import annotations

import pyarrow as pa
from pyspark.sql import SparkSession

from cja_spark.journeys.derived.derive import derive, no_lookups
from cja_spark.journeys.derived.formula import Formula, column_name
from cja_spark.view.derived.chain import Chain, with_inputs
from cja_spark.view.derived.input import Input
from cja_spark.view.derived.spec import DerivedField


def chained(chain: Chain, zone: str, texts: pa.Array) -> pa.Array:
    """What the functions make of some texts; null, which is none, is one of them.

    Args:
        chain: the functions.
        zone: the view's time zone.
        texts: the texts.

    Source: O10. Decision: the same columns as when journeys are built, on the dictionary.
    """
    spark = SparkSession.active()
    rows = spark.createDataFrame(pa.table({"at": pa.array(range(len(texts)), pa.int64()), "value": texts}), "at bigint, value string")
    made = rows.transform(derive, [Formula("chain", (("chain", _on_texts(chain)),), zone)], no_lookups)
    column = column_name("chain", as_text=True)
    found = made.select("at", column).toArrow().sort_by("at")
    return found[column].cast(pa.string()).combine_chunks()


def _on_texts(chain: Chain) -> DerivedField:
    def of_value(one: Input) -> Input:
        return Input(field="value") if one.output is not None and one.output == chain.root else one

    return DerivedField.model_construct(functions=tuple(with_inputs(one, of_value) for one in chain.texts), description=None)
