"""Text from data made fit to show: nothing invisible that moves, reverses or hides other text."""

from __future__ import annotations

import re

LONGEST_TEXT = 500

_SPACES = re.compile(r"[\t\n\r\x0b\x0c\x85\u2028\u2029]+")
_CONTROLS = r"\x00-\x1f\x7f-\x9f"
_DIRECTIONS = r"\u061c\u200e\u200f\u202a-\u202e\u2060-\u206f"
_INVISIBLE = r"\u200b\ufeff\ufff9-\ufffb\U000e0000-\U000e007f"
_UNSEEN = re.compile(f"[{_CONTROLS}{_DIRECTIONS}{_INVISIBLE}]")
_SURROGATE = re.compile(r"[\ud800-\udfff]")


def displayable(text: str) -> str:
    """Give the text without control and bidi characters, on one line, at most LONGEST_TEXT characters long.

    Line breaks and tabs become a space; half a surrogate pair becomes U+FFFD; a cut text ends with an ellipsis.

    Source: spec publishing, S4.
    """
    cut = text[: LONGEST_TEXT + 1]
    kept = _SURROGATE.sub("\ufffd", _UNSEEN.sub("", _SPACES.sub(" ", cut)))
    return kept if len(text) <= LONGEST_TEXT else kept[: LONGEST_TEXT - 1] + "…"


def masked(identifier: str) -> str:
    """Give the first three characters of a long identifier and nothing of a short one."""
    return (identifier[:3] if len(identifier) > 8 else "") + "•••"
