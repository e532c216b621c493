"""Where a server is: scheme, host and port out of an endpoint, and nothing that could lead elsewhere."""

from __future__ import annotations

import ipaddress
import re
from typing import NamedTuple

_ENDPOINT = re.compile(r"(https?)://(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9.-]+)(?::(\d{1,5}))?/?", re.ASCII)
_LABEL = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?", re.ASCII)


class Place(NamedTuple):
    """A server as an endpoint names it."""

    scheme: str
    host: str
    port: int

    @property
    def authority(self) -> str:
        """Host and port as a request's header names them."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == {"https": 443, "http": 80}[self.scheme] else f"{host}:{self.port}"

    @property
    def origin(self) -> str:
        """The endpoint, written in one way."""
        return f"{self.scheme}://{self.authority}"


def place_of(endpoint: str) -> Place:
    """Read an endpoint: scheme, host, perhaps a port. It is not repeated in errors: it might hold a password.

    Raises:
        ValueError: it is no https or http address, or holds more: user, path, query, fragment.
    """
    found = _ENDPOINT.fullmatch(endpoint)
    if not found:
        raise ValueError("this is no endpoint: write https://HOST or https://HOST:PORT, without user, path and query.")
    port = int(found[3]) if found[3] else 443 if found[1] == "https" else 80
    if not 0 < port < 65536:
        raise ValueError(f"{port} is no port.")
    return Place(found[1], host_of(found[2].removeprefix("[").removesuffix("]")), port)


def host_of(text: str) -> str:
    """A host's name or address, written in one way.

    Raises:
        ValueError: it is neither.
    """
    if ":" in text:
        return str(ipaddress.ip_address(text))
    host = text.lower().removesuffix(".")
    if len(host) > 253 or not all(_LABEL.fullmatch(label) for label in host.split(".")):
        raise ValueError("this is no name of a host: letters, digits and hyphens between dots.")
    return host
