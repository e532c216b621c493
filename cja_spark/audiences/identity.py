"""Identities: the key of a profile, its pseudonym, and which identities can be published (A8, A11)."""

from __future__ import annotations

import contextlib
import hashlib
import hmac
import os
import secrets
from functools import cache
from pathlib import Path

import pandas as pd
from pyspark.sql import Column
from pyspark.sql import functions as F
from pyspark.sql.pandas.functions import pandas_udf

from cja_spark.errors import ConfigurationError
from cja_spark.secret import HOW, behind, is_reference

SEPARATOR = "\x1f"
_CODE = r"^[A-Za-z][A-Za-z0-9_]{0,63}$"


def profile_key(namespace: Column, id_: Column) -> Column:
    """Key of a profile: lower-case namespace code, colon, the id unchanged."""
    return F.concat(F.lower(namespace), F.lit(":"), id_)


def invalid(namespace: Column, id_: Column) -> Column:
    """Why an identity cannot be published, null when it can (A11)."""
    key = profile_key(namespace, id_)
    return (
        F.when(namespace.isNull() | ~namespace.rlike(_CODE), F.lit("namespace"))
        .when(id_.isNull(), F.lit("null"))
        .when(~F.is_valid_utf8(id_), F.lit("not_utf8"))
        .when(F.trim(F.regexp_replace(id_, r"[\s\p{Z}]", " ")) == "", F.lit("blank"))
        .when(F.instr(id_, "\x00") > 0, F.lit("nul"))
        .when(F.char_length(id_) > 1024, F.lit("too_long"))
        .when(F.octet_length(key) > 2048, F.lit("key_too_long"))
        .when((F.lower(namespace) == "ecid") & ~id_.rlike(r"^[0-9]{38}\z"), F.lit("ecid"))
    )


def attr_hash(attrs: Column) -> Column:
    """Hash of canonical attributes; null without attributes."""
    return F.when(attrs.isNotNull(), F.xxhash64(attrs))


def change_id(audience_id: Column, run_seq: Column, op: Column, person: Column, attributes: Column) -> Column:
    """Id of a change, equal however often the change is computed."""
    parts = (audience_id, run_seq.cast("string"), op, person, F.coalesce(attributes.cast("string"), F.lit("")))
    return F.sha2(F.concat_ws(SEPARATOR, *parts), 256)


def person_ref(key: Column, pepper: str) -> Column:
    """Pseudonym of a profile: HMAC-SHA-256 under the pepper, hex.

    The plan carries the reference to the pepper, never its value: executors read it themselves.
    """

    def pseudonyms(keys: pd.Series) -> pd.Series:
        secret = read_pepper(pepper)
        return keys.map(lambda text: None if text is None else pseudonym(secret, text))

    column: Column = pandas_udf(pseudonyms, "string")(key)  # type: ignore[call-overload]
    return column


def pseudonym(secret: bytes, key: str) -> str:
    """Pseudonym of one profile key."""
    return hmac.new(secret, key.encode("utf-8"), hashlib.sha256).hexdigest()


def pepper_id(reference: str) -> str:
    """A name for the pepper that does not give it away."""
    return hmac.new(read_pepper(reference), b"cja_spark pepper", hashlib.sha256).hexdigest()[:16]


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
