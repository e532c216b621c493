"""Arguments of functions of experiments: a metric by its name, what it is counted per, the control's value."""

from __future__ import annotations

from cja_spark.errors import guess
from cja_spark.view.formula.experiments import CONTAINERS
from cja_spark.view.formula.functions import Function, Parameter
from cja_spark.view.formula.nodes import Name, Node, Segmented, Text
from cja_spark.view.formula.tokens import fault


def experiment_argument(text: str, parameter: Parameter, node: Node, what: str) -> Node:
    """An argument as it is, where it can be one.

    Raises:
        ValueError: it is of another type, or a metric per which nothing is counted.
    """
    if parameter.kind == "text":
        if not isinstance(node, Text) or not node.value.strip():
            raise fault(text, node.at, f"{what} is a value of the table's dimension, in quotes: control='A'.")
        return node
    if parameter.kind == "container":
        return _container(text, node, what)
    inside = node
    while isinstance(inside, Segmented):
        inside = inside.of
    if not isinstance(inside, Name):
        raise fault(text, inside.at, f"{what} is one metric, by its name, in segments or not.")
    return node


def _container(text: str, node: Node, what: str) -> Node:
    if isinstance(node, Name) and node.name in CONTAINERS:
        return node
    known = f"{', '.join(CONTAINERS[:-1])} or {CONTAINERS[-1]}"
    if isinstance(node, Segmented) and isinstance(node.of, Name) and node.of.name in CONTAINERS:
        raise fault(text, node.at, f"{what} is {known}, all of them; put the segment around the function: lift(…)[segment].")
    near = guess(node.name, CONTAINERS) if isinstance(node, Name) else ""
    raise fault(text, node.at, f"{what} is {known}: the units that the experiment is made of. {near}".rstrip())


def unknown_argument(function: Function, name: str) -> str:
    """What to say of a control where a variant is not compared; nothing otherwise."""
    if function.group != "Experiments" or name != "control" or any(one.name == name for one in function.parameters):
        return ""
    if function.name == "sample_variance":
        return "sample_variance is of each row by itself; it takes no control."
    other = function.name.replace("confidence", "difference")
    return f"{function.name} is of each row by itself; {other} is of its difference from a control."
