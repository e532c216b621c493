"""Rules A2 and A3 at their boundaries, on the product's kernels and finish: three touches, very many, conversions in a row."""

import pytest

from tests.unit.kernels.by_hand import page
from tests.unit.kernels.test_rules_of_attribution import PLENTY, credited

THIRD = 8 / 3
MODELS_OF_THREE = {  # credit of 8 to the first, the second, the third touch
    "last_touch": (0, 0, 8), "first_touch": (8, 0, 0), "linear": (THIRD, THIRD, THIRD), "participation": (8, 8, 8), "u_shaped": (3.2, 1.6, 3.2),
    "j_shaped": (1.6, 1.6, 4.8), "inverse_j": (4.8, 1.6, 1.6), "algorithmic": (THIRD, THIRD, THIRD),
}  # fmt: skip


@pytest.mark.parametrize("model", MODELS_OF_THREE)
def test_a3_three_touches_are_a_first_one_a_middle_one_and_a_last_one(model):
    total, found = credited([page(0, "a"), page(1, "b"), page(2, "c"), page(9, orders=8)], model=model)
    assert (total, [found.get(name, 0) for name in "abc"]) == (8, pytest.approx(MODELS_OF_THREE[model]))


MODELS_OF_MANY = {  # credit of 1 to values that take turns, by the last of which a person converts
    "last_touch": (0, 1), "first_touch": (1, 0), "linear": (0.5, 0.5), "participation": (1, 1), "u_shaped": (0.5, 0.5),
    "j_shaped": (0.3, 0.7), "inverse_j": (0.7, 0.3), "algorithmic": (0.5, 0.5), "time_decay": (1 / 3, 2 / 3),
}  # fmt: skip


@pytest.mark.parametrize("model", MODELS_OF_MANY)
def test_a3_a_hundred_thousand_touches_of_one_conversion(model):
    events = [page(at, "ab"[at % 2]) for at in range(PLENTY)]
    how = {"half_life": "1 ms"} if model == "time_decay" else {}
    total, found = credited([*events, page(PLENTY, orders=1)], model=model, **how)
    assert (total, [found.get(name, 0) for name in "ab"]) == (1, pytest.approx(MODELS_OF_MANY[model]))


def test_a2_two_conversions_in_a_row_have_the_same_touches():
    events = [page(0, "a"), page(1, "b"), page(2, orders=4), page(2, orders=6)]
    assert credited(events, model="linear") == (10, {"a": 5, "b": 5})
    assert credited(events, model="first_touch") == (10, {"a": 10})
    touching = [page(0, "a"), page(1, "b", orders=4), page(2, "c", orders=6)]
    assert credited(touching, model="linear") == (10, {"a": 4, "b": 4, "c": 2})
    assert credited(touching, model="last_touch") == (10, {"b": 4, "c": 6})
