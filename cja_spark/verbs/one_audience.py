"""What verbs share that name one published audience, change its status, and make no run."""

from __future__ import annotations

import argparse
from typing import Literal

from cja_spark.verbs import Verb
from cja_spark.verbs.places import add_places, open_places, say, step


def on_one_audience(word: Literal["pause", "resume"], meaning: str, said: str) -> Verb:
    """Make the verb of a word: what it means, and what it says of the audience when it is done."""

    def run(asked: argparse.Namespace) -> int:
        _, lake = open_places(asked)
        from cja_spark.audiences.manage import pause, resume

        with step(word):
            entry = (pause if word == "pause" else resume)(lake, asked.audience)
        say(f"{entry.external_name}: {said}")
        return 0

    return Verb(meaning, _arguments, run)


def _arguments(command: argparse.ArgumentParser) -> None:
    add_places(command)
    command.add_argument("audience", help="the audience")
