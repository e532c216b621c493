"""Value ids: 64-bit hashes of text that Spark and Python compute alike (rule O2)."""

from __future__ import annotations

import xxhash

NOT_SET, OTHER, ENTRY, EXIT = 0, 1, 2, 3
RESERVED = 16
SEED = 42  # of Spark's xxhash64


def value_id(text: str) -> int:
    """The id of a dimension's value: signed xxhash64 of its UTF-8 bytes, moved out of the reserved 0-15.

    Source: Decision: hashes in 0-15 move to 16-31 and share that fate with whatever hashed there; a shared id
    is found when the dictionary is written.
    """
    signed = _hashed(text)
    return signed + RESERVED if 0 <= signed < RESERVED else signed


def person_key(person_id: str) -> int:
    """The key of a person's journeys: signed xxhash64 of the id's UTF-8 bytes."""
    return _hashed(person_id)


def _hashed(text: str) -> int:
    unsigned = xxhash.xxh64_intdigest(text.encode("utf-8"), seed=SEED)
    return unsigned - (1 << 64) if unsigned >= 1 << 63 else unsigned
