"""The story behind the demo data: channels relate, so that every report has something to show."""

import math
from collections import Counter
from datetime import date, timedelta

import pytest
from pyspark.sql import functions as F

from cja_spark.demo.browsing import app, site
from cja_spark.demo.calls import CALL_SHARE, OTHER_SHARE, calls
from cja_spark.demo.mailings import mailings
from cja_spark.demo.spec import DAY_MS, Year
from cja_spark.demo.visits import KINDS, PATHS, TRACKING_DAY, pages, season, visits

YEAR = Year(events=100_000)


@pytest.fixture(scope="module")
def visited(spark):
    rows = visits(spark, YEAR).persist()
    yield rows
    rows.unpersist()


def test_the_kinds_of_a_channel_are_percents():
    assert all(sum(weights) == 100 and len(weights) == len(PATHS) for weights in KINDS.values())


def test_a_call_follows_a_help_page_within_half_a_day_far_more_often(visited):
    called = calls(visited, YEAR.seed).select(F.col("call_id"), F.col("t").alias("called"))
    known = visited.where("crm_id is not null").withColumn("call_id", F.concat(F.lit("k"), "person", F.lit("-"), "visit"))
    found = {
        row["kind"]: row
        for row in known.join(called, on="call_id", how="left").groupBy("kind").agg(
            F.count("called").alias("calls"), F.count(F.lit(1)).alias("visits"), F.max(F.col("called") - F.col("start")).alias("wait")
        ).collect()
    }  # fmt: skip
    shares = {kind: row["calls"] / row["visits"] for kind, row in found.items()}
    for kind, row in found.items():
        asked = CALL_SHARE.get(kind, OTHER_SHARE)
        assert abs(row["calls"] - asked * row["visits"]) <= 5 * math.sqrt(asked * row["visits"]) + 1, kind
    assert shares["help"] > 10 * shares["browse"]
    assert shares["tracking"] < shares["help"] / 3
    assert found["help"]["wait"] < 12 * 3_600_000


def test_every_click_is_followed_by_its_visit_within_a_minute(visited):
    clicks = mailings(visited, YEAR.seed).where("interaction = 'click'")
    entries = pages(visited, YEAR.seed).where("nth = 1 and channel = 'email' and crm_id is not null")
    pairs = clicks.select(F.col("_id"), F.col("t").alias("clicked")).join(
        entries.select(F.concat(F.lit("m"), "person", F.lit("-"), "visit", F.lit("-click")).alias("_id"), "t"), on="_id", how="full"
    )  # fmt: skip
    gaps = pairs.select((F.col("t") - F.col("clicked")).alias("gap")).agg(F.count(F.lit(1)), F.count("gap"), F.min("gap"), F.max("gap")).first()
    assert gaps[0] == gaps[1] > 500
    assert 0 < gaps[2] <= gaps[3] < 300_000


def test_visits_by_campaign_mail_buy_most(visited):
    rows = visited.where("crm_id is not null").groupBy("channel").agg(F.avg((F.col("kind") == "purchase").cast("int")).alias("share"))
    shares = {row["channel"]: row["share"] for row in rows.collect()}
    assert max(shares, key=shares.get) == "email"
    assert shares["email"] > 5 * shares["social"]


def test_nobody_without_an_account_reaches_a_page_that_needs_one(visited):
    found = visited.where("crm_id is null").select("kind").distinct().collect()
    assert {row["kind"] for row in found} == {"bounce", "browse", "search", "cart", "help", "lost", "found_cart"}


def test_campaigns_belong_to_the_channels_that_advertise(visited):
    found = visited.where("campaign is not null").select("channel").distinct().collect()
    assert {row["channel"] for row in found} == {"email", "paid", "affiliate"}
    assert visited.where("channel in ('email', 'paid', 'affiliate') and campaign is null").isEmpty()


def test_products_follow_zipf(visited):
    counts = Counter(row["product"] for row in visited.select("product").collect())
    ranked = [counts[rank] for rank in range(400)]
    assert ranked[0] > 1.5 * ranked[1] > 1.5 * ranked[3]
    assert 0.08 < ranked[0] / sum(ranked) < 0.14  # ln 2 / ln 401 is 0.116


def test_days_have_their_season_and_weekends_are_busy(visited):
    weights = season(YEAR)
    counts = Counter(row["day"] for row in visited.select(((F.col("start") - YEAR.begin_ms) / 86_400_000).cast("int").alias("day")).collect())
    peak, usual = range(84, 91), range(180, 187)  # 24 to 30 November; the first week of March
    expected = sum(weights[day] for day in peak) / sum(weights[day] for day in usual)
    assert sum(counts[day] for day in peak) / sum(counts[day] for day in usual) == pytest.approx(expected, rel=0.2)
    weekday = Counter({day % 7: 0 for day in range(7)})
    for day, count in counts.items():
        weekday[day % 7] += count
    assert min(weekday[5], weekday[6]) > max(weekday[day] for day in range(5))  # the first day is a Monday


def test_an_order_costs_the_sum_of_its_lines(visited):
    bought = site(pages(visited, YEAR.seed), YEAR.seed).where("commerce.purchases.value = 1")
    lines = F.aggregate("productListItems", F.lit(0).cast("bigint"), lambda cents, item: cents + F.round(item["priceTotal"] * 100).cast("bigint"))
    rows = bought.select(F.round(F.col("commerce.order.priceTotal") * 100).cast("bigint").alias("paid"), lines.alias("lines")).collect()
    assert len(rows) > 300
    assert all(row["paid"] == row["lines"] for row in rows)


def test_app_and_site_share_the_paths_that_mean_the_same(visited):
    seen = pages(visited, YEAR.seed)
    web, phone = site(seen, YEAR.seed).schema, app(seen, YEAR.seed).schema
    shared = set(web.names) & set(phone.names)
    assert {"identityMap", "web", "channel", "marketing", "commerce", "productListItems", "search"} <= shared
    assert all(web[name].dataType == phone[name].dataType for name in shared)
    assert set(web.names) - shared == {"environment"}
    assert set(phone.names) - shared == {"application", "device"}


def test_from_march_on_more_of_those_with_an_account_who_need_help_track_their_order(visited):
    later = (F.col("start") >= YEAR.begin_ms + TRACKING_DAY * DAY_MS).alias("later")
    rows = visited.where("crm_id is not null and kind in ('help', 'tracking')").groupBy(later).agg(F.avg((F.col("kind") == "tracking").cast("int")).alias("share"))
    shares = {row["later"]: row["share"] for row in rows.collect()}
    assert shares[True] > 1.4 * shares[False] > 0.4
    assert YEAR.first_day + timedelta(days=TRACKING_DAY) == date(2026, 3, 1)
