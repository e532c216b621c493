"""Value settings with faults: each is found when the project is read, with its line."""

import pytest

from cja_spark.project import load
from cja_spark.reports.table import Table
from cja_spark.view.spec import View
from tests.unit.project.demo import change
from tests.unit.project.test_names import faults

PAGE, ORDERS = "page: web.webPageDetails.name", "orders: {field: commerce.purchases.value}"


@pytest.mark.parametrize(
    ("setting", "said"),
    [
        ("include: {contans: x}", "unknown key 'contans'. Did you mean 'contains'?"),
        ("include: {contains: x, equals: y}", "a rule needs exactly one of equals, does_not_equal"),
        ("include: {}", "a rule needs exactly one of equals"),
        ("include: {all: [{contains: x}], any: [{contains: y}]}", "rules stand under 'all' or under 'any'."),
        ("include: {all: []}", "at least 1 item"),
        ("include: {more_than: x}", "'x' is no number."),
        ("include: {more_than: .nan}", "finite number"),
        ("include: {equals: [x]}", "is no text, no number and no day."),
        ("include: {after: yesterday}", "'yesterday' is no date; write one such as 2025-02-28."),
        ("include: {within: {from: 2025-02-01, to: 2025-01-01}}", "within: from 2025-02-01 is after to 2025-01-01."),
        ("lowercase: 'yes'", "true or false is expected, not 'yes'."),
        ("substring: {}", "substring has one of from_left, from_right, delimiter, url, trim, regex."),
        ("substring: {url: host, trim: {}}", "substring has one of from_left"),
        ("substring: {url: hots}", "'hots' is no part of a URL. Write protocol, host, path, hash or {query: KEY}. Did you mean 'host'?"),
        ("substring: {delimiter: {by: '', index: 1}}", "at least 1 character"),
        ("substring: {delimiter: {by: ',', index: 0}}", "greater than or equal to 1"),
        ("substring: {delimiter: {by: ',', from: middle}}", "middle"),
        ("substring: {from_left: {from: end}}", "'end' is no edge. Write start, a number of characters, or {match: \"/\"}."),
        ("substring: {from_right: {from: {length: 2}}}", "unknown key 'length'."),
        ("substring: {from_left: {to: {length: 2, position: 3}}}", "an edge is one of position, match or length."),
        ("substring: {from_left: {to: {length: 2, index: 3}}}", "index and include belong to match."),
        ("substring: {delimiter: {by: ',', array: true, index: 2}}", "array takes all parts; leave index and from out."),
        ("substring: {delimiter: {by: ',', array: false}}", "array"),
        ("substring: {delimiter: {by: ',', array: true}}, buckets: [1]", "buckets are of numbers, substring is of texts"),
        ("substring: {delimiter: {by: ',', array: true}}, no_value: {as_value: true}", "no_value: as_value: a text without parts is a list without values"),
        ("substring: {trim: {whitespace: false}}", "trim: whitespace, or some characters."),
        ("substring: {regex: 'a(b'}", "pattern: missing ): a(b at character 1."),
        ("substring: {regex: 'ab**'}", "pattern: bad repetition operator: ** at character 3."),
        ("substring: {regex: 'x[z-a]'}", "pattern: invalid character class range: z-a at character 3."),
        ("substring: {regex: '[^/]+(?=/)'}", "pattern: invalid perl operator: (?= at character 6. RE2 has no look-around; it would not be linear in time."),
        ("substring: {regex: 'a\\1'}", "pattern: invalid escape sequence: \\1 at character 2."),
        ("substring: {regex: '\\<a'}", "'\\<' at character 1 is not in the dialect (RE2); write \\b."),
        ("substring: {regex: {pattern: '(a){900}{900}'}}", "pattern: bad repetition operator"),
        ("substring: {regex: {pattern: '((((a{100}){100}){100}){100})'}}", "pattern: "),
        ("substring: {regex: {pattern: '(a)', output: '$2'}}", "output: '$2' names a group that the pattern does not have; it has 1."),
        ("substring: {regex: {pattern: '(a)', output: '$x'}}", "output: '$x' stands for nothing; known: $&, $1 to $7, $+, $`, $$."),
        ("substring: {regex: {pattern: '(a)', output: 'x$'}}", "output: '$' stands for nothing"),
        ("true_label: ''", "pattern"),
        ("buckets: [10, 5]", "edges ascend: 5 stands behind 10."),
        ("buckets: [5, 5]", "edges ascend: 5 stands behind 5."),
        (f"buckets: {list(range(20))}", "20 edges make 21 buckets; there are 20 at most."),
        ("buckets: []", "at least 1 item"),
        ("buckets: [a]", "'a' is no number."),
        ("buckets: {edges: [1], labels: [x]}", "1 edges make 2 buckets, and 1 have a label."),
        ("buckets: [1], lowercase: true", "buckets are of numbers, lowercase is of texts: one of the two."),
        ("buckets: [1], substring: {trim: {}}", "buckets are of numbers, substring is of texts: one of the two."),
        ("buckets: [1], granularity: month", "buckets are of numbers, granularity is of days: one of the two."),
        ("granularity: fortnight", "no such choice: 'fortnight'. Known: day, hour, minute, month, quarter, second, week, year."),
        ("buckets: [1], no_value: {as_value: true}", "no_value: as_value: a number that is not set is in no bucket"),
        ("no_value: {as_value: true, show: false}", "as_value: a value like any other is shown; leave 'show: false' out."),
        ("no_value: {labl: x}", "unknown key 'labl'. Did you mean 'label'? Known: as_value, label, show."),
        ("no_value: {label: ' '}", "pattern"),
    ],
)  # fmt: skip
def test_a_setting_of_a_dimension_that_cannot_be_meant_is_a_fault_with_its_line(folder, setting, said):
    change(folder, "view.yaml", PAGE, f"page: {{field: web.webPageDetails.name, {setting}}}")
    [(file, line, message)] = faults(folder)
    assert (file, line) == ("view.yaml", 7)
    assert message.startswith("dimensions.page")
    assert said in message


@pytest.mark.parametrize(
    ("setting", "said"),
    [
        ("include: {contains: x}", "include: rules of texts say where a field counts; write behavior: instances."),
        ("include: {contains: x, at_least: 1}, behavior: instances", "a rule needs exactly one of equals, does_not_equal"),
        ("include: {contans: x}, behavior: instances", "unknown key 'contans'."),
        ("include: {at_lest: 1}", "unknown key 'at_lest'. Did you mean 'at_least'?"),
        ("include: {at_least: 1, at_most: 2}", "a rule needs exactly one of equals, does_not_equal, at_least"),
        ("include: {at_least: '1'}", "'1' is no number."),
        ("values_to_count: yess", "'yess' is no side of a Boolean. Write true, false or both."),
        ("values_to_count: 1", "'1' is no side of a Boolean."),
        ("values_to_count: true, behavior: instances", "values_to_count: behavior: instances counts both sides already."),
    ],
)
def test_a_setting_of_a_metric_that_cannot_be_meant_is_a_fault_with_its_line(folder, setting, said):
    change(folder, "view.yaml", ORDERS, f"orders: {{field: commerce.purchases.value, {setting}}}")
    [(file, line, message)] = faults(folder)
    assert (file, line) == ("view.yaml", 21)
    assert message.startswith("metrics.orders")
    assert said in message


@pytest.mark.parametrize("source", ["lookup: catalogue.category", "field: 'productListItems[].SKU'"])
def test_a_text_in_an_array_or_of_a_lookup_does_not_become_several(folder, source):
    change(folder, "view.yaml", PAGE, f"page: {{{source}, substring: {{delimiter: {{by: '/', array: true}}}}}}")
    assert ("view.yaml", 7, "substring: delimiter: array makes several values of one that an event has, so it is of a field of the event.") in faults(folder)


def test_parts_of_a_text_do_not_persist_and_are_not_where_one_value_is_needed(folder):
    array = "substring: {delimiter: {by: '/', array: true}}"
    change(folder, "view.yaml", "channel: {field: channel}", f"channel: {{field: channel, persistence: {{}}, {array}}}")
    said = [message for _, _, message in faults(folder)]
    assert any("persistence: dimension 'channel' lies in the array '(parts of values of channel)'; events without" in one for one in said)
    assert any("so an event has several values; use a table." in one for one in said)


def test_rules_of_texts_on_a_metric_need_a_dimension_of_its_field(folder):
    change(folder, "view.yaml", ORDERS, "orders: {field: commerce.purchases.value, behavior: instances, include: {contains: x}}")
    said = "include: metric 'orders' has rules of texts, and the view no dimension of the field 'commerce.purchases.value' that knows them; add one."
    assert faults(folder) == [("view.yaml", 21, said)]
    change(folder, "view.yaml", PAGE, f"purchase: commerce.purchases.value\n  {PAGE}")
    assert load(folder).view.metrics["orders"].include.all[0].contains == "x"


def test_twenty_buckets_are_taken(folder):
    change(folder, "view.yaml", PAGE, f"page: {{field: web.webPageDetails.name, buckets: {list(range(19))}}}")
    assert len(load(folder).view.dimensions["page"].buckets.names()) == 20


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("[pgae]", "include_no_value: 'pgae' is no dimension of the table. Did you mean 'page'? Known: channel, page."),
        ("sometimes", "include_no_value: 'sometimes' is neither true nor false nor a list of the table's dimensions."),
    ],
)
def test_a_table_says_of_which_dimensions_no_value_is_a_row(folder, written, said):
    report = folder / "reports" / "channels.yaml"
    report.write_text(f"report: table\ndimensions: [channel, page]\ninclude_no_value: {written}\n", encoding="utf-8")
    [(file, _, message)] = faults(folder)
    assert (file, message) == ("reports/channels.yaml", said)


@pytest.mark.parametrize(
    ("hides", "dimensions", "settled"),
    [((), ("page",), True), (("page",), ("page",), False), (("page",), ("page", "channel"), ("channel",)), (("page",), (), True)],
)
def test_what_the_view_decides_of_a_table_is_an_option_that_took_effect(hides, dimensions, settled):
    hidden = {"no_value": {"show": False}}
    view = View.model_validate({"name": "v", "dimensions": {name: {"field": name, **(hidden if name in hides else {})} for name in ("page", "channel")}})
    table = Table(dimensions=dimensions)
    assert table.settled(view).effective().include_no_value == settled
    assert Table(dimensions=dimensions, include_no_value=True).settled(view).include_no_value is True
