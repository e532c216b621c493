"""I8: fifty secrets, fifty identities and the pepper go the whole way; nothing that people read afterwards has them (C7).

One process runs every verb with Spark's event log on; some of them fail on purpose.
"""

from __future__ import annotations

import base64
import json
import os
import secrets
import subprocess
import sys
from pathlib import Path
from urllib.parse import quote

import pyarrow.parquet as pq
import pytest
import yaml

from cja_spark.session import profile_settings
from tests.bad_input.shop import Shop, event, lines
from tests.conftest import QUICK
from tests.unit.audiences.shop import BUYERS

ROOT = Path(__file__).resolve().parents[2]
IDS = [f"canary{secrets.token_hex(12)}" for _ in range(50)]
SECRETS = [f"hidden{secrets.token_hex(12)}" for _ in range(50)]
PEPPER = f"pepper{secrets.token_hex(16)}"
RUN = """
import json, sys
from cja_spark.cli import main
codes = []
for arguments in json.loads(sys.argv[1]):
    codes.append(main(arguments))
open(sys.argv[2], "w").write(json.dumps(codes))
"""


def shop_of_canaries(folder):
    shop = Shop(folder)
    web = [event(at, login=one) for at, one in enumerate(IDS)]
    web.append(event(99, login=IDS[0] * 60))  # too long to be published: a letter
    shop.raw("web/a.json", lines(*web))
    shop.raw("people/a.json", "".join(json.dumps({"customer": one, "city": "Bonn"}) + "\n" for one in IDS))
    options = "".join(f"\n        fs.canary.secret{at}: '${{env:CANARY_{at}}}'" for at in range(50))
    shop.change("connection.yaml", "source: {format: csv, path: raw/calls}", f"source:\n      format: csv\n      path: raw/calls\n      options:{options}")
    shop.write("conf/connection.yaml", (shop.project / "connection.yaml").read_text() + "  people:\n    type: profile\n    source: {format: json, path: raw/people}\n    person_id: {column: customer, namespace: CRM}\n")
    shop.write("conf/sinks/store.yaml", "sink: delta\n")
    shop.write("conf/sinks/away.yaml", "sink: delta\nlocation: outside/store\n")
    shop.write("conf/outside", "a file")
    shop.write("conf/audiences/buyers.yaml", BUYERS.replace("[store]", "[store, away]"))
    return shop


@pytest.fixture(scope="module")
def told(tmp_path_factory):
    """Everything that a run leaves for people to read, and the exit codes of its verbs."""
    folder = tmp_path_factory.mktemp("canaries")
    shop = shop_of_canaries(folder / "shop")
    (folder / "events").mkdir()
    (folder / "conf").mkdir()
    settings = {**profile_settings("local"), **QUICK, "spark.master": "local[2]", "spark.driver.memory": "1g"}
    settings |= {"spark.eventLog.enabled": "true", "spark.eventLog.dir": (folder / "events").as_uri(), "spark.eventLog.compress": "false", "spark.eventLog.rolling.enabled": "false"}
    (folder / "conf" / "local.yaml").write_text(yaml.safe_dump(settings))
    where, out = ["--project", str(shop.project)], folder / "out"
    verbs = [
        ["connect", *where], ["journey", *where], ["report", *where, "--out", str(out / "page.html")],
        ["publish", *where, "--receipt", str(out / "publish.json")], ["deliver", *where, "--receipt", str(out / "deliver.json")],
        ["audit", *where, "--receipt", str(out / "audit.json")], ["stitching", *where],
        ["status", *where, "--html", str(out / "status.html"), "--metrics", str(out / "metrics.prom")],
        ["publish", *where, "--as-of", "2020-01-01", "--receipt", str(out / "stale.json")],
        ["explain", *where], ["preflight", *where],
    ]  # fmt: skip
    environment = {
        **os.environ, "CJA_PEPPER": PEPPER, "CJA_SPARK_CONF": str(folder / "conf"), "CJA_LOG_LEVEL": "INFO",
        "CJA_STEPS": str(out / "steps.jsonl"), "CJA_LINEAGE": str(out / "lineage.jsonl"), "PYTHONPATH": str(ROOT), **{f"CANARY_{at}": one for at, one in enumerate(SECRETS)},
    }  # fmt: skip
    out.mkdir()
    codes = folder / "codes.json"
    done = subprocess.run(
        [sys.executable, "-c", RUN, json.dumps(verbs), str(codes)], cwd=folder, env=environment, capture_output=True, timeout=1500, check=False
    )  # fmt: skip
    assert codes.exists(), done.stderr.decode()[-3000:]
    texts = {"stdout": done.stdout, "stderr": done.stderr}
    for file in [*out.rglob("*"), *(folder / "events").rglob("*"), *shop.lake.rglob("_delta_log/*")]:
        if file.is_file():
            texts[str(file.relative_to(folder))] = readable(file)
    return {verb[0]: code for verb, code in reversed([*zip(verbs, json.loads(codes.read_text()), strict=True)])}, texts


def readable(file):
    """The bytes of a file; of Parquet what is in it too."""
    raw = file.read_bytes()
    return raw + str(pq.read_table(file).to_pylist()).encode() if file.suffix == ".parquet" else raw


def forms(text):
    """A text as it may lie in a file."""
    plain = text.encode()
    return {plain, base64.b64encode(plain).rstrip(b"="), plain.hex().encode(), plain.hex().upper().encode(), text.encode("utf-16-le"), quote(text).encode()}


def hits(texts, canaries):
    wanted = {form: canary for canary in canaries for form in forms(canary)}
    return sorted({name for name, raw in texts.items() for form in wanted if form in raw})


def test_the_verbs_did_their_work(told):
    codes, texts = told
    assert codes == {
        "connect": 0, "journey": 0, "report": 0, "publish": 4, "deliver": 6, "audit": 0, "stitching": codes["stitching"],
        "status": 0, "explain": 0, "preflight": codes["preflight"],
    }  # fmt: skip
    assert any(name.startswith("events/") and len(raw) > 100_000 for name, raw in texts.items())
    assert sum("_delta_log" in name for name in texts) > 30
    assert b'"step":"chunk.done"' in texts["out/steps.jsonl"]
    assert b"starting Spark" in texts["stderr"]
    assert texts["out/lineage.jsonl"].count(b'"eventType"') == 6  # two publishes and a delivery


@pytest.mark.fault("F15")
def test_no_identity_is_told(told):
    assert hits(told[1], IDS) == []


@pytest.mark.fault("F15")
def test_no_secret_is_told(told):
    assert hits(told[1], SECRETS) == []


@pytest.mark.fault("F15")
def test_the_pepper_is_not_told(told):
    assert hits(told[1], [PEPPER]) == []


def test_the_search_finds_what_is_there(told):
    _, texts = told
    planted = {**texts, "a": b"x" + IDS[7].encode() + b"y", "b": base64.b64encode(SECRETS[3].encode()), "c": IDS[0].encode("utf-16-le")}
    assert hits(planted, [*IDS, *SECRETS]) == ["a", "b", "c"]
