"""`cja VERB`: the jobs' functions on a command line, with their exit codes."""

from __future__ import annotations

import argparse
import os
import signal
import sys
import traceback
from collections.abc import Callable, Sequence
from contextlib import nullcontext
from types import FrameType

from cja_spark.errors import CjaError
from cja_spark.secret import without_secrets
from cja_spark.sources.reasons import without_values
from cja_spark.steps import about, step_line, timed
from cja_spark.stopping import Stopped, stopping
from cja_spark.verbs import parser
from cja_spark.worker_errors import worker_errors

Verb = Callable[[argparse.Namespace], int]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one verb; print what a person needs, return the exit code."""
    asked = parser().parse_args(arguments)
    signal.signal(signal.SIGTERM, _terminated)
    run: Verb = asked.run
    try:
        with about(command=asked.verb), timed("command"), worker_errors(), stopping() if asked.stops else nullcontext():
            code = run(asked)
            step_line("command.ended", exit_code=code)
            return code
    except CjaError as error:
        sys.stderr.write(f"cja {asked.verb}: {error}\n")
        return error.exit_code
    except Stopped as stopped:
        sys.stderr.write(f"cja {asked.verb}: {stopped}\n")
        return stopped.exit_code
    except KeyboardInterrupt:
        return 130
    except Exception as error:
        sys.stderr.write(f"{_of_bug(error)}cja {asked.verb}: {_said(error)}\n")
        return CjaError.exit_code


def _of_bug(error: Exception) -> str:
    """Where in the program an error was that nobody foresaw; no line of it shows a value."""
    frames = traceback.extract_tb(error.__traceback__)
    return "".join(f"  {frame.filename}:{frame.lineno} in {frame.name}\n" for frame in frames)


def _said(error: Exception) -> str:
    """The kind of an error and the first line of what it says, without values of rows and secrets (C7)."""
    first = next(iter(str(error).splitlines()), "")
    return f"{type(error).__name__}: {without_values(without_secrets(first))[:200]}"


def _terminated(signum: int, frame: FrameType | None) -> None:
    sys.stderr.write("cja: terminated; run the same command again to finish.\n")
    sys.stderr.flush()
    os._exit(128 + signum)


def job(verb: str) -> None:
    """Entry of `jobs/VERB.py` under spark-submit."""
    sys.exit(main([verb, *sys.argv[1:]]))


if __name__ == "__main__":
    sys.exit(main())
