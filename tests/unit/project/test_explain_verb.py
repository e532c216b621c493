"""`cja explain`: what cannot be explained is refused before Spark starts, and several components are told at once."""

import subprocess
import sys

import pytest

from cja_spark.cli import main
from tests.unit.project.demo import ROOT


@pytest.mark.parametrize(
    ("names", "said"),
    [
        (["comonent", "orders"], "No report named 'comonent'. Did you mean 'explain component orders'?"),
        (["orders"], "No report named 'orders'; the view has a component of that name: write 'explain component orders'."),
        (["dayly"], "No report named 'dayly'. Did you mean 'daily'?"),
        (["component", "orders", "ordres"], "No component named 'ordres'. Did you mean 'orders'?"),
        (["component"], "name the dimension, metric, segment or derived field"),
    ],
    ids=" ".join,
)
def test_a_name_that_nothing_has_is_refused_before_spark_starts(names, said):
    program = "import sys; from cja_spark.cli import main; code = main(sys.argv[1:]); print(code, 'pyspark' in sys.modules)"
    command = [sys.executable, "-c", program, "explain", "--project", "conf/demo", *names]
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    assert said in run.stderr
    assert run.stdout.split() == ["2", "False"]


def test_several_components_are_told_in_their_order(capsys):
    assert main(["explain", "--project", str(ROOT / "conf" / "demo"), "component", "orders", "conversion"]) == 0
    titles = [line for line in capsys.readouterr().out.splitlines() if line and not line[0].isdigit()]
    assert titles == ["Metric 'orders'", "Calculated metric 'conversion'"]
