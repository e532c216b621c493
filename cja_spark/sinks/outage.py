"""Outages: whether a sink's place is away or cannot be written, so that its rows have to wait (K2, fatal)."""

from __future__ import annotations

from py4j.java_gateway import is_instance_of
from pyspark import SparkContext

from cja_spark.errors import UnwritableError


def outage(error: Exception) -> str | None:
    """What a file system or a network said, None when the error is no outage.

    Only the kind of a Java exception is told: its text may hold paths of files and values of rows (S8).
    """
    if isinstance(error, UnwritableError):
        cause = error.__cause__
        return (cause.strerror if isinstance(cause, OSError) else None) or type(error).__name__
    java = getattr(error, "java_exception", None) or getattr(error, "_origin", None)
    while java is not None:
        if _is_io(java):
            return str(java.getClass().getSimpleName())
        java = java.getCause()
    return None


def _is_io(java: object) -> bool:
    gateway = SparkContext._gateway
    return gateway is not None and bool(is_instance_of(gateway, java, "java.io.IOException"))
