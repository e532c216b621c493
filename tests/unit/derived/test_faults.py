"""What is wrong with derived fields is told when the project is read: the place, the reason, the nearest right word."""

from __future__ import annotations

from pathlib import Path

import pytest

from cja_spark.configuration import spec_of
from cja_spark.errors import ConfigurationError
from cja_spark.project import load
from cja_spark.view.spec import View

LOW = {"function": "lowercase", "input": "page"}


def view(derived, **others):
    return spec_of(View, {"name": "v", "derived": derived, **others}, "view")


def faults(derived, **others):
    with pytest.raises(ConfigurationError) as caught:
        view(derived, **others)
    return [fault.message for fault in caught.value.faults]


def when(**test):
    return {"function": "case_when", "cases": [{"when": {"input": "page", **test}, "value": "x"}]}


@pytest.mark.parametrize(
    ("function", "fault"),
    [
        ({"function": "lowercas", "input": "page"}, "a.0: no function named 'lowercas'. Did you mean 'lowercase'?"),
        ({"input": "page"}, "a.0: 'function' is missing. Known: case_when, "),
        ("lowercase", "a.0: a mapping with the key 'function' is expected."),
        ({"function": "lowercase", "inptu": "page"}, "a.0: unknown key 'inptu'. Did you mean 'input'?"),
        ({"function": "lowercase", "input": {"field": "page", "value": "x"}}, "give exactly one of 'field', 'output', 'derived', 'profile', 'value'"),
        ({"function": "lowercase", "input": {"profile": "crm"}}, "profile: 'crm' names a dataset and a column of it: 'crm.column'."),
        ({"function": "lowercase", "input": {"output": "low"}}, "a.0: no output of an earlier function is named 'low'"),
        ({"function": "lowercase", "input": {"derived": "b"}}, "a.0: no derived field named 'b'"),
        ({"function": "concatenate", "inputs": ["a"]}, "inputs: 2 to 3 are expected, and these are 1"),
        ({"function": "concatenate", "inputs": ["a", "b", "c", "d"]}, "inputs: 2 to 3 are expected, and these are 4"),
        ({"function": "classify", "input": "a", "entries": {str(n): "x" for n in range(201)}}, "entries: 1 to 200 are expected"),
        ({"function": "split", "input": "a", "delimiter": ","}, "give exactly one of 'left', 'right', 'array'"),
        ({"function": "split", "input": "a", "delimiter": ",", "left": 0}, "left: '0': input should be greater than or equal to 1"),
        ({"function": "split", "input": "a", "delimiter": ",", "array": True, "most_values": 11}, "less than or equal to 10"),
        ({"function": "trim", "input": "a", "characters": "x", "cut": {"side": "left", "length": 1}}, "give 'characters' or 'cut', not both"),
        ({"function": "trim", "input": "a", "cut": {"side": "left"}}, "give exactly one of 'position', 'length', 'text'"),
        ({"function": "url_parse", "input": "a", "part": "query"}, "part: query needs the 'parameter'"),
        ({"function": "url_parse", "input": "a", "part": "hots"}, "no such choice: 'hots'. Did you mean 'host'?"),
        ({"function": "typecast", "input": "a", "to": "number", "format": "year"}, "'format' says how dates are written as text"),
        ({"function": "math", "formula": "x +", "inputs": {"x": "a"}}, "formula: 'x +' is no arithmetic"),
        ({"function": "math", "formula": "x ** 2", "inputs": {"x": "a"}}, "formula: a power is written ^"),
        ({"function": "math", "formula": "2 ^ x", "inputs": {"x": "a"}}, "raises a number to a power; only inputs are"),
        ({"function": "math", "formula": "1 + 2", "inputs": {"x": "a"}}, "has no input"),
        ({"function": "math", "formula": "price", "inputs": {"prices": "a"}}, "no input named 'price'. Did you mean 'prices'?"),
        ({"function": "math", "formula": "open(x)", "inputs": {"x": "a"}}, "only names of inputs, numbers, + - * / ^ and parentheses"),
        ({"function": "math", "formula": "x + y", "inputs": {"x": "a", "y": {"value": "z"}}}, "math: takes numbers; 'z' is text"),
        (when(contain="x"), "unknown key 'contain'. Did you mean 'contains'?"),
        (when(), "a comparison needs exactly one of equals, "),
        (when(contains="x", at_least=1), "a comparison needs exactly one of equals, "),
        ({"function": "case_when", "cases": [{"when": {"al": []}, "value": 1}]}, "a condition has one of the keys input, all, any, exclude. Did you mean 'all'?"),
        ({"function": "case_when", "cases": [{"when": {"input": "a", "equals": "b"}, "value": "x"}, {"when": {"input": "a", "equals": "c"}, "value": 1}]},
         "the values are of one kind, and 'x' is text and 1 is a number; put numbers in quotes."),
        ({"function": "case_when", "cases": [{"when": {"input": "a", "equals": "b"}, "value": 2.5}], "otherwise": {"value": "y"}},
         "the values are of one kind, and 'y' is text and 2.5 is a number"),
        ({"function": "merge_fields", "inputs": ["a", {"value": 1}, {"value": "x"}]}, "merge_fields: the fields are of one kind, and these are number and text"),
        ({"function": "case_when", "cases": []}, "cases: 1 or more are expected, and these are 0"),
        ({"function": "date_math", "start": "a", "end": "b", "unit": "days"}, "no such choice: 'days'. Did you mean 'day'?"),
    ],
)  # fmt: skip
def test_a_faulty_function_is_told_by_its_place(function, fault):
    found = faults({"a": [function]})
    assert any(fault in message and message.startswith("derived.a.0") for message in found), found
    assert len(found) == 1 or "unknown key" in fault


@pytest.mark.parametrize(
    ("derived", "fault"),
    [
        ({"a": [{**LOW, "output": "low"}, {"function": "math", "formula": "x", "inputs": {"x": {"output": "low"}}}]},
         "derived.a.1: math: takes numbers, and output 'low' gives text; typecast it to number first."),
        ({"a": [{"function": "math", "formula": "x", "inputs": {"x": "p"}, "output": "n"}, {"function": "lowercase", "input": {"output": "n"}}]},
         "derived.a.1: lowercase: takes text, and output 'n' gives numbers; typecast it to text first."),
        ({"a": [{**LOW, "output": "low"}, {"function": "typecast", "input": "p", "to": "number", "output": "n"},
                {"function": "merge_fields", "inputs": [{"output": "low"}, "q", {"output": "n"}]}]},
         "derived.a.2: merge_fields: the fields are of one kind, and these are number and text; typecast some of them first."),
        ({"a": [LOW], "b": [{"function": "math", "formula": "x", "inputs": {"x": {"derived": "a"}}}]},
         "derived.b.0: math: takes numbers, and derived field 'a' gives text; typecast it to number first."),
        ({"a": [{**LOW, "output": "x"}, {**LOW, "output": "x"}]}, "derived.a.1: output: 'x' is the output of an earlier function"),
        ({"a": [{"function": "split", "input": "p", "delimiter": ",", "array": True}, LOW]}, "so it is the last function"),
        ({"a": [{"function": "split", "input": "p", "delimiter": ",", "array": True}], "b": [{"function": "lowercase", "input": {"derived": "a"}}]},
         "derived field 'a' has several values on an event; no function takes those."),
        ({"a": [{"function": "split", "input": "p[].q", "delimiter": ",", "array": True}]}, "in the array 'p' there are several already"),
        ({"a": [{"function": "concatenate", "inputs": ["p[].q", "r[].s"]}]}, "'r[].s' lies in the array 'r' and another field in 'p'"),
        ({"a": [{"function": "lowercase", "input": {"derived": "b"}}], "b": [{"function": "lowercase", "input": {"derived": "a"}}]},
         "derived field 'a' is made of itself."),
        ({"a": [{"function": "lowercase", "input": {"derived": "a"}}]}, "derived.a: derived field 'a' is made of itself."),
    ],
)  # fmt: skip
def test_functions_and_fields_must_fit_together(derived, fault):
    assert any(fault in message for message in faults(derived)), faults(derived)


@pytest.mark.parametrize(
    ("functions", "fault"),
    [
        ([LOW] * 3, "a derived field has lowercase twice at most."),
        ([{"function": "trim", "input": "page"}] * 2, "a derived field has trim once at most."),
        ([{"function": "url_parse", "input": "u", "part": "host"}] * 6, "a derived field has url_parse 5 times at most."),
        ([when(equals_any_of=["x"] * 200), when(equals="x")], "a derived field has 200 operators of case_when at most, and these are 201."),
        ([{"function": "math", "formula": "+".join(["x"] * 27), "inputs": {"x": "p"}}], "a derived field has 25 operators of math at most, and these are 26."),
        ([{"function": "merge_fields", "inputs": [f"p{n}" for n in range(11)]}], "11 fields; a derived field is made of 10 at most"),
        ([{"function": "merge_fields", "inputs": [f"p{n}" for n in range(9)]}, *({"function": "lookup", "input": "p1", "dataset": "d", "column": f"c{n}"} for n in range(2))],
         "11 fields; a derived field is made of 10 at most, columns of lookup datasets and profiles among them."),
        ([{"function": "merge_fields", "inputs": [{"profile": f"crm.p{n}"} for n in range(4)]}], "4 columns of lookup datasets and profiles; a derived field"),
        ([{"function": "date_math", "start": "a", "end": "b"}] * 3, "a derived field has date_math twice at most."),
        ([{"function": "classify", "input": "a", "entries": {"x": "y"}}] * 6, "a derived field has classify 5 times at most."),
        ([{"function": "concatenate", "inputs": ["a", "b"]}] * 3, "a derived field has concatenate twice at most."),
        ([{"function": "find_and_replace", "input": "a", "find": "x", "replace": ""}] * 6, "a derived field has find_and_replace 5 times at most."),
        ([{"function": "lookup", "input": "p", "dataset": "d", "column": "c"}] * 6, "a derived field has lookup 5 times at most."),
        ([{"function": "merge_fields", "inputs": ["a", "b"]}] * 6, "a derived field has merge_fields 5 times at most."),
        ([{"function": "regex_replace", "input": "a", "pattern": "x", "replace": "y"}] * 2, "a derived field has regex_replace once at most."),
        ([{"function": "split", "input": "a", "delimiter": ",", "left": 1}] * 3, "a derived field has split twice at most."),
        ([{"function": "typecast", "input": "a", "to": "text"}] * 4, "a derived field has typecast 3 times at most."),
        ([{"function": "math", "formula": "x", "inputs": {"x": "p"}}] * 6, "a derived field has math 5 times at most."),
        ([when(equals="x")] * 6, "a derived field has case_when 5 times at most."),
        ([{"function": "summarize", "input": "p[].q", "scope": "event", "how": "sum"}] * 4, "a derived field has summarize 3 times at most."),
        ([{"function": "summarize", "input": "p[].q", "scope": "event", "how": "sum"}] * 2, "takes the values of an event together once; make the other a derived"),
        ([{"function": "lookup", "input": "p", "dataset": "d", "column": f"c{n}"} for n in range(4)],
         "4 columns of lookup datasets and profiles; a derived field is made of 3 at most."),
    ],
)  # fmt: skip
def test_the_documented_limits_hold(functions, fault):
    assert [message for message in faults({"a": functions}) if fault in message] != []


def test_what_is_at_a_limit_is_taken():
    assert view({"a": [LOW] * 2, "b": [when(equals_any_of=["x"] * 200)], "c": [{"function": "math", "formula": "+".join(["x"] * 26), "inputs": {"x": "p"}}]})


def test_a_component_names_one_source():
    assert "give exactly one of 'field', 'derived'" in faults({"a": [LOW]}, metrics={"m": {"derived": "a", "field": "x"}})[0]
    assert "give exactly one of 'field', 'derived', 'lookup', 'profile'" in faults({"a": [LOW]}, dimensions={"d": {"derived": "a", "field": "x"}})[0]


DERIVED = """derived:
  channel_group:
    - {function: lowercase, input: channel, output: low}
    - {function: lookup, input: {output: low}, dataset: %s, column: name}
dimensions:
  group: {derived: %s}
"""


def test_a_project_tells_unknown_derived_fields_and_datasets_with_their_line(folder):
    file = folder / "view.yaml"
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace("dimensions:\n", DERIVED % ("catalog", "channel_gruop")), encoding="utf-8")
    with pytest.raises(ConfigurationError) as caught:
        load(folder)
    found = [(Path(fault.file).name, fault.line, fault.message) for fault in caught.value.faults]
    assert [(name, line) for name, line, _ in found] == [("view.yaml", 11), ("view.yaml", 9)]
    assert "no derived field named 'channel_gruop'. Did you mean 'channel_group'?" in found[0][2]
    assert "no lookup dataset named 'catalog'. Did you mean 'catalogue'?" in found[1][2]


def test_values_of_a_split_do_not_persist(folder):
    file = folder / "view.yaml"
    split = "derived:\n  parts: [{function: split, input: message, delimiter: ',', array: true}]\ndimensions:\n  part: {derived: parts, persistence: {}}\n"
    file.write_text(file.read_text(encoding="utf-8").replace("dimensions:\n", split), encoding="utf-8")
    with pytest.raises(ConfigurationError, match=r"persistence: dimension 'part' lies in the array '\(parts of parts\)'"):
        load(folder)


NEXT = {"function": "next_or_previous", "input": "page", "direction": "next"}
SUM = {"function": "summarize", "input": "price", "how": "sum"}
AGE = {"function": "date_math", "start": "seen", "end": "today"}


@pytest.mark.parametrize(
    ("derived", "others", "fault"),
    [
        ({"a": [NEXT, LOW]}, {}, "derived.a.1: lowercase: behind next_or_previous, which looks at other events, a function takes"),
        ({"a": [{**NEXT, "input": "p[].q"}]}, {}, "next_or_previous: looks at events, and in the array 'p' one has several values."),
        ({"a": [{**NEXT, "direction": "nxt"}]}, {}, "no such choice: 'nxt'. Did you mean 'next'?"),
        ({"a": [{**NEXT, "index": 0}]}, {}, "index: '0': input should be greater than or equal to 1"),
        ({"a": [{**SUM, "how": "summ"}]}, {}, "no such choice: 'summ'. Did you mean 'sum'?"),
        ({"a": [{**LOW, "output": "x"}, {**SUM, "input": {"output": "x"}}]}, {}, "summarize: takes numbers, and output 'x' gives text"),
        ({"a": [{**SUM, "how": "distinct"}]}, {"metrics": {"m": {"derived": "a"}}}, "metrics.m: summarize: distinct gives several values of an event, so it makes a dimension, no metric; count_distinct counts them."),
        ({"a": [{**SUM, "how": "distinct", "output": "x"}, {**LOW, "input": {"output": "x"}}]}, {}, "derived.a.0: summarize: its array is what the field has, so it is the last function"),
        ({"a": [{**SUM, "how": "distinct"}], "b": [{**LOW, "input": {"derived": "a"}}]}, {}, "derived field 'a' has several values on an event; no function takes those."),
        ({"a": [{**SUM, "how": "distinct", "input": "p[].q"}]}, {}, "summarize: looks at events, and in the array 'p' one has several values."),
        ({"a": [SUM]}, {"dimensions": {"d": {"derived": "a"}}}, "dimensions.d: summarize gives a number, so it makes a metric, no dimension."),
        ({"a": [{**SUM, "how": "first"}]}, {"metrics": {"m": {"derived": "a", "include": {"at_least": 1}}}}, "metrics.m: summarize gives text, which counts where it is set; include and"),
        ({"a": [SUM]}, {"metrics": {"m": {"derived": "a", "deduplication": {}}}}, "metrics.m: deduplication comes before summarize"),
        ({"a": [{**SUM, "how": "last"}]}, {"metrics": {"m": {"derived": "a", "behavior": "values"}}}, "metrics.m: behavior: values sums numbers, and summarize gives text; leave it out"),
        ({"a": [SUM]}, {"metrics": {"m": {"derived": "a"}}, "session": {"starts_with": ["m"]}}, "metric 'm' looks at other events of a session"),
        ({"a": [{**AGE, "end": {"input": "b", "scope": "sesion"}}]}, {}, "derived.a.0.end.scope: no such choice: 'sesion'. Did you mean 'session'?"),
        ({"a": [{**AGE, "end": {"input": "b", "scope": "person", "take": "lst"}}]}, {}, "no such choice: 'lst'. Did you mean 'last'?"),
        ({"a": [{**AGE, "end": {"input": "b", "take": "last"}}]}, {}, "'scope' is missing."),
        ({"a": [{**AGE, "end": {"input": {"profile": "crm.born"}, "scope": "person"}}]}, {},
         "scope: the date 'crm.born' of a profile is the same on all events; write it without a scope."),
        ({"a": [{**AGE, "end": {"clock": "tody"}}]}, {}, "no such choice: 'tody'. Did you mean 'today'?"),
        ({"a": [{**AGE, "start": "p[].seen"}]}, {}, "date_math: looks at events, and in the array 'p' one has several values."),
        ({"a": [AGE]}, {"dimensions": {"d": {"derived": "a"}}}, "dimensions.d: date_math gives a number, so it makes a metric, no dimension."),
        ({"a": [{**SUM, "output": "x"}, {**AGE, "start": {"output": "x"}}]}, {}, "derived.a.1: date_math: takes dates and times, and output 'x' gives numbers."),
        ({"a": [{**NEXT, "scope": "event"}]}, {}, "scope: no such choice: 'event'. Known: person, session."),
        ({"a": [{**SUM, "input": "p[].q", "scope": "event", "output": "s"}, {"function": "concatenate", "inputs": [{"output": "s"}, "p[].r"]}]}, {},
         "derived.a: summarize: takes all values of 'p' together; what follows takes no single ones."),
        ({"a": [{**SUM, "input": "p[].q", "scope": "session"}]}, {}, "summarize: looks at events, and in the array 'p' one has several values."),
        ({"a": [{"function": "split", "input": "x", "delimiter": ",", "array": True, "output": "y"}, {**SUM, "how": "first", "scope": "event", "input": "z"}]}, {},
         "split: its array is what the field has, so it is the last function"),
        ({"a": [NEXT]}, {"dimensions": {"d": {"derived": "a"}}, "metrics": {"m": {"field": "x", "deduplication": {"id": "d"}}}},
         "metrics.m: deduplication: dimension 'd' looks at other events, which comes later."),
        ({"a": [NEXT], "b": [{"function": "deduplicate", "input": "x", "id": "d"}]}, {"dimensions": {"d": {"derived": "a"}, "e": {"derived": "b"}}},
         "dimensions.e: deduplicate: the id 'd' looks at other events itself."),
    ],
)  # fmt: skip
def test_what_looks_at_other_events_has_its_place(derived, others, fault):
    assert any(fault in message for message in faults(derived, **others)), faults(derived, **others)


def test_settings_of_values_may_come_after_what_looks_at_other_events():
    derived = {"a": [NEXT], "b": [{"function": "depth", "input": "page"}]}
    view(derived, dimensions={"x": {"derived": "a", "lowercase": True, "no_value": {"as_value": True}}}, metrics={"y": {"derived": "b", "include": {"more_than": 1}}})
