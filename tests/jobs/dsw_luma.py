"""The answers to the reports of conf/dsw-luma by DuckDB's SQL, from the file itself: every definition is said anew."""

from __future__ import annotations

from pathlib import Path

import duckdb

from tests.jobs.lives import lives
from tests.jobs.sql_of_changes import changes

WEEK_MS, DAY_MS, START = 604_800_000, 86_400_000, 1_541_376_000_000  # Monday, 5 November 2018, UTC
END = START + 43 * DAY_MS  # after the 17th of December

EVENTS = f"""
create table events as
with read as (
    select endUserIDs._experience.aaid.id as person, epoch_ms(timestamp) as t, _experience.analytics.session.depth as depth, _id as id,
        web.webPageDetails.name as page, web.webPageDetails.siteSection as section, web.webReferrer.type as referrer, productListItems as items,
        placeContext.geo.countryCode as country, web.webPageDetails.pageViews.value as views_told, commerce.purchases.value as orders_told,
        coalesce(web.webPageDetails.pageViews.value, 0) as page_views, coalesce(commerce.productViews.value, 0) as product_views,
        coalesce(commerce.productListAdds.value, 0) as cart_additions, coalesce(commerce.checkouts.value, 0) as checkouts,
        coalesce(commerce.purchases.value, 0) as orders
    from '{{file}}'
),
ordered as (select *, row_number() over (partition by person order by t, depth nulls last, id) as place from read),
gaps as (select *, coalesce(t - lag(t) over (partition by person order by place) > 1800000, true) as opens from ordered)
select *, sum(opens::int) over (partition by person order by place rows unbounded preceding) as number, person || '/' || number as session,
    (t - {START}) // {WEEK_MS} as week
from gaps
"""

SESSION_STEPS = """
    valued as (select *, lag(section) over (partition by session order by place) as before from events where section is not null),
    steps as (select session, person, section, row_number() over (partition by session order by place) as step from valued where section is distinct from before)
"""



def _around(*things: str) -> str:
    """Times in three days before and after each one's first addition to the cart."""
    rows = " union all ".join(
        f"""select 'interval', '{name}', k, (select count(distinct person) from near where k = b.k and {name} > 0), (select count(*) from used),
            (select count(*) from near where k = b.k and {name} > 0), null from (select unnest(range(-3, 3)) as k) b
        union all select 'before', '{name}', null, count(distinct person), (select count(*) from used), count(*), null from near where k < 0 and {name} > 0
        union all select 'after', '{name}', null, count(distinct person), (select count(*) from used), count(*),
            count(*) / nullif((select count(*) from near where k < 0 and {name} > 0), 0) - 1 from near where k >= 0 and {name} > 0"""
        for name in things
    )
    reach = 3 * DAY_MS
    return f"""
        with first as (select person, min(t) as t0 from events where cart_additions > 0 group by person),
        used as (select * from first where t0 - {reach} >= {START} and t0 + {reach} <= least({END}, (select max(t) from events))),
        near as (select e.*, floor((t - t0) / {DAY_MS})::int as k from events e join used using (person) where t >= t0 - {reach} and t < t0 + {reach})
        select 'total', null, null, count(*), null, null, null from used
        union all select 'left_out', null, null, (select count(*) from first) - count(*), null, null, null from used union all {rows}"""


def _engagement(*things: str) -> str:
    """How widely and how often things are done, of the weeks that are over when the data end."""
    each = " union all ".join(
        f"select '{name}' as thing, week, count(distinct person) as people, count(*) as times from ranged where {name} > 0 group by week" for name in things
    )
    whole = " union all ".join(f"select '{name}' as thing, count(distinct person) as all_people from ranged where {name} > 0" for name in things)
    return f"""
        with ranged as (select * from events where week < 6),
        active as (select week, count(distinct person) as active from ranged group by week), done as ({each}), whole as ({whole}),
        told as (select thing, any_value(all_people) as people, sum(people) as weeks, sum(times) as times, sum(people / active) as shares
            from done join active using (week) join whole using (thing) group by thing),
        placed as (select *, shares / (select count(*) from active) as share, times / weeks as often from told),
        middle as (select median(share) as share, median(often) as often from placed)
        select 'event', p.thing, people, weeks, times, shares, p.share, p.often, case when p.share < m.share then case when p.often < m.often then 'low impact' else 'power' end
            else case when p.often < m.often then 'one-time' else 'high impact' end end from placed p, middle m
        union all select 'median', null, null, null, null, null, share, often, null from middle
        union all select 'total', null, count(distinct person), count(distinct (person, week)), null, null, null, null, null from ranged"""


CREDIT = f"""
    with sold as (select person, place, t, orders from events where orders > 0),
    touches as (select s.*, e.referrer as value, e.place as at, e.t as touched, count(*) over own as n, row_number() over (own order by e.place) as number
        from sold s join events e on e.person = s.person and e.place <= s.place and e.t >= s.t - 30::bigint * {DAY_MS} and e.referrer is not null
        window own as (partition by s.person, s.place)),
    weighed as (select *, case when n = 1 then 1 when n = 2 then 0.5 when number in (1, n) then 0.4 else 0.2 / (n - 2) end as u from touches),
    distinct_values as (select distinct person, place, value, orders from touches),
    credits as (select value, count(*) filter (number = n) as lasts, coalesce(sum(orders) filter (number = n), 0) as last, coalesce(sum(orders) filter (number = 1), 0) as first,
        sum(orders / n) as linear, sum(orders * u) as u from weighed group by value),
    touched as (select value, count(*) as conversions, count(distinct person) as people, sum(orders) as whole from distinct_values group by value),
    counts as (select s.person, s.place, any_value(s.t) as t, any_value(s.orders) as orders, count(c.at) as n, min(c.touched) as first from sold s
        left join touches c using (person, place) group by all),
    ranks as (select value, 1 << (row_number() over (order by last desc, value) - 1)::int as bit from credits qualify bit < 8),
    sets as (select person, coalesce(bit_or(bit), 0) as mask from sold left join distinct_values using (person, place) left join ranks using (value) group by person),
    days as (select *, (t - first) // {DAY_MS} as d from counts)
    select 'item', value, null, null, conversions, lasts, people, null, last, first, linear, whole, u from credits join touched using (value)
    union all select 'total', null, null, null, count(*), null, count(distinct person), null, sum(orders), sum(orders), sum(orders), sum(orders), sum(orders) from sold
    union all select 'untouched', null, null, null, n, null, p, null, w, w, w, w, w
        from (select count(*) as n, count(distinct person) as p, coalesce(sum(orders), 0) as w from counts where n = 0)
    union all select case when bit_count(b.mask) = 1 then 'set' else 'overlap' end, null, b.mask, null, null, null,
        count(*) filter (s.mask & b.mask = b.mask) as people, count(*) filter (s.mask = b.mask), null, null, null, null, null
        from (select unnest(range(1, 8)) as mask) b, sets s group by b.mask having people > 0
    union all select 'none', null, 0, null, null, null, count(*), count(*), null, null, null, null, null from sets where mask = 0
    union all select 'touches', null, null, name, count(place), null, count(distinct person), null, null, null, null, null, null
        from (select unnest(range(11)) as n, case n when 10 then '10+' else n::varchar end as name) b left join counts c on least(c.n, 10) = b.n group by name
    union all select 'days', null, null, name, count(place), null, count(distinct person), null, null, null, null, null, null
        from (values ('< 1', 0, 0), ('1', 1, 1), ('2-3', 2, 3), ('4-7', 4, 7), ('8-14', 8, 14), ('15-30', 15, 30), ('31-60', 31, 60), ('61-90', 61, 90), ('91+', 91, 9999)) b(name, low, high)
        left join days on d between low and high group by name
"""


def database(folder: Path) -> duckdb.DuckDBPyConnection:
    """The table of events, in the order of each journey."""
    found = duckdb.connect()
    found.execute(EVENTS.replace("{file}", str(folder / "luma_post.snappy.parquet")))
    return found


# Per report: columns, and the SQL that gives them; those of the last five are the report's own.
ANSWERS = {
    "pages": (
        "page,page_views,people,sessions",
        "select page, sum(page_views), count(distinct person), count(distinct session) from events where page is not null group by page order by 2 desc, 1 limit 10",
    ),
    "products": (
        "sku,quantity,people",
        """
        select item.SKU, sum(item.quantity), count(distinct person) from (select person, unnest(items) as item from events where orders > 0)
        where item.SKU is not null group by 1 order by 2 desc, 1 limit 5""",
    ),
    "referrers": (
        "referrer_type,orders,orders_linear,people",
        f"""
        with shares as (
            select o.person, o.t, o.place, count(*) as touches from events o join events e on e.person = o.person and e.place <= o.place
                and e.t >= o.t - 30::bigint * {DAY_MS} and e.referrer is not null where o.orders > 0 group by all
        ),
        linear as (
            select e.referrer, sum(1.0 / s.touches) as orders from shares s join events e on e.person = s.person and e.place <= s.place
                and e.t >= s.t - 30::bigint * {DAY_MS} and e.referrer is not null group by 1
        )
        select e.referrer, sum(e.orders), coalesce(any_value(l.orders), 0), count(distinct person) from events e left join linear l on l.referrer = e.referrer
        where e.referrer is not null group by 1""",
    ),
    "weeks": (
        "week,events,people,sessions,orders",
        "select week, count(*), count(distinct person), count(distinct session), sum(orders) from events group by week",
    ),
    "visits": (
        "sessions,bounces,people,events,time_spent_seconds",
        """
        select count(*), count(*) filter (events = 1), count(distinct person), sum(events), sum(seconds) from
        (select session, any_value(person) as person, count(*) as events, (max(t) - min(t)) / 1000 as seconds from events group by session)""",
    ),
    "funnel": (
        "product_views,cart_additions,checkouts,orders",
        """
        with one as (select person, min(place) as place from events where product_views > 0 group by person),
        two as (select e.person, min(e.place) as place from events e join one on one.person = e.person and e.place > one.place where cart_additions > 0 group by 1),
        three as (select e.person, min(e.place) as place from events e join two on two.person = e.person and e.place > two.place where checkouts > 0 group by 1),
        four as (select distinct e.person from events e join three on three.person = e.person and e.place > three.place where orders > 0)
        select (select count(*) from one), (select count(*) from two), (select count(*) from three), (select count(*) from four)""",
    ),
    "from_entry": (
        "flow_column,flow_item,next_item,path_views",
        f"""
        with {SESSION_STEPS},
        top as (
            select step, section from (select step, section, row_number() over (partition by step order by count(*) desc, section) as rank
            from steps where step <= 3 group by step, section) where rank <= 5
        ),
        named as (select session, step, coalesce(top.section, 'other') as item from steps left join top using (step, section) where step <= 4),
        links as (select step, item, coalesce(lead(item) over (partition by session order by step), 'exit') as next from named)
        select step, item, next, count(*) from links where step <= 2 group by all""",
    ),
    "after_cart": (
        "flow_item,path_views,people",
        """
        with valued as (select *, lag(section) over (partition by person order by place) as before from events where section is not null),
        followed as (select person, section, lead(section) over (partition by person order by place) as next from valued where section is distinct from before)
        select next, count(*), count(distinct person) from followed where section = 'cart' and next is not null group by next order by 2 desc, 1 limit 5""",
    ),
    "paths_to_orders": (
        "path_taken,trials,converted_trials,people",
        """
        with cut as (select *, coalesce(sum((orders > 0)::int) over (partition by session order by place rows between unbounded preceding and 1 preceding), 0) as trial from events),
        trials as (select session, trial, any_value(person) as person, bool_or(orders > 0) as converts from cut group by session, trial),
        valued as (select *, lag(section) over (partition by session, trial order by place) as before from cut where orders = 0 and section is not null),
        taken as (select session, trial, list(section order by place) as path from valued where section is distinct from before group by session, trial),
        named as (
            select person, converts, case when path is null then '(none)' when len(path) > 2 then '… → ' || array_to_string(path[-2:], ' → ')
                else array_to_string(path, ' → ') end as path from trials left join taken using (session, trial)
        )
        select path, count(*), count(*) filter (converts), count(distinct person) from named group by path""",
    ),
    "cohorts": (
        "week,periods_after,people",
        """
        with there as (select distinct person, week from events where week < 6), first as (select person, min(week) as entry from there group by person)
        select entry, week - entry, count(*) from there join first using (person) group by all""",
    ),
    "comes_back": (
        "elapsed,people",
        f"""
        with started as (select person, arg_min(place, place) as place, min(t) as t0 from events where page_views > 0 group by person having t0 + 4 * {WEEK_MS}::bigint <= {END}),
        back as (select e.person, (e.t - t0) // {WEEK_MS} as k from events e join started s on s.person = e.person and e.place > s.place where page_views > 0)
        select k, count(distinct person) from back where k <= 3 group by k union all select null, count(*) from started""",
    ),
    "page_views_of_people": (
        "bucket,people",
        "select least(floor(views / 10), 5), count(*) from (select sum(page_views) as views from events group by person) group by 1",
    ),
    "shopping": (
        "set_mask,only_people",
        """
        select sets, count(*) from (select person, (max(product_views) > 0)::int + 2 * (max(cart_additions) > 0)::int + 4 * (max(orders) > 0)::int as sets
        from events group by person) where sets > 0 group by sets""",
    ),
    "time_to_order": (
        "people,reached_people,mean_seconds",
        f"""
        with started as (select person, min(place) as place, min(t) as t0 from events where product_views > 0 group by person),
        ended as (select s.person, min(e.t) - any_value(t0) as took from started s join events e on e.person = s.person and e.place > s.place and e.orders > 0 group by 1)
        select (select count(*) from started), count(*), avg(took) / 1000 from ended where took <= 7 * {DAY_MS}""",
    ),
    "before_an_order": (
        "indicator,counted_units,outcome_units,adjusted_ratio",
        """
        with first as (select session, min(place) as place from events where orders > 0 group by session),
        seen as (select e.*, first.place is not null as ends from events e left join first on first.session = e.session where first.place is null or e.place < first.place),
        units as (
            select session, any_value(ends) as ends, case when count(*) <= 2 then count(*) when count(*) <= 4 then 3 when count(*) <= 8 then 4 when count(*) <= 16 then 5 else 6 end as size
            from seen group by session
        ),
        strata as (select size, count(*) as units, count(*) filter (ends) as outcomes from units group by size),
        exposed as (
            select section, size, count(*) as units, count(*) filter (ends) as outcomes
            from (select distinct session, section from seen where section is not null) join units using (session) group by section, size
        )
        select section, sum(e.units), sum(e.outcomes),
            sum(e.outcomes * (s.units - e.units) / s.units) / nullif(sum((s.outcomes - e.outcomes) * e.units / s.units), 0)
        from exposed e join strata s using (size) group by section having sum(e.units) >= 30""",
    ),
    "growth": (
        "week,people,new_people,repeat_people,return_people,dormant_people",
        """
        with there as (select distinct person, week from events where week < 6),
        told as (select person, week, lag(week) over own as before, lead(week) over own as later from there window own as (partition by person order by week)),
        gone as (select week + 1 as week, count(*) as dormant from told where later is distinct from week + 1 group by 1)
        select week, count(*), count(*) filter (before is null), count(*) filter (week - before = 1), count(*) filter (week - before > 1), coalesce(any_value(dormant), 0)
        from told left join gone using (week) group by week""",
    ),
    "how_often": (
        "step_name,at_least,people",
        """
        with counted as (
            select 'product_views' as step, count(*) as times from events where product_views > 0 group by person
            union all select 'orders', count(*) from events where orders > 0 group by person
        )
        select step, case when times <= 5 then times when times <= 10 then 6 else 11 end, count(*) from counted group by all""",
    ),
    "around_the_first_cart": (
        "row_kind,step_name,interval,people,base_people,times_done,change_rate",
        _around("product_views", "orders"),
    ),
    "changes": (
        "row_kind,contributor_dimension,contributor,amount_before,amount_after,amount_change,share_of_change,beyond_growth,people_before,people_after",
        changes("orders", 5, {"referrer_type": "referrer", "country": "country"}, "from_outside", "select distinct session, week from events where referrer = 'external'"),
    ),
    "credit": (
        "row_kind,credited_item,set_mask,amount_range,conversion_events,last_touch_events,people,only_people,last_touch,first_touch,linear,participation,u_shaped",
        CREDIT,
    ),
    "what_is_done": (
        "row_kind,step_name,people,person_periods,times_done,share_sum,average_share,times_per_person,quadrant",
        _engagement("product_views", "cart_additions", "checkouts", "orders"),
    ),
}  # fmt: skip
LIVES_COLUMNS = "row_kind,people,shown_people,sessions,events,shown_events,left_out_events,time_spent_seconds,page_views,orders,digest"


def lives_of(found: duckdb.DuckDBPyConnection) -> list[tuple]:
    """The timeline of five persons, without ids."""
    events = found.sql("""
        select person, number, t, strftime(make_timestamp(t * 1000), '%Y-%m-%dT%H:%M:%S.%g+00:00'), views_told, orders_told, section, referrer
        from events order by person, place""")
    return lives(events, metrics=2, people=5, most=100)
