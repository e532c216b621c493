"""Settings of a sink of files."""

from __future__ import annotations

from typing import Literal

from cja_spark.sinks.spec import SINKS, Chunked
from cja_spark.spec import Address


@SINKS.register("files")
class Files(Chunked):
    """CSV files of an external audience, for a machine to load: values stand in them as they are.

    Attributes:
        sink: a CSV file per chunk of a run.
        location: the folder that they go to: a path or a URI.
    """

    sink: Literal["files"]
    location: Address
