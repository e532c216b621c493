"""Endpoints: scheme, host and port, and nothing that could lead elsewhere; what may be set about an inlet."""

import pytest
from pydantic import ValidationError

from cja_spark.sinks.inlet.place import Place, host_of, place_of
from cja_spark.sinks.inlet.spec import Inlet
from tests.unit.sinks.inlet.given import HOST, settings

GOOD = [
    ("https://dcs.adobedc.net", Place("https", "dcs.adobedc.net", 443), "dcs.adobedc.net"),
    ("https://dcs.adobedc.net/", Place("https", "dcs.adobedc.net", 443), "dcs.adobedc.net"),
    ("https://DCS.AdobeDC.net.", Place("https", "dcs.adobedc.net", 443), "dcs.adobedc.net"),
    ("https://shop.example:8443", Place("https", "shop.example", 8443), "shop.example:8443"),
    ("http://localhost:8080", Place("http", "localhost", 8080), "localhost:8080"),
    ("http://localhost", Place("http", "localhost", 80), "localhost"),
    ("https://192.0.2.1", Place("https", "192.0.2.1", 443), "192.0.2.1"),
    ("https://[2001:DB8:0::1]:8443", Place("https", "2001:db8::1", 8443), "[2001:db8::1]:8443"),
]


@pytest.mark.parametrize(("text", "place", "authority"), GOOD)
def test_an_endpoint_is_a_scheme_a_host_and_a_port(text, place, authority):
    assert place_of(text) == place
    assert place.authority == authority
    assert place_of(place.origin) == place


BAD = [
    "", "dcs.adobedc.net", "//dcs.adobedc.net", "ftp://dcs.adobedc.net", "HTTPS://dcs.adobedc.net", "file:///etc/passwd",
    "https://", "https:///", "https://u:hunter2@dcs.adobedc.net", "https://u@dcs.adobedc.net", "https://dcs.adobedc.net/collection",
    "https://dcs.adobedc.net?x=1", "https://dcs.adobedc.net#x", "https://dcs.adobedc.net\\@evil.test", "https://a b", "https://a\nb",
    "https://dcs.adobedc.net:0", "https://dcs.adobedc.net:65536", "https://dcs.adobedc.net:", "https://dcs.adobedc.net:٤٤٣",
    "https://.adobedc.net", "https://a..b", "https://-a.test", "https://a-.test", f"https://{'a' * 64}.test",
    f"https://{'.'.join(['a' * 60] * 5)}", "https://dcs.adobedc.nеt", "https://dcs%2eadobedc.net", "https://[::1", "https://[zz]",
    "https://[::1%25eth0]", "https://a_b.test", "https://dcs.adobedc.net\x00", " https://dcs.adobedc.net", "https://dcs.adobedc.net\n",
]  # fmt: skip


@pytest.mark.parametrize("text", BAD, ids=repr)
def test_what_is_more_or_less_than_that_is_refused_and_not_repeated(text):
    with pytest.raises(ValueError) as refused:
        place_of(text)
    assert "hunter2" not in str(refused.value)
    with pytest.raises(ValidationError):
        settings(endpoint=text)


def test_a_host_is_written_in_one_way():
    assert host_of("Shop.Example.") == "shop.example"
    assert host_of("2001:DB8::0:1") == "2001:db8::1"


def test_the_platform_is_where_it_goes_by_itself():
    given = settings().model_dump(exclude={"endpoint", "hosts"})
    assert Inlet.model_validate(given).endpoint == "https://dcs.adobedc.net"


@pytest.mark.parametrize("endpoint", ["https://evil.test", "https://inlet.test.evil.test", "https://xinlet.test", "https://127.0.0.1"])
def test_a_host_that_is_not_listed_is_refused(endpoint):
    with pytest.raises(ValidationError, match=f"is not among hosts: {HOST}. Name it there if you mean it."):
        settings(endpoint=endpoint)


@pytest.mark.parametrize("name", ["Inlet.Test", "inlet.test."])
def test_a_listed_host_is_compared_as_hosts_are(name):
    assert settings(hosts=(name,)).hosts == (HOST,)


@pytest.mark.parametrize("hosts", [(), ("*",), ("*.test",), ("inlet.test", "inlet.test"), ("https://inlet.test",)])
def test_hosts_are_whole_names(hosts):
    with pytest.raises(ValidationError):
        settings(hosts=hosts)


@pytest.mark.parametrize("token", ["hunter2", "Bearer hunter2", "${vault:x}", ""])
def test_a_token_is_a_reference_and_never_repeated(token):
    with pytest.raises(ValidationError, match="this is a secret: write a reference") as refused:
        settings(token=token)
    assert "hunter2" not in str(refused.value)


@pytest.mark.parametrize(("name", "value"), [
    ("connection", "../other"), ("connection", "a/b"), ("connection", "a?b"), ("connection", ""), ("connection", "a" * 129),
    ("organisation", "a\r\nX: y"), ("dataset", ""), ("flow", "a b"), ("flow", "a\nb"), ("flow", "Zoë"), ("xdm_schema", ""),
    ("segment_namespace", "a.b"), ("messages", 0), ("messages", 501), ("records_per_second", 0), ("records_per_second", 10_001),
    ("requests_per_second", 1001), ("rate_group", "a b"), ("concurrency", 0), ("validation", "none"), ("nonsense", 1),
    ("definition", {"xdm_schema": "x", "dataset": "y", "namespace": "z", "more": 1}), ("allow_private", "yes"),
])  # fmt: skip
def test_what_could_break_out_or_is_out_of_bounds_is_refused(name, value):
    with pytest.raises(ValidationError):
        settings(**{name: value})


def test_every_task_has_a_whole_record_and_request_per_second():
    assert settings(records_per_second=4, concurrency=4).concurrency == 4
    with pytest.raises(ValidationError, match="5 tasks cannot share 4 per second: set concurrency to 4 or less"):
        settings(records_per_second=4, concurrency=5)
    with pytest.raises(ValidationError, match="2 tasks cannot share 1 per second"):
        settings(validation="synchronous", concurrency=2)


def test_sinks_of_one_endpoint_and_token_share_a_rate():
    one, same = settings(name="a"), settings(name="b", endpoint="https://INLET.test:443/")
    assert one.group == same.group
    assert settings(token="${env:X}").group != one.group
    assert settings(rate_group="adobe", token="${env:X}").group == settings(rate_group="adobe").group == "adobe"
