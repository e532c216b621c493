"""Classes of the JVM of a session, and paths on any file system that it knows."""

from __future__ import annotations

from py4j.java_gateway import JavaObject
from pyspark.sql import SparkSession


def java_class(spark: SparkSession, name: str) -> JavaObject:
    """A class of the JVM by its whole name.

    Asked for package by package, the JVM would look through all jars for a class of each package's name.
    """
    return getattr(spark._jvm, name)


def hadoop_path(spark: SparkSession, place: str | JavaObject) -> JavaObject:
    """A place, or its address as a java.net.URI, as Hadoop's path."""
    return java_class(spark, "org.apache.hadoop.fs.Path")(place)
