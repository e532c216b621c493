"""Calculated metrics: a small grammar of arithmetic over metric names. Nothing is evaluated as Python."""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping

_OPERATIONS: dict[type[ast.operator], Callable[[float, float], float | None]] = {
    ast.Add: lambda x, y: x + y,
    ast.Sub: lambda x, y: x - y,
    ast.Mult: lambda x, y: x * y,
    ast.Div: lambda x, y: x / y if y else None,
}


def _tree(text: str) -> ast.expr:
    try:
        return ast.parse(text.strip(), mode="eval").body
    except SyntaxError as error:
        raise ValueError(f"calculate: '{text}' is no arithmetic at character {error.offset}.") from None


def names_in(text: str) -> tuple[str, ...]:
    """Metric names of an expression, in order of appearance.

    Raises:
        ValueError: anything but names, numbers, ``+ - * /`` and parentheses; the message gives the character.
    """
    found: list[str] = []

    def visit(node: ast.expr) -> None:
        if isinstance(node, ast.Name):
            found.append(node.id)
        elif isinstance(node, ast.BinOp) and type(node.op) in _OPERATIONS:
            visit(node.left)
            visit(node.right)
        elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
            visit(node.operand)
        elif not (isinstance(node, ast.Constant) and type(node.value) in (int, float)):
            raise ValueError(
                f"calculate: character {node.col_offset + 1} of '{text}': "
                "only metric names, numbers, + - * / and parentheses are known."
            )

    visit(_tree(text))
    return tuple(dict.fromkeys(found))


def calculate(text: str, amounts: Mapping[str, float | None]) -> float | None:
    """Value of an expression; null propagates and x/0 is null (rule Q)."""

    def value(node: ast.expr) -> float | None:
        if isinstance(node, ast.Name):
            return amounts.get(node.id, 0.0)
        if isinstance(node, ast.Constant):
            return float(node.value)  # type: ignore[arg-type]
        if isinstance(node, ast.UnaryOp):
            inner = value(node.operand)
            return None if inner is None else -inner
        assert isinstance(node, ast.BinOp)
        left, right = value(node.left), value(node.right)
        return None if left is None or right is None else _OPERATIONS[type(node.op)](left, right)

    return value(_tree(text))
