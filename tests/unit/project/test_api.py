"""The Python API: what `import cja_spark` gives, and that it is the verbs of the command line."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

import cja_spark as cja
from cja_spark.errors import ConfigurationError, InputError
from cja_spark.reports.kinds import REPORTS
from cja_spark.verbs import NAMES, module

ROOT = Path(__file__).resolve().parents[3]
NOT_OF_A_LAKE = {"doctor", "demo", "schemas", "settings"}


def test_importing_the_package_imports_no_spark():
    program = "import sys, cja_spark; print(len(cja_spark.__all__), 'pyspark' in sys.modules, 'numba' in sys.modules)"
    run = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)
    assert run.stdout.split() == [str(len(cja.__all__)), "False", "False"]


@pytest.mark.parametrize("name", cja.__all__)
def test_every_public_name_is_there(name):
    assert getattr(cja, name) is not None


def test_every_verb_on_a_lake_is_a_function():
    assert [verb for verb in NAMES if verb not in NOT_OF_A_LAKE and not callable(getattr(cja, module(verb)))] == []


def test_every_report_is_a_class():
    assert [one for one in REPORTS if REPORTS.named(one).spec is not getattr(cja, REPORTS.named(one).spec.__name__, None)] == []


def test_a_name_that_is_not_public_is_refused():
    with pytest.raises(AttributeError, match="no attribute 'conect'"):
        cja.conect  # noqa: B018


@pytest.fixture(scope="module")
def shop(spark, tmp_path_factory):
    from tests.bad_input.shop import Shop

    shop = Shop(tmp_path_factory.mktemp("api"))
    shop.write("conf/audiences/buyers.yaml", "segments: buyers\nrefresh: daily\nlookback: 30 days\nsinks: [store]\n")
    shop.write("conf/sinks/store.yaml", "sink: delta\n")
    return cja.load(shop.project)


def test_the_whole_way_from_files_to_a_delivered_audience_in_a_notebook(spark, shop):
    with pytest.raises(InputError, match="has no events yet"):
        cja.journey(spark, shop)
    assert sum(cja.connect(spark, shop).loaded.values()) == 3
    assert len(cja.journey(spark, shop).written) == 1
    [total] = cja.report(spark, shop, "pages").where("row_kind = 'total'").collect()
    assert (total["events"], total["price"]) == (3.0, 3.0)
    assert "1. list" in cja.explain(spark, shop, ["pages"])
    [published] = cja.publish(spark, shop, ["buyers"])
    assert (published.people, published.enter) == (2, 2)
    [delivered] = cja.deliver(spark, shop).sinks
    assert delivered.acked == 2


@pytest.mark.parametrize("verb", ["publish", "deliver", "explain"])
def test_a_name_that_the_project_does_not_have_is_named(spark, shop, verb):
    with pytest.raises(ConfigurationError, match="named 'buyrs'"):
        getattr(cja, verb)(spark, shop, ["buyrs"])
