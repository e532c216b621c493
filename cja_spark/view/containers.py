"""Names of the containers: what people of a company call a person, a session and an event."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from cja_spark.spec import Spec

ContainerName = Annotated[str, Field(pattern=r"\S")]


class Containers(Spec):
    """What `explain` and the page call containers; YAML has `person`, `session` and `event`, whatever they are called.

    Attributes:
        person: the container of all events of a person.
        session: the container of all events of a session.
        event: the container of one event.
    """

    person: ContainerName = "person"
    session: ContainerName = "session"
    event: ContainerName = "event"

    def named(self, container: str) -> str:
        """What one of them is called.

        >>> Containers(session="visit").named("session")
        'visit'
        """
        return str(getattr(self, container))
