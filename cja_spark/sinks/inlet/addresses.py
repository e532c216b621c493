"""Which addresses may be spoken to (KH8): a name is resolved once, and the connection goes to what it then was.

No loopback, link-local, metadata or private address where the author does not allow them, however it is written: also
not inside of an IPv6 address that leads to an IPv4 one.
"""

from __future__ import annotations

import ipaddress
import os
import socket
from collections.abc import Callable

from cja_spark.sinks.chunk import FatalError, RetryableError
from cja_spark.sinks.inlet.place import Place

TEST_MODE = "CJA_TEST_MODE"
Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Resolve = Callable[[str, int], list[str]]
# Metadata of clouds at addresses that look like public ones, and networks that only some releases of Python know.
_NEVER = tuple(map(ipaddress.ip_network, ("168.63.129.16/32", "192.0.0.0/24", "fec0::/10", "3fff::/20", "5f00::/16")))
_NAT64 = tuple(map(ipaddress.IPv6Network, ("64:ff9b::/96", "64:ff9b:1::/48")))
_COMPATIBLE = ipaddress.IPv6Network("::/96")


def resolve(host: str, port: int) -> list[str]:
    """The addresses of a host, by the system."""
    return [str(found[4][0]) for found in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]


def checked(place: Place, *, allow_private: bool, resolve: Resolve = resolve) -> tuple[str, ...]:
    """The addresses of a server, resolved now, each once; all of them have to be allowed.

    Raises:
        RetryableError: the name is not known at the moment.
        FatalError: an address is not allowed, or plain http leaves this machine.
    """
    try:
        found = tuple(dict.fromkeys(address.partition("%")[0] for address in resolve(place.host, place.port)))
    except (OSError, UnicodeError):
        raise RetryableError("network", "dns") from None
    addresses = [ipaddress.ip_address(address) for address in found]
    if not addresses:
        raise RetryableError("network", "dns")
    if not allow_private and not all(is_public(address) for address in addresses):
        raise FatalError("address", "not_public")
    if place.scheme == "http" and not (_testing() and all(address.is_loopback for address in addresses)):
        raise FatalError("address", "plain_http")
    return found


def is_public(address: Address) -> bool:
    """Whether an address is one of the open internet, and so is every other that it stands for."""
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped:
            return is_public(address.ipv4_mapped)
        if not all(map(is_public, _inside(address))):
            return False
    return address.is_global and not address.is_multicast and not any(address in network for network in _NEVER)


def _inside(address: ipaddress.IPv6Address) -> tuple[Address, ...]:
    """IPv4 addresses that an IPv6 one leads to: compatible, 6to4, Teredo, NAT64."""
    if address.sixtofour:
        return (address.sixtofour,)
    if address.teredo:
        return address.teredo
    if address in _COMPATIBLE or any(address in network for network in _NAT64):
        return (ipaddress.IPv4Address(int(address) & 0xFFFFFFFF),)
    return ()


def _testing() -> bool:
    return os.environ.get(TEST_MODE) == "1"
