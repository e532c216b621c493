"""Write the page: one file that opens from disk, asks nobody for anything, and is readable by its owner only."""

from __future__ import annotations

import base64
import hashlib
import os
import tempfile
from functools import cache
from importlib.resources import files
from pathlib import Path

from jinja2 import Environment, StrictUndefined
from markupsafe import Markup

from cja_spark.errors import InputError, UnwritableError
from cja_spark.page.content import PageContent
from cja_spark.page.encode import encode_panel, instant_text, minute_text, script_json
from cja_spark.page.text import displayable

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


def _policy(script: str) -> str:
    """The content security policy: this one script, inline style, nothing from anywhere."""
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    allowed = f"style-src 'unsafe-inline'; script-src 'sha256-{digest}'; img-src data:"
    return f"default-src 'none'; {allowed}; base-uri 'none'; form-action 'none'"


def _shown(value: object) -> str:
    """Text of anything a template puts on the page."""
    match value:
        case None:
            return "–"
        case bool():
            return "yes" if value else "no"
        case int():
            return f"{value:,}"
    return displayable(str(value))


def _lines(text: str) -> Markup:
    """A text of several lines, each made displayable and escaped by itself."""
    return Markup("\n").join(displayable(line) for line in text.split("\n"))


def _clock(seconds: float) -> str:
    minutes, rest = divmod(seconds, 60)
    return f"{minutes:.0f} min {rest:.0f} s" if minutes else f"{seconds:.1f} s"


def _share(part: int, whole: int) -> str:
    """A share in percent; what is there is never 0 %."""
    percent = 100 * part / whole
    return "< 0.01%" if 0 < percent < 0.01 else f"{percent:.2f}%"


@cache
def _environment() -> Environment:
    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    environment.finalize = _finalized
    environment.filters |= {"instant": instant_text, "minute": minute_text, "clock": _clock, "share": _share, "lines": _lines}
    return environment


def _finalized(value: object) -> object:
    """Every expression of the template passes here: markup stays, all else is made displayable, then escaped."""
    return value if isinstance(value, Markup) else _shown(value)


def render_page(content: PageContent, *, most_rows: int = MOST_ROWS[0]) -> str:
    """Give the HTML of a page that shows at most `most_rows` rows of each panel.

    Only our own files, the script whose digest the policy names, and JSON that `script_json` escaped are markup.
    """
    script = _script()
    panels = [encode_panel(p, fewest_people=content.fewest_people, most_rows=most_rows) for p in content.panels]
    return (
        _environment()
        .from_string(_asset("page.html"))
        .render(
            content=content,
            receipt=content.receipt,
            most_rows=most_rows,
            policy=_policy(script),
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
    page = _fitting(content)
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        _replace(target, page)
    except OSError as fault:
        raise UnwritableError.place(str(target), fault.strerror or str(fault)) from fault
    return target


def require_place(target: Path) -> None:
    """Check, before anything is computed, that a page can be written.

    Raises:
        UnwritableError: the folder cannot be made or written, or the target is a folder.
    """
    if target.is_dir():
        raise UnwritableError.place(str(target), "it is a folder")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=target.parent):
            return
    except OSError as fault:
        raise UnwritableError.place(str(target), fault.strerror or str(fault)) from fault


def _replace(target: Path, page: bytes) -> None:
    """Write beside the target (mkstemp: mode 0600), then rename."""
    handle, name = tempfile.mkstemp(prefix=".page-", suffix=".html", dir=target.parent)
    beside = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(page)
        beside.replace(target)
    finally:
        beside.unlink(missing_ok=True)
