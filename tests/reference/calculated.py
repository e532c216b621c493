"""Rule Q: calculated metrics over the rows of a report, column by column, as lists of numbers with None for null.

What an analyst writes is a part of Python's own grammar but for four words, so Python's parser reads it; nothing is run.
"""

from __future__ import annotations

import ast
import math
import re
from collections.abc import Callable
from typing import NamedTuple

from tests.reference import experiments
from tests.reference.functions import PLACE, ROW, TABLE, OfRow
from tests.reference.metrics import spec_of

OPERATORS = {
    ast.Add: "add", ast.Sub: "subtract", ast.Mult: "multiply", ast.Div: "divide", ast.Eq: "equal", ast.NotEq: "not_equal",
    ast.Lt: "less_than", ast.LtE: "less_or_equal", ast.Gt: "greater_than", ast.GtE: "greater_or_equal",
}  # fmt: skip
FLAGS = {"true": 1.0, "false": 0.0}
Column = list[float | None]


class Leaf(NamedTuple):
    """What is summed: a metric, of the events that all of some segments keep, credited in a way of its own.

    Or, with `distinct`, a dimension whose values are counted; with `per`, the squares of what each person, session or event
    has of the metric.
    """

    metric: str
    segments: frozenset[str] = frozenset()
    attribution: tuple[tuple[str, object], ...] | None = None
    distinct: str = ""
    per: str = ""


Sums = dict[Leaf, float | None]


class Rows(NamedTuple):
    """Rows of a report: their sums, whether each is one of the rows that column functions run over, the grand total.

    And, per value that rows are compared with, the sums of the control of each row, None where it has none.
    """

    sums: list[Sums]
    shown: list[bool]
    grand: Sums
    controls: Callable[[str], list[Sums | None]] = lambda control: []


class Where(NamedTuple):
    """Inside which segments a part of a formula stands, and whether it is of the grand total."""

    segments: frozenset[str] = frozenset()
    total: bool = False


def calculated(view: dict, metric: str) -> str | None:
    """The formula of a calculated metric."""
    return spec_of(view, "metrics", metric).get("calculate")


def tree(text: str) -> ast.expr:
    """A formula's tree; names of functions count in any case."""
    words = re.sub(r"\b(if|and|or|not)\s*\(", lambda found: f"{found[1].upper()}(", text.strip(), flags=re.IGNORECASE)
    return ast.parse(f"(\n{words}\n)", mode="eval").body


def names(view: dict, metric: str) -> set[str]:
    """Names of all metrics and segments that a column is summed from."""
    found = leaves(view, [metric])
    return {leaf.metric or leaf.distinct for leaf in found}.union(*(leaf.segments for leaf in found))


def leaves(view: dict, metrics: list[str]) -> list[Leaf]:
    """What must be summed so that some metrics can be shown, each once."""
    found: dict[Leaf, None] = {}
    for metric in metrics:
        for leaf, _ in _leaves(view, ast.Name(metric), Where()):
            found[leaf] = None
    return list(found)


def _leaves(view: dict, node: ast.AST, where: Where) -> list[tuple[Leaf, bool]]:  # noqa: PLR0911
    if isinstance(node, ast.Name):
        text = calculated(view, node.id)
        return [(Leaf(node.id, where.segments), where.total)] if text is None else _leaves(view, tree(text), where)
    if isinstance(node, ast.Subscript):
        return _leaves(view, node.value, inside(node, where))
    if isinstance(node, ast.Call) and called(node) == "attributed":
        return [attributed(node, where)]
    if isinstance(node, ast.Call) and called(node) == "count_distinct":
        return [(counted(node, where), where.total)]
    if isinstance(node, ast.Call) and called(node) in experiments.FUNCTIONS:
        return [(leaf, where.total) for leaf in arm(node, where)]
    if isinstance(node, ast.Call):
        inner = where._replace(total=True) if called(node) == "total" else where
        given = [*node.args, *(word.value for word in node.keywords)]
        some = [one for one in given if not (isinstance(one, ast.Name) and one.id in FLAGS)]
        return [leaf for one in some for leaf in _leaves(view, one, inner)]
    return [leaf for one in ast.iter_child_nodes(node) for leaf in _leaves(view, one, where)]


def called(node: ast.Call) -> str:
    """The function of a call."""
    return node.func.id.lower()


def counted(node: ast.Call, where: Where) -> Leaf:
    """The values of a dimension."""
    return Leaf("", where.segments, None, node.args[0].id)


def arm(node: ast.Call, where: Where) -> list[Leaf]:
    """Units, sum and sum of squares of a variant."""
    metric, container, of_metric = *given_to(node)[:2], where
    while isinstance(metric, ast.Subscript):
        metric, of_metric = metric.value, inside(metric, of_metric)
    found = [Leaf(container.id, where.segments), Leaf(metric.id, of_metric.segments)]
    return found if called(node) in experiments.WITHOUT_SQUARES else [*found, found[1]._replace(per=container.id)]


def given_to(node: ast.Call) -> tuple[ast.expr, ast.expr, str | None, float]:
    """What a function of experiments is given: metric, container, control, threshold."""
    names = ["metric", "normalizing", *(["control"] if called(node) in experiments.AGAINST else []), "threshold"]
    found = dict(zip(names, node.args, strict=False)) | {word.arg: word.value for word in node.keywords}
    said = {name: constant(found[name]) for name in ("control", "threshold") if name in found}
    return found["metric"], found["normalizing"], said.get("control"), said.get("threshold", 0.95)


def constant(node: ast.expr) -> str | float:
    """A text, or a number that is the same on every row."""
    return node.value if isinstance(node, ast.Constant) else column({}, node, Rows([{}], [True], {}), Where())[0]


def experiment(node: ast.Call, rows: Rows, where: Where) -> Column:
    """A function of experiments; what is compared with a control is null where no rows are shown."""
    name, (_, _, control, threshold) = called(node), given_to(node)
    needed = arm(node, where)

    def arm_on(sums: Sums | None) -> experiments.Arm | None:
        return None if sums is None else (*(sums.get(leaf, 0.0) for leaf in needed), None)[:3]

    others = rows.controls(control) if control is not None else []
    found: Column = []
    for at, sums in enumerate(rows.sums):
        own = arm_on(rows.grand if where.total else sums)
        hidden = name in experiments.AGAINST and not rows.shown[at]
        found.append(None if hidden else experiments.computed(name, own, arm_on(others[at]) if others else None, threshold))
    return found


def inside(node: ast.Subscript, where: Where) -> Where:
    """The segments in brackets, with those around."""
    some = node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]
    return where._replace(segments=where.segments | {one.id for one in some})


def attributed(node: ast.Call, where: Where) -> tuple[Leaf, bool]:
    """A metric with an attribution of its own."""
    metric, *rest = node.args
    settings = {"model": rest[0].id} if rest else {}
    for word in node.keywords:
        value = word.value
        settings[word.arg] = value.id if isinstance(value, ast.Name) else value.value
    weights = {name: settings.pop(name) for name in ("first", "middle", "last") if name in settings}
    if weights:
        settings["weights"] = tuple(sorted(weights.items()))
    while isinstance(metric, ast.Subscript):
        metric, where = metric.value, inside(metric, where)
    return Leaf(metric.id, where.segments, tuple(sorted(settings.items()))), where.total


def columns(view: dict, metrics: list[str], rows: Rows) -> list[dict[str, float | None]]:
    """The metrics of all rows as they are shown."""
    found = {name: column(view, ast.Name(name), rows, Where()) for name in metrics}
    return [{name: found[name][at] for name in metrics} for at in range(len(rows.sums))]


def column(view: dict, node: ast.AST, rows: Rows, where: Where) -> Column:  # noqa: PLR0911
    """A formula's value on each row."""
    count = len(rows.sums)
    if isinstance(node, ast.Constant):
        return [float(node.value)] * count
    if isinstance(node, ast.Name):
        text = calculated(view, node.id)
        if text is None:
            return summed(Leaf(node.id, where.segments), where.total, rows)
        return [None if x is None else x + 0.0 for x in column(view, tree(text), rows, where)]
    if isinstance(node, ast.Subscript):
        return column(view, node.value, rows, inside(node, where))
    if isinstance(node, ast.UnaryOp):
        return applied("negate", [column(view, node.operand, rows, where)], rows)
    if isinstance(node, ast.BinOp):
        return applied(OPERATORS[type(node.op)], [column(view, one, rows, where) for one in (node.left, node.right)], rows)
    if isinstance(node, ast.Compare):
        sides = [column(view, one, rows, where) for one in (node.left, node.comparators[0])]
        return applied(OPERATORS[type(node.ops[0])], sides, rows)
    name = called(node)
    if name == "attributed":
        return summed(*attributed(node, where), rows)
    if name == "count_distinct":
        return summed(counted(node, where), where.total, rows)
    if name in experiments.FUNCTIONS:
        return experiment(node, rows, where)
    if name == "total":
        return column(view, node.args[0], rows, where._replace(total=True))
    return applied(
        name, [argument(view, one, rows, where) for one in node.args], rows,
        {word.arg: argument(view, word.value, rows, where) for word in node.keywords},
    )  # fmt: skip


def argument(view: dict, node: ast.AST, rows: Rows, where: Where) -> Column:
    """What is given to a function; true is 1 and false 0."""
    if isinstance(node, ast.Name) and node.id in FLAGS:
        return [FLAGS[node.id]] * len(rows.sums)
    return column(view, node, rows, where)


def summed(leaf: Leaf, total: bool, rows: Rows) -> Column:
    """A leaf's sums; one that is missing is 0."""
    return [(rows.grand if total else sums).get(leaf, 0.0) for sums in rows.sums]


def applied(name: str, given: list[Column], rows: Rows, named: dict[str, Column] | None = None) -> Column:
    """A function on columns: row by row, over the rows that are shown, or by their order."""
    count, named = len(rows.sums), named or {}
    if name in ROW:
        return [
            settled(ROW[name], [one[at] for one in given], {word: one[at] for word, one in named.items()})
            for at in range(count)
        ]
    shown = [at for at in range(count) if rows.shown[at]]
    if name == "row_count":
        return [float(len(shown))] * count
    kind = TABLE if name in TABLE else PLACE
    own = [[one[at] for at in shown] for one in given]
    found = kind[name](*own, **{word: one[0] for word, one in named.items()})
    if name in TABLE:
        return [finite(found)] * count
    result: Column = [None] * count
    for at, value in zip(shown, found, strict=True):
        result[at] = finite(value)
    return result


def settled(function: OfRow, given: list[float | None], named: dict[str, float | None]) -> float | None:
    """A function of one row; null propagates, and what has no value is null."""
    if not function.takes_null and None in (*given, *named.values()):
        return None
    try:
        return finite(function.compute(*given, **named))
    except (ZeroDivisionError, ValueError, OverflowError):
        return None


def finite(value: float | None) -> float | None:
    """The value; null where it is no number."""
    if value is None or not math.isfinite(value):
        return None
    return float(value)
