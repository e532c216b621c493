"""The first and last bytes of files, on any file system that Spark knows; the driver reads them, without a Spark job."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor

from py4j.java_gateway import JavaObject
from py4j.protocol import Py4JJavaError
from pyspark.sql import SparkSession

from cja_spark.errors import SourceError
from cja_spark.hadoop import hadoop_path, java_class
from cja_spark.sources.items import Item, hadoop
from cja_spark.sources.reasons import why
from cja_spark.sources.spec import Source

STEP = 4096
END = 65536
AT_ONCE = 32  # an object store takes tens of ms to open a file


def heads(spark: SparkSession, source: Source, items: Sequence[Item], enough: Callable[[bytes], bool]) -> list[bytes]:
    """The beginning of each file, decompressed as its name says, up to where `enough` holds or the file ends.

    Raises:
        SourceError: a file is gone, or is not compressed as its name says.
    """
    codecs = java_class(spark, "org.apache.hadoop.io.compress.CompressionCodecFactory")(hadoop(spark, source))

    def head(item: Item, stream: JavaObject) -> bytes:
        codec = codecs.getCodec(hadoop_path(spark, item.path))
        content = stream if codec is None else codec.createInputStream(stream)
        found = b""
        while more := bytes(content.readNBytes(max(STEP, len(found)))):
            found += more
            if enough(found):
                break
        return found

    return _each(spark, source, items, head)


def tails(spark: SparkSession, source: Source, items: Sequence[Item], length: Callable[[bytes], int]) -> list[bytes]:
    """The end of each file: at least as many bytes as `length` finds in the last ones, where the file has them.

    Raises:
        SourceError: a file is gone.
    """

    def tail(item: Item, stream: JavaObject) -> bytes:
        found = _last(stream, item.size, END)
        return found if length(found) <= len(found) else _last(stream, item.size, length(found))

    return _each(spark, source, items, tail)


def _last(stream: JavaObject, size: int, count: int) -> bytes:
    stream.seek(max(size - count, 0))
    return bytes(stream.readNBytes(min(size, count)))


def _each(
    spark: SparkSession, source: Source, items: Sequence[Item], read: Callable[[Item, JavaObject], bytes]
) -> list[bytes]:
    configuration = hadoop(spark, source)

    def opened(item: Item) -> bytes:
        path = hadoop_path(spark, item.path)
        try:
            stream = path.getFileSystem(configuration).open(path)
            try:
                return read(item, stream)
            finally:
                stream.close()
        except Py4JJavaError as error:
            raise SourceError.unreadable(item.dataset, item.path, why(str(error.java_exception))) from error

    with ThreadPoolExecutor(min(AT_ONCE, len(items) or 1)) as readers:
        return list(readers.map(opened, items))
