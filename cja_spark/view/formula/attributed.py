"""``attributed(metric, model, …)``: a metric in a formula with an attribution of its own."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, get_args

from pydantic import ValidationError

from cja_spark.errors import did_you_mean
from cja_spark.view.attribution import Attribution, Model, Weights
from cja_spark.view.formula.nodes import Attributed, Call, Name, Node, Number, Segmented, Text
from cja_spark.view.formula.tokens import fault

if TYPE_CHECKING:
    from cja_spark.view.formula.bind import Given

CHOICES = {"model": get_args(Model), "container": ("session", "person"), "touch": ("each", "runs"), "game": ("sum_game", "rate_game")}
WEIGHTS = tuple(Weights.model_fields)
WORDS = ("model", "container", "lookback", "touch", "half_life", "game", *WEIGHTS)


def attributed(text: str, at: int, given: Sequence[Given]) -> Attributed:
    """A metric with its attribution; the words are those of `attribution:` in a view.

    Raises:
        ValueError: no metric, an unknown word or choice, or what the model cannot take.
    """
    if not given or given[0].word:
        raise fault(text, at, "attributed begins with a metric: attributed(revenue, first_touch).")
    metric = given[0].node
    inside = metric
    while isinstance(inside, Segmented):
        inside = inside.of
    if not isinstance(inside, Name):
        raise fault(text, inside.at, "attribution belongs to one metric, by its name.")
    settings, places = _settings(text, given[1:])
    weights = {name: settings.pop(name) for name in WEIGHTS if name in settings}
    if bool(weights) != (settings.get("model") == "custom"):
        raise fault(text, places.get("model", at), f"{', '.join(WEIGHTS)} say what touches weigh: model custom needs one of them or more, such as first=1; no other takes them.")
    try:
        how = Attribution.model_validate({**settings, **({"weights": weights} if weights else {})})
    except ValidationError as error:
        found = error.errors(include_url=False)[0]
        where = next((places[str(part)] for part in found["loc"][::-1] if part in places), at)
        message = str(found["msg"]).removeprefix("Value error, ")
        named = ".".join(map(str, found["loc"][-1:]))
        raise fault(text, where, f"{named}: {message}" if named and not message.startswith(named) else message) from None
    return Attributed(metric, how, at)


def _settings(text: str, given: Sequence[Given]) -> tuple[dict[str, Any], dict[str, int]]:
    settings: dict[str, Any] = {}
    places: dict[str, int] = {}
    for number, one in enumerate(given):
        if one.word is None and number:
            raise fault(text, one.at, f"after the model comes a name, such as lookback='14 days'. Known: {', '.join(WORDS)}.")
        name = one.word.text if one.word else "model"
        if name not in WORDS:
            raise fault(text, one.at, f"attributed has no argument '{name}'. {did_you_mean(name, WORDS)}")
        if name in settings:
            raise fault(text, one.at, f"'{name}' is given twice.")
        settings[name], places[name] = _word(text, name, one.node), one.node.at
    return settings, places


def _word(text: str, name: str, node: Node) -> str | float:
    if name in CHOICES:
        if not isinstance(node, Name) or node.name not in CHOICES[name]:
            said = node.name if isinstance(node, Name) else ""
            what = f"no {name} named '{said}'." if said else f"'{name}' is a word."
            raise fault(text, node.at, f"{what} {did_you_mean(said, CHOICES[name])}")
        return node.name
    if name in WEIGHTS:
        if isinstance(node, Call) and node.function == "negate" and isinstance(node.given[0], Number):
            return -node.given[0].value
        if not isinstance(node, Number):
            raise fault(text, node.at, f"'{name}' is a number.")
        return node.value
    if isinstance(node, Name) and node.name == "none" and name == "lookback":
        return "none"
    if not isinstance(node, Text):
        raise fault(text, node.at, f"'{name}' is a time in quotes, such as '14 days'.")
    return node.value
