"""Named kinds of a thing: a report, a source, a sink finds its spec by the name an author writes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Generic, TypeVar

from cja_spark.errors import ConfigurationError

T = TypeVar("T")


class Registry(Generic[T]):
    """Things of one kind by name; registering a name twice is an error."""

    def __init__(self, kind: str) -> None:
        self.kind = kind
        self._known: dict[str, T] = {}

    def register(self, name: str) -> Callable[[T], T]:
        """Return a decorator that registers its target under `name`.

        Raises:  ConfigurationError when the name is taken.
        """

        def put(thing: T) -> T:
            if name in self._known:
                raise ConfigurationError(f"{self.kind} '{name}' is registered twice.")
            self._known[name] = thing
            return thing

        return put

    def named(self, name: str) -> T:
        """Find a thing by name.

        Raises:
            ConfigurationError: nothing has the name; it names the nearest.
        """
        if name not in self._known:
            raise ConfigurationError.unknown(self.kind, name, self._known)
        return self._known[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._known)

    def __contains__(self, name: object) -> bool:
        return name in self._known
