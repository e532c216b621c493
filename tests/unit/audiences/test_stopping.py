"""R6: TERM and INT end a run at its next safe place, with what was begun finished and the claim given back."""

import json
import os
import signal
import threading

import pytest

from cja_spark.audiences.tables import CLAIMS
from cja_spark.failpoints import forget_hits
from cja_spark.lake import Lake
from cja_spark.stopping import Stopped, stop_here, stopping
from tests.unit.audiences.shop import members, shop_with


@pytest.mark.parametrize(("signum", "code"), [(signal.SIGTERM, 143), (signal.SIGINT, 130)])
def test_r6_a_signal_is_noted_and_ends_the_work_at_the_next_safe_place(signum, code, capsys):
    before = signal.getsignal(signum)
    with pytest.raises(Stopped) as raised, stopping():
        stop_here()
        os.kill(os.getpid(), signum)
        assert "stopping at the next safe place" in capsys.readouterr().err
        stop_here()
    assert raised.value.exit_code == code
    assert signal.getsignal(signum) is before
    stop_here()  # what comes later is not stopped by it


def test_r6_before_the_first_safe_place_a_signal_does_what_it_did_before():
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        with pytest.raises(KeyboardInterrupt), stopping():  # nothing is written yet: nothing has to be finished
            os.kill(os.getpid(), signal.SIGINT)
            pytest.fail("the signal was kept for a safe place")
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        with stopping():
            os.kill(os.getpid(), signal.SIGINT)
            stop_here()  # nor does it end what was started to ignore it
    finally:
        signal.signal(signal.SIGINT, before)


def test_r6_no_handler_of_errors_sees_it():
    assert not issubclass(Stopped, Exception)


def test_r6_another_thread_than_the_main_one_runs_as_before():
    done = []

    def work():
        with stopping():
            done.append(signal.getsignal(signal.SIGTERM))

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert done == [signal.getsignal(signal.SIGTERM)]


@pytest.mark.parametrize(
    ("at", "committed"), [("eval.done", ()), ("outbox.after_commit", ("first",)), ("members.before_merge", ("first",))]
)
@pytest.mark.fault("F14")
def test_r6_a_publish_finishes_what_it_committed_and_begins_nothing_after_it(spark, shop, monkeypatch, at, committed):
    shop = shop.copied_to(shop.folder.with_name(at))
    monkeypatch.setenv("CJA_FAILPOINTS", f"{at}=term@1")
    forget_hits()
    file = shop.folder / "publish.json"
    assert shop.run("publish", "--receipt", str(file)) == 143
    monkeypatch.delenv("CJA_FAILPOINTS")
    receipt = json.loads(file.read_text())
    assert (receipt["exit_code"], "stopped at a safe place" in receipt["reason"]) == (143, True)
    assert [(one["audience"], one["state"], one["enter"]) for one in receipt["audiences"]] == [(name, "committed", 2) for name in committed]
    assert members(spark, shop) == ["ann", "bob"] * len(committed)
    rows = Lake(spark, str(shop.lake)).table(CLAIMS).rows("event")
    assert sorted({row["event"] for row in rows}) == ["acquired", "released"]
    assert shop.run("publish") == 0
    assert members(spark, shop) == ["ann", "ann", "bob", "bob"]


@pytest.fixture(scope="module")
def shop(tmp_path_factory, spark):
    return shop_with(tmp_path_factory.mktemp("stopped") / "shop", "first", "second")
