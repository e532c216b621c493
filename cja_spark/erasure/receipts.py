"""Receipts of erasure: what was done to each person in each place, signed with a key beside the pepper (S9, step 10)."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Literal, Self

import pandas as pd
from pydantic import Field
from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F
from pyspark.sql.pandas.functions import pandas_udf

from cja_spark.audiences.identity import SEPARATOR, pepper_id, read_pepper
from cja_spark.audiences.tables import ERASURE_RECEIPTS, conformed
from cja_spark.driver_reads import equal
from cja_spark.lake import Lake
from cja_spark.spec import Spec

RECEIPT_VERSION = 1


class Scope(Spec):
    """What an erasure did in one table or sink.

    Attributes:
        outcome: `deleted`, `anonymised`, `exit_only` where a sink cannot delete, or `absent`.
        persons: of how many of the persons there was something.
        rows: how many rows that was.
    """

    outcome: Literal["deleted", "anonymised", "exit_only", "absent"]
    persons: int = 0
    rows: int = 0


class ErasureReceipt(Spec):
    """One erasure: counts alone, no identity and no pseudonym is in it.

    Attributes:
        state: `erased`; `done_before`, its receipts were there already and say what was done; `failed`.
        retry_after_s: where another run was at work, in how many seconds its claim can be over; None when that is not known.
        requested_at: when its persons were suppressed, which holds for ever.
        identities: how many it was about.
        blank: lines of the file without anything.
        repeated: lines of the file that say an identity again.
        scopes: what was done where.
        files_scanned: files of the lake that were searched in the end; 0 of `done_before`.
        sinks_gone: sinks that took changes once and that the project does not have any more: take the persons out there by hand.
        sought_as_values: ids that are too short to be told from chance in bytes; they were sought as whole values.
        pepper_id: which pepper the proofs are made with.
        proof: the signature of all this.
    """

    receipt_version: int = RECEIPT_VERSION
    command: Literal["erase"] = "erase"
    erasure_id: str
    state: Literal["erased", "done_before", "failed"] = "failed"
    exit_code: int = 0
    reason: str | None = None
    retry_after_s: int | None = None
    requested_at: datetime | None = None
    identities: int = 0
    blank: int = 0
    repeated: int = 0
    scopes: dict[str, Scope] = Field(default_factory=dict)
    files_scanned: int = 0
    sinks_gone: tuple[str, ...] = ()
    sought_as_values: int = 0
    pepper_id: str | None = None
    proof: str | None = None

    def signed(self, pepper: str) -> Self:
        """The same with its proof."""
        named = self.model_copy(update={"pepper_id": pepper_id(pepper), "proof": None})
        return named.model_copy(update={"proof": _signature(_key(pepper), named.model_dump_json())})

    def is_genuine(self, pepper: str) -> bool:
        """Whether nobody changed the receipt since it was signed with this installation's pepper."""
        plain = self.model_copy(update={"proof": None}).model_dump_json()
        return self.proof is not None and hmac.compare_digest(self.proof, _signature(_key(pepper), plain))

    def text(self) -> str:
        """Some lines for the person at the terminal."""
        if self.state == "done_before":
            return f"erasure {self.erasure_id} was finished before; nothing to do"
        lines = [f"erasure {self.erasure_id}: {self.identities:,} identities, {self.state}"]
        for name, one in sorted(self.scopes.items()):
            lines.append(f"  {name}: {one.outcome}" + (f", {one.rows:,} rows of {one.persons:,} persons" if one.rows else ""))
        if self.state == "erased":
            lines.append(f"  searched {self.files_scanned:,} files: none holds one of them")
        lines += [f"  sink {name} is not in the project any more and was not asked" for name in self.sinks_gone]
        return "\n".join(lines)


def _key(pepper: str) -> bytes:
    """The key of proofs: made of the pepper, and not the one of pseudonyms."""
    return hmac.new(read_pepper(pepper), b"cja_spark erasure receipts", hashlib.sha256).digest()


def _signature(key: bytes, text: str) -> str:
    return hmac.new(key, text.encode("utf-8"), hashlib.sha256).hexdigest()


def is_finished(lake: Lake, erasure_id: str) -> bool:
    """Whether the receipts of an erasure are written: they come last."""
    return lake.table(ERASURE_RECEIPTS).count(equal(erasure_id=erasure_id)) > 0


def finished_receipt(lake: Lake, begun: ErasureReceipt, at: datetime | None, pepper: str) -> ErasureReceipt:
    """What an erasure that is finished did, from the tables: whoever died after it was finished has no receipt in a file.

    Args:
        lake: the lake.
        begun: the receipt of the same erasure with nothing done.
        at: the instant of the request.
        pepper: reference to the pepper.
    """
    mine = equal(erasure_id=begun.erasure_id)
    rows = lake.table(ERASURE_RECEIPTS).totals(("scope", "outcome"), {"persons": ("count", "person_ref"), "rows": ("sum", "rows")}, mine)
    scopes = {row["scope"]: Scope(outcome="absent") for row in rows}
    for row in sorted((row for row in rows if row["outcome"] != "absent"), key=lambda row: str(row["outcome"])):
        before = scopes[row["scope"]]
        scopes[row["scope"]] = Scope(outcome=row["outcome"], persons=before.persons + row["persons"], rows=before.rows + row["rows"])
    return begun.model_copy(update={"state": "done_before", "requested_at": at, "scopes": scopes}).signed(pepper)


def write_receipts(lake: Lake, refs: DataFrame, counted: DataFrame, scopes: Sequence[str], erasure_id: str, pepper: str) -> None:
    """Append what was done to each person in each scope, with a proof per row, in one commit.

    Rows:    One per person and scope; `absent` where there was nothing.
    """
    now = datetime.now(UTC)
    every = refs.select("person_ref").crossJoin(F.broadcast(lake.spark.createDataFrame([(name,) for name in scopes], "scope string")))
    told = every.join(counted, on=["person_ref", "scope"], how="left").select(
        F.lit(erasure_id).alias("erasure_id"), "person_ref", "scope", F.coalesce("outcome", F.lit("absent")).alias("outcome"),
        F.coalesce("rows", F.lit(0)).cast("bigint").alias("rows"), F.lit(now).alias("recorded_at"),
    )  # fmt: skip
    signed = told.withColumn("proof", proofs(pepper))
    table = lake.table(ERASURE_RECEIPTS)
    table.append(conformed(table, signed), app_id=f"erasure:{erasure_id}", txn=1)


def proofs(pepper: str) -> Column:
    """The proof of each row of `erasure_receipts`: HMAC-SHA-256 of what it says, the instant in microseconds."""

    def signatures(texts: pd.Series) -> pd.Series:
        key = _key(pepper)
        return texts.map(lambda text: _signature(key, text))

    said = F.concat_ws(
        SEPARATOR, "erasure_id", "person_ref", "scope", "outcome", F.col("rows").cast("string"),
        F.unix_micros("recorded_at").cast("string"),
    )  # fmt: skip
    column: Column = pandas_udf(signatures, "string")(said)  # type: ignore[call-overload]  # pyspark types the decorator, not the call
    return column


def summed(counted: DataFrame, scopes: Sequence[str]) -> Mapping[str, Scope]:
    """What was found per scope."""
    sums = counted.groupBy("scope").agg(F.max("outcome").alias("outcome"), F.count("*").alias("persons"), F.sum("rows").alias("rows"))
    found = {row["scope"]: Scope(outcome=row["outcome"], persons=row["persons"], rows=row["rows"]) for row in sums.collect()}
    return {name: found.get(name, Scope(outcome="absent")) for name in scopes}


