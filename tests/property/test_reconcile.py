"""Comparisons add up: the kernel agrees with the reference, and nothing is counted twice, whatever the rows."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from cja_spark.reconciliation.cells import OURS, summed
from tests.golden.reconcile_rows import cells_in, told_by_kernel
from tests.reference.golden_reconcile import told
from tests.reference.reconcile import reconcile, reported

FIRST = date(2026, 10, 24)  # clocks change in Berlin on the 25th, in New York on 1 November
MIDNIGHT = datetime(2026, 10, 24, tzinfo=UTC)
ZONES = ("UTC", "Europe/Berlin", "America/New_York", "Pacific/Auckland", "Asia/Kathmandu")
STEPS = (timedelta(0), timedelta(milliseconds=1), -timedelta(milliseconds=1), timedelta(hours=1), timedelta(hours=-1))


@st.composite
def instants(draw):
    return MIDNIGHT + timedelta(hours=draw(st.integers(-30, 270))) + draw(st.sampled_from(STEPS))


@st.composite
def row(draw):
    t = draw(instants())
    return {
        "t": t, "arrived": t + timedelta(hours=draw(st.sampled_from((0, 1, 2, 30, 200)))),
        "state": draw(st.sampled_from(("loaded",) * 4 + ("duplicate_event_id", "empty_person_id", "not_a_number"))),
        "test": draw(st.sampled_from((False, False, True))), "kept": draw(st.sampled_from((True, True, False))),
        "channel": draw(st.sampled_from(("email", "push", ""))), "campaign": draw(st.sampled_from(("Summer", "Winter", ""))),
        "dataset": draw(st.sampled_from(("feedback", "email_tracking"))),
        "amount": draw(st.sampled_from((1.0, 1.0, 0.0, -1.0))), "retries": draw(st.sampled_from((0.0, 0.0, 1.0, 3.0))),
    }  # fmt: skip


@st.composite
def hows(draw):
    first = FIRST + timedelta(days=draw(st.integers(0, 4)))
    return {
        "date_from": first, "date_to": first + timedelta(days=draw(st.integers(0, 6))),
        "our_zone": draw(st.sampled_from(ZONES)), "their_zone": draw(st.sampled_from(ZONES)),
        "as_of": draw(instants()), "reported_at": draw(instants()), "young": timedelta(days=draw(st.sampled_from((0, 1, 7)))),
        "repeats_counted": draw(st.booleans()), "tests_counted": draw(st.booleans()),
    }  # fmt: skip


ROWS = st.lists(row(), max_size=30)
ASKED = [
    {"channel": channel, "campaign": campaign, "value": value}
    for channel, campaign, value in (("", "", 20.0), ("email", "", 11.0), ("email", "Summer", 4.0), ("push", "Winter", 0.0))
]
SOME = settings(max_examples=60, deadline=None)


def parts(rows, how):
    """Ours, and the sums by cause, of the kernel."""
    cells, _ = cells_in(rows, how)
    found = {}
    for cell in cells.to_pylist():
        found[cell["cause"]] = found.get(cell["cause"], 0.0) + cell["amount"]
    return found.pop(OURS, 0.0), {cause: amount for cause, amount in found.items() if amount}


@SOME
@given(ROWS, hows())
def test_the_kernel_gives_the_table_of_the_reference(rows, how):
    assert told_by_kernel(rows, how, ASKED) == told(rows, how, ASKED)


@SOME
@given(ROWS, hows())
def test_the_causes_add_up_to_what_the_source_has_more(rows, how):
    ours, causes = parts(rows, how)
    assert reported(rows, how) - ours == sum(causes.values())


@SOME
@given(ROWS, hows(), st.randoms(use_true_random=False), st.integers(0, 30))
def test_neither_the_order_of_rows_nor_their_batches_matter(rows, how, chance, cut):
    mixed = [*rows]
    chance.shuffle(mixed)
    assert parts(mixed, how) == parts(rows, how)
    whole, words = cells_in(rows, how)
    apart = [cells_in(some, how) for some in (rows[:cut], rows[cut:])]
    if all(part[1] == words for part in apart):  # the words have the same numbers
        assert sorted(map(str, summed(part[0] for part in apart).to_pylist())) == sorted(map(str, whole.to_pylist()))


@SOME
@given(ROWS, hows(), st.data())
def test_a_row_again_moves_only_deduplicated(rows, how, data):
    loaded = [one for one in rows if one["state"] == "loaded"]
    if not loaded:
        return
    again = {**data.draw(st.sampled_from(loaded)), "state": "duplicate_event_id"}
    (ours, before), (still, after) = reconcile(rows, how), reconcile([*rows, again], how)
    assert ours == still
    assert {key for key in before.keys() | after.keys() if before.get(key) != after.get(key)} <= {("deduplicated", "")}
    assert parts([*rows, again], how)[0] == parts(rows, how)[0]


@SOME
@given(ROWS, hows())
def test_the_same_zone_and_a_complete_range_need_neither_clock_nor_patience(rows, how):
    late = MIDNIGHT + timedelta(days=60)
    settled = {**how, "their_zone": how["our_zone"], "as_of": late, "reported_at": late}
    _, causes = reconcile(rows, settled)
    assert {cause for cause, _ in causes} <= {"dropped", "deduplicated", "test_profiles", "retries"}
    assert len(parts(rows, settled)[1]) <= 4
