"""Exit codes: each error has one, and a command that did several things has the one that matters most."""

import inspect

import pytest

from cja_spark import errors


@pytest.mark.parametrize(
    ("codes", "code"),
    [
        ([], 0),
        ([0, 0], 0),
        ([0, 4, 7], 7),
        ([7, 6, 5], 5),
        ([4, 3, 0, 5], 3),
        ([3, 2], 2),
        ([2, 8, 7], 8),
        ([8, 2, 1], 1),
    ],
    ids=str,
)
def test_of_several_results_the_one_that_a_scheduler_must_act_on_first_decides(codes, code):
    assert errors.worst(codes) == code
    assert errors.worst(reversed(codes)) == code


def test_every_error_has_a_code_that_several_results_can_be_ranked_by():
    own = [one for _, one in inspect.getmembers(errors, inspect.isclass) if issubclass(one, errors.CjaError)]
    assert {one.exit_code for one in own} == set(errors.SEVERITY) - {0}


def test_a_code_that_no_error_has_is_refused():
    with pytest.raises(ValueError):
        errors.worst([0, 130])
