"""The frames that the functions are made of: from a window only its partition and its order are taken.

A running count that numbers stretches of rows, and then the rows of equal number as a RANGE frame, look ahead in linear
time. A frame from the current row to the end would be read again for each row.
"""

from __future__ import annotations

from pyspark.sql import Column, Window, WindowSpec
from pyspark.sql import functions as F


def place(window: WindowSpec) -> Column:
    """The number of a row in its partition, int from 1."""
    return F.row_number().over(so_far(window))


def so_far(window: WindowSpec) -> WindowSpec:
    """The rows up to this one."""
    return window.rowsBetween(Window.unboundedPreceding, Window.currentRow)


def before(window: WindowSpec) -> WindowSpec:
    """The rows before this one."""
    return window.rowsBetween(Window.unboundedPreceding, -1)


def apart(window: WindowSpec, number: Column, first: int, last: int) -> WindowSpec:
    """The rows of the partition whose number lies so far from this row's; both ends are in."""
    return window.orderBy(number).rangeBetween(first, last)
