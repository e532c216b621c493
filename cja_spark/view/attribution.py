"""Attribution: which values before a conversion its amount is credited to (rules A1-A6)."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, model_validator

from cja_spark.span import Months, Span, parse_span
from cja_spark.spec import Duration, Spec

Model = Literal[
    "last_touch", "first_touch", "same_touch", "linear", "participation", "u_shaped", "j_shaped", "inverse_j", "time_decay",
    "custom", "algorithmic",
]  # fmt: skip
# Weights of the first touch, of those between and of the last one.
SHAPES: dict[str, tuple[float, float, float]] = {
    "u_shaped": (40, 20, 40), "j_shaped": (20, 20, 60), "inverse_j": (60, 20, 20),
}  # fmt: skip
DEFAULT_LOOKBACK = timedelta(days=30)
Weight = Annotated[
    float, BeforeValidator(lambda x: float(x) if isinstance(x, int) and not isinstance(x, bool) else x), Field(ge=0)
]


def _lookback(value: object) -> object:
    return value if value is None or value == "none" else parse_span(value)


Lookback = Annotated[
    Literal["none"] | Span, BeforeValidator(_lookback, json_schema_input_type=Literal["none"] | Span)
]


class Weights(Spec):
    """What the touches of a `custom` model weigh; only their proportion counts.

    Attributes:
        first: the weight of the first touch.
        middle: the weight that those between share.
        last: the weight of the last touch.
    """

    first: Weight
    middle: Weight
    last: Weight

    @model_validator(mode="after")
    def _some_weight(self) -> Weights:
        if self.first + self.middle + self.last == 0:
            raise ValueError("weights: one of first, middle, last must be above 0.")
        return self


class Attribution(Spec):
    """How a metric's amounts are credited to the values of a dimension that were set before.

    `container` and `lookback` say which touches of a conversion count: those of its session, or of its person since the
    report's person scope began; with a lookback those so long before at most. Without a word it is the person's last
    30 days; a session has no lookback unless one is given.

    `algorithmic` shares an amount among the distinct values of its touches, by a `game` (A6). In `sum_game` a set of values
    is worth what those conversions are worth that it alone came before, so that the parts are equal. In `rate_game` it is
    worth the share of its persons that convert.

    With `touch: runs` touches in a row with the same value are one, the first of them that counts; a touch with several
    values is the same only with all of them (A1).

    `half_life` is `time_decay`'s: a touch so much older than the last one weighs half. `weights` are `custom`'s.

    Attributes:
        model: how touches share.
        container: whose touches count.
        lookback: how long before a conversion a touch may be; `none` for no limit but the container.
        touch: `each` event that sets a value is a touch, or only those that begin `runs` of the same value.
        half_life: of `time_decay`: the time in which a touch loses half its weight.
        weights: of `custom`: what touches weigh.
        game: of `algorithmic`: what a set of values is worth.
    """

    model: Model = "last_touch"
    container: Literal["session", "person"] = "person"
    lookback: Lookback | None = None
    touch: Literal["each", "runs"] = "each"
    half_life: Duration | None = None
    weights: Weights | None = None
    game: Literal["sum_game", "rate_game"] | None = None

    @model_validator(mode="after")
    def _of_the_model(self) -> Attribution:
        if self.half_life is not None and (self.model != "time_decay" or not self.half_life):
            raise ValueError("half_life: a time above nothing, for model: time_decay alone.")
        if (self.weights is not None) != (self.model == "custom"):
            raise ValueError("weights: model: custom needs them, and no other model takes them.")
        if self.game is not None and self.model != "algorithmic":
            raise ValueError("game: for model: algorithmic alone.")
        return self

    def looks_back(self) -> timedelta | Months | None:
        """How long before a conversion a touch may be; None where no time says."""
        if self.lookback == "none":
            return None
        if self.lookback is None:
            return DEFAULT_LOOKBACK if self.container == "person" else None
        return self.lookback

    def shape(self) -> tuple[float, float, float] | None:
        """Weights of the first touch, of those between and of the last; None for another kind of model."""
        if self.weights is not None:
            return self.weights.first, self.weights.middle, self.weights.last
        return SHAPES.get(self.model)

    @property
    def of_person(self) -> bool:
        """Whether touches are looked for since the person scope began."""
        return self.container == "person" and self.looks_back() is None

    @property
    def reads_person(self) -> bool:
        """Whether what a person did since the person scope began counts: its touches, or the rates of a game."""
        return self.of_person or self.game == "rate_game"
