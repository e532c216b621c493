"""The order of arrival: which of two rows came first, whatever their files are called."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from urllib.parse import quote

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from cja_spark.local_rows import local_rows
from cja_spark.sources.items import Item
from cja_spark.table_schema import schema

_KEPT = "/_-!.~'()*,;:$&+=@"  # what java.net.URI leaves as it is in a path; so do letters beyond ASCII
_BEGINNING = r"^([A-Za-z][A-Za-z0-9+.-]*:)/+"  # a scheme is followed by one slash, or by three


def in_order_of_arrival(items: Iterable[Item], first_seen: Mapping[Item, int]) -> list[Item]:
    """Items as they arrived: by the load that took them first, then by time of modification, then by path.

    Args:
        items: what a load takes.
        first_seen: of items that earlier loads took, the first of these.
    """
    last = max(first_seen.values(), default=0) + 1
    return sorted(items, key=lambda item: (first_seen.get(item, last), item.modified_ms, item.path))


def with_arrival(rows: DataFrame, item: str, dataset: str, items: Sequence[Item]) -> DataFrame:
    """Say of each row of a dataset which of a load's items it came with.

    Rows:    The same; an item is listed once per dataset.
    Columns: reads the column named by `item`; adds _arrival int, the item's place in `items`.
    """
    places = [(item.path, at) for at, item in enumerate(items) if item.dataset == dataset]
    if len(places) == 1:
        return rows.withColumn("_arrival", F.lit(places[0][1]))
    known = {_address(path): at for path, at in places} | {_address(_quoted(path)): at for path, at in places}
    listed = local_rows(rows.sparkSession, list(known.items()), schema("_address string, _arrival int"))
    address = F.regexp_replace(item, _BEGINNING, "$1/")
    return rows.withColumn("_address", address).join(listed, on="_address", how="left").drop("_address")


def _quoted(path: str) -> str:
    """A file's address: files are listed by their paths, those of Delta tables by their addresses."""
    return "".join(letter if ord(letter) > 127 and not letter.isspace() else quote(letter, safe=_KEPT) for letter in path)


def _address(path: str) -> str:
    return re.sub(_BEGINNING, r"\1/", path)
