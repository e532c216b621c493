"""The status as a page: one file without a script that asks nobody for anything, readable by its owner only."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

from markupsafe import Markup

from cja_spark.page.document import environment, policy, write_document
from cja_spark.watch.standing import Standing

# What an urgency asks, in words.
ASKS = {
    "page": "call somebody now", "stop": "stopped until mended", "approve": "approve, or mend the source",
    "retry": "try again later", "fix": "mend the rows", "run": "run the command", "soon": "attend to it soon",
}  # fmt: skip


def status_html(standing: Standing) -> str:
    """The page; counts of 1 to 9 people are not told (S4)."""
    template = files("cja_spark.watch").joinpath("status.html").read_text(encoding="utf-8")
    style = files("cja_spark.watch").joinpath("status.css").read_text(encoding="utf-8")
    return environment().from_string(template).render(
        standing=standing, asks=ASKS, policy=policy(), style=Markup(style)
    )  # fmt: skip


def write_status(target: Path, standing: Standing) -> Path:
    """Write the page and give its path.

    Raises:
        UnwritableError: its folder cannot be made or written.
    """
    return write_document(target, status_html(standing).encode())
