"""Rule N: in which order indicators stand, and which of them are pooled."""

from cja_spark.reports.indicators import Indicators
from tests.unit.kernels.test_rules_of_indicators import rows, visits


def test_n_what_leads_ranks_by_its_lower_bound_and_what_protects_by_its_upper_one():
    own = [*visits(100, 60, "often"), *visits(2, 2, "once"), *visits(100, 50, "half"), *visits(300, 60, "rare"), *visits(20, 1, "never")]
    found = rows(own)
    assert [row["indicator"] for row in found if row["row_kind"] == "leads_to"] == ["once", "often", "half"]
    assert [row["indicator"] for row in found if row["row_kind"] == "protects"] == ["rare", "never"]
    lower, upper = ([row[name] for row in found if row["row_kind"] == kind] for kind, name in (("leads_to", "ratio_lower"), ("protects", "ratio_upper")))
    assert (lower, upper) == (sorted(lower, reverse=True), sorted(upper))


def test_n_a_few_of_few_rank_below_many_of_many():
    own = [*visits(1000, 60, "often"), *visits(5, 1, "once"), *visits(1000, 10, "rare")]
    often, once = (row for row in rows(own) if row["row_kind"] == "leads_to")
    assert (often["indicator"], once["indicator"]) == ("often", "once")
    assert often["adjusted_ratio"] < once["adjusted_ratio"]


def test_n_equal_bounds_rank_by_exposed_units_then_by_value_bytes():
    own = [*visits(9, 3, "b", "é"), *visits(9, 3, "a", "é"), *visits(3, 3, "c", "d")]
    found = [row for row in rows(own) if row["row_kind"] == "protects"]
    assert [row["indicator"] for row in found] == ["é", "a", "b"]
    alone = [*visits(4, 0, "b"), *visits(4, 0, "a"), *visits(5, 0, "c"), *visits(5, 1, "d")]
    assert [row["indicator"] for row in rows(alone) if row["row_kind"] == "undefined"] == ["c", "d", "a", "b"]
    assert [row["indicator"] for row in rows(alone, rows=3) if row["row_kind"] == "undefined"] == ["c", "d", "a"]
    assert [row["indicator"] for row in rows(own, rows=2) if row["row_kind"] == "protects"] == ["é", "a"]
    many = [one for name in "hgfedcba" for one in visits(2, 0, name)]
    assert [row["indicator"] for row in rows(many)[1:9]] == [*"abcdefgh"]


def test_n_29_exposed_units_are_pooled_and_30_are_shown():
    own = [*visits(29, 9, "few"), *visits(30, 9, "enough"), *visits(1, 1, "one")]
    found = rows(own, min_support=30)
    assert [(row["row_kind"], row["indicator"], row["indicator_count"], row["counted_units"], row["outcome_units"]) for row in found] == [
        ("total", None, 3, 60, 19), ("protects", "enough", 1, 30, 9), ("other", None, 2, 30, 10), ("left_out", None, None, 0, 0)
    ]  # fmt: skip
    assert {name for name, cell in found[2].items() if cell is not None} == {"row_kind", "indicator_count", "counted_units", "outcome_units"}
    assert Indicators(dimension="page", outcome="orders").min_support == 30


def test_n_what_the_lists_do_not_show_is_pooled_too():
    own = [*visits(4, 3, "a"), *visits(4, 2, "b"), *visits(4, 1, "c"), *visits(4, 1, "d")]
    found = rows(own, rows=1)
    assert [(row["row_kind"], row["indicator"], row["indicator_count"], row["counted_units"]) for row in found[1:4]] == [
        ("leads_to", "a", 1, 4), ("protects", "c", 1, 4), ("other", None, 2, 8)
    ]  # fmt: skip
