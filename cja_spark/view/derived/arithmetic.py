"""Formulas of the function math: a small grammar of arithmetic. Nothing is evaluated as Python."""

from __future__ import annotations

import ast
import math
from typing import NamedTuple

OPERATIONS = (ast.Add, ast.Sub, ast.Mult, ast.Div, ast.Pow)


class Formula(NamedTuple):
    """A formula that was read: its tree, the names in it, and how many operators it has."""

    tree: ast.expr
    names: tuple[str, ...]
    operators: int


def read(text: str) -> Formula:
    """Read a formula; ``^`` binds tightest, as on paper.

    Raises:
        ValueError: anything but names, finite numbers, ``+ - * / ^`` and parentheses; no name at all; a number that is
            raised to a power.
    """
    written = text.strip()
    try:
        tree = ast.parse(written.replace("^", "**"), mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        raise ValueError(f"formula: '{text}' is no arithmetic.") from None
    if "**" in written:
        raise ValueError("formula: a power is written ^.")
    nodes = list(ast.walk(tree))
    for node in nodes:
        _allow(node, text)
    names = tuple(dict.fromkeys(node.id for node in nodes if isinstance(node, ast.Name)))
    if not names:
        raise ValueError(f"formula: '{text}' has no input; a number alone is a value.")
    return Formula(tree, names, sum(isinstance(node, ast.BinOp) for node in nodes))


def _allow(node: ast.AST, text: str) -> None:
    if isinstance(node, ast.BinOp) and isinstance(node.op, OPERATIONS):
        if isinstance(node.op, ast.Pow) and isinstance(_inside(node.left), ast.Constant):
            raise ValueError(f"formula: '{text}' raises a number to a power; only inputs are.")
        return
    plain = isinstance(node, (ast.Name, ast.Load, ast.USub, *OPERATIONS))
    number = isinstance(node, ast.Constant) and isinstance(node.value, int | float) and _finite(node.value)
    if not (plain or number or (isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub))):
        raise ValueError(f"formula: in '{text}' only names of inputs, numbers, + - * / ^ and parentheses are known.")


def _finite(value: float) -> bool:
    try:
        return not isinstance(value, bool) and math.isfinite(value)
    except OverflowError:  # a whole number that no double holds
        return False


def _inside(node: ast.expr) -> ast.expr:
    return _inside(node.operand) if isinstance(node, ast.UnaryOp) else node
