"""From a formula's text to its tree: operators by precedence, arguments by the parameters of their function."""

from __future__ import annotations

from functools import lru_cache

from cja_spark.view.formula.bind import Given, bound, called, has_metric
from cja_spark.view.formula.known import COMPUTED
from cja_spark.view.formula.nodes import Name, Node, Number, Segmented, Text
from cja_spark.view.formula.tokens import Token, fault, tokens

MOST_OPERATIONS, DEEPEST = 100, 50
COMPARISONS = {
    "==": "equal", "!=": "not_equal", "<": "less_than", "<=": "less_or_equal", ">": "greater_than", ">=": "greater_or_equal",
}  # fmt: skip
OPERATORS = {
    **{symbol: (1, name) for symbol, name in COMPARISONS.items()},
    "+": (2, "add"), "-": (2, "subtract"), "*": (3, "multiply"), "/": (3, "divide"),
}  # fmt: skip
UNARY = 4


@lru_cache(maxsize=4096)
def parse(text: str) -> Node:
    """The tree of a formula.

    ``orders / sessions``, ``orders[mobile] > 3 * mean(orders)``; tighter first: brackets, the sign, ``* /``, ``+ -``,
    comparisons.

    Raises:
        ValueError: what is wrong first, and at which character.
    """
    parser = _Parser(text)
    found = parser.expression(0)
    parser.take("end", "an operator or the end of the formula is expected")
    if isinstance(found, Text):
        raise fault(text, found.at, "a formula is a number, not a text.")
    return found


class _Parser:
    """A place in a formula's tokens."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.ahead = list(tokens(text))
        self.operations = 0
        self.depth = 0

    @property
    def here(self) -> Token:
        return self.ahead[0]

    def next(self) -> Token:
        return self.ahead.pop(0) if len(self.ahead) > 1 else self.ahead[0]

    def sees(self, symbol: str) -> bool:
        return self.here.kind == "symbol" and self.here.text == symbol

    def fault(self, at: int, why: str) -> ValueError:
        return fault(self.text, at, why)

    def take(self, what: str, expected: str) -> Token:
        """The next token, which must be of a kind or a symbol."""
        if self.here.kind != what and not self.sees(what):
            ended = self.here.kind == "end"
            found = "the formula ends" if ended else f"'{self.here.text}' is here"
            hint = " Between the braces of YAML a formula with commas or brackets needs quotes." if ended else ""
            raise self.fault(self.here.at, f"{expected}, and {found}.{hint}")
        return self.next()

    def expression(self, above: int) -> Node:
        """A part of the formula whose operators bind tighter than a precedence."""
        self.deeper(1)
        left = self.brackets(self.operand())
        while self.here.kind == "symbol" and self.here.text in OPERATORS and OPERATORS[self.here.text][0] > above:
            sign = self.next()
            precedence, name = OPERATORS[sign.text]
            right = self.expression(precedence)
            if precedence == 1 and self.here.text in COMPARISONS:
                raise self.fault(self.here.at, "two values are compared at a time; write and(a < b, b < c).")
            left = self.operation(name, sign, left, right)
        self.deeper(-1)
        return left

    def deeper(self, by: int) -> None:
        self.depth += by
        if self.depth > DEEPEST:
            raise self.fault(self.here.at, f"a formula is nested {DEEPEST} deep at most.")

    def operand(self) -> Node:
        """A number, a text, a metric, a call, a part in parentheses, or one of these with a sign."""
        token = self.here
        if token.kind == "number":
            return Number(float(self.next().text), token.at)
        if token.kind == "text":
            return Text(self.next().text, token.at)
        if self.sees("-"):
            sign = self.next()
            return self.operation("negate", sign, self.expression(UNARY))
        if self.sees("("):
            self.next()
            inside = self.expression(0)
            self.take(")", "')' is expected")
            return inside
        name = self.take("name", "a metric, a number or a function is expected")
        return self.call(name) if self.sees("(") else Name(name.text, name.at)

    def brackets(self, node: Node) -> Node:
        """The segments after a part of the formula."""
        while self.sees("["):
            at = self.next().at
            if not has_metric(node):
                raise self.fault(at, "segments belong to a metric.")
            segments = [self.segment()]
            while self.sees(","):
                self.next()
                segments.append(self.segment())
            self.take("]", "',' or ']' is expected")
            node = Segmented(node, tuple(segments), at)
        return node

    def segment(self) -> Name:
        name = self.take("name", "the name of a segment is expected")
        return Name(name.text, name.at)

    def arguments(self) -> list[Given]:
        """What stands in the parentheses of a call."""
        self.next()
        given: list[Given] = []
        while not self.sees(")"):
            if given:
                self.take(",", "',' or ')' is expected")
            given.append(self.argument())
        self.next()
        return given

    def argument(self) -> Given:
        word = self.here
        if word.kind == "name" and self.ahead[1].text == "=" and self.ahead[1].kind == "symbol":
            self.next()
            self.next()
            return Given(word, self.expression(0))
        return Given(None, self.expression(0))

    def call(self, name: Token) -> Node:
        self.counted(name)
        return called(self.text, name, self.arguments())

    def operation(self, name: str, sign: Token, *sides: Node) -> Node:
        self.counted(sign)
        return bound(self.text, COMPUTED[name], sign.at, [Given(None, side) for side in sides])

    def counted(self, token: Token) -> None:
        self.operations += 1
        if self.operations > MOST_OPERATIONS:
            raise self.fault(token.at, f"a formula has {MOST_OPERATIONS} operations at most; name its parts as metrics.")
