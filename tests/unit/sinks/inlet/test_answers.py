"""Answers of the inlet: what each says of each message, and that what cannot be read is no success (KH4, KH5, KH6, K4)."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cja_spark.sinks.chunk import DataError, FatalError, RetryableError, SinkError
from cja_spark.sinks.inlet.answers import Reply, retry_after_s, single_verdict, verdict

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


def told(*entries, status=207):
    return verdict(Reply(status, None, json.dumps({"responses": list(entries)}).encode()), len(entries), NOW)


def fault(status, body=b"{}", retry_after=None, count=1):
    with pytest.raises(SinkError) as raised:
        verdict(Reply(status, retry_after, body), count, NOW)
    return raised.value


SUCCESS = [{}, {"xactionId": "x"}, {"statusCode": 200}, {"status": 200}, {"status": 207}, {"statusCode": 299}, {"status": "200"},
           {"statusCode": 201, "status": 202}]  # fmt: skip


@pytest.mark.parametrize("entry", SUCCESS, ids=str)
def test_an_entry_without_a_code_or_with_a_good_one_is_taken(entry):
    assert told(entry) == ((0,), {}, {})


REFUSED = [400, 401, 403, 404, 405, 409, 410, 413, 415, 422, 499]


@pytest.mark.parametrize("status", REFUSED)
@pytest.mark.parametrize("name", ["statusCode", "status"])
def test_an_entry_with_another_4xx_is_refused_whatever_else_it_says(name, status):
    assert told({name: status, "xactionId": "x", "message": "no"}) == ((), {0: status}, {})
    assert told({name: str(status)}) == ((), {0: status}, {})


AGAIN = [408, 425, 429, 500, 501, 502, 503, 504, 599]


@pytest.mark.parametrize("status", AGAIN)
@pytest.mark.parametrize("name", ["statusCode", "status"])
def test_an_entry_with_a_passing_fault_is_sent_again(name, status):
    assert told({name: status}) == ((), {}, {0: status})


ODD = [None, True, False, "", "ok", "2000", "20", "-200", 20.0, 200.5, 0, -1, 99, 600, 10**30, [], {}, "٢٠٠", " 200"]


@pytest.mark.parametrize("status", ODD, ids=repr)
def test_an_entry_whose_code_cannot_be_read_is_sent_again(status):
    assert told({"status": status}) == ((), {}, {0: 0})


@pytest.mark.parametrize("status", [100, 101, 199, 300, 301, 302, 399])
def test_an_entry_with_a_code_that_says_nothing_is_sent_again(status):
    assert told({"status": status}) == ((), {}, {0: status})


@pytest.mark.parametrize(("entry", "found"), [
    ({"statusCode": 200, "status": 400}, {0: 400}), ({"statusCode": 400, "status": 200}, {0: 400}),
    ({"statusCode": 422, "status": 400}, {0: 422}),
])  # fmt: skip
def test_of_two_codes_the_bad_one_counts(entry, found):
    assert told(entry).refused == found


def test_entries_are_in_the_order_of_the_messages():
    assert told({}, {"status": 400}, {"status": 503}, {"xactionId": "x"}) == ((0, 3), {1: 400}, {2: 503})


@pytest.mark.parametrize("status", [200, 201, 202, 204, 207, 226])
def test_every_good_code_needs_entries(status):
    assert told({}, status=status).accepted == (0,)
    assert str(fault(status)) == "unknown no_responses"


UNREADABLE = [
    b"", b"{", b"null", b"true", b"1", b'"x"', b"[]", b"{}", b'{"responses":null}', b'{"responses":{}}', b'{"responses":"xx"}',
    b'{"responses":[null]}', b'{"responses":["ok"]}', b'{"responses":[[]]}', b'{"responses":[1]}', b'{"Responses":[{}]}',
    b"\xff", b'{"responses":[{}]', b"[" * 100_000, b"1" * 5000, b'{"responses":[{}]}x', b"\xef\xbb\xbf{}",
    b'{"responses":[]}', b'{"responses":[{},{}]}', b'{"responses":[{},{"status":400}]}',
]  # fmt: skip


@pytest.mark.parametrize("body", UNREADABLE, ids=lambda body: repr(body[:30]))
def test_an_answer_that_cannot_be_read_is_unknown(body):
    found = fault(207, body)
    assert isinstance(found, RetryableError)
    assert (found.error_class, found.costs_attempt) == ("unknown", True)


RETRYABLE = [408, 409, 425, 429, 500, 502, 503, 504]


@pytest.mark.parametrize("status", [*RETRYABLE, 505, 520, 599])
def test_a_passing_fault_may_be_tried_again(status):
    found = fault(status)
    assert isinstance(found, RetryableError)
    assert (str(found), found.retry_after, found.costs_attempt) == (f"server http_{status}", None, True)


@pytest.mark.parametrize("status", RETRYABLE)
def test_who_asks_to_wait_is_waited_for_and_that_costs_no_attempt(status):
    found = fault(status, retry_after="7")
    assert (found.retry_after, found.costs_attempt) == (7.0, False)


@pytest.mark.parametrize("status", [400, 413, 422])
def test_a_refused_request_has_a_refused_message(status):
    found = fault(status)
    assert isinstance(found, DataError)
    assert str(found) == f"data http_{status}"


FATAL = [300, 301, 302, 303, 304, 307, 308, 399, 401, 402, 403, 404, 405, 406, 407, 410, 411, 414, 415, 417, 418, 421, 426, 431, 451, 501]


@pytest.mark.parametrize("status", FATAL)
def test_what_nobody_will_mend_by_waiting_ends_it(status):
    found = fault(status)
    assert isinstance(found, FatalError)
    assert str(found) == f"server http_{status}"


@pytest.mark.parametrize("status", [100, 101, 103, 0, -1])
def test_a_code_that_is_none_is_unknown(status):
    assert isinstance(fault(status), RetryableError)


@pytest.mark.parametrize(("text", "seconds"), [
    ("0", 0.0), ("1", 1.0), ("120", 120.0), (" 5 ", 5.0), ("999999999999999999", 999_999_999.0),
    ("Sun, 22 Nov 2026 12:00:30 GMT", 30.0), ("Sun, 22 Nov 2026 13:00:30 +0100", 30.0), ("Sunday, 22-Nov-26 12:00:30 GMT", 30.0),
])  # fmt: skip
@pytest.mark.fault("F9")
def test_retry_after_is_seconds_or_a_date(text, seconds):
    assert retry_after_s(text, NOW) == seconds


PAST = [None, "", "-1", "1.5", "soon", "1e3", "0x10", "+5", "١٢", "Sun, 22 Nov 2026 12:00:00 GMT", "Sun, 22 Nov 2026 11:59:59 GMT",
        "Thu, 01 Jan 1970 00:00:00 GMT", "Sun, 99 Nov 2026 12:00:00 GMT", "2026-11-22T12:00:30Z", "Sun, 22 Nov 99999999 12:00:30 GMT",
        "\x00", "5, 6", "Sun, 22 Nov 2026 25:61:61 GMT"]  # fmt: skip


@pytest.mark.parametrize("text", PAST, ids=repr)
@pytest.mark.fault("F9")
def test_a_wait_that_is_past_or_unreadable_is_ignored(text):
    assert retry_after_s(text, NOW) is None


def test_a_verdict_on_one_message_needs_the_word_pass():
    def body(validation):
        return json.dumps({"inletId": "x", "xactionId": "y", "syncValidation": validation}).encode()

    assert single_verdict(Reply(200, None, body({"status": "pass"})), NOW).accepted == (0,)
    for odd in ({"skipped": True}, {"status": "fail"}, {}, None, "pass", ["pass"]):
        with pytest.raises(RetryableError, match="unknown not_validated"):
            single_verdict(Reply(200, None, body(odd)), NOW)
    for odd in (b"", b"[]", b"null", b"{}"):
        with pytest.raises(RetryableError, match="unknown"):
            single_verdict(Reply(200, None, odd), NOW)
    with pytest.raises(DataError, match="data http_400"):
        single_verdict(Reply(400, None, body({"status": "pass"})), NOW)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(), lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner), max_leaves=6
)
ENTRY = st.fixed_dictionaries({}, optional={"status": st.sampled_from([200, 207, 400, 429, 500]) | JSON, "statusCode": st.sampled_from([200, 400, 503]), "xactionId": st.text()})


@given(st.lists(ENTRY, min_size=1, max_size=8))
def test_every_message_of_a_read_answer_has_one_fate(entries):
    found = told(*entries)
    assert sorted([*found.accepted, *found.refused, *found.again]) == list(range(len(entries)))
    codes = [[entry[name] for name in ("statusCode", "status") if name in entry] for entry in entries]
    assert all(all(str(code) in map(str, range(200, 300)) for code in codes[place]) for place in found.accepted)


@given(st.integers(200, 299), JSON, st.integers(1, 5))
def test_no_answer_but_a_whole_one_takes_anything(status, document, count):
    try:
        found = verdict(Reply(status, None, json.dumps(document).encode()), count, NOW)
    except RetryableError:
        return
    assert isinstance(document, dict)
    assert len(document["responses"]) == count == len(found.accepted) + len(found.refused) + len(found.again)


@given(st.integers(-5, 1200), st.binary(max_size=50), st.none() | st.text(max_size=30))
def test_an_error_never_holds_what_the_server_said(status, body, wait):
    try:
        verdict(Reply(status, wait, body), 1, NOW)
    except SinkError as error:
        assert error.code in {f"http_{status}", "no_json", "no_responses", "other_length"}
        assert getattr(error, "retry_after", None) is None or error.retry_after >= 0


def test_a_date_far_away_is_that_many_seconds():
    assert retry_after_s("Mon, 22 Nov 2027 12:00:00 GMT", NOW) == timedelta(days=365).total_seconds()
