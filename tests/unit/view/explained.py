"""What `cja explain component` says of one component of a view, and names and conditions that its tests share."""

from __future__ import annotations

from cja_spark.view.spec import View
from cja_spark.words.component import explain_component

CALLED = {"person": "visitor", "session": "visit", "event": "hit"}
A, B = {"dimension": "page", "equals": "a"}, {"metric": "orders", "more_than": 2, "less_than": 5}


def said(kind, component, **view):
    return explain_component(View.model_validate({"name": "v", kind: {"x": component}, **view}), "x")
