"""Pseudonyms: what stands for a person where the person's id must not: HMAC-SHA-256 under this installation's pepper."""

from __future__ import annotations

import contextlib
import hashlib
import hmac
import os
import secrets
from collections.abc import Iterable
from functools import cache
from pathlib import Path

import pandas as pd
from pyspark.sql import Column
from pyspark.sql import functions as F
from pyspark.sql.pandas.functions import pandas_udf

from cja_spark.errors import ConfigurationError, VersionError
from cja_spark.secret import HOW, behind, is_reference


def profile_key(namespace: Column, id_: Column) -> Column:
    """Key of a profile: lower-case namespace code, colon, the id unchanged."""
    return F.concat(F.lower(namespace), F.lit(":"), id_)


def person_ref(key: Column, pepper: str) -> Column:
    """Pseudonym of a profile: HMAC-SHA-256 under the pepper, hex.

    The plan carries the reference to the pepper, never its value: executors read it themselves.
    """

    def pseudonyms(keys: pd.Series) -> pd.Series:
        secret = read_pepper(pepper)
        return keys.map(lambda text: None if text is None else pseudonym(secret, text))

    column: Column = pandas_udf(pseudonyms, "string")(key)  # type: ignore[call-overload]  # pyspark types the decorator, not the call
    return column


def pseudonym(secret: bytes, key: str) -> str:
    """Pseudonym of one profile key."""
    return hmac.digest(secret, key.encode("utf-8"), "sha256").hex()


def pepper_id(reference: str) -> str:
    """A name for the pepper that does not give it away."""
    return hmac.new(read_pepper(reference), b"cja_spark pepper", hashlib.sha256).hexdigest()[:16]


def require_pepper_of(names: Iterable[str | None], reference: str) -> None:
    """Compare the names of the peppers that persons were suppressed under with this one's: with another one nobody of them would be known.

    Raises:
        VersionError: the pepper changed.
    """
    if {*names} - {None, pepper_id(reference)}:
        raise other_pepper()


def other_pepper() -> VersionError:
    """The pepper changed (S10)."""
    return VersionError("The pepper is not the one that this lake was published with; bring the old one back.")


@cache
def read_pepper(reference: str) -> bytes:
    """The pepper behind a reference, at least 16 bytes.

    Raises:
        ConfigurationError: no reference, nothing behind it, or too short.
    """
    if not is_reference(reference):
        raise ConfigurationError(f"The pepper is a secret: {HOW}.")
    secret = behind(reference)
    if len(secret) < 16:
        raise ConfigurationError(f"{reference}: the pepper has {len(secret)} bytes and needs 16 or more.")
    return secret


def pepper_beside(location: str) -> str:
    """The reference to this installation's pepper: CJA_PEPPER, else a file beside a lake on a local disk.

    CJA_PEPPER is the pepper, which executors then need in their environment too, or itself a reference to a file that
    they can read.
    The file is made the first time, readable by its owner only, outside the lake so that no copy of the lake has it.

    Raises:
        ConfigurationError: CJA_PEPPER is not set and the lake is not on a local disk.
    """
    if given := os.environ.get("CJA_PEPPER"):
        return given if is_reference(given) else "${env:CJA_PEPPER}"
    local = location.removeprefix("file://").removeprefix("file:")
    if "://" in local or local.startswith("catalogue:"):
        raise ConfigurationError("CJA_PEPPER is not set: a lake that is not on a local disk needs its own pepper.")
    place = Path(local).resolve()
    file = place.with_name(f"{place.name}.pepper")
    if not file.exists():
        file.parent.mkdir(parents=True, exist_ok=True)
        new = file.with_name(f"{file.name}.{os.getpid()}")
        with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as written:
            written.write(secrets.token_hex(32))
        with contextlib.suppress(FileExistsError):
            file.hardlink_to(new)
        new.unlink()
    return f"${{file:{file}}}"
