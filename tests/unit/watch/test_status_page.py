"""The status page: a policy, no script, nothing hostile, few people not told, its owner's to read."""

import re
import stat

import pytest

from cja_spark.watch.page import status_html, write_status
from cja_spark.watch.standing import LetterCount
from tests.security.hostile import HOSTILE
from tests.unit.watch.standings import EVERYTHING, audience, run, sink, standing


def test_the_page_has_a_policy_that_allows_no_script_and_no_request():
    html = status_html(EVERYTHING)
    [policy] = re.findall(r'Content-Security-Policy" content="([^"]*)"', html)
    told = policy.replace("&#39;", "'")
    assert told == "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'"
    assert "<script" not in html
    assert not re.search(r"\s(on\w+|src|href)=", html)


def test_the_page_tells_every_audience_every_sink_and_every_trouble():
    html = status_html(EVERYTHING)
    for text in ("12,345", "buyers", "held", "young", "1,234", "2026-11-28 08:00 UTC", "22P05", "too_long", "call somebody now"):
        assert text in html
    assert html.count("<li class=") == len(EVERYTHING.troubles)


@pytest.mark.parametrize(("count", "shown"), [(0, ">0<"), (1, ">1 to 9<"), (9, ">1 to 9<"), (10, ">10<"), (1_000, ">1,000<")])
def test_counts_of_one_to_nine_people_are_not_told(count, shown):
    html = status_html(standing(audience(people=count, last=run(enter=count, exit=count), sinks=(sink(pending=count, dead=count),))))
    assert html.count(shown) >= 5


def test_no_small_count_stands_in_a_sentence():
    html = status_html(standing(audience(sinks=(sink(gaps=("run 3: chunk 0: 4 rows in the outbox, 3 in the ledger",)),))))
    assert "4 rows" not in html


def test_the_file_is_its_owners_and_is_replaced_whole(tmp_path):
    target = tmp_path / "deep" / "status.html"
    write_status(target, standing())
    write_status(target, EVERYTHING)
    assert stat.S_IMODE(target.stat().st_mode) == 0o600
    assert target.read_text().startswith("<!doctype html>")
    assert [file.name for file in target.parent.iterdir()] == ["status.html"]


def hostile(text):
    """The text at every place of the page that data, settings or a server can reach."""
    one = audience(
        name=text, audience_id=text, refresh="daily", status=text, letters=(LetterCount(error_class=text, error_code=text, letters=20),),
        last=run(state=text, kind=text, guard=(text,)), due=text,
        sinks=(sink(sink=text, letters=(LetterCount(error_class=text, error_code=text, letters=20),), dead=20, lag_runs=3, gaps=(text,)),),
    )  # fmt: skip
    blocked = one.model_copy(update={"last": run(state="blocked", guard=(text,))})
    return standing(one, blocked).model_copy(update={"project": text, "versions": {text: text}})


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
@pytest.mark.fault("F15")
def test_hostile_text_is_no_markup(text):
    html = status_html(hostile(text))
    assert html.count("<") == status_html(hostile("harmless")).count("<")
    assert not re.search("[\u202a-\u202e\u2066-\u2069\x00-\x08]", html)


def test_the_hostile_test_reaches_every_place_of_the_page():
    assert status_html(hostile("harmless")).count("harmless") >= 30
