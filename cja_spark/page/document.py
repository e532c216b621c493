"""A document that opens from disk: its template, its policy, and how its file is written, for its owner only."""

from __future__ import annotations

import base64
import hashlib
import os
import tempfile
from functools import cache
from pathlib import Path

from jinja2 import Environment, StrictUndefined
from markupsafe import Markup

from cja_spark.errors import UnwritableError
from cja_spark.page.encode import instant_text, minute_text
from cja_spark.page.text import displayable


def policy(script: str | None = None) -> str:
    """The content security policy: inline style, this one script if there is one, nothing from anywhere."""
    scripts = ""
    if script is not None:
        scripts = f"script-src 'sha256-{base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()}'; "
    return f"default-src 'none'; style-src 'unsafe-inline'; {scripts}img-src data:; base-uri 'none'; form-action 'none'"


def shown(value: object) -> str:
    """Text of anything a template puts on a page."""
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


def _amount(number: float) -> str:
    """A number with its thousands apart, and two decimals where it has some."""
    return f"{number:,.0f}" if number == int(number) else f"{number:,.2f}"


def _people(count: int | None) -> str:
    """A count of people; from 1 to 9 it says only that it is one of these (S4)."""
    return "1 to 9" if count is not None and 0 < count < FEWEST_PEOPLE else shown(count)


FEWEST_PEOPLE = 10


@cache
def environment() -> Environment:
    """How templates are filled: every expression is made displayable, then escaped; markup stays."""
    made = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    made.finalize = _finalized
    made.filters |= {"instant": instant_text, "minute": minute_text, "clock": _clock, "share": _share, "lines": _lines, "people": _people, "amount": _amount}
    return made


def _finalized(value: object) -> object:
    """Every expression of a template passes here: markup stays, all else is made displayable, then escaped."""
    return value if isinstance(value, Markup) else shown(value)


def write_document(target: Path, document: bytes, *, mode: int = 0o600) -> Path:
    """Write a document and give its path; an earlier one is replaced whole or not at all.

    Args:
        target: the file.
        document: what is in it.
        mode: who may read it: its owner only when not given.

    Raises:
        UnwritableError: the folder cannot be made or written.
    """
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        _replace(target, document, mode)
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


def _replace(target: Path, page: bytes, mode: int) -> None:
    """Write beside the target (mkstemp: mode 0600), then rename."""
    handle, name = tempfile.mkstemp(prefix=".page-", suffix=".html", dir=target.parent)
    beside = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(page)
        beside.chmod(mode)
        beside.replace(target)
    finally:
        beside.unlink(missing_ok=True)
