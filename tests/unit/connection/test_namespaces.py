"""Namespaces of plain person ids: all are one column, so the same customer has one namespace."""

import pytest

from cja_spark.connection.spec import Connection
from tests.unit.connection.shop import DATASETS


def namespaces(web, calls, crm="who", **more):
    def dataset(name, person, **given):
        return {**DATASETS[name], "person_id": person, **given}

    datasets = {"web": dataset("web", web, **more), "calls": dataset("web", calls), "crm": dataset("crm", crm)}
    connection = Connection.model_validate({"name": "shop", "datasets": datasets})
    return [dataset.person_id.code() for dataset in connection.datasets.values()]


@pytest.mark.parametrize("web", [{"identity_map": "CRM"}, {"column": "login", "namespace": "CRM"}])
def test_a_column_without_a_namespace_has_the_one_that_others_name(web):
    assert namespaces(web, "customer_id") == ["CRM", "CRM", "CRM"]


def test_where_several_are_named_or_none_a_column_is_called_as_it_is():
    assert namespaces("login", "customer_id") == ["login", "customer_id", "who"]
    assert namespaces({"identity_map": "primary"}, "customer.id") == ["primary", "id", "who"]
    several = {"column": "mail", "namespace": "Email"}
    assert namespaces({"identity_map": "CRM"}, "customer_id", several) == ["CRM", "customer_id", "Email"]


def test_the_namespace_of_devices_is_nobodys():
    device = {"persistent_id": {"column": "device", "namespace": "ECID"}, "stitching": {"method": "field_based"}}
    assert namespaces("login", {"identity_map": "ECID"}, **device) == ["login", "ECID", "who"]
