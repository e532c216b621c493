"""conf/templates: each template on rows, by the product and by the reference."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest
import yaml

from cja_spark.journeys.batch import Journeys, Window
from cja_spark.journeys.derived.derive import derive, no_lookups
from cja_spark.journeys.derived.formula import Formula
from cja_spark.journeys.hashing import value_id
from cja_spark.reports.neighbours import with_neighbours
from cja_spark.view.spec import View
from tests.reference.derived import derived
from tests.unit.derived.state_cities import CITIES
from tests.unit.kernels.by_hand import DAY, GAP, MINUTE

FOLDER = Path(__file__).resolve().parents[3] / "conf" / "templates"


def at(text):
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


# per template the derived field, its fields, and rows of their values and of what it gives
TEMPLATES = {
    "marketing_channel": ("marketing_channel", "page_url string, referrer string", [
        ("https://site.com/?cid=ps_1", "https://google.com", "Paid Search"), ("https://site.com/?cid=EM_1", None, "Email"),
        ("https://site.com/?cid=x", None, "Other Campaigns"), ("https://site.com/", "https://www.google.com/q", "Natural Search"),
        ("https://site.com/", "https://l.facebook.com/", "Natural Social"), ("https://site.com/", "https://blog.org/", "Referring Domains"),
        ("https://site.com/", None, "Direct"), ("https://site.com/a", "https://www.site.com/b", None), (None, None, None),
    ]),
    "bot_detection": ("traffic", "user_agent string, network string", [
        ("Mozilla/5.0 (compatible; Googlebot/2.1)", None, "bot"), ("Mozilla/5.0 (Windows NT 10.0)", None, "human"), (None, None, "bot"),
        ("Mozilla/5.0", "uptime checks", "bot"), ("curl/8.0", "home", "bot"),
    ]),
    "multi_dimension_combine": ("section_and_page", "site_section string, page_name string, language string", [
        ("shop", "cart", "de", "shop | cart | de"), ("shop", None, "de", "shop | de"), (None, None, None, None),
    ]),
    "friendly_dataset_name": ("source", "dataset string", [("web", "Website"), ("calls", "Call centre"), ("store", "store")]),
    "page_name_from_url": ("page_name", "page_url string", [
        ("https://site.com/shop/Red-Shoes.html?cid=1", "red shoes"), ("https://site.com/about-us/", "about us"), ("https://site.com/", "home"),
        ("https://site.com", "home"), (None, None),
    ]),
    "holiday_season": ("season", "ts timestamp", [
        (at("2025-11-27T23:59:59"), "Rest of the year"), (at("2025-11-28T00:00:00"), "Cyber week"), (at("2025-12-02T00:00:00"), "Before Christmas"),
        (at("2026-01-01T23:59:59"), "Between the years"), (at("2026-01-02T00:00:00"), "Rest of the year"),
    ]),
    "monthly_goals": ("goal", "ts timestamp", [
        (at("2024-12-31T23:59:59"), None), (at("2025-01-01T00:00:00"), 12000.0), (at("2025-02-28T12:00:00"), 14000.0), (at("2025-04-01T00:00:00"), None),
    ]),
    "first_value_in_list": ("first_value", "codes string", [("a, b,c", "a"), (" one ", "one"), (",b", None), (None, None)]),
    "last_value_in_list": ("last_value", "codes string", [("a,b, c", "c"), ("one", "one"), ("a,", None), (None, None)]),
    "all_values_in_list": ("values", "codes string", [("a, b,,c", ["a", "b", "c"]), ("one", ["one"])]),
    "domain": ("domain", "referrer string", [
        ("https://WWW.Example.com:8080/a", "example.com"), ("https://shop.example.com/", "shop.example.com"), ("www.example.com", None), (None, None),
    ]),
    "query_parameter": ("campaign_code", "page_url string", [("https://site.com/?a=1&cid=PS_7", "ps_7"), ("https://site.com/", None), (None, None)]),
    "transition_field": ("page", "ts timestamp, old_page_name string, new_page_name string", [
        (at("2025-05-31T23:59:59"), "old", "new", "old"), (at("2025-06-01T00:00:00"), "old", "new", "new"), (at("2025-06-02T00:00:00"), "old", None, None),
    ]),
    "exit_link": ("exit_link", "link_url string", [
        ("https://Other.org/a", "https://Other.org/a"), ("https://www.site.com/a", None), ("https://notsite.com/", "https://notsite.com/"), ("/a", None), (None, None),
    ]),
    "download_link": ("download_link", "link_url string", [
        ("https://site.com/a/Prices.PDF?x=1", "https://site.com/a/Prices.PDF?x=1"), ("https://site.com/pdf", None), ("/files/all.zip", "/files/all.zip"), (None, None),
    ]),
    "state_of_coordinates": ("state", "latitude double, longitude double", [
        *((*place, state) for state, places in CITIES.items() for place in places),
        (51.5, -0.13, None), (0.0, 0.0, None), (19.43, -99.13, None), (-33.87, 151.21, None), (None, -100.0, None), (45.0, None, None),
    ]),
}  # fmt: skip


def template(name):
    return yaml.safe_load((FOLDER / f"{name}.yaml").read_text(encoding="utf-8"))


def test_cities_of_all_fifty_states_are_asked():
    assert (len(CITIES), min(map(len, CITIES.values()))) == (50, 2)


@pytest.mark.parametrize("name", TEMPLATES)
def test_a_template_gives_what_it_says(spark, name):
    field, schema, rows = TEMPLATES[name]
    view = View.model_validate({"name": "template", **template(name)})
    frame = spark.createDataFrame([(number, *row[:-1]) for number, row in enumerate(rows)], f"number int, {schema}")
    made = frame.transform(derive, [Formula.of(field, view.derived, "UTC")], no_lookups).sort("number").collect()
    assert [row[f"_derived_{field}"] for row in made] == [row[-1] for row in rows]


@pytest.mark.parametrize("name", TEMPLATES)
def test_the_reference_agrees(name):
    field, schema, rows = TEMPLATES[name]
    names = [part.split()[0] for part in schema.split(", ")]
    assert [derived(template(name), field, dict(zip(names, row, strict=False))) for row in rows] == [row[-1] for row in rows]


def test_the_template_of_bounces():
    view = View.model_validate({"name": "template", **template("bounces")})
    t = np.array([0, MINUTE, GAP + MINUTE + 1, GAP + 2 * MINUTE, 3 * GAP, 5 * GAP], np.int64)
    journeys = Journeys(np.array([0, 6], np.int64), t, {"m_bounce": np.array([1, np.nan, 1, 1, np.nan, 1])})
    found = with_neighbours(journeys, view, Window(0, 0, DAY, DAY, DAY, 0), journeys.sessions(GAP), ("bounce",)).ids("bounce")
    words = {value_id(word): word for word in ("Bounced", "Not bounced")} | {0: None}
    assert [words[one] for one in found] == ["Bounced", "Bounced", "Not bounced", "Not bounced", None, "Bounced"]


def test_every_template_is_tried():
    assert {file.stem for file in FOLDER.glob("*.yaml")} == {*TEMPLATES, "bounces", "calculated_metrics"}
