"""Chunks of an erasure of which a sink takes some and not others: what became of those is kept, and they are not asked for again."""

from datetime import UTC, datetime

import pytest

from cja_spark.audiences.runs import Counts, Seal
from cja_spark.erasure.chunks import erase_chunks
from cja_spark.errors import ClaimError, UnavailableError
from cja_spark.sinks.chunk import FatalError, LostError
from cja_spark.sinks.files.spec import Files

SEAL = Seal("_erase", 1, "erase:e1", 1, "erase", datetime(2026, 8, 1, tzinfo=UTC), 3, 3, "3:0", 1, Counts())
COLUMNS = (
    "chunk int, change_id string, profile_key string, namespace string, id string, person_ref string, definition_version int, "
    "audiences array<string>"
)


class Partly:
    """A sink that takes all but the chunk 1."""

    def __init__(self, error):
        self.error = error

    def erase(self, keys, token):
        if token.chunk == 1:
            raise self.error
        return "deleted" if token.chunk else "absent"

    def close(self):
        pass


def refusing(sink, audience_id, slot):
    return Partly(FatalError("server", "503"))


def lost(sink, audience_id, slot):
    return Partly(LostError("fenced", "newer_owner"))


@pytest.fixture
def asked(spark, tmp_path):
    rows = spark.createDataFrame([(chunk, f"c{chunk}", f"crm:{chunk}", "crm", str(chunk), "r", 1, []) for chunk in range(3)], COLUMNS)
    sink = Files(name="feed", sink="files", location=str(tmp_path))
    return lambda opened, done=(): erase_chunks(sink, rows, SEAL, done, opened)


def test_what_became_of_the_chunks_that_it_took_is_told_beside_why_it_did_not_take_the_others(asked):
    told, refused, fault = asked(refusing)
    assert (told, refused) == ({0: "absent", 2: "deleted"}, {1})
    assert isinstance(fault, UnavailableError)
    assert str(fault) == "sink 'feed' did not erase 1 of 3 chunks: server 503. Run the same command again."
    assert asked(refusing, done=(1,)) == ({0: "absent", 2: "deleted"}, frozenset(), None)


def test_a_newer_owner_is_told_too(asked):
    told, refused, fault = asked(lost, done=(0,))
    assert (told, refused) == ({2: "deleted"}, {1})
    assert isinstance(fault, ClaimError)
