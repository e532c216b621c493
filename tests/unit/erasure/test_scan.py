"""The search for identities: every encoding is found wherever it lies, and nothing that only looks like one."""

import base64
import random
from urllib.parse import quote, quote_plus

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from cja_spark.erasure.patterns import BLOCK, Search, patterns_of
from cja_spark.erasure.scan import Sought, hits_in
from cja_spark.erasure.traces import ids_in

ID = "müller+1@example.org"
SOUGHT = Sought([("crm", ID), ("crm", "C12345"), ("crm", "7")])


def encodings(tmp_path, content, name="file.json"):
    path = tmp_path / name
    path.write_bytes(content)
    return {hit.encoding for hit in hits_in(str(path), SOUGHT)}


@pytest.mark.parametrize("before", range(4))
@pytest.mark.parametrize(
    ("encoding", "written"),
    [
        ("utf-8", lambda text: text.encode()),
        ("utf-16", lambda text: text.encode("utf-16-le")),
        ("utf-16", lambda text: text.encode("utf-16-be")),
        ("hex", lambda text: text.encode().hex().encode()),
        ("hex", lambda text: text.encode().hex().upper().encode()),
        ("base64", lambda text: base64.b64encode(text.encode())),
        ("url", lambda text: quote(text, safe="").encode()),
        ("url", lambda text: quote_plus(text, safe="").lower().encode()),
    ],
)
def test_every_encoding_is_found(tmp_path, encoding, written, before):
    assert encodings(tmp_path, b"\x01" * before + written(ID) + b"\x02") == {encoding}


@pytest.mark.parametrize("before", range(7))
def test_base64_of_something_longer_is_found_wherever_the_id_begins(tmp_path, before):
    for encode in (base64.b64encode, base64.urlsafe_b64encode):
        assert encodings(tmp_path, encode(b"?" * before + ID.encode() + b"~~~~")) == {"base64"}


def test_a_longer_word_is_another_identity(tmp_path):
    assert encodings(tmp_path, b'"C123456"') == set()
    assert encodings(tmp_path, b'"xC12345"') == set()
    assert encodings(tmp_path, b'"x-C12345-y"') == {"utf-8"}


def test_the_edges_of_what_is_read_at_once_hide_nothing(tmp_path, monkeypatch):
    monkeypatch.setattr("cja_spark.erasure.scan._CHUNK", 16)
    for before in range(40):
        assert encodings(tmp_path, b" " * before + b"C12345" + b" " * 40) == {"utf-8"}
        assert encodings(tmp_path, b" " * before + b"xC12345y" + b" " * 40) == set()
    assert encodings(tmp_path, b"C12345") == {"utf-8"}


def test_blocks_of_the_search_overlap():
    search = Search(patterns_of("C12345"))
    for at in (BLOCK - 6, BLOCK - 3, BLOCK - 1, BLOCK):
        data = bytearray(b" " * (BLOCK + 10))
        data[at : at + 6] = b"C12345"
        assert [where for where, _ in search.in_bytes(bytes(data))] == [at]


def test_values_of_parquet_are_found_however_they_are_packed(tmp_path):
    rows = pa.table({
        "a": pa.array(["x", "C12345"] * 500).dictionary_encode(),
        "b": [{"c": [{"id": ID}]}] * 1000,
        "m": pa.array([[("k", "see C12345, please")]] * 1000, pa.map_(pa.string(), pa.string())),
        "bytes": [b"--C12345--"] * 1000,
    })  # fmt: skip
    pq.write_table(rows, tmp_path / "t.parquet", compression="zstd")
    found = {(hit.where, hit.encoding) for hit in hits_in(str(tmp_path / "t.parquet"), SOUGHT) if hit.where != "bytes"}
    assert found == {
        ("column a", "value"), ("column a", "utf-8 in a value"), ("column b", "value"), ("column b", "utf-8 in a value"),
        ("column m", "utf-8 in a value"), ("column bytes", "utf-8 in a value"),
    }  # fmt: skip


def test_values_beside_one_another_make_no_word(tmp_path):
    pq.write_table(pa.table({"a": ["C123", "45", "C12345x", "C12345"]}), tmp_path / "t.parquet", compression="zstd")
    pq.write_table(pa.table({"a": ["C123", "45", "C12345x"]}), tmp_path / "u.parquet", compression="zstd")
    assert {hit.encoding for hit in hits_in(str(tmp_path / "t.parquet"), SOUGHT) if hit.where != "bytes"} == {"value", "utf-8 in a value"}
    assert [hit for hit in hits_in(str(tmp_path / "u.parquet"), SOUGHT) if hit.where != "bytes"] == []


def test_a_short_id_counts_where_ids_are_and_its_key_everywhere(tmp_path):
    def found(**columns):
        pq.write_table(pa.table(columns), tmp_path / "t.parquet")
        return {(hit.where, hit.encoding) for hit in hits_in(str(tmp_path / "t.parquet"), SOUGHT)}

    assert SOUGHT.short == 1
    assert found(product=["7"]) == set()
    assert found(person_id=["7"]) == {("column person_id", "value")}
    assert found(person_ids=[["7", "8"]]) == {("column person_ids", "value")}
    short = Sought([("crm", "77")])
    pq.write_table(pa.table({"anything": ["crm:77"]}), tmp_path / "k.parquet")
    assert "value" in {hit.encoding for hit in hits_in(str(tmp_path / "k.parquet"), short)}


def test_random_places_are_found_as_plain_python_finds_them():
    drawn = random.Random(5)
    ids = ["".join(drawn.choices("abAB01._-é", k=drawn.randint(6, 12))) for _ in range(60)]
    search = Search(form for text in ids for form in patterns_of(text))
    data = bytearray(drawn.randbytes(20_000))
    for text in drawn.choices(ids, k=30):
        at = drawn.randrange(len(data) - 40)
        form = drawn.choice([text.encode(), text.encode("utf-16-le"), text.encode().hex().encode()])
        data[at : at + len(form)] = form
    plain = bytes(data)
    expected = set()
    for form in {form for text in ids for form in patterns_of(text)}:
        at = plain.find(form.written)
        while at >= 0:
            around = plain[max(at - 1, 0) : at] + plain[at + len(form.written) : at + len(form.written) + 1]
            if not (form.word and any(chr(byte).isalnum() and byte < 128 for byte in around)):
                expected.add((at, form))
            at = plain.find(form.written, at + 1)
    assert expected
    assert set(search.in_bytes(plain)) == expected


def test_a_search_for_nothing_finds_nothing():
    assert list(Search([]).in_bytes(b"anything at all")) == []
    assert list(Search(patterns_of("C12345")).in_bytes(b"C12")) == []
    assert list(Search(patterns_of("C12345")).in_bytes(b"", np.array([0, 0]))) == []


def test_ids_in_a_text_are_values_of_its_json_or_words_of_it():
    assert ids_in('{"a": {"b": ["7", null, true]}, "n": 1}', SOUGHT) == {"7"}
    assert ids_in('{"a": "by C12345"}', SOUGHT) == {"C12345"}
    assert ids_in("broken {C12345;7", SOUGHT) == {"C12345"}
    assert ids_in('{"7": 1}\nplain', SOUGHT) == {"7"}
    assert ids_in('{"seven": 77}', SOUGHT) == set()
