"""Which of several specs a mapping is, told by the key that it has."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping

from cja_spark.errors import guess


def has(value: object, key: str) -> bool:
    """Whether what an author wrote, or the spec that it became, has a key."""
    return key in value if isinstance(value, Mapping) else hasattr(value, key)


def kind_by_key(kinds: Mapping[str, str]) -> Callable[[object], str | None]:
    """A discriminator: the kind of the first key that a value has."""
    return lambda value: next((kind for key, kind in kinds.items() if has(value, key)), None)


def with_a_key(what: str, keys: Collection[str], also: Collection[str] = ()) -> Callable[[object], object]:
    """A validator that refuses a mapping without any of the keys and says which was probably meant.

    Args:
        what: what the mapping is, such as `a condition has`.
        keys: the keys that are told.
        also: keys that are told elsewhere.
    """

    def checked(value: object) -> object:
        if isinstance(value, Mapping) and not any(key in value for key in (*keys, *also)):
            near = " ".join(filter(None, (guess(str(key), keys) for key in value)))
            raise ValueError(f"{what} one of the keys {', '.join(keys)}. {near}".rstrip())
        return value

    return checked
