"""Where `cja demo` puts a year: each size and seed apart, so that no lake loads two."""

from pathlib import Path

import pytest

from cja_spark.demo.spec import Year
from cja_spark.errors import ConfigurationError
from cja_spark.project import load
from cja_spark.verbs import parser
from cja_spark.verbs.demo import places_of
from cja_spark.verbs.demo_way import STEPS, step_arguments

ROOT = Path(__file__).resolve().parents[3]
DEMO = load(ROOT / "conf" / "demo")


def test_the_usual_year_lies_where_the_project_says():
    assert places_of(DEMO, Year(), lake=None, files=None) == {"lake": None, "files": None, "out": None}


def test_every_other_size_and_seed_has_its_own_files_tables_and_page():
    years = [Year(events=events, seed=seed) for events in (10_000, 20_000) for seed in (7, 8)]
    found = [places_of(DEMO, year, lake=None, files=None) for year in years]
    for kind in ("lake", "files", "out"):
        assert len({places[kind] for places in found}) == 4
    assert found == [places_of(DEMO, year, lake=None, files=None) for year in years]
    own = {DEMO.place(DEMO.lake.location), DEMO.place(DEMO.lake.files)}
    assert all(not own & set(places.values()) for places in found)


@pytest.mark.parametrize("given", [{"lake": "l", "files": None}, {"lake": None, "files": "f"}])
def test_places_that_the_command_line_names_are_taken_as_they_are(given):
    assert places_of(DEMO, Year(seed=8), **given) == {**given, "out": None}


def test_each_step_of_the_way_goes_to_the_same_places():
    places = places_of(DEMO, Year(seed=8), lake=None, files=None)
    for verb in STEPS:
        arguments = step_arguments(verb, "conf/demo", "local", places)
        given = dict(zip(arguments[1::2], arguments[2::2], strict=True))
        assert arguments[0] == verb
        assert (given["--lake"], given["--files"]) == (places["lake"], places["files"])
        assert given.get("--out") == (places["out"] if verb == "report" else None)
        assert given.get("--fewest-people") == ("0" if verb == "report" else None)


def test_a_size_outside_the_bounds_is_refused_before_a_folder_is_made(tmp_path):
    asked = parser().parse_args(
        ["demo", "--project", str(ROOT / "conf" / "demo"), "--lake", str(tmp_path / "lake"), "--files", str(tmp_path), "--events", "5"]
    )
    with pytest.raises(ConfigurationError, match="--events: 5"):
        asked.run(asked)
    assert list(tmp_path.iterdir()) == []
