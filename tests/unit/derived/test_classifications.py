"""Classify with a table in a file: what it makes, and what is wrong with files is told when the project is read."""

from __future__ import annotations

from pathlib import Path

import pytest

from cja_spark.errors import ConfigurationError
from cja_spark.journeys.built import definition_of
from cja_spark.project import load
from cja_spark.words.component import explain_component
from tests.unit.project.demo import change

CAMPAIGNS = "code,campaign,owner\nps_1,Spring,Ann\nem_1,Letter,Bob\nps_2,,Ann\n"
PAGE = "page: web.webPageDetails.name"


def written(folder, functions, text=CAMPAIGNS):
    """A project with a dimension of such functions, and a file."""
    (folder / "classifications").mkdir()
    if text is not None:
        path = folder / "classifications" / "campaigns.csv"
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
    change(folder, "view.yaml", "dimensions:", f"derived:\n  campaign:\n    - {functions}\ndimensions:\n  called: {{derived: campaign}}")
    return folder


def classify(**changed):
    options = {"input": "web.webPageDetails.name", "file": "classifications/campaigns.csv", "from": "code", "to": "campaign", **changed}
    return "{function: classify, " + ", ".join(f"{key}: {value}" for key, value in options.items() if value is not None) + "}"


def faults(folder):
    with pytest.raises(ConfigurationError) as caught:
        load(folder)
    return [(Path(fault.file).relative_to(folder).as_posix(), fault.line, fault.message) for fault in caught.value.faults]


def function_of(folder):
    return load(folder).view.derived["campaign"].functions[0]


def definition(folder):
    project = load(folder)
    return definition_of(project.view, project.connection.matches())


def test_the_entries_are_those_of_the_file(folder):
    found = function_of(written(folder, classify()))
    assert found.called() == {"ps_1": "Spring", "em_1": "Letter", "ps_2": None}
    entries = "{ps_1: Spring, em_1: Letter, ps_2: null}"
    change(folder, "view.yaml", classify(), classify(file=None, to=None, entries=entries, **{"from": None}))
    assert found == function_of(folder)


@pytest.mark.parametrize("text", ["\ufeffcode,campaign\r\nps_1,Spring\r\n", 'code,campaign\n"ps_1",Spring\n\nps_1,Spring'])
def test_a_file_is_as_programs_write_it(folder, text):
    assert function_of(written(folder, classify(), text)).called() == {"ps_1": "Spring"}


def test_a_value_may_have_any_character(folder):
    text = 'code,campaign\n"a,""b""","x\ny"\nc\u2028d,e\x0bf\n'
    assert function_of(written(folder, classify(), text)).called() == {'a,"b"': "x\ny", "c\u2028d": "e\x0bf"}


def test_journeys_are_others_when_the_file_says_something_else_and_not_when_it_moves(folder):
    written(folder, classify())
    before = definition(folder)
    change(folder, "classifications/campaigns.csv", "Bob", "Cleo")
    assert definition(folder) == before
    (folder / "classifications" / "campaigns.csv").rename(folder / "codes.csv")
    change(folder, "view.yaml", "classifications/campaigns.csv", "codes.csv")
    assert definition(folder) == before
    change(folder, "codes.csv", "Spring", "Summer")
    assert definition(folder) != before


def test_a_long_table_is_told_by_its_length(folder):
    rows = "".join(f"c{at},{at}\n" for at in range(200))
    view = load(written(folder, classify(), f"code,campaign\n{rows}")).view
    assert "entries: 200 values" in explain_component(view, "called")


@pytest.mark.parametrize(
    ("changed", "text", "said"),
    [
        ({}, None, "file: there is no file 'classifications/campaigns.csv' in the project's folder."),
        ({"file": "classifications/campaign.csv"}, CAMPAIGNS, "file: there is no file 'classifications/campaign.csv' in the project's folder. Did you mean 'campaigns.csv'?"),
        ({"file": "classifications"}, CAMPAIGNS, "file: there is no file 'classifications' in"),
        ({"file": "../campaigns.csv"}, CAMPAIGNS, "file: '..' is not followed here."),
        ({"file": "/etc/passwd"}, CAMPAIGNS, "file: '/etc/passwd' lies elsewhere; a file in the project's folder is expected."),
        ({"file": "s3a://bucket/campaigns.csv"}, CAMPAIGNS, "file: 's3a://bucket/campaigns.csv' is an address; a file in the project's folder is expected."),
        ({"from": "codes"}, CAMPAIGNS, "from: 'classifications/campaigns.csv' has no column 'codes'. Did you mean 'code'? Known: campaign, code, owner."),
        ({"to": "Campaign"}, CAMPAIGNS, "to: 'classifications/campaigns.csv' has no column 'Campaign'. Did you mean 'campaign'?"),
        ({}, "code;campaign\na;b\n", "has no column 'code'. Known: code;campaign. Values are separated by commas."),
        ({}, "code,code,campaign\na,b,c\n", "from: 'classifications/campaigns.csv' has 2 columns 'code'."),
        ({}, "code,campaign\na,b\nx,y\na,c\n", "from: line 4 of 'classifications/campaigns.csv' calls 'a' 'c', and a line before 'b'."),
        ({}, "code,campaign\na,b\n ,c\n", "from: line 3 of 'classifications/campaigns.csv' has no value under 'code'."),
        ({}, "code,campaign\na,b,c\n", "file: line 2 of 'classifications/campaigns.csv' has 3 values, and there are 2 columns."),
        ({}, 'code,campaign\n"a"b,c\n', "file: line 2 of 'classifications/campaigns.csv' is no CSV: "),
        ({}, "", "file: 'classifications/campaigns.csv' is empty; a line of column names is expected first."),
        ({}, "code,campaign\n", "file: 'classifications/campaigns.csv' has 0 entries; 1 to 200 are expected."),
        ({}, "code,campaign\n" + "".join(f"c{at},x\n" for at in range(201)),
         "file: 'classifications/campaigns.csv' has 201 entries; 1 to 200 are expected. A lookup dataset has as many as there are: use the function lookup."),
        ({}, "code,campaign\n" + "x" * 1_000_000, "file: 'classifications/campaigns.csv' has 1,000,014 bytes; a file of the project has at most 1,000,000."),
        ({}, b"code,campaign\na,\xff\n", "file: 'classifications/campaigns.csv' is not UTF-8 at byte 16."),
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_file_is_told_with_the_line_that_names_it(folder, changed, text, said):
    written(folder, classify(**changed), text)
    [(file, line, message)] = faults(folder)
    assert (file, line) == ("view.yaml", 1 + (folder / "view.yaml").read_text().splitlines().index(f"    - {classify(**changed)}"))
    assert message.startswith("derived.campaign.0: ")
    assert said in message


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"entries": "{a: b}"}, "give exactly one of 'entries', 'file'."),
        ({"file": None, "from": None, "to": None}, "give exactly one of 'entries', 'file'."),
        ({"to": None}, "'file' goes with 'from' and 'to', the names of two of its columns."),
        ({"file": None, "entries": "{a: b}"}, "'file' goes with 'from' and 'to'"),
        ({"form": "code"}, "unknown key 'form'. Did you mean 'from'?"),
    ],
)
def test_a_table_is_written_or_lies_in_a_file(folder, changed, said):
    written(folder, classify(**changed))
    assert any(said in message for _, _, message in faults(folder))


def test_faults_of_files_come_with_all_others(folder):
    written(folder, classify(), None)
    change(folder, "view.yaml", PAGE, "page: {field: web.webPageDetails.name, lowercas: true}")
    found = [message for _, _, message in faults(folder)]
    assert len(found) == 2
    assert any("there is no file" in message for message in found)
