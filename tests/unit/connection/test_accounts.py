"""Account datasets: loaded once, corrected by later files, what cannot be used in quarantine; journeys follow them (F20)."""

import pytest

from cja_spark.connection.spec import Connection
from cja_spark.connection.tables import QUARANTINE
from cja_spark.errors import InputError, MissingColumnError
from cja_spark.failpoints import VARIABLE, InjectedFault, forget_hits
from cja_spark.journeys.build import build
from cja_spark.view.spec import View
from tests.unit.connection.shop import event, load, put, shop

ACCOUNT = {
    "type": "account", "source": {"format": "json", "path": "account"}, "person_id": "who", "account": "firm", "mapping_time": "since",
}  # fmt: skip
VIEW = View.model_validate({"name": "v", "buckets": 1, "dimensions": {"firm": {"account": "account"}}})


def accounts(name="account", **more):
    """The shop's events and accounts."""
    datasets = shop("web").model_dump(mode="json")["datasets"]
    return Connection.model_validate({"name": "shop", "datasets": {**datasets, name: {**ACCOUNT, **more}}})


def mapping(firm, day=1, who="ann"):
    return {"who": who, "firm": firm, "since": f"2026-01-{day:02d}"}


def kept(lake):
    return sorted((row["person_id"], row["account"], row["since"] and row["since"].day) for row in lake.accounts("account").rows())


def texts(lake):
    return sorted(row["value"] for row in lake.values("v").rows())


def built(lake, view=VIEW):
    return build(lake, view, {}, accounts=["account"]).written


def test_a_later_file_corrects_and_one_that_says_nothing_new_writes_nothing(lake, tmp_path):
    put(tmp_path, "web/1.json", event(1))
    put(tmp_path, "account/1.json", mapping("Old"), mapping("Beta", 3), mapping("Alpha", 3))
    load(lake, tmp_path, accounts())
    assert kept(lake) == [("ann", "Alpha", 3), ("ann", "Old", 1)]
    put(tmp_path, "account/2.json", mapping("New"))
    load(lake, tmp_path, accounts())
    assert kept(lake) == [("ann", "Alpha", 3), ("ann", "New", 1)]
    version = lake.accounts("account").version()
    put(tmp_path, "account/3.json", mapping("New"), mapping("Alpha", 3))
    load(lake, tmp_path, accounts())
    assert lake.accounts("account").version() == version
    load(lake, tmp_path, accounts(), full=True)
    assert kept(lake) == [("ann", "Alpha", 3), ("ann", "New", 1)]


def test_rows_that_cannot_be_used_are_counted_by_reason_and_in_quarantine(lake, tmp_path):
    put(tmp_path, "web/1.json", event(1))
    unusable = [
        mapping(" "), mapping(None), mapping("A", who=None), mapping("A", who="\u00a0"), {**mapping("A"), "since": None},
        {**mapping("A"), "since": "soon"}, {**mapping("A"), "since": "1899-12-31"}, {**mapping("A"), "since": "12026-01-01"},
    ]  # fmt: skip
    put(tmp_path, "account/1.json", mapping("Alpha"), *unusable)
    receipt = load(lake, tmp_path, accounts())
    reasons = {"empty_account": 2, "empty_person_id": 2, "missing_timestamp": 1, "invalid_timestamp": 1, "before_1900": 1, "after_9999": 1}
    assert receipt.dropped == {"account": reasons}
    assert kept(lake) == [("ann", "Alpha", 1)]
    raw = {row["reason"]: row["raw"] for row in lake.table(QUARANTINE).rows()}
    assert raw["invalid_timestamp"] == '{"firm":"A","since":"soon","who":"ann"}'


@pytest.mark.fault("F1")
def test_a_dead_load_is_finished_without_a_row_twice(lake, tmp_path, monkeypatch):
    put(tmp_path, "web/1.json", event(1))
    put(tmp_path, "account/1.json", mapping("Alpha"), mapping(""))
    for place in ("planned", "appended", "write_summaries", "write_accounts", "replayed"):
        monkeypatch.setenv(VARIABLE, f"connect.{place}=raise@1")
        forget_hits()
        with pytest.raises(InjectedFault):
            load(lake, tmp_path, accounts())
    monkeypatch.delenv(VARIABLE)
    load(lake, tmp_path, accounts())
    assert kept(lake) == [("ann", "Alpha", 1)]
    assert [row["reason"] for row in lake.table(QUARANTINE).rows()] == ["empty_account"]


def test_what_cannot_be_loaded_writes_nothing_and_another_account_asks_for_a_full_load(lake, tmp_path):
    put(tmp_path, "web/1.json", event(1))
    put(tmp_path, "account/1.json", mapping("Alpha"))
    for wrong in ("account", "mapping_time"):
        with pytest.raises(MissingColumnError, match=f"dataset 'account', {wrong}"):
            load(lake, tmp_path, accounts(**{wrong: "sinse"}))
    assert not lake.events.exists()
    load(lake, tmp_path, accounts())
    for changed in ({"mapping_time": None}, {"account": "who"}):
        with pytest.raises(InputError, match=f"dataset 'account': {next(iter(changed))} changed .* --full"):
            load(lake, tmp_path, accounts(**changed))
    load(lake, tmp_path, accounts(mapping_time=None), full=True)
    assert kept(lake) == [("ann", "Alpha", None)]


def test_journeys_are_built_again_when_a_mapping_came_and_only_then(lake, tmp_path):
    put(tmp_path, "web/1.json", event(1), event(2, day=5), event(3, "bob"))
    put(tmp_path, "account/1.json", mapping("Alpha"))
    load(lake, tmp_path, accounts())
    assert built(lake) == (202601,)
    assert texts(lake) == ["Alpha"]
    put(tmp_path, "account/2.json", mapping("Alpha"))
    load(lake, tmp_path, accounts())
    assert built(lake) == ()
    put(tmp_path, "account/3.json", mapping("Late", 5))
    load(lake, tmp_path, accounts())
    page = View.model_validate({"name": "other", "buckets": 1, "dimensions": {"sku": "sku"}})
    assert built(lake, page) == (202601,)
    assert built(lake) == (202601,)
    assert texts(lake) == ["Alpha", "Late"]
    put(tmp_path, "account/4.json", mapping("Other", 2, "eve"))
    load(lake, tmp_path, accounts())
    assert built(lake, page) == (), "a view without accounts does not ask for them"


def test_derived_fields_and_lookups_take_the_account_and_a_column_of_its_name_is_refused(lake, tmp_path):
    put(tmp_path, "web/1.json", event(1), event(2, "bob", own="Own"))
    put(tmp_path, "account/1.json", mapping("Alpha"))
    load(lake, tmp_path, accounts())
    merged = [{"function": "merge_fields", "inputs": ["account", "own"]}]
    view = {"name": "v", "buckets": 1, "derived": {"a": merged}, "dimensions": {"a": {"derived": "a"}}}
    assert built(lake, View.model_validate(view)) == (202601,)
    assert texts(lake) == ["Alpha", "Own"]
    put(tmp_path, "web/2.json", event(3, account="mine"))
    load(lake, tmp_path, accounts())
    with pytest.raises(InputError, match="account dataset 'account': events have a column 'account' already"):
        built(lake)
