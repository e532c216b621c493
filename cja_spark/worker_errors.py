"""Errors of Python tasks: on the driver they are again the errors that they were where they were raised."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager

from cja_spark import errors
from cja_spark.errors import CjaError

# The last line of a traceback names the class with its module; the message may go on over several lines. What a task
# raised while it handled an own error, or from one, is not that error.
_RAISED = re.compile(
    rf"^{re.escape(errors.__name__)}\.(\w+): ((?:(?!\n\n|\n\s+at ).)*+)(?!\n\n(?:During handling|The above exception))",
    re.MULTILINE | re.DOTALL,
)


def worker_error(error: BaseException) -> CjaError | None:
    """The own error that a Python task ended with; None when it ended with another, or no task failed.

    Spark tells the driver only the traceback's text. Neither pyspark nor Java is needed to read it.
    """
    found = None if isinstance(error, CjaError) else _RAISED.search(str(error))
    kind = getattr(errors, found[1], None) if found else None
    if found is None or not (isinstance(kind, type) and issubclass(kind, CjaError)):
        return None
    return kind(found[2].strip())


@contextmanager
def worker_errors() -> Iterator[None]:
    """Run a block that makes Spark work; an own error of a task is raised as what it was.

    Raises:
        What the task raised.
    """
    try:
        yield
    except Exception as error:
        if (own := worker_error(error)) is None:
            raise
        raise own from error
