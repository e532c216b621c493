"""Says from where executors import the package."""

from pyspark.sql import SparkSession


def place(_):
    import cja_spark

    return cja_spark.__file__


if __name__ == "__main__":
    session = SparkSession.builder.getOrCreate()
    found = sorted(set(session.sparkContext.parallelize(range(8), 8).map(place).collect()))
    print("PLACES", *found)  # noqa: T201
    session.stop()
