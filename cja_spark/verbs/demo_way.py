"""The steps that follow generated files, with the places that all of them share."""

from __future__ import annotations

from collections.abc import Mapping

from cja_spark.verbs import parser

STEPS = ("connect", "journey", "report", "publish", "deliver")
Places = Mapping[str, str | None]


def go(project: str, spark: str | None, places: Places) -> int:
    """Run all steps, each as its own command line; the first exit code that is not 0 ends them."""
    for verb in STEPS:
        again = parser().parse_args(step_arguments(verb, project, spark, places))
        code: int = again.run(again)
        if code:
            return code
    return 0


def step_arguments(verb: str, project: str, spark: str | None, places: Places) -> list[str]:
    """The command line of one step of the way. Nobody in the story is real, so its page hides nothing."""
    given = {"project": project, "spark": spark, **places, "fewest-people": "0"}
    if verb != "report":
        del given["out"], given["fewest-people"]
    return [verb, *(part for key, value in given.items() if value for part in (f"--{key}", value))]
