"""`cja demo --kind optimizer`: files without Spark, a folder per story, options that belong to one story alone."""

import subprocess
import sys
from pathlib import Path

import pytest

from cja_spark.demo.optimizer import FILES, Asked
from cja_spark.errors import ConfigurationError
from cja_spark.project import load
from cja_spark.verbs import parser
from cja_spark.verbs.demo_optimizer import story_places

ROOT = Path(__file__).resolve().parents[3]
DEMO = load(ROOT / "conf" / "demo")


def demo(*arguments):
    asked = parser().parse_args(["demo", "--project", str(ROOT / "conf" / "demo"), *arguments])
    return asked.run(asked)


def test_files_are_written_without_spark(tmp_path):
    program = (
        "import sys; from cja_spark.cli import main; from pyspark import SparkContext; "
        "code = main(sys.argv[1:]); sys.exit(code or SparkContext._active_spark_context is not None)"
    )
    arguments = ["demo", "--kind", "optimizer", "--project", str(ROOT / "conf" / "demo"), "--files", str(tmp_path), "--files-only",
                 "--persons", "30", "--days", "8", "--as-of", "2026-07-29T06:00:00Z"]  # fmt: skip
    done = subprocess.run([sys.executable, "-c", program, *arguments], cwd=ROOT, check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert "in 8 datasets, loads up to 2026-07-29 06:00 UTC" in done.stdout and f"files   {tmp_path}" in done.stdout
    assert max(file.stem for file in (tmp_path / FILES["feedback"]).glob("*.json")) == "2026-07-29T06"


def test_a_second_time_it_says_that_they_are_there(tmp_path, capsys):
    given = ("--kind", "optimizer", "--files", str(tmp_path), "--files-only", "--persons", "20", "--days", "8", "--defects")
    assert demo(*given) == 0 and "already there" not in capsys.readouterr().out
    assert demo(*given) == 0 and "already there" in capsys.readouterr().out
    with pytest.raises(ConfigurationError, match="seed 7 .asked is 9."):
        demo(*given, "--seed", "9")


def test_the_usual_story_lies_where_the_project_says_and_every_other_one_apart():
    assert story_places(DEMO, Asked(), lake=None, files=None) == {"lake": None, "files": None, "out": None}
    stories = [Asked(persons=50), Asked(persons=51), Asked(seed=8), Asked(defects=True), Asked(persons=50, seed=8)]
    found = [story_places(DEMO, story, lake=None, files=None) for story in stories]
    for kind in ("lake", "files", "out"):
        assert len({places[kind] for places in found}) == len(stories)
    assert story_places(DEMO, Asked(seed=8), lake=None, files="f") == {"lake": None, "files": "f", "out": None}


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--persons", "30"), "--persons: the story of --kind retailer"),
        (("--files-only",), "--files-only: the story of --kind retailer"),
        (("--kind", "optimizer", "--events", "20000"), "--events: the story of --kind optimizer"),
        (("--kind", "optimizer", "--persons", "3"), "persons: 3"),
        (("--kind", "optimizer", "--as-of", "soon"), "'soon' is no instant"),
    ],
)
def test_what_a_story_does_not_have_is_refused_before_anything_is_written(tmp_path, arguments, said):
    with pytest.raises(ConfigurationError, match=said):
        demo("--files", str(tmp_path), *arguments)
    assert list(tmp_path.iterdir()) == []
