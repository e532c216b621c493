"""The first and last bytes of files, on any file system that Spark knows; the driver reads them, without a Spark job."""

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
END = 65536
AT_ONCE = 32  # an object store takes tens of ms to open a file


def heads(spark: SparkSession, items: Sequence[Item], enough: Callable[[bytes], bool]) -> list[bytes]:
    """The beginning of each file, decompressed as its name says, up to where `enough` holds or the file ends.

    Raises:
        SourceError: a file is gone, or is not compressed as its name says.
    """
    codecs = _hadoop(spark).io.compress.CompressionCodecFactory(spark._jsc.hadoopConfiguration())

    def head(item: Item, stream: JavaObject) -> bytes:
        codec = codecs.getCodec(_hadoop(spark).fs.Path(item.path))
        content = stream if codec is None else codec.createInputStream(stream)
        found = b""
        while more := bytes(content.readNBytes(STEP)):
            found += more
            if enough(found):
                break
        return found

    return _each(spark, items, head)


def tails(spark: SparkSession, items: Sequence[Item], length: Callable[[bytes], int]) -> list[bytes]:
    """The end of each file: at least as many bytes as `length` finds in the last ones, where the file has them.

    Raises:
        SourceError: a file is gone.
    """

    def tail(item: Item, stream: JavaObject) -> bytes:
        found = _last(stream, item.size, END)
        return found if length(found) <= len(found) else _last(stream, item.size, length(found))

    return _each(spark, items, tail)


def _last(stream: JavaObject, size: int, count: int) -> bytes:
    stream.seek(max(size - count, 0))
    return bytes(stream.readNBytes(min(size, count)))


def _each(spark: SparkSession, items: Sequence[Item], read: Callable[[Item, JavaObject], bytes]) -> list[bytes]:
    with ThreadPoolExecutor(min(AT_ONCE, len(items) or 1)) as readers:
        return list(readers.map(partial(_opened, spark, read), items))


def _opened(spark: SparkSession, read: Callable[[Item, JavaObject], bytes], item: Item) -> bytes:
    path = _hadoop(spark).fs.Path(item.path)
    try:
        stream = path.getFileSystem(spark._jsc.hadoopConfiguration()).open(path)
        try:
            return read(item, stream)
        finally:
            stream.close()
    except Py4JJavaError as error:
        raise SourceError.unreadable(item.dataset, item.path, why(str(error.java_exception))) from error


def _hadoop(spark: SparkSession) -> JavaObject:
    return spark._jvm.org.apache.hadoop  # type: ignore[union-attr]
