"""The story: retries that end, bounces that were sent, names that join, people who can be followed, the same bytes again."""

import json
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from cja_spark.demo.optimizer import FILES, MARKER, Asked, generate
from cja_spark.demo.optimizer.arrivals import arrivals
from cja_spark.demo.optimizer.chance import Chance
from cja_spark.demo.optimizer.story import rows as told
from cja_spark.demo.optimizer.visits import BASE_SHOP, CLICK_BUYS, LAUNCH_BUYS, MAIL_BUYS
from cja_spark.errors import ConfigurationError, UnwritableError
from tests.unit.demo.optimizer_files import asynchronous, at, delivery, feedback, managed, once, rows, step, table

ALL = datetime(2026, 9, 20, tzinfo=UTC)
SEEDS = range(50)


def content(target):
    return {str(file.relative_to(target)): file.read_bytes() for file in sorted(Path(target).rglob("*")) if file.is_file()}


@pytest.fixture(scope="module", params=SEEDS, ids=lambda seed: f"seed {seed}")
def story(request, tmp_path_factory):
    target = tmp_path_factory.mktemp("story")
    generate(str(target), persons=40, days=14, seed=request.param, as_of=ALL)
    return target


@pytest.fixture(scope="module")
def large(tmp_path_factory):
    target = tmp_path_factory.mktemp("large")
    receipt = generate(str(target), persons=600, days=21, as_of=ALL)
    return target, receipt


def by_delivery(target):
    found = {}
    for row in sorted(once(rows(target, FILES["feedback"])), key=lambda row: row["timestamp"]):
        found.setdefault(delivery(row), []).append(row)
    return found


def test_the_same_settings_are_the_same_bytes(tmp_path):
    for name in ("one", "other"):
        generate(str(tmp_path / name), persons=50, days=10, defects=True)
    assert content(tmp_path / "one") == content(tmp_path / "other")
    generate(str(tmp_path / "third"), persons=50, days=10, defects=True, seed=8)
    assert content(tmp_path / "third") != content(tmp_path / "one")


def test_retries_end_within_84_hours_and_are_counted_from_none_on(story):
    for of_one in by_delivery(story).values():
        tries = [row for row in of_one if feedback(row)["feedbackStatus"] in ("delay", "sent", "bounce") and not asynchronous(row)]
        assert [feedback(row)["retryCount"] for row in tries] == list(range(len(tries)))
        assert not tries or at(tries[-1]) - at(tries[0]) <= timedelta(hours=84)
        assert all(feedback(row)["feedbackStatus"] == "delay" for row in tries[:-1])
        assert all(feedback(row)["firstAttemptTimestamp"] == tries[0]["timestamp"] for row in tries[1:])


def test_every_bounce_that_came_back_was_sent_before(story):
    for of_one in by_delivery(story).values():
        back = [row for row in of_one if asynchronous(row)]
        sent = [row for row in of_one if feedback(row)["feedbackStatus"] == "sent"]
        assert len(back) <= len(sent) <= 1
        assert not back or at(sent[0]) < at(back[0])


def test_ids_are_distinct_but_those_of_repeated_rows_which_are_the_same_rows(story):
    repeated = {}
    for name, folder in FILES.items():
        found = {}
        for row in rows(story, folder):
            found.setdefault(row["_id"], []).append(row)
        assert all(len(same) <= 2 and same[0] == same[-1] for same in found.values())
        repeated[name] = sum(len(same) - 1 for same in found.values())
    assert {name: repeated[name] for name in ("entities", "web", "store")} == {"entities": 0, "web": 0, "store": 0}
    assert 0 < sum(repeated.values()) < 0.03 * sum(len(rows(story, folder)) for folder in FILES.values())


def test_a_run_of_a_journey_begins_once_and_ends_once_at_most(story):
    runs = {}
    for row in sorted(once(rows(story, FILES["journey_steps"])), key=lambda row: row["timestamp"]):
        if step(row):
            runs.setdefault(step(row)["instanceID"], []).append(step(row))
    assert len(runs) > 20
    for steps in runs.values():
        assert [one.get("entrance", False) for one in steps] == [True] + [False] * (len(steps) - 1)
        assert steps[0]["nodeType"] == "start"
        ended = [place for place, one in enumerate(steps) if one.get("instanceEnded")]
        assert ended in ([], [len(steps) - 1])
        assert len({(one["profileID"], one["journeyVersionID"], one["inTest"]) for one in steps}) == 1


def loads(target, folder):
    """Each file's load with its rows, the first load first."""
    for file in sorted(Path(target, folder).glob("*.json")):
        lines = file.read_text(encoding="utf-8").splitlines()
        yield file, datetime.strptime(file.stem, "%Y-%m-%dT%H").replace(tzinfo=UTC), [json.loads(line) for line in lines]


def test_a_row_comes_after_it_happened_and_feedback_within_two_hours_and_the_next_load(story):
    for name, folder in FILES.items():
        seen = set()
        for file, load, found in loads(story, folder):
            assert file.stat().st_mtime == load.timestamp()
            for row in found:
                if "timestamp" in row:
                    assert at(row) < load
                if name == "feedback" and row["_id"] not in seen:
                    assert load - at(row) <= timedelta(hours=2 + 6)
                seen.add(row["_id"])


def test_rows_of_a_delivery_arrive_in_the_order_in_which_they_happened():
    latest, repaired = {}, 0
    found = arrivals(told(Asked(persons=120, days=14)), Chance(7))
    for row, came in sorted(found, key=lambda one: (one.row.t, one.row.body["_id"])):
        if row.delivery and not row.copied:
            assert came >= latest.get(row.delivery, 0) and came > row.t
            repaired += came == latest.get(row.delivery)
            latest[row.delivery] = came
    assert repaired > 5


def test_names_join_by_correlation_id_once_and_by_message_id_twice(large):
    target, _ = large
    entities = rows(target, FILES["entities"])
    by_id = Counter(row["_id"] for row in entities)
    by_message = Counter(row["_experience"]["customerJourneyManagement"]["entities"]["channelDetails"]["messageID"] for row in entities)
    seen = 0
    for name in ("feedback", "email_tracking", "push_tracking", "inbound"):
        for row in rows(target, FILES[name]):
            found = [one["scopeDetails"]["correlationID"] for one in row["_experience"]["decisioning"]["propositions"] if "scopeDetails" in one]
            assert [by_id[one] for one in found] == [1]
            assert by_message[managed(row)["messageExecution"]["messageID"]] >= 2
            seen += 1
    assert seen > 1000


def test_a_push_that_was_sent_knows_the_device_alone_and_the_site_ties_it_to_the_person(large):
    target, _ = large
    known = {}
    for row in rows(target, FILES["web"]):
        if "CRMID" in row["identityMap"]:
            known[row["identityMap"]["ECID"][0]["id"]] = row["identityMap"]["CRMID"][0]["id"]
    pushed = [row for row in rows(target, FILES["feedback"]) if managed(row)["messageProfile"]["channel"]["_id"].endswith("/push")]
    sent = [row for row in pushed if feedback(row)["feedbackStatus"] == "sent"]
    excluded = [row for row in pushed if feedback(row)["feedbackStatus"] == "exclude"]
    assert {tuple(row["identityMap"]) for row in sent} == {("ECID",)}
    assert {tuple(row["identityMap"]) for row in excluded} == {("CRMID",)}
    tied = sum(row["identityMap"]["ECID"][0]["id"] in known for row in sent) / len(sent)
    assert 0.3 < tied < 0.95


def test_tests_are_flagged_in_messages_and_steps(large):
    target, _ = large
    tests = {step(row)["profileID"] for row in rows(target, FILES["journey_steps"]) if step(row) and step(row)["inTest"]}
    assert tests == {f"C{number:08d}" for number in range(7, 600, 50)}
    for row in rows(target, FILES["feedback"]):
        person = row["identityMap"].get("CRMID")
        assert person is None or managed(row)["messageProfile"]["isTestExecution"] == (person[0]["id"] in tests)


def test_every_status_interaction_and_answer_of_a_service_occurs(large):
    target, _ = large
    statuses = Counter(feedback(row)["feedbackStatus"] for row in rows(target, FILES["feedback"]))
    assert set(statuses) == {"sent", "delay", "bounce", "denylist", "error", "exclude", "duplicate", "delivered"}
    kinds = {managed(row)["messageInteraction"]["interactionType"] for row in rows(target, FILES["email_tracking"])}
    assert kinds == {"open", "click", "bot_open", "bot_click", "unsubscribe", "spam_complaint", "visit", "submit", "subscription", "reply"}
    shown = {kind for row in rows(target, FILES["inbound"]) for kind in row["_experience"]["decisioning"]["propositionEventType"]}
    assert shown == {"send", "trigger", "display", "interact", "dismiss"}
    steps = [step(row) for row in rows(target, FILES["journey_steps"]) if step(row)]
    assert {one["actionExecutionError"] for one in steps if "actionExecutionError" in one} == {"http", "timeout", "capping"}
    assert {one["stepStatus"].lower() for one in steps} == {"transitions", "ended", "endstep", "error", "timedout", "capped"}
    assert any(one.get("reentrance") for one in steps) and any("exitCriteriaName" in one for one in steps)


def test_failures_and_exclusions_are_of_the_documented_kinds(large):
    target, _ = large
    failures = [feedback(row)["messageFailure"] for row in rows(target, FILES["feedback"]) if "messageFailure" in feedback(row)]
    assert {one["type"] for one in failures} == {"soft", "Soft", "hard", "Hard", "ignored", "Ignored"}
    assert {one["category"] for one in failures} == {"sync", "async"}
    codes = {feedback(row)["messageExclusion"]["code"] for row in rows(target, FILES["feedback"]) if "messageExclusion" in feedback(row)}
    assert codes == {"050018", "050102", "050101", "050111", "050104", "050030", "050152", "050002", "050302"}


def test_a_person_has_one_treatment_and_the_warm_subject_is_clicked_more(large):
    target, _ = large
    had, clicks, sent = {}, Counter(), Counter()
    for row in once(rows(target, FILES["feedback"])):
        if row["_experience"]["decisioning"]["propositions"][0]["scope"] == "email://Cart e-mail":
            had.setdefault(row["identityMap"]["CRMID"][0]["id"], set()).add(managed(row)["messageProfile"]["variant"])
            sent[managed(row)["messageProfile"]["variant"]] += feedback(row)["feedbackStatus"] == "sent"
    for row in once(rows(target, FILES["email_tracking"])):
        said = managed(row)["messageInteraction"]
        if row["_experience"]["decisioning"]["propositions"][0]["scope"] == "email://Cart e-mail" and said["interactionType"] == "click" and "isBot" not in said:
            clicks[managed(row)["messageProfile"]["variant"]] += 1
    assert all(len(variants) == 1 for variants in had.values())
    assert clicks["Warm subject"] / sent["Warm subject"] > clicks["Plain subject"] / sent["Plain subject"] > 0


def test_who_is_held_out_gets_nothing(large):
    target, _ = large
    held = [row for row in rows(target, FILES["feedback"]) if managed(row)["messageProfile"]["variant"] == "Holdout"]
    assert held and {feedback(row)["feedbackStatus"] for row in held} == {"exclude"}


def test_service_events_have_no_profile(large):
    target, _ = large
    events = [row for row in rows(target, FILES["journey_steps"]) if not step(row)]
    assert {part for row in events for part in row["_experience"]["journeyOrchestration"]["serviceEvents"]} == {"dispatcher", "segmentExportJob"}
    assert not any("identityMap" in row for row in events)


def test_who_has_no_address_gets_no_more_e_mail(large):
    target, _ = large
    gone, late = {}, 0
    for row in sorted(once(rows(target, FILES["feedback"])), key=lambda row: row["timestamp"]):
        said, person = feedback(row), row["identityMap"].get("CRMID", [{"id": ""}])[0]["id"]
        mail = managed(row)["messageProfile"]["channel"]["_id"].endswith("/email")
        if mail and said["feedbackStatus"] == "exclude" and said["messageExclusion"]["code"] == "050102":
            late += 1
        requested = said["requestTimestamp"]
        if mail and said["feedbackStatus"] == "sent" and person in gone:
            assert requested <= gone[person]
        if mail and said.get("messageFailure", {}).get("type", "").lower() == "hard" and said["feedbackStatus"] == "bounce":
            gone.setdefault(person, row["timestamp"])
    assert late > 5


def test_tracking_comes_days_late_now_and_then(large):
    target, _ = large
    late = total = 0
    for _, load, found in loads(target, FILES["email_tracking"]):
        total += len(found)
        late += sum(load - at(row) > timedelta(days=1) for row in found)
    assert 0.01 < late / total < 0.06


@pytest.mark.parametrize(("channels", "buys"), [(("email:", "sms:"), CLICK_BUYS), (("push:",), LAUNCH_BUYS)])
def test_what_messages_lead_to_ends_in_purchases_as_often_as_the_page_says(large, channels, buys):
    """A click and a launch begin a visit whose first page has the message's code."""
    target, _ = large
    begun, bought = set(), set()
    for row in rows(target, FILES["web"]):
        device, t = row["identityMap"]["ECID"][0]["id"], at(row)
        if row.get("marketing", {}).get("trackingCode", "").startswith(channels):
            begun.add((device, t))
        if "commerce" in row:
            bought.add((device, t - timedelta(minutes=3)))
    assert len(begun) > 150 and abs(len(begun & bought) / len(begun) - buys) < 0.06


def test_e_mails_that_nobody_clicks_sell_in_shops(large):
    target, _ = large
    shops = {row["commerce"]["order"]["purchaseID"] for row in rows(target, FILES["store"])}
    clicked = {delivery(row) for row in rows(target, FILES["email_tracking"]) if managed(row)["messageInteraction"]["interactionType"] == "click"}
    mails = {
        one for one, found in by_delivery(target).items()
        if managed(found[0])["messageProfile"]["channel"]["_id"].endswith("/email") and one not in clicked
        and [feedback(row)["feedbackStatus"] for row in found][-1] == "sent"
    }  # fmt: skip
    without = 600 * 21 * BASE_SHOP
    assert len(shops) == len(rows(target, FILES["store"]))
    assert abs((len(shops) - without) / len(mails) - MAIL_BUYS) < 0.02


def test_the_receipt_counts_the_files(large):
    target, receipt = large
    assert {name: len(rows(target, folder)) for name, folder in FILES.items()} == dict(receipt.rows)
    assert not any(receipt.waiting.values())
    counts = Counter()
    for line in table(target, "loads.csv"):
        counts[line["dataset"]] += int(line["rows"])
    assert counts == Counter(dict(receipt.rows))
    for name, folder in FILES.items():
        assert len(rows(target, folder)) - len(once(rows(target, folder))) == receipt.repeated[name]


def test_a_later_load_adds_files_and_changes_none(tmp_path):
    early = {"persons": 50, "days": 10, "as_of": datetime(2026, 8, 1, 6, tzinfo=UTC)}
    receipt = generate(str(tmp_path), **early)
    before = content(tmp_path)
    assert not generate(str(tmp_path), **early).fresh
    later = generate(str(tmp_path), **{**early, "as_of": ALL})
    after = content(tmp_path)
    kept = [name for name in before if name.endswith(".json") and name != MARKER]
    assert all(after[name] == before[name] for name in kept) and before["reported.csv"] == after["reported.csv"]
    assert later.rows == {name: receipt.rows[name] + receipt.waiting[name] for name in FILES}
    generate(str(tmp_path / "at once"), **{**early, "as_of": ALL})
    assert content(tmp_path / "at once") == {name: text for name, text in after.items() if not name.startswith("at once")}


@pytest.mark.parametrize(
    ("other", "said"),
    [({"seed": 8}, "seed 7 .asked is 8."), ({"as_of": datetime(2026, 8, 1, tzinfo=UTC)}, "earlier"), ({"defects": True}, "defects False")],
)
def test_a_folder_holds_one_story(tmp_path, other, said):
    generate(str(tmp_path), persons=20, days=8)
    before = content(tmp_path)
    with pytest.raises(ConfigurationError, match=said):
        generate(str(tmp_path), **{"persons": 20, "days": 8, **other})
    assert content(tmp_path) == before


def test_what_another_version_wrote_is_not_taken_for_ours(tmp_path):
    (tmp_path / MARKER).write_text("{}")
    with pytest.raises(ConfigurationError, match="another version"):
        generate(str(tmp_path), persons=20, days=8)


def test_a_folder_that_cannot_be_written_is_named(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(UnwritableError, match="message-feedback|entities"):
        generate(str(tmp_path / "file"), persons=20, days=8)
