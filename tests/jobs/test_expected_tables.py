"""The expected tables of the real projects are what independent code says of the source files: plain Python and DuckDB's SQL, without the product."""

import pytest

from tests.jobs.expected import CASES, FOLDER, PROJECTS, answers, expected, same
from tests.jobs.processes import ROOT


@pytest.fixture(scope="module")
def asked(shared):
    found = {project: answers(project, shared) for project in PROJECTS}
    return lambda project, name: found[project](name)


@pytest.mark.parametrize(("project", "name"), CASES, ids="/".join)
def test_a_table_is_the_answer_of_independent_code(asked, project, name):
    columns, rows = expected(project, name)
    own_columns, own_rows = asked(project, name)
    assert columns == own_columns
    same(own_rows, rows)


@pytest.mark.parametrize("project", PROJECTS)
def test_every_report_has_a_table_and_every_table_a_report(project):
    reports = {file.stem for file in (ROOT / "conf" / project / "reports").glob("*.yaml")}
    assert {name for own, name in CASES if own == project} == reports == {file.stem for file in (FOLDER / project).glob("*.csv")}


@pytest.mark.parametrize("project", PROJECTS)
def test_every_table_is_told_of_beside_it(project):
    text = (FOLDER / "README.md").read_text(encoding="utf-8")
    assert not [name for own, name in CASES if own == project and f"`{project}/{name}`" not in text]


def test_no_table_has_an_id_of_a_person(shared):
    """Ids of persons are 32 letters and digits, or seven digits, in one project; long numbers with a dash in the other."""
    read = {project: code.database(shared / "data" / project) for project, code in PROJECTS.items()}
    for project, database in read.items():
        persons = {person for [person] in database.execute("select distinct person from events").fetchall()}
        cells = {cell for file in (FOLDER / project).glob("*.csv") for line in file.read_text(encoding="utf-8").splitlines() for cell in line.split(",")}
        assert persons
        assert not persons & cells
