"""The sink of files: documented columns, equal bytes, nothing half-written, forgotten where somebody is erased."""

import csv
import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
import yaml

from cja_spark.audiences import outbox
from cja_spark.errors import ConfigurationError
from cja_spark.sinks.chunk import Change, ErasedKey, FatalError, RunFacts, Token
from cja_spark.sinks.files.sink import COLUMNS, FilesSink, text_of
from cja_spark.sinks.files.spec import Files
from cja_spark.sinks.kinds import SINKS
from cja_spark.sinks.reach import reach
from tests.unit.audiences.world import World, day

AUDIENCE = "aud_0123456789ab"
RUN = RunFacts("refresh", datetime(2026, 8, 1, tzinfo=UTC), 1, "buyers", None)
TOKEN = Token("feed", AUDIENCE, 3, 1, 2)


def change(id_, *, status="realized", attrs=None, namespace="Email"):
    until = datetime(2026, 8, 17, 0, 0, 0, 5999, tzinfo=UTC) if status == "realized" else None
    return Change(
        "enter" if status == "realized" else "exit", f"c-{id_}", f"{namespace.lower()}:{id_}", namespace, id_, "f" * 64,
        status, RUN.as_of, until, attrs, 1,
    )  # fmt: skip


def feed(folder):
    return FilesSink(Files(name="feed", sink="files", location=str(folder)))


def lines(file):
    with Path(file).open(newline="", encoding="utf-8") as text:
        return [*csv.DictReader(text)]


def test_a_chunk_is_a_file_of_the_documented_form(tmp_path):
    applied = feed(tmp_path).apply([change("a@x.de", attrs='{"tier":"gold, 1"}'), change("b", status="exited")], TOKEN, RUN)
    [file] = [one for one in tmp_path.rglob("*") if one.is_file()]
    assert file.relative_to(tmp_path) == Path(AUDIENCE) / "run_00000003" / "00001_of_00002.csv"
    assert file.read_bytes() == (
        b"namespace,id,audience_id,status,last_qualification_time,valid_until,version,change_id,attrs\r\n"
        b'Email,a@x.de,aud_0123456789ab,realized,2026-08-01T00:00:00.000Z,2026-08-17T00:00:00.005Z,3,c-a@x.de,"{""tier"":""gold, 1""}"\r\n'
        b"Email,b,aud_0123456789ab,exited,2026-08-01T00:00:00.000Z,,3,c-b,\r\n"
    )
    assert (applied.acked, applied.sent_bytes) == (2, file.stat().st_size)
    assert len(COLUMNS) <= 25
    assert not any(" " in name or "-" in name for name in COLUMNS)


@pytest.mark.parametrize("id_", ["=1+1", "+49", "@a", "a,b", 'a"b', "a\r", "a\nb", " a ", "é\u202ex", "\t", "'"])
def test_values_stand_in_it_as_they_are(tmp_path, id_):
    feed(tmp_path).apply([change(id_)], TOKEN, RUN)
    assert [row["id"] for row in lines(next(tmp_path.rglob("*.csv")))] == [id_]


@pytest.mark.fault("F4")
def test_a_replay_gives_the_same_bytes_and_leaves_nothing_beside_them(tmp_path):
    sink = feed(tmp_path)
    sink.apply([change("a")], TOKEN, RUN)
    file = next(tmp_path.rglob("*.csv"))
    before = file.read_bytes()
    (file.parent / f".{file.name}.left").write_text("half a fi")
    assert not sink.is_done(TOKEN)
    sink.apply([change("a")], TOKEN, RUN)
    assert [one for one in tmp_path.rglob("*") if one.is_file()] == [file]
    assert file.read_bytes() == before


@pytest.mark.parametrize("at", ["files.before_write", "files.before_rename", "files.after_rename"])
@pytest.mark.fault("F1")
def test_whoever_reads_sees_no_half_a_file(tmp_path, crash, at):
    sink = feed(tmp_path)
    sink.apply([change("old")], TOKEN, RUN)
    crash(at, lambda: sink.apply([change("new")], TOKEN, RUN))
    [file] = tmp_path.rglob("[!.]*.csv")
    assert [row["id"] for row in lines(file)] == ["new" if at == "files.after_rename" else "old"]
    sink.apply([change("new")], TOKEN, RUN)
    assert [row["id"] for row in lines(file)] == ["new"]
    assert len([one for one in tmp_path.rglob("*") if one.is_file()]) == 1


def test_erased_profiles_are_in_no_file_any_more(tmp_path):
    sink = feed(tmp_path)
    sink.apply([change("a"), change("b")], TOKEN, RUN)
    sink.apply([change("a", status="exited")], TOKEN._replace(run_seq=4), RUN)
    (next(tmp_path.rglob("*.csv")).parent / ".00001_of_00002.csv.left").write_text("Email,a")
    token = Token("feed", "_erase", 1, 0, 1)
    assert sink.erase([ErasedKey("email:a", change("a"), (AUDIENCE,))], token) == "deleted"
    files = [one for one in tmp_path.rglob("*") if one.is_file()]
    assert [[row["id"] for row in lines(file)] for file in sorted(files)] == [["b"], []]
    assert sink.erase([ErasedKey("email:a", change("a"))], token) == "absent"


def test_what_others_keep_in_the_folder_stays(tmp_path):
    sink = feed(tmp_path)
    sink.apply([change("a")], TOKEN, RUN)
    theirs = [tmp_path / ".htaccess", tmp_path / "notes.csv", tmp_path / AUDIENCE / "run_00000003" / ".keep", tmp_path / AUDIENCE / "list.csv"]
    for file in theirs:
        file.write_bytes(b"\xff Email,a")
    assert sink.erase([ErasedKey("email:a", change("a"))], TOKEN) == "deleted"
    assert {file.read_bytes() for file in theirs} == {b"\xff Email,a"}


@pytest.mark.parametrize("text", [b"\xff", b"", b"namespace,id\r\nEmail,a\r\n"])
def test_a_file_of_ours_that_somebody_broke_stops_an_erasure(tmp_path, text):
    sink = feed(tmp_path)
    sink.apply([change("a")], TOKEN, RUN)
    next(tmp_path.rglob("*.csv")).write_bytes(text)
    with pytest.raises(FatalError, match="files unreadable"):
        sink.erase([ErasedKey("email:a", change("a"))], TOKEN)


def test_attributes_may_be_long_where_somebody_is_erased(tmp_path):
    sink = feed(tmp_path)
    sink.apply([change("a"), change("b", attrs='"' + "x" * 200_000 + '"')], TOKEN, RUN)
    assert sink.erase([ErasedKey("email:a", change("a"))], TOKEN) == "deleted"
    [file] = tmp_path.rglob("*.csv")
    assert file.stat().st_size > 200_000
    assert sink.erase([ErasedKey("email:b", change("b"))], TOKEN) == "deleted"
    assert file.read_bytes() == text_of([])


@pytest.mark.parametrize("written", ["file:{}", "file://{}", "{}"])
def test_a_folder_of_this_machine_is_meant_however_it_is_written(tmp_path, monkeypatch, written):
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    feed(written.format(tmp_path / "feed")).apply([change("a")], TOKEN, RUN)
    assert [one.relative_to(tmp_path).parts[0] for one in tmp_path.rglob("*.csv")] == ["feed"]


def test_hadoops_s3_is_pyarrows(monkeypatch):
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    sink = feed("s3a://bucket/feed?region=eu-west-1")
    assert (sink.disk.type_name, sink.root) == ("s3", "bucket/feed")


@pytest.mark.fault("F14")
def test_a_place_that_cannot_be_a_folder_stops_the_sink(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(FatalError, match="files ENOTDIR"):
        feed(tmp_path / "file" / "feed").apply([change("a")], TOKEN, RUN)
    with pytest.raises(FatalError, match="files address"):
        feed("s3a:/feeds")


def test_a_file_that_would_be_too_large_is_not_written(tmp_path, monkeypatch):
    monkeypatch.setattr("cja_spark.sinks.files.sink.LARGEST", len(text_of([])) + 10)
    with pytest.raises(FatalError, match="over_1_gb"):
        feed(tmp_path).apply([change("a")], TOKEN, RUN)
    assert not [*tmp_path.rglob("*.csv")]


def test_the_guide_writes_such_a_sink_and_tells_its_columns():
    guide = (Path(__file__).resolve().parents[3] / "docs" / "delivery.md").read_text(encoding="utf-8")
    [written] = re.findall(r"```yaml\n(.*?)```", guide, re.DOTALL)
    document = yaml.safe_load(written)
    assert SINKS.named(document["sink"])(name="feed", **document) == Files(name="feed", sink="files", location="/feeds/buyers")
    [told] = re.findall(r"external audience: `(.*?)`", guide, re.DOTALL)
    assert tuple(told.replace(",", " ").split()) == COLUMNS


@pytest.mark.fault("F1")
def test_a_run_goes_to_files_through_spark_and_again_with_the_same_bytes(place, tmp_path, monkeypatch, crash):
    monkeypatch.setattr(outbox, "CHUNK", 4)
    world = World(place, "feed")
    world.sink = Files(name="feed", sink="files", location=str(tmp_path), concurrency=2)
    world.publish(day(0), [f"p{at}" for at in range(12)])
    world.publish(day(1), [f"p{at}" for at in range(8)])
    crash("ledger.before_append", world.deliver)
    before = {file: file.read_bytes() for file in tmp_path.rglob("*.csv")}
    [receipt] = world.deliver()
    assert (receipt.acked, receipt.pending, receipt.exit_code) == (16, 0, 0)
    rows = [row for file in sorted(tmp_path.rglob("*.csv")) for row in lines(file)]
    assert sorted(row["id"] for row in rows if row["version"] == "1") == sorted(f"p{at}" for at in range(12))
    assert sorted((row["id"], row["status"]) for row in rows if row["version"] == "2") == [
        (f"p{at}", "exited") for at in (10, 11, 8, 9)
    ]
    assert before
    assert all(file.read_bytes() == text for file, text in before.items())
    assert sum(file.stat().st_size for file in tmp_path.rglob("*.csv")) == receipt.sent_bytes


def test_a_folder_that_is_asked_for_is_left_as_it_was(tmp_path):
    spec = Files(name="feed", sink="files", location=str(tmp_path / "feed"))
    assert reach(None, spec) == "files answers"
    assert [*(tmp_path / "feed").iterdir()] == []


def test_a_folder_that_cannot_be_written_is_to_be_mended(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(ConfigurationError, match="sink 'feed': files ENOTDIR. It refuses with what it was given"):
        reach(None, Files(name="feed", sink="files", location=str(tmp_path / "file" / "feed")))
