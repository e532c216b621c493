"""Numbers and days that texts are: the dictionary of values holds texts, whatever the field's type was."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

NUMBER = r"\A[+-]?(?:(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?|[Ii]nf(?:inity)?)\z"
_DAY = r"\A[0-9]{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12][0-9]|3[01])"


_NO_NUMBER = 0x7FF8_0000_0000_0001  # the bits of a NaN that no computation makes


def marked(amounts: npt.NDArray[np.float64], where: npt.NDArray[np.bool_]) -> npt.NDArray[np.float64]:
    """Amounts with what is set and no number where it stands: a NaN of its own, so that no sum sees it.

    Shapes: amounts float64[n], where bool[n] -> float64[n].
    """
    return np.where(where, np.array([_NO_NUMBER], np.int64).view(np.float64), amounts)


def is_set(amounts: npt.NDArray[np.float64]) -> npt.NDArray[np.bool_]:
    """Where a field of amounts is set, be it to a number or to what is none: bool[n] of float64[n].

    >>> is_set(marked(np.array([1.0, np.nan, np.nan]), np.array([False, False, True]))).tolist()
    [True, False, True]
    """
    bits = np.ascontiguousarray(amounts).view(np.int64)
    return np.asarray(~np.isnan(amounts) | (bits == _NO_NUMBER), bool)


def numbers_of(texts: pa.Array) -> pa.Array:
    """The number that each text is, null for a text that is none (and for NaN): double.

    >>> numbers_of(pa.array(["12", "-2.5E3", "twelve"])).to_pylist()
    [12.0, -2500.0, None]
    """
    is_number = pc.match_substring_regex(texts, NUMBER)
    return pc.cast(pc.if_else(is_number, texts, None), pa.float64())


def days_of(texts: pa.Array) -> pa.Array:
    """The ISO day that each text begins with, null for one that begins with none: string; ISO days sort as texts do.

    >>> days_of(pa.array(["2025-03-01", "2025-03-01 10:00:00", "March"])).to_pylist()
    ['2025-03-01', '2025-03-01', None]
    """
    is_day = pc.match_substring_regex(texts, _DAY)
    return pc.utf8_slice_codeunits(pc.if_else(is_day, texts, None), 0, 10)
