"""Identities: the key of a profile, its pseudonym, and which identities can be published (A8, A11)."""

from __future__ import annotations

from pyspark.sql import Column
from pyspark.sql import functions as F

from cja_spark.audiences.tables import MEMBERS
from cja_spark.connection.erased import peppers_of
from cja_spark.lake import Lake
from cja_spark.pseudonyms import (
    other_pepper,
    pepper_beside,
    pepper_id,
    person_ref,
    profile_key,
    pseudonym,
    read_pepper,
    require_pepper_of,
)

__all__ = (
    "SEPARATOR", "attr_hash", "change_id", "invalid", "pepper_beside", "pepper_id", "person_ref", "profile_key", "pseudonym",
    "read_pepper", "require_pepper",
)  # fmt: skip
SEPARATOR = "\x1f"
_CODE = r"^[A-Za-z][A-Za-z0-9_]{0,63}\z"  # `$` also comes before a last line break


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


def require_pepper(lake: Lake, pepper: str) -> None:
    """Compare stored pseudonyms with this pepper's: with another one no member and nobody who was erased would be known (S10).

    Raises:
        VersionError: the pepper changed.
    """
    require_pepper_of(peppers_of(lake), pepper)
    some = lake.table(MEMBERS).rows("profile_key", "person_ref", limit=1)
    if any(pseudonym(read_pepper(pepper), row["profile_key"]) != row["person_ref"] for row in some):
        raise other_pepper()
