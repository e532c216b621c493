"""What every function of this package gives: something that needs a window, as in SQL."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from pyspark.sql import Column, WindowSpec
from pyspark.sql import functions as F

from cja_spark.errors import ConfigurationError
from cja_spark.functions.window_frames import place


@dataclass(frozen=True)
class NeedsWindow:
    """A function that needs its window: ``f(...).over(window)``, as SQL's ``f(...) OVER (...)``.

    Without `.over` it is no column, and Spark's error about it says `NeedsWindow`.

    Attributes:
        name: the function, as errors call it.
        column: what it is over a window.
    """

    name: str
    column: Callable[[WindowSpec], Column]

    def over(self, window: WindowSpec) -> Column:
        """Compute the function on each row of a window.

        The window is `Window.partitionBy(...).orderBy(...)`, times ascending. A frame of its own is not looked at: each
        function has the frame that its meaning asks for.

        Ties:    as the window orders them; where two rows of a partition can be equal in its order, end it with an id.
        Raises:  ConfigurationError where no window is given. A window without an order is refused by Spark.
        """
        if not isinstance(window, WindowSpec):
            found = getattr(window, "__name__", None) or f"a {type(window).__name__}"
            raise ConfigurationError(f"{self.name}: over() takes Window.partitionBy(...).orderBy(...), not {found}.")
        in_order = place(window).isNotNull()  # always so; refused without an order, and gone from every plan
        return F.when(in_order, self.column(window))
