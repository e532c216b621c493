"""What PostgreSQL would refuse is found before it is sent, and nothing else is; compared with what a real server says (KP2)."""

import psycopg
import pytest

from cja_spark.sinks.postgres.texts import DEEPEST, LONGEST_KEY, fault_in, parted
from tests.unit.sinks.postgres.stores import change, changes

BAD = {
    "nul in the id": ({"id": "a\x00b"}, "nul"),
    "nul in the key": ({"profile_key": "crm:a\x00"}, "nul"),
    "an unpaired surrogate": ({"id": "a\ud800"}, "not_utf8"),
    "a low surrogate in the key": ({"profile_key": "crm:\udfff"}, "not_utf8"),
    "an unpaired surrogate in attributes": ({"attrs": '{"a":"\udc80"}'}, "not_utf8"),
    "nul in attributes": ({"attrs": '{"a":"\x00"}'}, "nul"),
    "an escaped nul": ({"attrs": '{"a":["\\u0000"]}'}, "json_nul"),
    "an escaped nul in a name": ({"attrs": '{"\\u0000":1}'}, "json_nul"),
    "an escaped surrogate": ({"attrs": '{"a":"\\ud800"}'}, "json_not_utf8"),
    "NaN": ({"attrs": '{"a":NaN}'}, "json"),
    "infinity": ({"attrs": "[-Infinity]"}, "json"),
    "no JSON": ({"attrs": "{"}, "json"),
    "an empty text": ({"attrs": ""}, "json"),
    "a control character": ({"attrs": '"a\nb"'}, "json"),
    "too deep": ({"attrs": "[" * (DEEPEST + 1) + "]" * (DEEPEST + 1)}, "json_too_deep"),
    "a hundred thousand brackets": ({"attrs": "[" * 100_000 + "]" * 100_000}, "json_too_deep"),
    "another status": ({"status": "existing"}, "status"),
    "no time": ({"asserted_at": None}, "null"),
    "no id": ({"id": None}, "null"),
    "a key too long by a byte": ({"profile_key": "é" * (LONGEST_KEY // 2) + "a"}, "key_too_long"),
}
GOOD = {
    "a key as long as may be": {"profile_key": "é" * (LONGEST_KEY // 2)},
    "an escaped backslash before u0000": {"attrs": '{"a":"\\\\u0000"}'},
    "a pair of surrogates, escaped": {"attrs": '"\\ud83d\\ude00"'},
    "other planes": {"id": "😀\u202eעב", "attrs": '{"😀":"\U0010ffff"}'},
    "null": {"attrs": "null"},
    "a long text": {"attrs": '"' + "x" * 1_000_000 + '"'},
    "many brackets side by side": {"attrs": "[" + ",".join(["[]"] * 2000) + "]"},
    "brackets in a text": {"attrs": '"' + "[" * 5000 + '"'},
    "quotes and backslashes": {"id": "a'\"\\{},NULL", "attrs": '{"a":"\\"\\\\"}'},
    "the text NULL": {"id": "NULL", "profile_key": "NULL"},
    "an empty id": {"id": "", "profile_key": "crm:"},
    "a great number": {"attrs": "1e300"},
}


@pytest.mark.parametrize("name", BAD)
@pytest.mark.fault("F5")
def test_what_cannot_be_stored_is_told_apart_and_the_rest_goes_on(name):
    given, fault = BAD[name]
    good, rejected = parted([change("before"), change("bad", **given), change("behind")])
    assert [one.id for one in good] == ["before", "behind"]
    assert [(one.change_id, one.error_class, one.error_code) for one in rejected] == [("c1-enter-bad", "Validation", fault)]


@pytest.mark.parametrize("name", GOOD)
def test_what_can_be_stored_is_stored_as_it_is(store, name):
    told = change("good", **GOOD[name])
    assert fault_in(told) is None
    assert store.apply([told]).rejected == ()
    [(key, id_, same)] = store.rows(
        "SELECT p.profile_key, p.id, m.attrs IS NOT NULL FROM cja.profiles p JOIN cja.profile_memberships m USING (profile_key)"
    )
    assert (key, id_, same) == (told.profile_key, told.id, told.attrs is not None)


@pytest.mark.parametrize("name", [name for name, (given, _) in BAD.items() if "attrs" in given and name != "too deep"])
def test_the_server_refuses_what_the_validation_does(postgres, name):
    """Each is a fault of data, or of the server's own bounds: none of it is refused for nothing."""
    with postgres.admin() as connection, pytest.raises((psycopg.Error, UnicodeEncodeError)):
        connection.execute("SELECT %s::text::jsonb", (BAD[name][0]["attrs"],))


@pytest.mark.fault("F5")
def test_a_chunk_of_nothing_but_faults_is_refused_whole(store):
    told = [change(f"{at}", attrs="NaN") for at in range(20)]
    applied = store.apply(told)
    assert (applied.acked, applied.created, applied.requests) == (0, 0, 0)
    assert [one.change_id for one in applied.rejected] == [one.change_id for one in told]


def test_what_is_good_is_given_as_it_came():
    told = changes("abc")
    assert parted(told) == (told, ())
