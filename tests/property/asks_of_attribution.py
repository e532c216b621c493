"""Attribution of a metric by several models, drawn at random."""

from __future__ import annotations

LOOKBACKS = ("none", "1 hour", "1 days", "7 days", "1 month")
DIMENSIONS = ("page", "channel", "campaign", "sku", "color", "tags", "tier")


def settings(chance):
    """Whose touches count, as a report or a model says it."""
    found = chance.choice([{}, {}, {"lookback": chance.choice(LOOKBACKS)}]) | chance.choice([{}, {}, {"container": chance.choice(["session", "person"])}])
    return found | chance.choice([{}, {}, {"touch": chance.choice(["runs", "each"])}])


def model(chance, models):
    """One model, by its name alone or with settings of its own."""
    name = chance.choice([*models, "rate_game"])
    if name == "rate_game":
        return {"model": "algorithmic", "game": "rate_game", **settings(chance)}
    if name == "custom":
        weights = chance.choice([(3, 1, 2), (0, 1, 0), (0, 0, 1), (1, 0, 0), (1.5, 1, 0)])
        return {"model": name, "weights": dict(zip(("first", "middle", "last"), weights, strict=True)), **settings(chance)}
    half_life = {"half_life": chance.choice(["1 hour", "1 days"])} if name == "time_decay" and chance.random() < 0.5 else {}
    return chance.choice([name, {"model": name, **half_life, **settings(chance)}]) if not half_life else {"model": name, **half_life, **settings(chance)}


def attribution(chance, models, dimensions):
    """A metric by up to four models, in a list or by names of their own."""
    found = {"report": "attribution", "metric": chance.choice(["orders", "views", "calls", "units"]), "dimension": chance.choice(dimensions),
             "rows": chance.choice([20, 20, 1, 2]), "overlap": chance.choice([3, 3, 2, 8]), **settings(chance)}  # fmt: skip
    plain = [one for one in models if one != "custom"]
    if chance.random() < 0.3:
        return {**found, "models": chance.sample(plain, chance.choice([1, 2, 3]))}
    return {**found, "models": {f"model_{number}": model(chance, models) for number in range(chance.choice([1, 2, 3, 4]))}}
