"""Metrics: the names that alerts are written for, in a format that Prometheus reads."""

import re

from cja_spark.watch.metrics import RunCounts, metrics_text
from tests.unit.watch.standings import EVERYTHING, audience, sink, standing

OPS = {"enter": 5, "update": 0, "exit": 2, "heartbeat": 0}
TAKEN = {
    "buyers": [
        RunCounts("store", OPS, 7, 0, 0, (0.5, 0.25)),
        RunCounts("store", OPS, 5, 1, 1, (1.0,)),
        RunCounts("store", {"enter": 3}, 3, 0, 0, ()),
    ]
}
LINE = re.compile(r'^[a-z_]+(\{[a-z_]+="(?:[^"\\\n]|\\.)*"(,[a-z_]+="(?:[^"\\\n]|\\.)*")*\})? -?[0-9.e+]+$')


def lines(text):
    return [line for line in text.splitlines() if not line.startswith("#")]


def test_the_metrics_of_the_specification_are_there():
    text = metrics_text(EVERYTHING, TAKEN)
    names = set(re.findall(r"^# TYPE (\w+) \w+$", text, re.M))
    assert names >= {
        "cja_changes_total", "cja_chunk_seconds", "cja_lag_runs", "cja_dlq_open", "cja_reconcile_gap",
        "cja_last_success_timestamp_seconds",
    }  # fmt: skip
    assert text.endswith("\n")
    assert all(LINE.match(line) for line in lines(text))


def test_rows_of_runs_that_ended_alike_are_told_per_op_and_others_together():
    found = [line for line in lines(metrics_text(standing(), TAKEN)) if line.startswith("cja_changes_total")]
    of = 'cja_changes_total{audience="buyers",op="%s",outcome="%s",sink="store"} %d'
    assert found == [
        of % ("enter", "acked", 8), of % ("exit", "acked", 2), of % ("mixed", "acked", 5), of % ("mixed", "rejected", 1),
        of % ("mixed", "suppressed", 1),
    ]  # fmt: skip


def test_no_counter_falls_while_a_run_comes_in():
    """A chunk is there before it is known whether all rows of the run end alike."""
    under_way = [RunCounts("store", {"enter": 3}, 3, 0, 0, (1.0,)), RunCounts("store", OPS, 4, 0, 0, (0.5,))]
    whole = [under_way[0], RunCounts("store", OPS, 7, 0, 0, (0.5, 0.25))]
    before, after = (
        dict(line.rsplit(" ", 1) for line in lines(metrics_text(standing(), {"buyers": runs})) if line.startswith("cja_ch"))
        for runs in (under_way, whole)
    )
    assert all(float(after[series]) >= float(count) for series, count in before.items())
    assert {series: count for series, count in before.items() if "_total" in series} == {
        'cja_changes_total{audience="buyers",op="enter",outcome="acked",sink="store"}': "3"
    }


def test_all_rows_that_ended_are_counted_once():
    found = [line for line in lines(metrics_text(standing(), TAKEN)) if line.startswith("cja_changes_total")]
    assert sum(int(line.split()[-1]) for line in found) == 7 + 7 + 3


def test_chunks_are_a_summary():
    text = metrics_text(standing(), TAKEN)
    assert 'cja_chunk_seconds_count{audience="buyers",sink="store"} 3' in text
    assert 'cja_chunk_seconds_sum{audience="buyers",sink="store"} 1.75' in text


def test_lag_letters_gaps_and_the_last_success_are_told_per_sink():
    text = metrics_text(EVERYTHING, {})
    assert 'cja_lag_runs{audience="held",sink="store"} 2' in text
    assert 'cja_dlq_open{audience="held",sink="feed"} 43' in text
    assert 'cja_reconcile_gap{audience="held",sink="feed"} 1' in text
    assert 'cja_last_success_timestamp_seconds{audience="held",sink="feed"} 1795852800' in text
    assert 'cja_last_success_timestamp_seconds{audience="held",sink="store"} 1795694400' in text  # two days ago, though it took more since
    assert 'cja_last_success_timestamp_seconds{audience="held",sink="late"} 0' in text


def test_what_an_alert_needs_is_there_also_when_the_pipeline_is_dead():
    text = metrics_text(EVERYTHING, {})
    assert 'cja_cadence_seconds{audience="buyers"} 86400' in text
    assert "cja_status_timestamp_seconds 1795867200" in text
    paused = metrics_text(standing(audience(status="paused"), audience(name="once", refresh=None)), {})
    assert "cja_cadence_seconds{" not in paused
    assert 'cja_last_success_timestamp_seconds{audience="once",sink="store"}' in paused


def test_prometheus_own_parser_reads_every_sample():
    from prometheus_client.parser import text_string_to_metric_families

    text = metrics_text(standing(*EVERYTHING.audiences, audience(name='a"} 1\nb\\', sinks=(sink(),))), TAKEN)
    families = {one.name: one for one in text_string_to_metric_families(text)}
    assert {name: one.type for name, one in families.items()} == {
        "cja_lag_runs": "gauge", "cja_pending_changes": "gauge", "cja_dlq_open": "gauge", "cja_reconcile_gap": "gauge",
        "cja_last_success_timestamp_seconds": "gauge", "cja_cadence_seconds": "gauge", "cja_status_timestamp_seconds": "gauge",
        "cja_audience_people": "gauge", "cja_changes": "counter", "cja_chunk_seconds": "summary",
    }  # fmt: skip
    samples = [sample for one in families.values() for sample in one.samples]
    assert len(samples) == len(lines(text))
    assert {sample.labels["audience"] for sample in families["cja_lag_runs"].samples} == {"buyers", "held", 'a"} 1\nb\\'}
    [rows] = [one.value for one in families["cja_changes"].samples if one.labels["op"] == "enter"]
    assert rows == 8
    [late] = [one.value for one in families["cja_lag_runs"].samples if one.labels["sink"] == "late"]
    assert late == 7


def test_a_label_cannot_end_its_line():
    text = metrics_text(standing(audience(name='a"} 1\nb\\', sinks=(sink(),))), {})
    assert all(LINE.match(line) for line in lines(text))
    assert 'audience="a\\"} 1\\nb\\\\"' in text
