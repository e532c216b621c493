"""Formulas drawn at random from all that a view may write."""

from __future__ import annotations

from cja_spark.view.formula.known import FUNCTIONS
from cja_spark.view.formula.parse import parse
from tests.reference.functions import FAMILIES

# Functions that jump: a sum that differs in its last digit would make another answer, so they get whole numbers.
JUMPS = ("ceiling", "floor", "modulo", "round", "not", "equal", "not_equal", "greater_than", "greater_or_equal", "less_than", "less_or_equal")
STEEP = ("exponent", "hyperbolic_sine", "hyperbolic_cosine", "tangent", "power")
EXPERIMENTS = sorted(name for name, one in FUNCTIONS.items() if one.group == "Experiments")
CONTAINERS = ("people", "people", "sessions", "events")
SMOOTH = sorted({*FUNCTIONS} - {*EXPERIMENTS, *JUMPS, *STEEP, "if", "and", "or", "pi", "row_count"} - {name for name in FUNCTIONS if name.startswith(tuple(f"{one}_" for one in FAMILIES))})
REGRESSIONS = sorted(name for name in FUNCTIONS if name.startswith(tuple(f"{one}_" for one in FAMILIES)))
NUMBERS = ("0", "1", "2", "3", "0.5", "10")
ATTRIBUTIONS = (
    "first_touch", "linear", "participation, lookback=none", "container=session", "u_shaped, lookback='1 day'",
    "time_decay, half_life='1 hour'", "custom, first=1, middle=0, last=3", "algorithmic, container=session, lookback='1 hour'",
    "same_touch", "algorithmic, game=rate_game, lookback=none", "linear, touch=runs, lookback='30 minutes'",
)  # fmt: skip


class Draw:
    """Draws formulas.

    Args:
        chance: the source of randomness.
        metrics: names of metrics.
        whole: those whose sums are whole numbers.
        segments: names of segments.
        fields: metrics that can be attributed.
        dimensions: those whose values can be counted.
        success: metrics of experiments.
        controls: values that variants are compared with.
    """

    def __init__(self, chance, metrics, whole, segments=(), fields=(), dimensions=(), success=(), controls=()):
        self.success, self.controls = success, controls
        self.dimensions = dimensions
        self.chance, self.metrics, self.whole, self.segments, self.fields = chance, metrics, whole, segments, fields

    def formula(self):
        """One that loads: constants that give no value, such as ln(0), are drawn again."""
        while True:
            text = self.any_formula()
            try:
                parse(text)
            except ValueError as error:
                if "has no value, on no row" not in str(error):
                    raise
                continue
            return text

    def any_formula(self):
        kind = self.chance.random()
        if kind < 0.2:
            return self.regression()
        if self.success and kind < 0.4:
            return self.experiment() if kind < 0.35 else f"mean({self.experiment()}) + {self.part(1)}"
        return self.part(3)

    def experiment(self):
        chance = self.chance
        name, container = chance.choice(EXPERIMENTS), chance.choice(CONTAINERS)
        counted = {"people": ("people", "sessions"), "sessions": ("sessions",), "events": ()}[container]
        metric = chance.choice([*self.success, *self.success, "events", *counted])
        if self.segments and chance.random() < 0.3:
            metric = f"{metric}[{chance.choice(self.segments)}]"
        parts = [metric, container]
        if any(one.name == "control" for one in FUNCTIONS[name].parameters):
            parts.append(f"{chance.choice(['', 'control='])}'{chance.choice(self.controls)}'")
        if any(one.name == "threshold" for one in FUNCTIONS[name].parameters) and chance.random() < 0.5:
            parts.append(f"threshold={chance.choice(['0.9', '0.99'])}")
        around = f"[{chance.choice(self.segments)}]" if self.segments and chance.random() < 0.2 else ""
        found = f"{name}({', '.join(parts)}){around}"
        return f"total({found})" if FUNCTIONS[name].over == "row" and chance.random() < 0.2 else found

    def part(self, depth, *, over=True):
        chance = self.chance
        kind = chance.random()
        if depth == 0 or kind < 0.15:
            return self.leaf()
        if kind < 0.4:
            sign = chance.choice("+-*/")  # a difference that is 0 but for its last digit is no divisor
            right = self.whole_leaf() if sign == "/" else self.part(depth - 1, over=over)
            return f"({self.part(depth - 1, over=over)} {sign} {right})"
        if kind < 0.5:
            return f"-{self.leaf()}"
        if kind < 0.6:
            return f"total({chance.choice(self.metrics)} + {self.part(1, over=False)})"
        if kind < 0.75:
            return self.jump(depth, over=over)
        return self.call(depth, over=over)

    def leaf(self):
        chance = self.chance
        name = chance.choice(self.metrics)
        kind = chance.random()
        if self.fields and kind < 0.2:
            name = f"attributed({chance.choice(self.fields)}, {chance.choice(ATTRIBUTIONS)})"
        if self.dimensions and chance.random() < 0.15:
            name = f"count_distinct({chance.choice(self.dimensions)})"
        if self.segments and chance.random() < 0.4:
            some = chance.sample(self.segments, chance.choice([1, 1, 2]))
            name = f"{name}[{', '.join(some)}]"
        return name if chance.random() < 0.8 else chance.choice(NUMBERS)

    def whole_leaf(self):
        name = self.chance.choice(self.whole)
        if self.segments and self.chance.random() < 0.4:
            return f"{name}[{self.chance.choice(self.segments)}]"
        return name

    def jump(self, depth, *, over):
        chance, x = self.chance, self.whole_leaf()
        kind = chance.random()
        if kind < 0.35:
            condition = f"{x} {chance.choice(['==', '!=', '<', '<=', '>', '>='])} {chance.choice([self.whole_leaf(), *NUMBERS[:4]])}"
            return chance.choice([
                f"({condition})", f"if({condition}, {self.part(depth - 1, over=over)})",
                f"IF({condition}, {self.part(depth - 1, over=over)}, otherwise={self.leaf()})",
                f"and({condition}, {self.whole_leaf()}, not({self.whole_leaf()}))", f"or({condition}, {self.whole_leaf()} - 1)",
            ])  # fmt: skip
        name = chance.choice(JUMPS)
        if name == "round":
            return f"round({x}, {chance.choice(['0', '1', 'digits=-1', '-2'])})"
        return f"{name}({x})" if name in ("ceiling", "floor", "not") else f"{name}({x}, {chance.choice(['3', '-4', self.whole_leaf()])})"

    def call(self, depth, *, over):
        chance = self.chance
        name = chance.choice([*SMOOTH, "pi", "row_count", *STEEP] if over else [one for one in SMOOTH if FUNCTIONS[one].over == "row"])
        if name in STEEP:
            small = f"({self.whole_leaf()} / 10)"
            return f"power({small}, {chance.choice(['2', '0.5', '-1', '3'])})" if name == "power" else f"{name}({small})"
        return self.called(name, depth, over=over)

    def called(self, name, depth, *, over):
        chance, given = self.chance, []
        for one in FUNCTIONS[name].parameters:
            if one.kind == "flag":
                given += [f"include_zeros={chance.choice(['true', 'false'])}"] if chance.random() < 0.6 else []
            elif one.kind == "number":
                given.append({"k": chance.choice(["25", "90", "-1", "120", "12.5"]), "quarter": chance.choice("01234"),
                              "n": chance.choice(["0", "1", "2", "3", "-1"]), "tails": chance.choice("12")}[one.name])  # fmt: skip
            elif one.kind == "metric":
                given.append(self.metric(depth, over=over))
            elif one.name == "degrees":
                given.append(chance.choice(["5", "30", f"{self.whole_leaf()} + 1"]))
            else:
                given += [self.part(depth - 1, over=over) for _ in range(chance.choice([1, 2, 3]) if one.many else 1)]
        return f"{name}({', '.join(given)})"

    def metric(self, depth, *, over):
        inner = self.part(depth - 1, over=over)
        return f"({inner} + {self.chance.choice(self.metrics)})" if self.chance.random() < 0.5 else self.whole_leaf()

    def regression(self):
        zeros = self.chance.choice(["", ", include_zeros=true", ", true"])
        return f"{self.chance.choice(REGRESSIONS)}({self.whole_leaf()}, {self.whole_leaf()}{zeros})"
