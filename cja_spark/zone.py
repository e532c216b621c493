"""Time zones by their IANA names, as authors write them."""

from __future__ import annotations

from typing import Annotated
from zoneinfo import ZoneInfo

from pydantic import AfterValidator

from cja_spark.errors import guess


def _zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        from zoneinfo import available_timezones

        raise ValueError(f"'{name}' is no IANA time zone. {guess(name, available_timezones())}".rstrip()) from None
    return name


Zone = Annotated[str, AfterValidator(_zone)]
