"""One chunk in its task: what it is given, and what each answer and each error of a sink means."""

from itertools import count

import pyarrow as pa
import pytest

from cja_spark.errors import UnavailableError
from cja_spark.sinks.chunk import Applied, DataError, FatalError, LostError, Rejected, RetryableError, RunFacts, Token
from cja_spark.sinks.ended import require_none
from cja_spark.sinks.kinds import OPEN
from cja_spark.sinks.spec import Chunked
from cja_spark.sinks.task import SENT, Told, Work, apply_chunk, chunks_applied, told_of
from tests.unit.sinks.rows import AS_OF, change

names = count()


class Sink:
    """Answers what it was told to answer."""

    def __init__(self, *answers, done=False):
        self.answers, self.done, self.given, self.opened, self.closed = [*answers], done, [], 0, 0

    def is_done(self, token):
        return self.done

    def apply(self, changes, token, run):
        self.given.append((list(changes), token, run))
        answer = self.answers.pop(0) if self.answers else Applied(len(changes))
        if isinstance(answer, Exception):
            raise answer
        return answer

    def close(self):
        self.closed += 1


def work(sink, **settings):
    kind = f"answers{next(names)}"

    @OPEN.register(kind)
    def open_(spec, audience_id, slot):
        sink.opened += 1
        sink.slot = slot
        return sink

    spec = Chunked(name="store", sink=kind, **{"attempts": 1, "give_up_after": "0 s", **settings})
    return Work(spec, "aud_000000000000", 7, 9, RunFacts("refresh", AS_OF, 1, "buyers", None))


def batches(*rows, size=2):
    columns = [pa.array(values) for values in zip(*((*one, chunk, held) for one, chunk, held in rows), strict=True)]
    return pa.table(columns, names=list(SENT)).to_batches(max_chunksize=size)


def run(sink, *rows, **settings):
    out = [*chunks_applied(work(sink, **settings))(iter(batches(*rows) if rows else []))]
    return told_of(pa.Table.from_batches(out)) if out else []


def test_a_chunk_is_given_whole_and_sorted_with_its_token():
    sink = Sink()
    [told] = run(sink, *((change(id_), 5, False) for id_ in "cabd"), concurrency=3)
    [(changes, token, facts)] = sink.given
    assert [one.id for one in changes] == ["a", "b", "c", "d"]
    assert changes[0] == change("a")
    assert token == ("store", "aud_000000000000", 7, 5, 9)
    assert facts.as_of == AS_OF
    assert (sink.slot, sink.opened, sink.closed) == (2, 1, 1)
    assert (told.chunk, told.ended, told.acked, told.suppressed) == (5, "done", 4, 0)


def test_chunks_that_share_a_task_stay_apart():
    sink = Sink()
    told = run(sink, (change("a"), 2, False), (change("b"), 1, False), (change("c"), 2, False))
    assert [(one.chunk, one.acked) for one in told] == [(1, 1), (2, 2)]
    assert [[one.id for one in changes] for changes, _, _ in sink.given] == [["b"], ["a", "c"]]


def test_a_task_without_rows_says_nothing_and_opens_nothing():
    sink = Sink()
    assert run(sink) == []
    assert sink.opened == 0


def test_of_one_key_a_sink_gets_one_row():
    """M7, T18: equal keys in one statement are an error, or two rows."""
    sink = Sink()
    twice = (change("a", change_id="c1"), change("b"), change("a", change_id="c2"))
    [told] = run(sink, *((one, 0, False) for one in twice))
    assert [one.change_id for one in sink.given[0][0]] == ["c2", "c-b"]
    assert told.acked == 3


def test_erased_persons_are_not_given_and_counted():
    sink = Sink()
    erased = change("x")._replace(profile_key=None, id=None, person_ref=None)
    [told] = run(sink, (change("a"), 0, False), (erased, 0, True))
    assert [one.id for one in sink.given[0][0]] == ["a"]
    assert (told.acked, told.suppressed) == (1, 1)


def test_a_chunk_of_erased_persons_alone_is_done():
    [told] = run(Sink(), (change("a"), 0, True))
    assert (told.ended, told.acked, told.suppressed) == ("done", 0, 1)


def test_what_is_refused_is_told_with_its_class_and_code():
    sink = Sink(Applied(1, (Rejected("c-b", "data", "22P05"),), 1, 3, 90, confirmed=False))
    [told] = run(sink, (change("a"), 0, False), (change("b"), 0, False))
    assert told._replace(duration_ms=0) == Told(
        0, "done", 1, 0, 1, 3, 90, 0, confirmed=False, rejected=(Rejected("c-b", "data", "22P05"),)
    )


def test_a_chunk_that_the_sink_remembers_is_not_sent():
    sink = Sink(done=True)
    [told] = run(sink, (change("a"), 0, False))
    assert (told.ended, told.acked, sink.given) == ("known", 1, [])


@pytest.mark.parametrize(
    "answer",
    [
        Applied(3), Applied(1), Applied(2, (Rejected("c-a", "data", "x"),)), Applied(1, (Rejected("c-z", "data", "x"),)),
        Applied(0, (Rejected("c-a", "data", "x"), Rejected("c-a", "data", "x"))),
    ],
)  # fmt: skip
@pytest.mark.fault("F5")
def test_an_answer_that_does_not_account_for_every_row_is_none(answer):
    """T1, T19: a chunk did not succeed because some row of it did."""
    [told] = run(Sink(answer), (change("a"), 0, False), (change("b"), 0, False))
    assert (told.ended, told.acked, told.error_class) == ("bug", 0, "contract")


@pytest.mark.parametrize(
    ("error", "ended", "why"),
    [
        (RetryableError("network", "reset"), "waits", ("network", "reset")),
        (FatalError("auth", "401"), "fatal", ("auth", "401")),
        (LostError("fenced", "47"), "lost", ("fenced", "47")),
        (DataError("data", "22P05"), "fatal", ("data", "22P05")),
        (ValueError("crm:a is secret"), "bug", ("ValueError", None)),
    ],
)
def test_each_error_ends_a_chunk_as_what_it_is(error, ended, why):
    sink = Sink(error)
    [told] = run(sink, (change("a"), 0, False))
    assert (told.ended, told.acked, told.error_class) == (ended, 0, why[0])
    assert why[1] is None or told.error_code == why[1]
    assert "secret" not in str(told)
    assert sink.closed == 1


def test_a_package_that_only_the_drivers_machine_has_is_named_and_no_bug(monkeypatch):
    def missing(name):
        raise ModuleNotFoundError("No module named 'confluent_kafka'", name="confluent_kafka")

    monkeypatch.setattr("cja_spark.sinks.kinds.importlib.import_module", missing)
    spec = Chunked(name="feed", sink="nowhere", attempts=1, give_up_after="0 s")
    told = apply_chunk(work(Sink())._replace(sink=spec), Token("feed", "aud_000000000000", 7, 0, 1), [change("a")])
    assert (told.ended, told.acked, told.error_class, told.error_code) == ("fatal", 0, "missing_package", "confluent_kafka")
    with pytest.raises(UnavailableError, match="^sink 'feed': missing_package confluent_kafka. Its rows wait. Mend it") as ended:
        require_none("feed", [told], "fatal")
    assert ended.value.exit_code == 6


def test_an_attempt_that_may_succeed_is_made_again_with_the_same_rows():
    sink = Sink(RetryableError("network", "reset", retry_after=0.0, costs_attempt=False))
    [told] = run(sink, (change("a"), 0, False))
    assert (told.ended, told.acked, sink.opened) == ("done", 1, 1)
    assert sink.given[0] == sink.given[1]
