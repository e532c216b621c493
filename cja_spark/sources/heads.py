"""The first bytes of files, on any file system that Spark knows; the driver reads them, without a Spark job."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial

from py4j.java_gateway import JavaObject
from py4j.protocol import Py4JJavaError
from pyspark.sql import SparkSession

from cja_spark.errors import SourceError
from cja_spark.sources.items import Item
from cja_spark.sources.reasons import why

STEP = 4096
AT_ONCE = 32  # an object store takes tens of ms to open a file


def heads(spark: SparkSession, items: Sequence[Item], enough: Callable[[bytes], bool]) -> list[bytes]:
    """The beginning of each file, decompressed as its name says, up to where `enough` holds or the file ends.

    Raises:
        SourceError: a file is gone, or is not compressed as its name says.
    """
    codecs = spark._jvm.org.apache.hadoop.io.compress.CompressionCodecFactory(  # type: ignore[union-attr]
        spark._jsc.hadoopConfiguration()
    )
    with ThreadPoolExecutor(min(AT_ONCE, len(items) or 1)) as readers:
        return list(readers.map(partial(_head, spark, codecs, enough), items))


def _head(spark: SparkSession, codecs: JavaObject, enough: Callable[[bytes], bool], item: Item) -> bytes:
    path = spark._jvm.org.apache.hadoop.fs.Path(item.path)  # type: ignore[union-attr]
    found = b""
    try:
        stream = path.getFileSystem(spark._jsc.hadoopConfiguration()).open(path)
        try:
            codec = codecs.getCodec(path)
            content = stream if codec is None else codec.createInputStream(stream)
            while more := bytes(content.readNBytes(STEP)):
                found += more
                if enough(found):
                    break
        finally:
            stream.close()
    except Py4JJavaError as error:
        raise SourceError.unreadable(item.dataset, item.path, why(str(error.java_exception))) from error
    return found
