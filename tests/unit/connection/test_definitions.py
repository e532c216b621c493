"""A dataset that is not defined as when its rows were loaded stops the load until somebody asks for all of it again."""

import pytest

from cja_spark.connection.definitions import changed, definitions
from cja_spark.errors import InputError
from tests.unit.connection.shop import event, events, load, put, shop, whole

STITCHED = {
    "persistent_id": {"column": "device", "namespace": "ECID"}, "stitching": {"method": "field_based", "replay": "7 days"},
}  # fmt: skip


@pytest.mark.parametrize(
    ("web", "said"),
    [
        ({"person_id": {"column": "mail", "namespace": "CRM"}}, "'web': person_id changed"),
        ({"timestamp": "received"}, r"'web': timestamp changed .*\(it was \"time\", now \"received\"\)"),
        ({"event_id": None}, "'web': event_id changed"),
        (STITCHED, "'web': persistent_id changed"),
    ],
)
def test_what_decides_about_rows_is_compared_and_named(web, said):
    found = changed(shop("web", web=web), definitions(shop("web")))
    assert found is not None
    assert found.exit_code == 3
    with pytest.raises(InputError, match=f"{said}.*--full"):
        raise found


def test_a_place_before_other_events_is_compared_and_what_is_new_or_only_read_otherwise_is_not():
    before = definitions(shop("web", "crm"))
    assert changed(shop("web", "crm", "cat"), before) is None
    assert changed(shop("web", "crm", web={"numbers": ["price"], "source": {"format": "csv", "path": "other"}}), before) is None
    assert "its place among the datasets changed" in str(changed(shop("crm", "web"), before))


def test_a_changed_identity_is_refused_until_everything_is_loaded_again(lake, tmp_path):
    put(tmp_path, "web/1.json", event(1, mail="ann@shop"))
    load(lake, tmp_path, shop("web"))
    other = shop("web", web={"person_id": {"column": "mail", "namespace": "CRM"}})
    put(tmp_path, "web/2.json", event(2, "bob", mail="bob@shop"))
    before = whole(lake)
    with pytest.raises(InputError, match="dataset 'web': person_id changed since its rows were loaded"):
        load(lake, tmp_path, other)
    assert whole(lake) == before
    load(lake, tmp_path, other, full=True)
    assert events(lake) == [("e1", "ann@shop"), ("e2", "bob@shop")]
    put(tmp_path, "web/3.json", event(3, mail="cid@shop"))
    assert load(lake, tmp_path, other).load == 3
