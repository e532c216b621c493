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
    "reconcile",
    "publish",
    "approve",
    "deliver",
    "due",
    "run-due",
    "pause",
    "resume",
    "rename",
    "renew",
    "delete",
    "migrate",
    "erase",
    "maintain",
    "audit",
    "status",
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
        stops: whether a signal lets it come to a safe place first (R6).
    """

    help: str
    arguments: Callable[[argparse.ArgumentParser], None]
    run: Callable[[argparse.Namespace], int]
    stops: bool = False


def module(verb: str) -> str:
    """How a verb is written where no hyphen may stand: its file, its job, its function."""
    return verb.replace("-", "_")


def verbs() -> dict[str, Verb]:
    """All verbs in the order of their use."""
    return {name: importlib.import_module(f"cja_spark.verbs.{module(name)}").VERB for name in NAMES}


def parser() -> argparse.ArgumentParser:
    """The command line: one sub-command per verb."""
    root = argparse.ArgumentParser(prog="cja", description="Customer Journey Analytics on Spark and Delta Lake.")
    commands = root.add_subparsers(dest="verb", required=True, metavar="VERB")
    for name, verb in verbs().items():
        command = commands.add_parser(name, help=verb.help, description=verb.help)
        command.set_defaults(run=verb.run, stops=verb.stops)
        verb.arguments(command)
    return root
