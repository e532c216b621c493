"""A fallout with what happens between its steps and after them, as tests of pages draw it."""

from cja_spark.page import ColumnSpec, Panel

NAMES = ("home", "cart", "order")


def _step(step: int, people: float, gone: float | None) -> dict:
    return {"row_kind": "step", "breakdown": None, "step": step, "step_name": NAMES[step - 1], "people": people, "percent_of_total": people / 1000, "fallout_people": gone}


def _item(kind: str, step: int, item_kind: str, item: str | None, many: float | None, people: float | None, of: float) -> dict:
    figures = {"people": people, "pooled_items": many, "percent_of_step": None if people is None else people / of}
    return {"row_kind": kind, "breakdown": None, "step": step, "step_name": NAMES[step - 1], "item_kind": item_kind, "step_item": item, **figures}


FALLOUT_AROUND = Panel(
    name="around_steps", title="Around the steps", report="fallout", range="1 to 31 January 2025",
    columns=(
        ColumnSpec(name="row_kind", label="Row"), ColumnSpec(name="breakdown", label="Value"), ColumnSpec(name="step", label="Step"), ColumnSpec(name="step_name", label="What"),
        ColumnSpec(name="people", label="People", format="people"), ColumnSpec(name="percent_of_total", label="Of all", format="percent"),
        ColumnSpec(name="fallout_people", label="Went no further", format="people"), ColumnSpec(name="item_kind", label="Kind"), ColumnSpec(name="step_item", label="Page"),
        ColumnSpec(name="pooled_items", label="Values", format="count"), ColumnSpec(name="percent_of_step", label="Of these", format="percent"),
    ),
    rows=(_step(1, 1000, 600), _step(2, 400, 300), _step(3, 100, None),
          _item("between", 1, "item", "product", 1, 320, 400), _item("between", 1, "item", "search", 1, 90, 400), _item("between", 1, "other", None, 7, None, 400),
          _item("between", 1, "nothing", None, None, 40, 400), _item("between", 2, "nothing", None, None, 100, 100),
          _item("after", 1, "item", "search", 1, 150, 600), _item("after", 1, "other", None, 3, 50, 600), _item("after", 1, "exit", None, None, 400, 600),
          _item("after", 2, "item", "help", 1, 5, 300), _item("after", 2, "item", "home", 1, 45, 300), _item("after", 2, "exit", None, None, 250, 300)),
)  # fmt: skip
