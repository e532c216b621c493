"""Identifiers: names that become part of SQL text, because Delta's parser takes no parameter in their place."""

from __future__ import annotations

import re

from cja_spark.errors import ConfigurationError

_IDENTIFIER = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,127}")


def is_identifier(name: str) -> bool:
    """Whether each part of a name is letters, digits and _ (publishing.md, rule S3)."""
    return all(_IDENTIFIER.fullmatch(part) for part in name.split("."))


def quoted(name: str) -> str:
    """A name of one or more parts as SQL takes it.

    >>> quoted("main.shop.audience_changes")
    '`main`.`shop`.`audience_changes`'

    Raises:
        ConfigurationError: a part is more than letters, digits and _.
    Source: publishing.md, rule S3.
    """
    parts = name.split(".")
    for part in parts:
        if not _IDENTIFIER.fullmatch(part):
            raise ConfigurationError(f"'{part}' in '{name}' is no name of a table or schema: a letter, then letters, digits and _.")
    return ".".join(f"`{part}`" for part in parts)
