"""What YAML reads otherwise than it is written, and names that mean two things."""

import pytest

from cja_spark.configuration import read_document
from tests.unit.project.test_names import change, faults

SEGMENT = "buyers: {container: person, where: {metric: orders, at_least: 1}}"


@pytest.mark.parametrize(("written", "read"), [("0123", 83), ("12:30", 750), ("10:00:00", 36000), ("1_000", 1000), ("+5", 5), ("0x1F", 31), ("007", 7)])
@pytest.mark.parametrize("condition", ["equals: {}", "equals_any_of: [home, {}]"])
def test_a_whole_number_that_is_written_otherwise_is_refused(folder, written, read, condition):
    change(folder, "view.yaml", SEGMENT, "buyers: {where: {dimension: page, " + condition.format(written) + "}}")
    [(file, line, message)] = faults(folder)
    assert (file, SEGMENT.partition(":")[0]) == ("view.yaml", (folder / file).read_text(encoding="utf-8").splitlines()[line - 1].split(":")[0].strip())
    assert message == f"'{written}' is read as the number {read}; put it in quotes where it is a text, or write the number."


@pytest.mark.parametrize(("written", "read"), [("0", 0), ("-3", -3), ("1200", 1200), ("'0123'", "0123"), ('"12:30"', "12:30")])
def test_other_numbers_and_quoted_texts_are_taken(tmp_path, written, read):
    (tmp_path / "one.yaml").write_text(f"equals: {written}\n", encoding="utf-8")
    assert read_document(tmp_path / "one.yaml").value == {"equals": read}


@pytest.mark.parametrize("name", ["orders", "bounces", "conversion"])
def test_a_segment_is_not_named_like_a_metric(folder, name):
    text = (folder / "view.yaml").read_text(encoding="utf-8").rstrip("\n") + f"\n  {name}: {{where: {{dimension: page, equals: home}}}}\n"
    (folder / "view.yaml").write_text(text, encoding="utf-8")
    assert faults(folder) == [("view.yaml", len(text.splitlines()), f"segments.{name}: '{name}' is a metric; segments and metrics need different names.")]
