"""docs/sinks-inlet.md: its settings are valid, and its message is what they send."""

import re
from pathlib import Path

import pytest
import yaml

from cja_spark.sinks.inlet.answers import Reply, verdict
from cja_spark.sinks.inlet.messages import membership
from cja_spark.sinks.inlet.spec import Inlet
from tests.unit.sinks.inlet.given import AS_OF, AUDIENCE, change

DOCS = Path(__file__).resolve().parents[4] / "docs"
GUIDE = (DOCS / "sinks-inlet.md").read_text(encoding="utf-8")
WRITTEN = dict(re.findall(r"```yaml\n# sinks/(\w+)\.yaml\n(.*?)```", GUIDE, re.DOTALL))
[MESSAGE] = re.findall(r"```json\n(.*?)\n```", GUIDE, re.DOTALL)


def sink(name):
    return Inlet.model_validate({"name": name, **yaml.safe_load(WRITTEN[name])})


@pytest.mark.parametrize("name", WRITTEN)
def test_the_settings_of_the_guide_are_valid(name):
    assert sink(name).sink == "inlet"


def test_the_guide_has_two_sinks_and_the_first_goes_to_the_platform():
    assert [*WRITTEN] == ["platform", "store"]
    assert sink("platform").endpoint == "https://dcs.adobedc.net"
    assert sink("store").delete_flow == "erase-profiles"


def test_the_message_of_the_guide_is_what_is_sent():
    one = change(change_id="c0ffee", id="a@example.com")
    assert membership(sink("platform"), one, (AUDIENCE,), AS_OF).text.decode() == MESSAGE


ROWS = re.findall(r"^\| ([^|\n]*?) \| ([^|\n]*?) \|$", GUIDE, re.MULTILINE)
KINDS = {"halved, and": "DataError", "sent again, all": "RetryableError", "none goes": "FatalError"}
CODES = [(code, kind) for answer, becomes in ROWS for word, kind in KINDS.items() if becomes.startswith(word) for code in re.findall(r"\b[345]\d\d\b", answer)]


@pytest.mark.parametrize(("code", "kind"), CODES)
def test_a_code_of_the_guide_means_what_it_says(code, kind):
    from datetime import UTC, datetime

    with pytest.raises(Exception) as raised:
        verdict(Reply(int(code), None, b"{}"), 1, datetime.now(UTC))
    assert type(raised.value).__name__ == kind


def test_the_guide_names_the_codes_that_the_rules_do():
    assert {code for code, _ in CODES} == {*map(str, (400, 413, 422, 408, 409, 425, 429, 500, 502, 504, 401, 403, 404, 405, 410, 501))}
