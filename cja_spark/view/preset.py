"""Presets: which tool's options reports take (spec section 3), and what a view takes of one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

Preset = Literal["default", "adobe", "posthog", "mixpanel", "clickhouse"]
_VIEWS: Mapping[str, Mapping[str, Any]] = {"adobe": {"calendar": {"week_start": "sunday"}}}


def with_preset_of_view(written: object) -> object:
    """A view as it is written, with what its preset sets where nothing is written.

    Source: section 3: `adobe` begins weeks on Sunday.
    """
    if not isinstance(written, Mapping):
        return written
    return {**_VIEWS.get(str(written.get("preset")), {}), **written}
