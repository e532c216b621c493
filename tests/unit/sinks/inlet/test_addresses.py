"""Where a connection may go (KH8): 60 addresses that a name can lead to, names that lead elsewhere the second time."""

import ipaddress

import pytest

from cja_spark.sinks.chunk import FatalError, RetryableError
from cja_spark.sinks.inlet.addresses import TEST_MODE, checked, is_public, resolve
from cja_spark.sinks.inlet.place import Place

HTTPS, HTTP = Place("https", "inlet.test", 443), Place("http", "inlet.test", 80)
INSIDE = [
    "127.0.0.1", "127.8.8.8", "0.0.0.0", "0.1.2.3", "10.0.0.1", "10.255.255.255", "172.16.0.1", "172.31.255.255", "192.168.0.1",
    "169.254.169.254", "169.254.170.2", "100.64.0.1", "100.100.100.200", "168.63.129.16", "192.0.0.192", "198.18.0.1", "192.0.2.1",
    "198.51.100.1", "203.0.113.1", "224.0.0.1", "239.255.255.250", "240.0.0.1", "255.255.255.255",
    "::", "::1", "fe80::1", "fc00::1", "fd00:ec2::254", "ff02::1", "2001:db8::1", "100::1", "fec0::1",
    "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:169.254.169.254", "::ffff:7f00:1", "::127.0.0.1", "::10.0.0.1",
    "2002:7f00:1::", "2002:a9fe:a9fe::1", "2002:c0a8:1::", "64:ff9b::127.0.0.1", "64:ff9b::169.254.169.254", "64:ff9b:1::10.0.0.1",
    "2001:0:7f00:1:0:0:f5ff:fffe",
]  # fmt: skip
OUTSIDE = ["8.8.8.8", "1.1.1.1", "172.15.255.255", "172.32.0.1", "192.167.1.1", "100.63.255.255", "169.253.1.1", "2606:4700::1111",
           "2a00:1450:4001::1", "::ffff:8.8.8.8"]  # fmt: skip


def at(*addresses):
    return lambda host, port: list(addresses)


@pytest.mark.parametrize("address", INSIDE)
@pytest.mark.fault("F15")
def test_an_address_inside_is_refused_unless_it_is_allowed(address):
    assert not is_public(ipaddress.ip_address(address))
    with pytest.raises(FatalError, match="^address not_public$"):
        checked(HTTPS, allow_private=False, resolve=at(address))
    assert checked(HTTPS, allow_private=True, resolve=at(address)) == (address,)


@pytest.mark.parametrize("address", OUTSIDE)
def test_an_address_outside_is_taken(address):
    assert checked(HTTPS, allow_private=False, resolve=at(address)) == (address,)


@pytest.mark.parametrize("addresses", [("8.8.8.8", "127.0.0.1"), ("10.0.0.1", "8.8.8.8"), ("8.8.8.8", "1.1.1.1", "::1")])
def test_one_address_inside_is_enough_to_refuse_a_name(addresses):
    with pytest.raises(FatalError, match="^address not_public$"):
        checked(HTTPS, allow_private=False, resolve=at(*addresses))


def test_each_address_is_told_once_and_without_its_zone():
    assert checked(HTTPS, allow_private=True, resolve=at("1.1.1.1", "1.1.1.1", "fe80::1%eth0")) == ("1.1.1.1", "fe80::1")


@pytest.mark.parametrize("written", ["2130706433", "0x7f000001", "0x7f.1", "0177.0.0.1", "127.1", "127.0.1", "localhost"])
def test_this_machine_is_found_however_it_is_written(written):
    with pytest.raises(FatalError, match="^address not_public$"):
        checked(Place("https", written, 443), allow_private=False)


@pytest.mark.fault("F7")
def test_a_name_that_nobody_knows_may_be_known_later():
    def unknown(host, port):
        raise OSError(f"no such host: {host}")

    for resolves in (unknown, at()):
        with pytest.raises(RetryableError, match="^network dns$"):
            checked(HTTPS, allow_private=False, resolve=resolves)


def test_a_name_that_cannot_be_asked_for_is_told_as_one_that_nobody_knows():
    with pytest.raises(RetryableError, match="^network dns$"):
        checked(Place("https", "a" * 300, 443), allow_private=False)


def test_the_system_resolves():
    assert "127.0.0.1" in resolve("127.0.0.1", 443)


@pytest.mark.parametrize("address", ["127.0.0.1", "::1", "::ffff:127.0.0.1"])
def test_plain_http_stays_on_this_machine_in_test_mode(monkeypatch, address):
    monkeypatch.setenv(TEST_MODE, "1")
    if ipaddress.ip_address(address).is_loopback:
        assert checked(HTTP, allow_private=True, resolve=at(address)) == (address,)
    monkeypatch.delenv(TEST_MODE)
    with pytest.raises(FatalError, match="^address plain_http$"):
        checked(HTTP, allow_private=True, resolve=at(address))


@pytest.mark.parametrize("addresses", [("8.8.8.8",), ("10.0.0.1",), ("127.0.0.1", "10.0.0.1"), ("0.0.0.0",)])
def test_plain_http_leaves_this_machine_never(monkeypatch, addresses):
    monkeypatch.setenv(TEST_MODE, "1")
    with pytest.raises(FatalError, match="^address plain_http$"):
        checked(HTTP, allow_private=True, resolve=at(*addresses))
