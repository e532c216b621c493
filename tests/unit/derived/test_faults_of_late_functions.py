"""What cannot follow a function that looks at other events, in a derived field or in another one that takes it."""

from __future__ import annotations

import pytest

from cja_spark.errors import ConfigurationError
from cja_spark.project import load
from tests.unit.derived.test_faults import LOW, NEXT, SUM, faults, view

X, DEPTH = {"output": "x"}, {"function": "depth", "input": "page", "output": "x"}
THEN = {**NEXT, "output": "x"}
WORDS = {"function": "case_when", "cases": [{"when": {"input": X, "at_least": 2}, "value": "many"}]}


@pytest.mark.parametrize(
    ("functions", "fault"),
    [
        ([THEN, {"function": "concatenate", "inputs": [X, "page"]}],
         "derived.a.1: concatenate: behind next_or_previous, which looks at other events, a function takes what it gives and values that are given, for a report runs it once per distinct text. "
         "Concatenate the fields before, or make a dimension of each and a table of both."),
        ([DEPTH, {"function": "case_when", "cases": [{"when": {"input": "page", "exists": True}, "value": "one"}]}],
         "derived.a.1: case_when: behind depth, which looks at other events, a function takes what it gives and values that are given, of other fields numbers alone"),
        ([{**LOW, "output": "low"}, THEN, {"function": "concatenate", "inputs": [X, {"output": "low"}]}], "derived.a.2: concatenate: behind next_or_previous"),
        ([THEN, DEPTH], "derived.a.0: next_or_previous: no function behind takes what it gives; name its 'output', or leave it out."),
        ([THEN, {"function": "lookup", "input": X, "dataset": "d", "column": "c"}], "derived.a.1: lookup: cannot follow next_or_previous"),
        ([THEN, {"function": "split", "input": X, "delimiter": ",", "array": True}], "derived.a.1: split: cannot follow next_or_previous"),
        ([{**SUM, "how": "first", "output": "x"}, {"function": "typecast", "input": X, "to": "number"}],
         "derived.a.1: typecast: cannot make a number of the text that summarize gives; do that before."),
        ([DEPTH, {"function": "typecast", "input": X, "to": "text"}],
         "derived.a.1: typecast: the number that depth gives takes math, a typecast to number or integer, and a case when that puts it in words."),
        ([DEPTH, {"function": "classify", "input": X, "entries": {"1": "one"}}], "classify: takes text, and output 'x' gives numbers"),
        ([DEPTH, {"function": "case_when", "cases": [{"when": {"input": X, "equals": 1}, "value": "one"}], "otherwise": X}], "derived.a.1: case_when: the number that depth"),
        ([{**THEN, "output": "y"}, DEPTH, {"function": "lowercase", "input": {"output": "y"}}], "derived.a.1: depth: no function behind takes what it gives"),
        ([THEN, {**LOW, "input": X, "output": "y"}, {**NEXT, "input": {"output": "y"}}],
         "derived.a.2: next_or_previous: cannot follow lowercase, which makes text when a report runs; put it before."),
        ([DEPTH, {**WORDS, "output": "y"}, {**NEXT, "input": {"output": "y"}}], "derived.a.2: next_or_previous: cannot follow case_when, which makes text"),
        ([DEPTH, {**SUM, "input": X, "how": "most_common"}], "derived.a.1: summarize: most_common is one of texts, and depth gives a number; use max"),
        ([DEPTH, {**SUM, "input": X, "how": "distinct"}], "derived.a.1: summarize: distinct is one of texts, and depth gives a number; use max"),
        ([THEN, {**NEXT, "input": X, "output": "y"}, {"function": "concatenate", "inputs": [X, {"output": "y"}]}],
         "derived.a.2: concatenate: takes the text of one function that looks at other events"),
        ([*({**DEPTH, "input": f"p{at}", "output": f"x{at}"} for at in range(3)), *({**SUM, "how": "count_distinct", "input": f"q{at}", "output": f"y{at}"} for at in range(2)),
          {"function": "math", "formula": "a+b+c+d+e", "inputs": dict(zip("abcde", ({"output": f"{one}"} for one in ("x0", "x1", "x2", "y0", "y1")), strict=True))}],
         "derived.a: the functions that a report runs take 5 texts; 4 at most."),
        ([{**DEPTH, "output": str(at)} for at in "abcd"], "derived.a.3: a derived field has depth 3 times at most."),
        ([DEPTH, {**WORDS, "output": "y"}, {"function": "concatenate", "inputs": [X, {"output": "y"}]}], "derived.a.2: concatenate: behind depth"),
    ],
)  # fmt: skip
def test_what_follows_a_function_of_other_events_takes_what_it_gives(functions, fault):
    assert any(fault in message for message in faults({"a": functions})), faults({"a": functions})


@pytest.mark.parametrize(
    ("functions", "gives"),
    [
        ([THEN, {"function": "lowercase", "input": X}], "text"),
        ([DEPTH, WORDS], "words"),
        ([DEPTH, {**WORDS, "output": "y"}, {"function": "concatenate", "inputs": [{"output": "y"}, {"value": "!"}]}], "text"),
        ([DEPTH, {"function": "math", "formula": "x * 2", "inputs": {"x": X}}], "number"),
        ([THEN, {"function": "typecast", "input": X, "to": "integer"}], "number"),
        ([{**THEN, "input": "price"}, {"function": "math", "formula": "x * 2", "inputs": {"x": X}}], "number"),
        ([DEPTH, {"function": "math", "formula": "x / y", "inputs": {"x": X, "y": "price"}}], "number"),
        ([DEPTH, {**WORDS, "cases": [*WORDS["cases"], {"when": {"input": {"profile": "crm.age"}, "more_than": 65}, "value": "old"}]}], "words"),
    ],
)
def test_what_follows_says_whether_a_dimension_or_a_metric_is_made(functions, gives):
    right, wrong = ("metrics", "dimensions") if gives == "number" else ("dimensions", "metrics")
    view({"a": functions}, **{right: {"c": {"derived": "a"}}})
    if gives == "words":
        view({"a": functions}, metrics={"c": {"derived": "a"}})  # counts where one is
        return
    assert f"gives {'text' if gives == 'text' else 'a number'}, so it makes" in faults({"a": functions}, **{wrong: {"c": {"derived": "a"}}})[0]


def test_the_id_of_deduplicate_is_a_dimension(folder):
    file = folder / "view.yaml"
    once = "derived:\n  once: [{function: deduplicate, input: reason, id: chanel}]\ndimensions:\n"
    file.write_text(file.read_text(encoding="utf-8").replace("dimensions:\n", once), encoding="utf-8")
    with pytest.raises(ConfigurationError, match=r"line 7  no dimension named 'chanel'. Did you mean 'channel'\?"):
        load(folder)


def test_a_table_has_five_derived_fields_at_most(folder):
    file = folder / "view.yaml"
    made = "derived:\n" + "".join(f"  a{n}: [{{function: lowercase, input: reason}}]\n" for n in range(6))
    text = file.read_text(encoding="utf-8")
    for section in ("metrics", "dimensions"):
        text = text.replace(f"{section}:\n", f"{section}:\n" + "".join(f"  {section}{n}: {{derived: a{n}}}\n" for n in range(6)))
    file.write_text(text.replace("dimensions:\n", f"{made}dimensions:\n"), encoding="utf-8")
    report = folder / "reports" / "low.yaml"
    head = "report: table\nrange: last 30 days\ndimensions: [dimensions0, dimensions1, dimensions2]\n"
    report.write_text(head + "metrics: [metrics2, metrics3, metrics4]\n", encoding="utf-8")
    load(folder)
    report.write_text(head + "metrics: [metrics3, metrics4, metrics5]\n", encoding="utf-8")
    with pytest.raises(ConfigurationError, match=r"low.yaml: 1 fault\n  line 1  6 derived fields \(a0, a1, a2, a3, a4, a5\); a table has 5 at most"):
        load(folder)


LATE = {"late": [{**SUM, "scope": "person"}], "next": [NEXT]}
TAKEN, PAGE = {"derived": "late"}, {"derived": "next"}


@pytest.mark.parametrize(
    ("functions", "others", "fault"),
    [
        ([{**LOW, "input": TAKEN}], {}, "derived.a.0: lowercase: takes text, and derived field 'late' gives numbers; typecast it to text first."),
        ([{"function": "concatenate", "inputs": [PAGE, "page"]}], {}, "derived.a.0: concatenate: behind next_or_previous, which looks at other events, a function takes"),
        ([{**LOW, "output": "low"}, {"function": "concatenate", "inputs": [PAGE, {"output": "low"}]}], {}, "derived.a.1: concatenate: behind next_or_previous"),
        ([{"function": "lookup", "input": PAGE, "dataset": "d", "column": "c"}], {}, "derived.a.0: lookup: cannot follow next_or_previous"),
        ([{**LOW, "input": PAGE, "output": "x"}, {**NEXT, "input": {"output": "x"}}], {}, "derived.a.1: next_or_previous: cannot follow lowercase, which makes text"),
        ([{"function": "summarize", "input": "p[].q", "scope": "event", "how": "sum", "output": "x"},
          {"function": "math", "formula": "x / y", "inputs": {"x": {"output": "x"}, "y": TAKEN}}], {},
         "derived.a: summarize: takes all values of an array together, and another part looks at other events; make it a derived field of its own."),
        ([{"function": "math", "formula": "x / y", "inputs": {"x": "p[].q", "y": TAKEN}}], {}, "derived.a: math: looks at events, and in the array 'p' one has several values."),
        ([{"function": "math", "formula": "x * 2", "inputs": {"x": TAKEN}}], {"dimensions": {"d": {"derived": "a"}}}, "dimensions.d: math gives a number, so it makes a metric"),
        ([{**LOW, "input": PAGE}], {"metrics": {"m": {"derived": "a"}}}, "metrics.m: lowercase gives text, so it makes a dimension, no metric: it is made once"),
        ([{"function": "math", "formula": "x * 2", "inputs": {"x": TAKEN}}], {"metrics": {"m": {"derived": "a", "deduplication": {}}}}, "metrics.m: deduplication comes before summarize"),
        ([{"function": "math", "formula": "x * 2", "inputs": {"x": TAKEN}}], {"metrics": {"m": {"derived": "a"}}, "session": {"starts_with": ["m"]}},
         "metric 'm' looks at other events of a session"),
        ([{"function": "depth", "input": {"derived": "nxt"}}], {}, "derived.a.0: no derived field named 'nxt'. Did you mean 'next'?"),
    ],
)  # fmt: skip
def test_what_another_field_makes_of_other_events_has_its_place_too(functions, others, fault):
    assert any(fault in message for message in faults({**LATE, "a": functions}, **others)), faults({**LATE, "a": functions}, **others)


def test_a_circle_of_fields_that_look_at_other_events_is_told():
    found = faults({"a": [{**SUM, "input": {"derived": "b"}}], "b": [{**SUM, "input": {"derived": "a"}}]})
    assert any("derived field 'a' is made of itself." in message for message in found)
