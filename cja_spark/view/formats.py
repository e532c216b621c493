"""How amounts of metrics are shown."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AfterValidator

Format = Literal["decimal", "percent", "currency", "time"]


def _currency(code: str) -> str:
    if not (len(code) == 3 and code.isascii() and code.isalpha() and code.isupper()):
        raise ValueError(f"'{code}' is no currency. Write its ISO 4217 code, such as EUR or USD.")
    return code


Currency = Annotated[str, AfterValidator(_currency)]
