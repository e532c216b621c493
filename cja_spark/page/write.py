"""Write the page: one file that opens from disk, asks nobody for anything, and is readable by its owner only."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from pathlib import Path

from markupsafe import Markup

from cja_spark.errors import InputError
from cja_spark.page.content import PageContent
from cja_spark.page.document import environment, policy, write_document
from cja_spark.page.encode import encode_panel, script_json

LARGEST_PAGE = 8_000_000
MOST_ROWS = (5_000, 2_000, 500, 100)


@cache
def _asset(name: str) -> str:
    return files("cja_spark.page").joinpath(name).read_text(encoding="utf-8")


@cache
def _scripts() -> tuple[str, ...]:
    """The page's scripts in their order; a chart is a file that is there, named by the kind of report it draws."""
    charts = (file.name for file in files("cja_spark.page").joinpath("charts").iterdir() if file.name.endswith(".js"))
    return ("core.js", "across.js", *(f"charts/{name}" for name in sorted(charts)), "start.js")


def _script() -> str:
    return '(() => {\n"use strict";\n' + "\n".join(_asset(name) for name in _scripts()) + "\n})();"


def render_page(content: PageContent, *, most_rows: int = MOST_ROWS[0]) -> str:
    """Give the HTML of a page that shows at most `most_rows` rows of each panel.

    Only our own files, the script whose digest the policy names, and JSON that `script_json` escaped are markup.
    """
    script = _script()
    panels = [encode_panel(p, fewest_people=content.fewest_people, most_rows=most_rows) for p in content.panels]
    return (
        environment()
        .from_string(_asset("page.html"))
        .render(
            content=content,
            receipt=content.receipt,
            most_rows=most_rows,
            policy=policy(script),
            style=Markup(_asset("page.css")),
            script=Markup(script),
            panels_json=Markup(script_json(panels)),
        )
    )


def _fitting(content: PageContent) -> bytes:
    """The page with as many rows as keep it below LARGEST_PAGE; each panel says when it shows fewer than it has."""
    size = 0
    for most_rows in MOST_ROWS:
        page = render_page(content, most_rows=most_rows).encode()
        size = len(page)
        if size < LARGEST_PAGE:
            return page
    large = f"{size / 1e6:.1f} MB, more than {LARGEST_PAGE / 1e6:.0f}"
    raise InputError(f"The page would have {large}. Ask for fewer reports.")


def write_page(target: Path, content: PageContent) -> Path:
    """Write the page to `target` and give its path; an earlier page is replaced whole or not at all.

    The file has mode 0600.

    Raises:
        UnwritableError: the folder cannot be made or written.
        InputError: the page is too large even with few rows.

    Source: spec publishing, S4 and S6.
    """
    return write_document(target, _fitting(content))
