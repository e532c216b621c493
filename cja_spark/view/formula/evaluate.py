"""Formulas on the rows of a report: each part is a column, float64[rows] with NaN for null (rule Q)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from cja_spark.view.formula.experiments import Arm
from cja_spark.view.formula.functions import Floats, Function
from cja_spark.view.formula.known import COMPUTED
from cja_spark.view.formula.nodes import (
    Attributed,
    Call,
    Distinct,
    GrandTotal,
    Name,
    Node,
    Number,
    Segmented,
    Text,
    inner,
)
from cja_spark.view.formula.uses import Formulas, Measure, arm_of, is_experiment, measure_of, stacked

Bools = npt.NDArray[np.bool_]
Value = Floats | float


@dataclass(frozen=True, eq=False)
class Sheet:
    """The summed rows of a report.

    Attributes:
        sums: per measure its sum on each row, float64[rows], NaN where it is not known.
        totals: per measure its grand total.
        shown: bool[rows], the rows that functions over rows run over, in their order; not totals and *other*.
        controls: per value that rows are compared with, and per measure, its sum on the control of each row, float64[rows];
            NaN where there is none.
    """

    sums: Mapping[Measure, Floats]
    totals: Mapping[Measure, float]
    shown: Bools
    controls: Mapping[str, Mapping[Measure, Floats]] = field(default_factory=dict)


@dataclass(frozen=True)
class _Where:
    """Inside which segments a part of a formula stands, and whether it is of the grand total."""

    segments: tuple[str, ...] = ()
    total: bool = False


def column(name: str, formulas: Formulas, sheet: Sheet) -> Floats:
    """A metric's column; the sums themselves where it is not calculated.

    Shapes: -> float64[rows].
    Source: Q: a missing sum is 0; what has no finite value is null, null propagates; -0 is 0.
    """
    if name not in formulas:
        return sheet.sums[Measure(name)]
    with np.errstate(all="ignore"):
        return _Evaluation(formulas, sheet).metric(name, _Where())


class _Evaluation:
    """One evaluation; what a calculated metric is worth is computed once."""

    def __init__(self, formulas: Formulas, sheet: Sheet) -> None:
        self.formulas = formulas
        self.sheet = sheet
        self.known: dict[tuple[str, _Where], Floats] = {}

    def metric(self, name: str, where: _Where) -> Floats:
        if name not in self.formulas:
            return self.summed(Measure(name, where.segments), where)
        ahead = [(name, where)]  # parts first, without recursion: metrics may be made of each other as deep as a view is large
        while ahead:
            one = ahead[-1]
            if missing := [] if one in self.known else [part for part in self.parts(*one) if part not in self.known]:
                ahead += missing
                continue
            ahead.pop()
            if one not in self.known:
                self.known[one] = self.column(self.formulas[one[0]], one[1]) + 0.0
        return self.known[name, where]

    def parts(self, name: str, where: _Where) -> list[tuple[str, _Where]]:
        """The calculated metrics in the formula of one, each where it stands."""
        found: list[tuple[str, _Where]] = []
        ahead = [(self.formulas[name], where)]
        while ahead:
            node, here = ahead.pop()
            if isinstance(node, Name) and node.name in self.formulas:
                found.append((node.name, here))
            if isinstance(node, Segmented):
                here = _Where(stacked(here.segments, tuple(one.name for one in node.segments)), here.total)
            if isinstance(node, GrandTotal):
                here = _Where(here.segments, total=True)
            ahead += [(part, here) for part in ([] if isinstance(node, Attributed) else inner(node))]
        return found

    def summed(self, measure: Measure, where: _Where) -> Floats:
        if where.total:
            return self.everywhere(self.sheet.totals[measure])
        return _finite(self.sheet.sums[measure])

    def column(self, node: Node, where: _Where) -> Floats:
        """A part of a formula as a column."""
        match node:
            case Number():
                return self.everywhere(node.value)
            case Name():
                return self.metric(node.name, where)
            case Call():
                return self.call(node, where)
            case Segmented():
                names = tuple(one.name for one in node.segments)
                return self.column(node.of, _Where(stacked(where.segments, names), where.total))
            case GrandTotal():
                return self.column(node.of, _Where(where.segments, total=True))
            case Attributed() | Distinct():
                return self.summed(measure_of(node).within(where.segments), where)
        raise AssertionError(f"{node} is no value")

    def everywhere(self, value: float) -> Floats:
        return _finite(np.full(len(self.sheet.shown), value, np.float64))

    def call(self, node: Call, where: _Where) -> Floats:
        function = COMPUTED[node.function]
        if node.function == "row_count":
            return self.everywhere(float(np.count_nonzero(self.sheet.shown)))
        if is_experiment(node):
            return self.experiment(function, node, where)
        given = [self.argument(function, at, part, where) for at, part in enumerate(node.given)]
        if function.over == "row":
            return self.each_row(function, given)
        found = function.compute(*(one if isinstance(one, float) else one[self.sheet.shown] for one in given))
        if function.over == "table":
            return self.everywhere(found)
        column = self.everywhere(np.nan)
        column[self.sheet.shown] = _finite(found)
        return column

    def experiment(self, function: Function, node: Call, where: _Where) -> Floats:
        """A function of experiments on the sums of each row, and of its control where it is compared with one."""
        measures = [one.within(where.segments) for one in arm_of(node)]
        arms = [_arm([self.summed(one, where) for one in measures])]
        control = next((one.value for one in node.given if isinstance(one, Text)), None)
        if control is not None:
            nothing = self.everywhere(np.nan)
            there = self.sheet.controls.get(control, {})
            arms.append(_arm([_finite(there.get(one, nothing)) for one in measures]))
        found = _finite(function.compute(*arms, *(one.value for one in node.given if isinstance(one, Number))))
        return found if function.over == "row" else np.where(self.sheet.shown, found, np.nan)

    def argument(self, function: Function, at: int, node: Node, where: _Where) -> Value:
        parameter = function.parameters[min(at, len(function.parameters) - 1)]
        if parameter.kind in ("number", "flag"):
            assert isinstance(node, Number)
            return node.value
        return self.column(node, where)

    def each_row(self, function: Function, given: list[Value]) -> Floats:
        found = np.broadcast_to(function.compute(*given), len(self.sheet.shown)).astype(np.float64)
        if not function.takes_null:
            for one in given:
                found[np.isnan(one)] = np.nan
        return _finite(found)


def _arm(sums: list[Floats]) -> Arm:
    metric, units, *squares = sums
    return Arm(metric, squares[0] if squares else np.full(len(metric), np.nan), units)


def _finite(values: Floats) -> Floats:
    return np.where(np.isfinite(values), values, np.nan)
