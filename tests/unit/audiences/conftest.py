"""One lake for all tests of audiences and their sinks: each test has its own audience in it."""

import pytest


@pytest.fixture(scope="module")
def place(spark, tmp_path_factory):
    from cja_spark.lake import Lake

    return Lake(spark, str(tmp_path_factory.mktemp("audiences") / "lake"))
