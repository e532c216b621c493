"""What an audience is made of: whatever changes who belongs changes its definition, and nothing else does."""

import pytest

from cja_spark.project import load
from cja_spark.publishing import definitions
from tests.bad_input.shop import Shop
from tests.unit.audiences.shop import BUYERS

SEGMENTS = """segments:
  long: {container: session, where: {metric: events, more_than: 5}}
  buyers: {container: person, where: {all: [long, {metric: price, more_than: 0}, {dimension: page, equals: home}]}}
"""


@pytest.fixture
def shop(tmp_path):
    shop = Shop(tmp_path)
    shop.write("conf/sinks/store.yaml", "sink: delta\n")
    shop.write("conf/audiences/regulars.yaml", BUYERS)
    text = (shop.project / "view.yaml").read_text(encoding="utf-8")
    shop.write("conf/view.yaml", f"{text[: text.index('segments:')]}{SEGMENTS}")
    shop.change("view.yaml", "  price: price", "  price: price\n  calls: {field: id, behavior: instances}")
    return shop


def definition(shop):
    project = load(shop.project)
    audience = project.audiences["regulars"]
    return audience.definition(definitions(project, audience))


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("more_than: 5", "more_than: 6"),
        ("more_than: 5}", "more_than: 5}, range: last 30 days"),
        ("price: price", "price: {field: price, behavior: instances}"),
        ("page: page", "page: login"),
        ("page: page", "page: {field: page, lowercase: true}"),
        ("page: page", "page: {field: page, no_value: {as_value: true}}"),
        ("price: price", "price: {field: price, include: {at_least: 2}}"),
        ("buckets: 2", "session: {timeout: 5 minutes}"),
        ("buckets: 2", "session: {starts_with: [calls]}"),
        ("Europe/Berlin", "Europe/London"),
        ("buckets: 2", "calendar: 4-5-4"),
        ("buckets: 2", "view_segments: [long]"),
        ("buckets: 2", "view_segments: [{where: {dimension: page, equals: home}}]"),
    ],
)
def test_what_decides_who_belongs_is_in_it(shop, before, after):
    first = definition(shop)
    shop.change("view.yaml", before, after)
    assert definition(shop) != first


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("page: page", "page: {field: page, label: Page name}"),
        ("price: price", "price: {field: price, format: currency, decimals: 2, currency: EUR}"),
        ("page: page", "page: {field: page, no_value: {label: Nowhere, show: false}}"),
        ("calls: {field: id", "calls: {field: login"),
        ("buckets: 2", "buckets: 8"),
    ],
)
def test_what_is_only_shown_or_belongs_to_others_is_not(shop, before, after):
    first = definition(shop)
    shop.change("view.yaml", before, after)
    assert definition(shop) == first


def test_the_label_of_no_value_is_in_it_where_it_is_a_value(shop):
    shop.change("view.yaml", "page: page", "page: {field: page, no_value: {as_value: true}}")
    first = definition(shop)
    shop.change("view.yaml", "buckets: 2", "no_value: home\nbuckets: 2")
    assert definition(shop) != first
