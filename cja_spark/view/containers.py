"""Names of the containers: what people of a company call a person, a session and an event."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, ValidationError, model_validator
from pydantic_core import InitErrorDetails, PydanticCustomError

from cja_spark.spec import Spec

ContainerName = Annotated[str, Field(pattern=r"\S")]
CONTAINERS = ("person", "session", "event")


class Containers(Spec):
    """What `explain` and the page call containers; YAML has `person`, `session` and `event`, whatever they are called.

    The three names are different, also without case, and none is what YAML calls another container.

    Attributes:
        person: the container of all events of a person.
        session: the container of all events of a session.
        event: the container of one event.
    """

    person: ContainerName = "person"
    session: ContainerName = "session"
    event: ContainerName = "event"

    @model_validator(mode="after")
    def _told_apart(self) -> Containers:
        faults, taken = [], dict[str, str]()
        for container in CONTAINERS:
            name = self.named(container)
            plain = name.strip().casefold()
            if plain in CONTAINERS and plain != container:
                faults.append((container, f"'{name}' is what YAML calls another container; choose another name."))
            elif plain in taken:
                faults.append((container, f"'{name}' is the name of the {taken[plain]} already; the three names differ, also without case."))
            else:
                taken[plain] = container
        if faults:
            details = (InitErrorDetails(type=PydanticCustomError("called", "{text}", {"text": text}), loc=(at,), input=None) for at, text in faults)
            raise ValidationError.from_exception_data(type(self).__name__, list(details))
        return self

    def named(self, container: str) -> str:
        """What one of them is called.

        >>> Containers(session="visit").named("session")
        'visit'
        """
        return str(getattr(self, container))

    def several(self, container: str) -> str:
        """What several of them are called, as English makes it of the name of one.

        >>> Containers(person="party", session="visit").several("person")
        'parties'
        """
        name = self.named(container)
        low = name.lower()
        if not low[-1:].isascii() or not low[-1:].isalpha():
            return name
        if low.endswith("y") and low[-2:-1] not in "aeiou":
            return f"{name[:-1]}ies"
        return f"{name}es" if low.endswith(("s", "x", "z", "ch", "sh")) else f"{name}s"
