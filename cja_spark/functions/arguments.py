"""What is asked of arguments, before Spark sees them."""

from __future__ import annotations

from pyspark.sql import Column
from pyspark.sql import functions as F

from cja_spark.errors import ConfigurationError, did_you_mean

LONGEST_SECONDS = 10_000 * 366 * 86_400  # all times that Spark has
MOST_ROWS = 2**31 - 1


def column(function: str, argument: str, given: Column | str) -> Column:
    """A column, or the column of a name.

    Raises:
        ConfigurationError: neither is given.
    """
    if isinstance(given, str):
        return F.col(given)
    if not isinstance(given, Column):
        raise ConfigurationError(f"{function}: {argument} is a column or its name, not {_told(given)}.")
    return given


def holds(function: str, argument: str, given: Column | str) -> Column:
    """Whether a condition holds; where it is null, it does not."""
    return F.coalesce(column(function, argument, given), F.lit(False))


def label(function: str, given: str) -> str:
    """The name of a channel.

    Raises:
        ConfigurationError: it is no text.
    """
    if not isinstance(given, str):
        raise ConfigurationError(f"{function}: name is a text such as 'Paid', not {_told(given)}.")
    return given


def whole(function: str, argument: str, given: int, least: int, most: int) -> int:
    """A whole number between two bounds, both allowed.

    Raises:
        ConfigurationError: something else is given.
    """
    if isinstance(given, bool) or not isinstance(given, int) or not least <= given <= most:
        raise ConfigurationError(f"{function}: {argument} is a whole number from {least} to {most}, not {_told(given)}.")
    return given


def yes_or_no(function: str, argument: str, given: bool) -> bool:
    """True or False.

    Raises:
        ConfigurationError: something else is given, such as a column.
    """
    if not isinstance(given, bool):
        raise ConfigurationError(f"{function}: {argument} is True or False, not {_told(given)}.")
    return given


def one_of(function: str, argument: str, given: str, known: tuple[str, ...]) -> str:
    """One of several words.

    Raises:
        ConfigurationError: another one is given.
    """
    if given not in known:
        raise ConfigurationError(f"{function}: no {argument} is called {_told(given)}. {did_you_mean(str(given), known)}")
    return given


def _told(given: object) -> str:
    """How an error shows what was given."""
    return f"a column, {given!r}" if isinstance(given, Column) else f"{given!r}"
