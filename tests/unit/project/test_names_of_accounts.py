"""Account datasets in a project's files: every mistake is found before Spark starts, with its line."""

from __future__ import annotations

import pytest

from cja_spark.connection.spec import Connection
from cja_spark.journeys.built import definition_of
from cja_spark.project import load
from cja_spark.view.spec import View
from tests.unit.project.test_names_of_summary_data import WEB, faults, project

ACCOUNT = {
    "type": "account", "source": {"format": "csv", "path": "accounts"}, "person_id": "who", "account": "company", "mapping_time": "since",
}  # fmt: skip


def of_accounts(folder, dimension, dataset=None):
    return project(folder, {"dimensions": {"company": dimension}}, datasets={"account": {**ACCOUNT, **(dataset or {})}})


def test_a_project_with_accounts_loads(tmp_path):
    loaded = load(of_accounts(tmp_path, {"account": "account", "persistence": {"allocation": "most_recent", "expiration": "session"}}))
    assert [*loaded.connection.accounts()] == ["account"]
    assert loaded.connection.accounts()["account"].mapping_time == "since"


@pytest.mark.parametrize(
    ("dimension", "dataset", "said"),
    [
        ({"account": "acount"}, {}, "no account dataset named 'acount'. Did you mean 'account'? Known: account."),
        ({"account": "web"}, {}, "no account dataset named 'web'."),
        ({"account": "account", "field": "x"}, {}, "give exactly one of 'field', 'derived', 'lookup', 'profile', 'account', 'summary'."),
        ({"acount": "account"}, {}, "Did you mean 'account'?"),
        ({"account": "account"}, {"mapping_tim": "since"}, "Did you mean 'mapping_time'?"),
        ({"account": "account"}, {"type": "acount"}, "Did you mean 'account'?"),
        ({"account": "account"}, {"timestamp": "since"}, "datasets.account: unknown key 'timestamp'. Known: account, mapping_time, person_id, source, type."),
    ],
)
def test_what_is_wrong_is_told_with_its_line_and_the_nearest_name(tmp_path, dimension, dataset, said):
    found = faults(of_accounts(tmp_path, dimension, dataset))
    assert any(said in message and line > 0 for _, line, message in found), found


def test_an_account_dataset_needs_its_account(tmp_path):
    found = faults(of_accounts(tmp_path, {"account": "account"}, {"account": None}))
    assert any("account" in message for _, _, message in found)


def test_persons_of_an_account_dataset_have_the_connections_namespace():
    web = {**WEB, "person_id": {"column": "who", "namespace": "CRM"}}
    made = Connection.model_validate({"name": "shop", "datasets": {"web": web, "account": ACCOUNT}})
    assert made.accounts()["account"].person_id.code() == "CRM"


@pytest.mark.parametrize(
    ("view", "said"),
    [
        ({"person_id": "acount"}, "no account dataset named 'acount'. Did you mean 'account'? Known: account."),
        ({"person_id": "web"}, "no account dataset named 'web'."),
        ({"person_id": "account", "dimensions": {"age": {"profile": "crm.age"}}}, "profiles are of persons, and the persons of this view are accounts"),
    ],
)
def test_what_is_wrong_with_accounts_as_persons_is_told_with_its_line(tmp_path, view, said):
    crm = {"type": "profile", "source": {"format": "csv", "path": "crm"}, "person_id": "who"}
    found = faults(project(tmp_path, view, datasets={"account": ACCOUNT, "crm": crm}))
    assert [(file, line > 1) for file, line, message in found if said in message] == [("view.yaml", True)], found


def test_what_a_view_of_accounts_is_built_from_is_another():
    plain = View.model_validate({"name": "v", "dimensions": {"page": "page"}})
    assert len({definition_of(plain.model_copy(update={"person_id": name}), {}) for name in (None, "account", "firm")}) == 3
