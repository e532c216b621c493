"""The verbs of `cja`: one file each, with its arguments and what it prints."""

from __future__ import annotations

import argparse
import importlib
from collections.abc import Callable
from dataclasses import dataclass

NAMES = (
    "doctor",
    "demo",
    "preflight",
    "connect",
    "stitching",
    "journey",
    "preview",
    "report",
    "explain",
    "trace",
    "publish",
    "approve",
    "deliver",
    "schemas",
    "settings",
)


@dataclass(frozen=True)
class Verb:
    """One word of the command line.

    Attributes:
        help: one line for people.
        arguments: adds the verb's arguments to its parser.
        run: does it and returns the exit code.
    """

    help: str
    arguments: Callable[[argparse.ArgumentParser], None]
    run: Callable[[argparse.Namespace], int]


def verbs() -> dict[str, Verb]:
    """All verbs in the order of their use."""
    return {name: importlib.import_module(f"cja_spark.verbs.{name}").VERB for name in NAMES}


def parser() -> argparse.ArgumentParser:
    """The command line: one sub-command per verb."""
    root = argparse.ArgumentParser(prog="cja", description="Customer Journey Analytics on Spark and Delta Lake.")
    commands = root.add_subparsers(dest="verb", required=True, metavar="VERB")
    for name, verb in verbs().items():
        command = commands.add_parser(name, help=verb.help, description=verb.help)
        command.set_defaults(run=verb.run)
        verb.arguments(command)
    return root
