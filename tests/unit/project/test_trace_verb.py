"""`cja trace`: what cannot be traced is refused before Spark starts."""

import pytest

from cja_spark.cli import main
from cja_spark.view.standard import TIMES
from tests.unit.project.demo import ROOT


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        (["ordres"], "No component named 'ordres'. Did you mean 'orders'?"),
        (["--credit", "pag"], "No dimension named 'pag'. Did you mean 'page'?"),
        (["--credit", "page,chanel"], "No dimension named 'chanel'. Did you mean 'channel'?"),
        (["--credit", ",".join(("page", "channel", "campaign", "category", *TIMES[:13]))], "a table has 16 dimensions at most"),
        (["--credit", "page,session_type"], "--credit page,session_type: every event has its own 'session_type'"),
        (["--report", "dayly"], "No report named 'dayly'. Did you mean 'daily'?"),
        (["--as-of", "yesterday"], "--as-of: 'yesterday' is no instant"),
    ],
    ids=" ".join,
)
def test_a_name_that_nothing_has_is_refused_before_spark_starts(asked, said, capsys, monkeypatch):
    monkeypatch.setenv("JAVA_HOME", "/nowhere")  # Spark could not start
    assert main(["trace", "--project", str(ROOT / "conf" / "demo"), "--person", "p", *asked]) == 2
    spoken = capsys.readouterr().err
    assert said in spoken
    assert "starting Spark" not in spoken
