"""What is wrong and what to do: each state has its sentence, its urgency and its command."""

import re
from datetime import timedelta
from shlex import split

import pytest

from cja_spark.audiences.spec import TTL_DAYS
from cja_spark.verbs import parser
from cja_spark.watch.text import status_text
from cja_spark.watch.troubles import of_audience
from tests.unit.watch.standings import EVERYTHING, LETTERS, NOW, ago, audience, run, sink, standing


def told(one):
    return [(trouble.urgency, trouble.what, trouble.next_action) for trouble in one.all_troubles]


def test_an_audience_that_is_up_to_date_has_no_trouble():
    assert told(audience()) == []


def test_a_new_audience_is_to_be_published():
    [(urgency, what, action)] = told(audience(status="new", last=None, sinks=()))
    assert (urgency, what, action) == ("run", "never published", "cja publish --project conf/shop buyers")


def test_a_run_that_is_held_back_is_to_be_approved_or_its_source_mended():
    [(urgency, what, action)] = told(audience(last=run(state="blocked", guard=("mass_exit", "definition_changed"))))
    assert (urgency, what) == ("approve", "run 7 is held back: mass_exit, definition_changed")
    assert "mend the source" in action
    assert "cja approve --project conf/shop buyers" in action


def test_a_run_above_the_size_cap_cannot_be_approved():
    [(_, _, action)] = told(audience(last=run(state="blocked", guard=("size_cap",))))
    assert "approve" not in action


@pytest.mark.parametrize("state", ["building", "sealed"])
def test_a_run_that_was_begun_long_ago_is_finished_by_publishing_again(state):
    assert told(audience(last=run(state=state, recorded_at=ago(minutes=59)))) == []
    [(urgency, what, action)] = told(audience(last=run(state=state, recorded_at=ago(minutes=61))))
    assert (urgency, action) == ("run", "cja publish --project conf/shop buyers")
    assert what.startswith("run 7 was begun at 2026-11-28 10:59 UTC")


@pytest.mark.parametrize(("refresh", "days"), [("4 hours", 1 / 3), ("daily", 2)])
def test_an_audience_that_was_not_told_for_two_cadences_calls_somebody(refresh, days):
    late = timedelta(days=days)
    assert told(audience(refresh=refresh, last=run(as_of=NOW - late))) == []
    [(urgency, what, _)] = told(audience(refresh=refresh, last=run(as_of=NOW - late - timedelta(minutes=1))))
    assert urgency == "page"
    assert what.startswith(f"{refresh}, and nothing was told since")


def test_a_run_that_is_held_back_tells_nothing():
    held = audience(last=run(state="blocked", guard=("mass_exit",)), told_at=ago(days=3))
    assert [urgency for urgency, _, _ in told(held)] == ["page", "approve"]
    assert "cja approve --project conf/shop buyers" in held.next_action


def test_a_one_time_audience_is_never_late():
    assert told(audience(refresh=None, last=run(as_of=ago(days=300)))) == []


def test_a_paused_or_deleted_audience_is_never_late():
    assert told(audience(status="paused", last=run(as_of=ago(days=300)))) == []
    assert told(audience(status="deleted", last=run(as_of=ago(days=300)))) == []


def test_an_expired_audience_is_not_late_too():
    ended = NOW - timedelta(days=1)
    assert [what for _, what, _ in told(audience(status="expired", expires_at=ended, last=run(as_of=ago(days=300))))] == [
        "expired on 2026-11-27 12:00 UTC: nobody enters and nobody leaves"
    ]


def test_memberships_that_run_out_call_somebody_before_they_do():
    before = timedelta(days=TTL_DAYS["recurring"] - 4)
    [(_, what, _)] = told(audience(refresh="weekly", last=run(as_of=NOW - before + timedelta(minutes=1)))) or [("", "", "")]
    assert "lapse" not in what
    [(urgency, what, _)] = told(audience(refresh="weekly", last=run(as_of=NOW - before)))
    assert (urgency, what) == ("page", "memberships lapse on 2026-12-02 12:00 UTC")
    [(_, what, _)] = told(audience(refresh="monthly", last=run(as_of=ago(days=16))))
    assert what == "memberships lapsed on 2026-11-28 12:00 UTC"


def test_the_end_of_an_audience_is_told_thirty_days_ahead():
    assert told(audience(expires_at=NOW + timedelta(days=30, minutes=1))) == []
    [(urgency, what, _)] = told(audience(expires_at=NOW + timedelta(days=30)))
    assert (urgency, what) == ("soon", "expires on 2026-12-28 12:00 UTC")
    [(_, what, _)] = told(audience(expires_at=NOW))
    assert what == "expired on 2026-11-28 12:00 UTC: nobody enters and nobody leaves"


@pytest.mark.parametrize(
    ("changed", "urgency", "what", "action"),
    [
        ({"state": "pending", "lag_runs": 1}, "retry", "has not taken 1 run", "cja deliver --project conf/shop buyers"),
        ({"state": "pending", "lag_runs": 3}, "retry", "has not taken 3 runs", "cja doctor --project conf/shop"),
        ({"state": "never", "lag_runs": 3}, "retry", "has not taken 3 runs", "cja deliver"),
        ({"state": "paused", "lag_runs": 1}, "soon", "is paused and has not taken 1 run", "'paused: false' in sinks/store.yaml"),
        ({"dead": 43, "letters": LETTERS}, "fix", "data 22P05, data too_long", "cja deliver --retry-dead-letters --project conf/shop buyers"),
        ({"gaps": ("run 3: 4 and 3",)}, "page", "does not add up in run 3", "cja audit --project conf/shop buyers --sink store"),
    ],
)
def test_a_sink_tells_what_is_wrong_with_it(changed, urgency, what, action):
    [(how, said, do)] = told(audience(sinks=(sink(**changed),)))
    assert how == urgency
    assert what in said
    assert action in do


def test_a_paused_sink_that_has_everything_is_no_trouble():
    assert told(audience(sinks=(sink(state="paused"),))) == []


def test_identities_that_cannot_be_published_are_to_be_mended():
    [(urgency, what, _)] = told(audience(letters=LETTERS[:1]))
    assert (urgency, what) == ("fix", "identities cannot be published: data 22P05")


def test_the_most_urgent_comes_first():
    urgencies = [trouble.urgency for _, trouble in EVERYTHING.troubles]
    assert urgencies == ["page", "page", "approve", "retry", "retry", "fix", "fix", "run", "soon", "soon"]


def test_the_text_tells_everything():
    text = status_text(EVERYTHING)
    lines = text.splitlines()
    assert lines[0].startswith("PAGE    held: ")
    assert "buyers (aud_0123456789ab, daily, active): 12,345 people" in lines
    assert "  run 7 refresh published (exit 0), as of 2026-11-28 07:00 UTC: 120 entered, 30 left, 3 updated, 50 heartbeats, 0 rejected" in lines
    assert "  store: pending, run 5 at 2026-11-28 08:00 UTC, 2 runs behind, 1,234 rows pending, 0 dead letters" in lines
    assert "young: new" in lines
    assert all("->" in lines[at + 1] for at, line in enumerate(lines) if line.split(" ")[0].isupper() and line[0] != " ")


def test_the_one_next_thing_is_what_mends_the_most_urgent_trouble_or_what_is_due_or_nothing():
    assert audience().next_action == "nothing"
    assert audience(action="refresh").next_action == "nothing by hand; refresh is due: cja run-due --project conf/shop buyers"
    both = audience(expires_at=NOW, sinks=(sink(state="pending", lag_runs=1, pending=5),))
    assert both.next_action.startswith("cja deliver --project conf/shop buyers")
    assert "  next: nothing" in status_text(standing(audience())).splitlines()


def test_what_is_approved_is_to_be_published():
    [(urgency, what, action)] = told(audience(action="commit", last=run(state="blocked", guard=("mass_exit",))))
    assert (urgency, what, action) == ("run", "run 7 was held back and is approved", "cja publish --project conf/shop buyers")


def test_last_exits_are_made_by_deleting_again():
    held = run(kind="final_exit", state="blocked", guard=("final_exit",))
    [(urgency, _, action)] = told(audience(status="paused", last=held))
    assert (urgency, action) == ("approve", "approve it: cja approve --project conf/shop buyers; then cja delete --send-exits --project conf/shop buyers")
    [(_, _, action)] = told(audience(status="paused", action="commit", last=held))
    assert action == "cja delete --send-exits --project conf/shop buyers"


def test_every_command_that_is_told_is_one():
    told_of = [trouble.next_action for _, trouble in EVERYTHING.troubles]
    told_of += [one.next_action for one in (audience(action="refresh"), audience(action="commit", last=run(state="blocked", kind="final_exit")))]
    commands = [found for text in told_of for found in re.findall(r"cja ([a-z][^;,]*?)(?=;|,|$| tries)", text)]
    assert len(commands) >= 10
    for command in commands:
        assert parser().parse_args(split(command)).project == "conf/shop"


def test_a_folder_with_a_space_is_one_word_of_the_command():
    one = next(iter(of_audience(audience(status="new", last=None, sinks=()), "conf/my shop", NOW)))
    assert split(one.next_action) == ["cja", "publish", "--project", "conf/my shop", "buyers"]


def test_a_project_where_nothing_is_wrong_says_so():
    assert status_text(standing(audience())).splitlines()[0] == "nothing is wrong"
    assert status_text(standing()) == "the project has no audience"
