"""The recipes' sentences with figures are what the demo of 200,000 events says, seed 7: each is filled by a query of its reports' tables.

CJA_DEMO names a folder in which `make demo` was run already (build/demo); without it the demo is run here.
"""

import os
import re
from pathlib import Path

import pyarrow as pa
import pytest
import yaml
from deltalake import DeltaTable, QueryBuilder

from cja_spark.cli import main
from tests.jobs.processes import ROOT

RECIPES = ROOT / "docs" / "recipes"
CLAIMS = yaml.safe_load((Path(__file__).parent / "figures_of_recipes.yaml").read_text(encoding="utf-8"))["claims"]


@pytest.fixture(scope="module")
def asked(tmp_path_factory):
    """The tables of the demo's reports, for queries."""
    place = Path(os.environ.get("CJA_DEMO") or tmp_path_factory.mktemp("demo"))
    lake = place / "lake"
    if not lake.exists():
        assert main(["demo", "--project", str(ROOT / "conf" / "demo"), "--events", "200000", "--lake", str(lake), "--files", str(place)]) == 0
    query = QueryBuilder()
    for report in (lake / "reports").iterdir():
        query = query.register(report.name, DeltaTable(report))
    return query


def in_one_line(text):
    return re.sub(r"\s+", " ", text)


@pytest.mark.parametrize("claim", CLAIMS, ids=lambda claim: f"{claim['recipe']}: {claim['says'][:40]}")
def test_a_sentence_of_a_recipe_is_what_the_demo_says(asked, claim):
    [found] = pa.table(asked.execute(claim["by"])).to_pylist()
    said = claim["says"].format(*found.values())
    assert in_one_line(said) in in_one_line((RECIPES / claim["recipe"]).read_text(encoding="utf-8"))
    if said == claim["says"]:  # in words
        assert [*found.values()] == [True], found
