"""The answers to the reports of conf/dsw-luma by DuckDB's SQL, from the file itself: every definition is said anew."""

from __future__ import annotations

WEEK_MS, DAY_MS, START = 604_800_000, 86_400_000, 1_541_376_000_000  # Monday, 5 November 2018, UTC
END = START + 43 * DAY_MS  # after the 17th of December

EVENTS = f"""
create table events as
with read as (
    select endUserIDs._experience.aaid.id as person, epoch_ms(timestamp) as t, _experience.analytics.session.depth as depth, _id as id,
        web.webPageDetails.name as page, web.webPageDetails.siteSection as section, web.webReferrer.type as referrer, productListItems as items,
        coalesce(web.webPageDetails.pageViews.value, 0) as page_views, coalesce(commerce.productViews.value, 0) as product_views,
        coalesce(commerce.productListAdds.value, 0) as cart_additions, coalesce(commerce.checkouts.value, 0) as checkouts,
        coalesce(commerce.purchases.value, 0) as orders
    from '{{file}}'
),
ordered as (select *, row_number() over (partition by person order by t, depth nulls last, id) as place from read),
gaps as (select *, coalesce(t - lag(t) over (partition by person order by place) > 1800000, true) as opens from ordered)
select *, person || '/' || sum(opens::int) over (partition by person order by place rows unbounded preceding) as session,
    (t - {START}) // {WEEK_MS} as week
from gaps
"""

SESSION_STEPS = """
    valued as (select *, lag(section) over (partition by session order by place) as before from events where section is not null),
    steps as (select session, person, section, row_number() over (partition by session order by place) as step from valued where section is distinct from before)
"""

ANSWERS = {
    "pages": "select page, sum(page_views), count(distinct person), count(distinct session) from events where page is not null group by page order by 2 desc, 1 limit 10",
    "products": """
        select item.SKU, sum(item.quantity), count(distinct person) from (select person, unnest(items) as item from events where orders > 0)
        where item.SKU is not null group by 1 order by 2 desc, 1 limit 5""",
    "referrers": f"""
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
    "weeks": "select week, count(*), count(distinct person), count(distinct session), sum(orders) from events group by week",
    "visits": """
        select count(*), count(*) filter (events = 1), count(distinct person), sum(events), sum(seconds) from
        (select session, any_value(person) as person, count(*) as events, (max(t) - min(t)) / 1000 as seconds from events group by session)""",
    "funnel": """
        with one as (select person, min(place) as place from events where product_views > 0 group by person),
        two as (select e.person, min(e.place) as place from events e join one on one.person = e.person and e.place > one.place where cart_additions > 0 group by 1),
        three as (select e.person, min(e.place) as place from events e join two on two.person = e.person and e.place > two.place where checkouts > 0 group by 1),
        four as (select distinct e.person from events e join three on three.person = e.person and e.place > three.place where orders > 0)
        select (select count(*) from one), (select count(*) from two), (select count(*) from three), (select count(*) from four)""",
    "from_entry": f"""
        with {SESSION_STEPS},
        top as (
            select step, section from (select step, section, row_number() over (partition by step order by count(*) desc, section) as rank
            from steps where step <= 3 group by step, section) where rank <= 5
        ),
        named as (select session, step, coalesce(top.section, 'other') as item from steps left join top using (step, section) where step <= 4),
        links as (select step, item, coalesce(lead(item) over (partition by session order by step), 'exit') as next from named)
        select step, item, next, count(*) from links where step <= 2 group by all""",
    "after_cart": """
        with valued as (select *, lag(section) over (partition by person order by place) as before from events where section is not null),
        followed as (select person, section, lead(section) over (partition by person order by place) as next from valued where section is distinct from before)
        select next, count(*), count(distinct person) from followed where section = 'cart' and next is not null group by next order by 2 desc, 1 limit 5""",
    "paths_to_orders": """
        with cut as (select *, coalesce(sum((orders > 0)::int) over (partition by session order by place rows between unbounded preceding and 1 preceding), 0) as trial from events),
        trials as (select session, trial, any_value(person) as person, bool_or(orders > 0) as converts from cut group by session, trial),
        valued as (select *, lag(section) over (partition by session, trial order by place) as before from cut where orders = 0 and section is not null),
        taken as (select session, trial, list(section order by place) as path from valued where section is distinct from before group by session, trial),
        named as (
            select person, converts, case when path is null then '(none)' when len(path) > 2 then '… → ' || array_to_string(path[-2:], ' → ')
                else array_to_string(path, ' → ') end as path from trials left join taken using (session, trial)
        )
        select path, count(*), count(*) filter (converts), count(distinct person) from named group by path""",
    "cohorts": """
        with there as (select distinct person, week from events where week < 6), first as (select person, min(week) as entry from there group by person)
        select entry, week - entry, count(*) from there join first using (person) group by all""",
    "comes_back": f"""
        with started as (select person, arg_min(place, place) as place, min(t) as t0 from events where page_views > 0 group by person having t0 + 4 * {WEEK_MS}::bigint <= {END}),
        back as (select e.person, (e.t - t0) // {WEEK_MS} as k from events e join started s on s.person = e.person and e.place > s.place where page_views > 0)
        select k, count(distinct person) from back where k <= 3 group by k union all select null, count(*) from started""",
    "page_views_of_people": "select least(floor(views / 10), 5), count(*) from (select sum(page_views) as views from events group by person) group by 1",
    "shopping": """
        select sets, count(*) from (select person, (max(product_views) > 0)::int + 2 * (max(cart_additions) > 0)::int + 4 * (max(orders) > 0)::int as sets
        from events group by person) where sets > 0 group by sets""",
    "time_to_order": f"""
        with started as (select person, min(place) as place, min(t) as t0 from events where product_views > 0 group by person),
        ended as (select s.person, min(e.t) - any_value(t0) as took from started s join events e on e.person = s.person and e.place > s.place and e.orders > 0 group by 1)
        select (select count(*) from started), count(*), avg(took) / 1000 from ended where took <= 7 * {DAY_MS}""",
    "before_an_order": """
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
    "growth": """
        with there as (select distinct person, week from events where week < 6),
        told as (select person, week, lag(week) over own as before, lead(week) over own as later from there window own as (partition by person order by week)),
        gone as (select week + 1 as week, count(*) as dormant from told where later is distinct from week + 1 group by 1)
        select week, count(*), count(*) filter (before is null), count(*) filter (week - before = 1), count(*) filter (week - before > 1), coalesce(any_value(dormant), 0)
        from told left join gone using (week) group by week""",
    "how_often": """
        with counted as (
            select 'product_views' as step, count(*) as times from events where product_views > 0 group by person
            union all select 'orders', count(*) from events where orders > 0 group by person
        )
        select step, case when times <= 5 then times when times <= 10 then 6 else 11 end, count(*) from counted group by all""",
}  # fmt: skip
