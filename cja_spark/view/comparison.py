"""A number compared with others, as an author writes it: of a metric's sum, or of how many values a unit has."""

from __future__ import annotations

from typing import Annotated, Self

from pydantic import BeforeValidator, Field, model_validator

from cja_spark.spec import Spec

Number = Annotated[
    float,
    BeforeValidator(lambda x: float(x) if isinstance(x, int) and not isinstance(x, bool) else x),
    Field(allow_inf_nan=False),
]
COMPARISONS = ("at_least", "at_most", "more_than", "less_than", "equals", "does_not_equal")


class Comparison(Spec):
    """A number compared with others, all of which must hold."""

    at_least: Number | None = None
    at_most: Number | None = None
    more_than: Number | None = None
    less_than: Number | None = None
    equals: Number | None = None
    does_not_equal: Number | None = None

    @model_validator(mode="after")
    def _some_comparison(self) -> Self:
        if all(getattr(self, name) is None for name in COMPARISONS):
            raise ValueError(f"{self.compared()} needs one of {', '.join(COMPARISONS)}.")
        if against := self._contradiction():
            one, other = against
            raise ValueError(f"{self.compared()}: nothing is {self._said(one)} and {self._said(other)}.")
        return self

    def compared(self) -> str:
        """What is compared, for a message."""
        return "distinct"

    def _contradiction(self) -> tuple[str, str] | None:
        """Two comparisons that no number meets together."""
        for low in ("at_least", "more_than"):
            for high in ("at_most", "less_than", "equals"):
                if self._apart(low, high, strict=low == "more_than" or high == "less_than"):
                    return low, high
        for high in ("at_most", "less_than"):
            if self._apart("equals", high, strict=high == "less_than"):
                return "equals", high
        same = self.equals is not None and self.equals == self.does_not_equal
        return ("equals", "does_not_equal") if same else None

    def _apart(self, low: str, high: str, strict: bool) -> bool:
        below, above = getattr(self, low), getattr(self, high)
        return below is not None and above is not None and (below > above or (strict and below == above))

    def _said(self, name: str) -> str:
        """A comparison in words: `at least 5`."""
        word = {"equals": "", "does_not_equal": "not "}.get(name, f"{name.replace('_', ' ')} ")
        return f"{word}{getattr(self, name):g}"


class Count(Comparison):
    """How many distinct values an event, session or person has, compared with numbers; a count is 0, 1, 2 and so on."""

    @model_validator(mode="after")
    def _of_counts(self) -> Self:
        if not any(self._holds(count) for count in self._counts()):
            raise ValueError(f"distinct: no count is {' and '.join(self._asked())}; counts are 0, 1, 2 and so on.")
        if all(self._holds(count) for count in self._counts()):
            raise ValueError(f"distinct: every count is {' and '.join(self._asked())}, so all are met; 'at_least: 1' asks for some value.")
        return self

    def _counts(self) -> list[int]:
        """Counts around every number that is asked for: what holds for none or all of them holds for none or all there are."""
        numbers = [int(getattr(self, name)) for name in COMPARISONS if getattr(self, name) is not None]
        return sorted({0, *(count for number in numbers for count in (number - 1, number, number + 1) if count >= 0)})

    def _asked(self) -> list[str]:
        return [self._said(name) for name in COMPARISONS if getattr(self, name) is not None]

    def _holds(self, count: int) -> bool:
        met = {
            "at_least": lambda asked: count >= asked, "at_most": lambda asked: count <= asked, "more_than": lambda asked: count > asked,
            "less_than": lambda asked: count < asked, "equals": lambda asked: count == asked, "does_not_equal": lambda asked: count != asked,
        }  # fmt: skip
        return all(getattr(self, name) is None or met[name](getattr(self, name)) for name in COMPARISONS)
