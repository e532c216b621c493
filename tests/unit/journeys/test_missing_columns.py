"""A field that events do not have: the columns that there are, without those that derived fields are kept in."""

import pytest
from pyspark.sql import types as T

from cja_spark.errors import MissingColumnError
from cja_spark.journeys.derived.formula import column_name
from cja_spark.journeys.fields import leaf


def test_known_columns_are_those_of_the_data():
    names = (column_name("one", as_text=False), column_name("one", as_text=True), "_tenant", "page")
    schema = T.StructType([T.StructField(name, T.StringType()) for name in names])
    with pytest.raises(MissingColumnError) as caught:
        leaf("channel", schema, "dimension 'channel'")
    assert str(caught.value).endswith("Known: _tenant, page.")
