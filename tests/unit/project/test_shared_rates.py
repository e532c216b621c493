"""Sinks that share one rate have to say the same of it (K5)."""

from pathlib import Path

import pytest

from cja_spark.errors import ConfigurationError
from cja_spark.project import load

INLET = """\
sink: inlet
connection: 3f1c0d2e8b7a
organisation: 1234567890@AdobeOrg
dataset: 6151f1a2b3c4d5
xdm_schema: https://ns.adobe.com/shop/schemas/9f8e7d6c
segment_namespace: CJA
token: ${env:INLET_TOKEN}
"""


def faults(folder, **files):
    for name, text in files.items():
        (folder / "sinks" / f"{name}.yaml").write_text(INLET + text, encoding="utf-8")
    try:
        load(folder)
    except ConfigurationError as error:
        return [(Path(one.file).name, one.line, one.message) for one in error.faults]
    return []


def test_two_sinks_of_one_endpoint_and_token_say_the_same(folder):
    assert faults(folder, first="", second="") == []
    found = faults(folder, first="", second="concurrency: 8\nrecords_per_second: 900\n")
    assert [(file, line) for file, line, _ in found] == [("second.yaml", 9), ("second.yaml", 8)]
    assert found[0][2] == "records_per_second: 900, but sink 'first' shares its rate and says 1500. Say the same, or give them a rate_group each."
    assert "INLET_TOKEN" not in str(found)


@pytest.mark.parametrize("apart", ["rate_group: mine\n", "token: ${env:OTHER_TOKEN}\n", "endpoint: https://other.example\nhosts: [other.example]\n"])
def test_what_shares_no_rate_may_differ(folder, apart):
    text = INLET.replace("token: ${env:INLET_TOKEN}\n", "") if "token" in apart else INLET
    (folder / "sinks" / "second.yaml").write_text(f"{text}{apart}concurrency: 8\n", encoding="utf-8")
    assert faults(folder, first="") == []


def test_a_group_is_shared_also_between_endpoints(folder):
    other = "rate_group: all\nendpoint: https://other.example\nhosts: [other.example]\nvalidation: synchronous\nconcurrency: 1\n"
    found = faults(folder, first="rate_group: all\nconcurrency: 1\n", second=other)
    assert [(file, line) for file, line, _ in found] == [("second.yaml", 11)]
