"""The dictionary as a view's settings show it: which shown value each stored one becomes, once per run and distinct value."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from cja_spark.errors import CollisionError
from cja_spark.journeys.batch import Ints
from cja_spark.journeys.hashing import value_id
from cja_spark.kernels.values import ListMap, ValueMap
from cja_spark.reports.ask import Ask
from cja_spark.reports.kind import Names
from cja_spark.reports.mapped import Maps
from cja_spark.reports.text_chain import chained
from cja_spark.reports.text_rules import refused, tellers
from cja_spark.view.derived.chain import Chain
from cja_spark.view.spec import View

Run = Callable[[Chain, str, pa.Array], pa.Array]


@dataclass(frozen=True, eq=False)
class Shown:
    """One dimension's values as they are shown.

    Attributes:
        map: from stored ids to shown ones.
        texts: every shown text once, with its id: columns id bigint, value string.
    """

    map: ValueMap | ListMap
    texts: pa.Table


def is_changed(dimension: str, view: View) -> bool:
    """Whether a dimension shows other values than are stored."""
    how = view.dimensions[dimension]
    return how.changes_texts or how.as_value or bool(view.chain_of(how).texts)


def shown_of(dimension: str, view: View, ids: Ints, texts: pa.Array, run: Run = chained) -> Shown:
    """What the functions of a dimension's derived field that a report runs on texts, and its settings, make of its values.

    Args:
        dimension: the dimension.
        view: its view.
        ids: the stored ids, int64[values].
        texts: their texts.
        run: runs functions on texts.

    Raises:
        CollisionError: two shown texts have one id.
    """
    how = view.dimensions[dimension]
    if how.gives_list:
        return _parts_of(dimension, view, ids, texts)
    if view.chain_of(how).texts:  # they make something of no value too
        ids, texts = np.append(ids, 0), pa.concat_arrays([texts, pa.nulls(1, pa.string())])
    shown = _shown(dimension, view, texts, run)
    nothing = view.no_value_of(dimension) if how.as_value else None
    became = _ids_of(shown, texts, ids)
    changed = np.flatnonzero(became != ids)
    order = changed[np.argsort(ids[changed], kind="stable")]
    keys = np.append(became, value_id(nothing)) if nothing else became
    values = pa.concat_arrays([shown, pa.array([nothing], pa.string())]) if nothing else shown
    found = pa.table({"id": keys, "value": values}).filter(pc.is_valid(values)).group_by(["id", "value"]).aggregate([])
    _refuse_shared(dimension, found)
    return Shown(ValueMap(ids[order], became[order], value_id(nothing) if nothing else 0), found)


def _parts_of(dimension: str, view: View, ids: Ints, texts: pa.Array) -> Shown:
    order = np.argsort(ids, kind="stable")
    of, parts = view.dimensions[dimension].parts(texts.take(pa.array(order)), view.calendar)
    encoded = parts.dictionary_encode()
    hashed = np.array([value_id(text) for text in encoded.dictionary.to_pylist()], np.int64)
    keys = hashed[encoded.indices.to_numpy()] if len(hashed) else np.zeros(0, np.int64)
    offsets = np.append(0, np.cumsum(np.bincount(of, minlength=len(ids))))
    found = pa.table({"id": hashed, "value": encoded.dictionary.cast(pa.string())})
    _refuse_shared(dimension, found)
    return Shown(ListMap(ids[order], offsets, keys), found)


def _shown(dimension: str, view: View, texts: pa.Array, run: Run) -> pa.Array:
    """What texts become; null is none."""
    how = view.dimensions[dimension]
    if (chain := view.chain_of(how)).texts:
        texts = run(chain, view.time_zone, texts)
    if not how.changes_texts:
        return texts
    coded = texts.dictionary_encode()
    return how.shown(coded.dictionary, view.calendar).take(coded.indices)


def _ids_of(shown: pa.Array, texts: pa.Array, ids: Ints) -> Ints:
    """The id of each shown text, 0 where it is not set; what stayed as it was keeps its own, each other is hashed once."""
    same = pc.fill_null(pc.equal(shown, texts), False)
    others = pc.if_else(same, None, shown).dictionary_encode()
    hashed = np.array([value_id(text) for text in others.dictionary.to_pylist()], np.int64)
    codes = pc.fill_null(others.indices, len(hashed)).to_numpy(zero_copy_only=False)
    return np.where(same.to_numpy(zero_copy_only=False), ids, np.append(hashed, 0)[codes])


def _refuse_shared(dimension: str, found: pa.Table) -> None:
    counted = found.group_by("id").aggregate([("value", "count"), ("value", "min"), ("value", "max")])
    for row in counted.filter(pc.greater(counted["value_count"], 1)).slice(0, 1).to_pylist():
        raise CollisionError.of(f"dimension '{dimension}'", row["id"], row["value_min"], row["value_max"])


def shown_in(names: Iterable[str], view: View, values: DataFrame) -> dict[str, Shown]:
    """What the settings of some dimensions, where they have any, make of the dictionary's values.

    Args:
        names: dimensions.
        view: their view.
        values: the dictionary.

    Raises:
        CollisionError: two shown texts have one id.
    """
    some = sorted(name for name in names if name in view.dimensions and is_changed(name, view))
    if not some:
        return {}
    stored = values.where(F.col("dimension").isin(some)).select("dimension", "id", "value").toArrow()
    return {name: shown_of(name, view, *_values_of(name, stored)) for name in some}


def _values_of(dimension: str, stored: pa.Table) -> tuple[Ints, pa.Array]:
    own = stored.filter(pc.equal(stored["dimension"], dimension)).combine_chunks()
    texts = own["value"].cast(pa.string()).combine_chunks()
    texts = pa.concat_arrays(texts.chunks) if isinstance(texts, pa.ChunkedArray) else texts
    return own["id"].to_numpy().astype(np.int64), texts


def refused_in(metrics: Iterable[str], view: View, values: DataFrame) -> dict[str, ValueMap]:
    """The values that those of some metrics refuse which have rules of texts.

    Args:
        metrics: metrics.
        view: their view.
        values: the dictionary as it is stored.
    """
    told = tellers(metrics, view)
    if not told:
        return {}
    stored = values.where(F.col("dimension").isin(*told.values())).select("dimension", "id", "value").toArrow()
    return {name: refused(view.metrics[name], *_values_of(dimension, stored)) for name, dimension in told.items()}


def shown_values(values: DataFrame, shown: Mapping[str, Shown]) -> DataFrame:
    """The dictionary with what is shown in the place of what is stored.

    Rows:    One per (dimension, shown text).
    Columns: reads dimension string, id bigint, value string; returns dimension string, id bigint, value string.
    """
    if not shown:
        return values.select("dimension", "id", "value")
    parts = [one.texts.select(["id", "value"]).append_column("dimension", pa.repeat(name, len(one.texts))) for name, one in shown.items()]
    rows = values.sparkSession.createDataFrame(pa.concat_tables(parts))
    others = values.where(~F.col("dimension").isin(*shown))
    return others.select("dimension", "id", "value").unionByName(rows)


def maps_of(shown: Mapping[str, Shown]) -> Maps:
    """What tasks need of them."""
    return {name: one.map for name, one in shown.items()}


def shown_names(names: Names, asks: Sequence[Ask], run: Run = chained) -> Names:
    """A way to texts of shown ids: by a stored value that becomes each, and what the settings make of its text.

    Args:
        names: the way to the stored texts.
        asks: reports of one view.
        run: runs functions on texts.
    """
    maps = {name: how for ask in asks for name, how in ask.values.items()}

    def shown(dimension: str, ids: Ints) -> Mapping[int, str]:
        if dimension not in maps:
            return names(dimension, ids)
        view = asks[0].view
        sources = maps[dimension].sources(np.unique(ids))
        stored = names(dimension, np.unique(np.array([*sources.values()], np.int64)))
        if view.dimensions[dimension].gives_list:
            whole = [stored[source] for source in sources.values() if source in stored]
            _, parts = view.dimensions[dimension].parts(pa.array(whole, pa.string()), view.calendar)
            return {value_id(text): text for text in parts.to_pylist()}
        known = {own: stored.get(source) for own, source in sources.items() if source in stored or source == 0 != own}
        texts = _shown(dimension, view, pa.array(known.values(), pa.string()), run)
        found = dict(zip(known, texts.to_pylist(), strict=True))
        nothing = maps[dimension].nothing
        return found | ({nothing: view.no_value_of(dimension)} if nothing else {})

    return shown
