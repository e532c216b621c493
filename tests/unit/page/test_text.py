"""Text is made fit to show."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cja_spark.page.text import LONGEST_TEXT, displayable, masked


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain – Zürich 東京 👩‍👩‍👧", "plain – Zürich 東京 👩‍👩‍👧"),
        ("a\tb\r\nc\u2028d", "a b c d"),
        ("null\x00 bell\x07 escape\x1b[31m c1\x9b", "null bell escape[31m c1"),
        ("\u202egnp.exe\u2066x\u2069\u200f\u061c", "gnp.exex"),
        ("half \ud83d pair", "half \ufffd pair"),
        ("tag\U000e0041 bom\ufeff", "tag bom"),
        ("", ""),
    ],
)
def test_controls_and_direction_marks_are_gone_and_letters_stay(text, shown):
    assert displayable(text) == shown


@given(st.text(st.characters()))
def test_any_text_can_be_written_and_is_one_short_line(text):
    shown = displayable(text)
    assert shown.encode().decode() == shown
    assert len(shown) <= LONGEST_TEXT
    assert len((shown + ".").splitlines()) == 1


def test_a_megabyte_is_cut_and_says_so():
    assert displayable("x" * 1_000_000) == "x" * (LONGEST_TEXT - 1) + "…"


def test_a_text_of_just_the_longest_length_stays_whole():
    assert displayable("x" * LONGEST_TEXT) == "x" * LONGEST_TEXT


@pytest.mark.parametrize(("identifier", "shown"), [("CRM-0001234", "CRM•••"), ("12345678", "•••"), ("", "•••")])
def test_an_identifier_shows_three_characters_at_most(identifier, shown):
    assert masked(identifier) == shown
