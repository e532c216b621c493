"""Numbers and days that texts are: the dictionary of values holds texts, whatever the field's type was."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc

_NUMBER = r"\A[+-]?(?:(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?|[Ii]nf(?:inity)?)\z"
_DAY = r"\A[0-9]{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12][0-9]|3[01])"


def numbers_of(texts: pa.Array) -> pa.Array:
    """The number that each text is, null for a text that is none (and for NaN): double.

    >>> numbers_of(pa.array(["12", "-2.5E3", "twelve"])).to_pylist()
    [12.0, -2500.0, None]
    """
    is_number = pc.match_substring_regex(texts, _NUMBER)
    return pc.cast(pc.if_else(is_number, texts, None), pa.float64())


def days_of(texts: pa.Array) -> pa.Array:
    """The ISO day that each text begins with, null for one that begins with none: string; ISO days sort as texts do.

    >>> days_of(pa.array(["2025-03-01", "2025-03-01 10:00:00", "March"])).to_pylist()
    ['2025-03-01', '2025-03-01', None]
    """
    is_day = pc.match_substring_regex(texts, _DAY)
    return pc.utf8_slice_codeunits(pc.if_else(is_day, texts, None), 0, 10)
