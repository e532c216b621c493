"""The access token of an inlet, read from its reference where it is used, and again when it was refused."""

from __future__ import annotations

from cja_spark.errors import ConfigurationError
from cja_spark.secret import revealed
from cja_spark.sinks.chunk import FatalError


def authorization(reference: str) -> str:
    """The header's value for the token behind a reference.

    Raises:
        FatalError: there is nothing behind it, or no header can carry it.
    """
    try:
        token = revealed({"token": reference})["token"]
    except (ConfigurationError, OSError, UnicodeDecodeError):
        raise FatalError("configuration", "token") from None
    if not token.isascii() or not token.isprintable() or " " in token:
        raise FatalError("configuration", "token")
    return f"Bearer {token}"
