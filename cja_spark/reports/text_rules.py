"""Rules of texts on metrics, told once per distinct text of the dictionary: which stored values they refuse."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from cja_spark.journeys.batch import Floats, Ints, Items, Journeys
from cja_spark.kernels.values import ValueMap
from cja_spark.view.components import Metric
from cja_spark.view.include import Include
from cja_spark.view.spec import View
from cja_spark.view.text_rules import has_text_rules, teller


def tellers(metrics: Iterable[str], view: View) -> dict[str, str]:
    """Those of some metrics that have rules of texts, each with the dimension that knows the texts."""
    some = sorted({name for name in metrics if has_text_rules(view.metrics.get(name))})
    return {name: dimension for name in some if (dimension := teller(name, view)) is not None}


def refused(metric: object, ids: Ints, texts: pa.Array) -> ValueMap:
    """A map from the stored values that a metric's rules refuse to not set; every other stays as it is.

    Args:
        metric: the metric.
        ids: the stored ids of its field, int64[values].
        texts: their texts.
    """
    assert isinstance(metric, Metric)
    assert isinstance(metric.include, Include)
    no = np.sort(ids[pc.is_null(metric.include.of(texts)).to_numpy(zero_copy_only=False)])
    return ValueMap(no, np.zeros(len(no), np.int64))


def with_kept_texts(journeys: Journeys, name: str, dimension: str, how: ValueMap) -> Floats | Items:
    """The stored amounts of a metric where the text of the same field is not refused, NaN elsewhere; items by themselves."""
    amounts, texts = journeys.columns[f"m_{name}"], journeys.columns[f"d_{dimension}"]
    if isinstance(amounts, Items) and isinstance(texts, Items):
        return Items(amounts.offsets, _kept(amounts.values, how.of(texts.values)), amounts.levels)
    assert not isinstance(amounts, Items), f"{name} and {dimension} are of one field"
    assert not isinstance(texts, Items), f"{name} and {dimension} are of one field"
    return _kept(amounts, how.of(texts))


def _kept(amounts: Floats, ids: Ints) -> npt.NDArray[np.float64]:
    return np.where(ids != 0, amounts, np.nan)
