"""The answers to the reports of conf/luma from the files themselves: DuckDB's SQL says every definition anew."""

from __future__ import annotations

import duckdb

from tests.jobs.lives import lives
from tests.jobs.luma_files import DAY_MS, END, START, WEEKS, database
from tests.jobs.sql_of_changes import changes

__all__ = ["ANSWERS", "LIVES_COLUMNS", "database", "lives_of"]


def _by_items(value: str) -> str:
    """Each value that items have: its people and events once per event, the quantity of its own items, the revenue of its events."""
    return f"""
        with own as (select e.person, e.id, any_value(revenue) as revenue, coalesce({value}, 'No value') as value, sum(quantity) as quantity
            from events e join items using (id) group by all)
        select 'item' as kind, value, count(distinct person) as people, count(*) as events, coalesce(sum(quantity), 0) as quantity,
            coalesce(sum(revenue), 0) as revenue from own group by value
        union all select 'total', null, (select count(distinct person) from events), (select count(*) from events),
            (select sum(quantity) from items), (select sum(revenue) from events)"""


SAVES, SHOPS, VIEWS = ("saves", "saves"), ("web purchases", "web_purchases"), ("product views", "views")


def _engagement(*things: tuple[str, str]) -> str:
    each = " union all ".join(
        f"select {at} as number, '{name}' as thing, week, count(distinct person) as people, sum(({column} > 0)::int) as times from ranged where {column} > 0 group by week"
        for at, (name, column) in enumerate(things)
    )
    whole = " union all ".join(f"select '{name}' as thing, count(distinct person) as all_people from ranged where {column} > 0" for name, column in things)
    return f"""
        with ranged as (select * from events where week < {WEEKS}),
        active as (select week, count(distinct person) as active from ranged group by week), done as ({each}), whole as ({whole}),
        told as (select thing, any_value(all_people) as people, sum(people) as weeks, sum(times) as times, sum(people / active) as shares
            from done join active using (week) join whole using (thing) group by thing),
        placed as (select *, shares / {WEEKS} as share, times / weeks as often from told),
        middle as (select median(share) as share, median(often) as often from placed)
        select 'event', p.thing, people, weeks, times, shares, p.share, p.often, case when p.share < m.share then case when p.often < m.often then 'low impact' else 'power' end
            else case when p.often < m.often then 'one-time' else 'high impact' end end from placed p, middle m
        union all select 'median', null, null, null, null, null, share, often, null from middle
        union all select 'total', null, count(distinct person), count(distinct (person, week)), null, null, null, null, null from ranged"""


def _around(*things: tuple[str, str]) -> str:
    """Times in three intervals of two days before and after each one's first order in a store."""
    rows = " union all ".join(
        f"""select 'interval', '{name}', k, (select count(distinct person) from near where k = b.k and {column} > 0), (select count(*) from used),
            (select count(*) from near where k = b.k and {column} > 0), null from (select unnest(range(-3, 3)) as k) b
        union all select 'before', '{name}', null, count(distinct person), (select count(*) from used), count(*), null from near where k < 0 and {column} > 0
        union all select 'after', '{name}', null, count(distinct person), (select count(*) from used), count(*),
            count(*) / (select count(*) from near where k < 0 and {column} > 0) - 1 from near where k >= 0 and {column} > 0"""
        for name, column in things
    )
    reach = 6 * DAY_MS
    return f"""
        with first as (select person, min(t) as t0 from events where orders > 0 group by person),
        used as (select * from first where t0 - {reach} >= {START} and t0 + {reach} <= least({END}, (select max(t) from events))),
        near as (select e.*, floor((t - t0) / {2 * DAY_MS})::int as k from events e join used using (person) where t >= t0 - {reach} and t < t0 + {reach})
        select 'total', null, null, count(*), null, null, null from used
        union all select 'left_out', null, null, (select count(*) from first) - count(*), null, null, null from used union all {rows}"""


LATER = "e.person = s.person and e.place > s.place and e.orders > 0"

# Per report: its columns that are told, and the SQL that gives them.
ANSWERS = {
    "around_the_store": ("row_kind,step_name,interval,people,base_people,times_done,change_rate", _around(SAVES, SHOPS)),
    "back_in_the_store": (
        "row_kind,breakdown,elapsed,people",
        f"""
        with first as (select person, arg_min(place, place) as place, arg_min(t, place) as t0, arg_min(event_type, place) as kind
            from events where dataset = 'web' group by person),
        s as (select * from first where t0 + {21 * DAY_MS} <= {END}),
        back as (select distinct s.person, s.kind, (e.t - t0) // {7 * DAY_MS} as k from s join events e on {LATER}),
        cells as (select kind, b.k, (select count(*) from back where back.kind = s.kind and back.k = b.k) as people
            from (select distinct kind from s) s, (select unnest(range(3)) as k) b)
        select 'total', null, null, count(*) from s union all select 'reserved', null, null, (select count(*) from first) - count(*) from s
        union all select 'on', null, k, sum(people) from cells group by k
        union all select 'value', kind, null, count(*) from s group by kind union all select 'value', kind, k, people from cells""",
    ),
    "before_a_purchase": (
        "row_kind,indicator,counted_units,outcome_units,unexposed_units,unexposed_outcomes,crude_ratio,adjusted_ratio,ratio_lower,ratio_upper",
        """
        with first as (select person, min(place) as place from events where orders > 0 group by person),
        seen as (select e.*, f.place is not null as ends from events e left join first f using (person) where f.place is null or e.place < f.place),
        units as (select person, any_value(ends) as ends, least(count(*), 3) as size from seen group by person),
        whole as (select size, count(*) as n, count(*) filter (ends) as y from units group by size),
        exposed as (select category, size, count(*) as n1, count(*) filter (ends) as y1 from
            (select distinct person, category from seen join items using (id) where category is not null) join units using (person) group by category, size),
        cells as (select category, size, coalesce(n1, 0) as n1, coalesce(y1, 0) as y1, n - coalesce(n1, 0) as n0, y - coalesce(y1, 0) as y0, n, y
            from (select * from whole cross join (select distinct category from exposed)) left join exposed using (category, size)),
        sums as (select category, sum(n1) as n1, sum(y1) as y1, sum(n0) as n0, sum(y0) as y0, sum(y1 * n0 / n) as r, sum(y0 * n1 / n) as s,
            sum(y * n1 * n0 / n / n - y1 * y0 / n) as p from cells group by category)
        select case when r > s then 'leads_to' else 'protects' end, category, n1, y1, n0, y0, (y1 / n1) / (y0 / n0), r / s,
            r / s * exp(-1.959964 * sqrt(p / r / s)), r / s * exp(1.959964 * sqrt(p / r / s)) from sums where n1 >= 30
        union all select 'other', null, sum(n1), sum(y1), null, null, null, null, null, null from sums where n1 < 30
        union all select 'total', null, sum(n), sum(y), null, null, null, null, null, null from whole
        union all select 'left_out', null, count(*), count(*), null, null, null, null, null, null from first where person not in (select person from units)""",
    ),
    "before_the_store": (
        "row_kind,item_kind,flow_item,path_views,people",
        """
        with found as (select * from heads where action = 'purchase in a store')
        select 'node', case when before is null then 'entry' else 'item' end, before, count(*), count(distinct person) from found group by before
        union all select 'total', null, null, count(*), count(distinct person) from found""",
    ),
    "categories": ("row_kind,category,people,events,quantity,revenue", _by_items("category")),
    "changes": (
        "row_kind,contributor_dimension,contributor,amount_before,amount_after,amount_change,share_of_change,beyond_growth,people_before,people_after",
        changes("revenue", 3, {"tier": "tier", "state": "state"}, "web_purchasers", "select distinct person, week from events where web_purchases > 0"),
    ),
    "cohorts": (
        "row_kind,label,periods_after,people,base_people,cohort_rate",
        f"""
        with first as (select person, min(week) as week from events where dataset = 'web' group by person),
        back as (select distinct person, week from events where orders > 0),
        weeks as (select unnest(range(5)) as week),
        sizes as (select w.week, case when w.week < {WEEKS} then count(person)::int end as base from weeks w left join first using (week) group by w.week),
        cells as (select s.week, k.k, base, case when s.week + k.k < {WEEKS} then (select count(*) from first f join back b using (person)
            where f.week = s.week and b.week = s.week + k.k)::int end as people from sizes s, (select unnest(range(1, 5)) as k) k where s.week + k.k < 5)
        select 'included', '2022-W' || (44 + week), 0, base, null, null from sizes
        union all select 'retained', '2022-W' || (44 + week), k, people, case when people is not null then base end, people / base from cells
        union all select 'mean_of_rates', null, k, null, null, avg(people / base) from cells group by k
        union all select 'pooled', null, k, sum(people), sum(base) filter (people is not null), sum(people) / sum(base) filter (people is not null) from cells group by k
        union all select 'total', null, null, sum(base), null, null from sizes""",
    ),
    "credit": (
        "row_kind,credited_item,set_mask,amount_range,conversion_events,last_touch_events,people,only_people,last_touch,first_touch,linear,participation",
        f"""
        with sold as (select person, place, t, revenue from events where orders > 0),
        touches as (select s.*, e.event_type as kind, e.place as at, e.t as touched, count(*) over own as n, row_number() over (own order by e.place) as number
            from sold s join events e on e.person = s.person and e.place <= s.place and e.t >= s.t - {14 * DAY_MS}::bigint and e.event_type is not null
            window own as (partition by s.person, s.place)),
        counts as (select s.person, s.place, any_value(s.t) as t, any_value(s.revenue) as revenue, count(c.at) as n, min(c.touched) as first
            from sold s left join touches c using (person, place) group by all),
        sets as (select person, bit_or(case kind when 'commerce.productViews' then 1 when 'commerce.saveForLaters' then 2 else 4 end) as mask from touches group by person),
        days as (select *, case when first is null then null else (t - first) // {DAY_MS} end as d from counts)
        select 'item', kind, null, null, count(distinct (person, place)), count(*) filter (number = n), count(distinct person), null,
            sum(revenue) filter (number = n), sum(revenue) filter (number = 1), sum(revenue / n), sum(revenue) from touches group by kind
        union all select 'total', null, null, null, count(*), null, count(distinct person), null, sum(revenue), sum(revenue), sum(revenue), sum(revenue) from sold
        union all select 'untouched', null, null, null, count(*), null, count(distinct person), null, sum(revenue), sum(revenue), sum(revenue), sum(revenue) from counts where n = 0
        union all select 'set', null, mask, null, null, null, (select count(*) from sets where sets.mask & a.mask > 0), (select count(*) from sets where sets.mask = a.mask), null, null, null, null
            from (values ('commerce.productViews', 1), ('commerce.saveForLaters', 2), ('commerce.purchases', 4)) a(name, mask)
        union all select 'none', null, 0, null, null, null, count(*), count(*), null, null, null, null from (select distinct person from sold where person not in (select person from sets))
        union all select 'touches', null, null, name, count(place), null, count(distinct person), null, null, null, null, null
            from (select unnest(range(11)) as n, case n when 10 then '10+' else n::varchar end as name) b left join counts c on least(c.n, 10) = b.n group by name
        union all select 'days', null, null, name, count(place), null, count(distinct person), null, null, null, null, null
            from (values ('< 1', 0, 0), ('1', 1, 1), ('2-3', 2, 3), ('4-7', 4, 7), ('8-14', 8, 14), ('15-30', 15, 30), ('31-60', 31, 60), ('61-90', 61, 90), ('91+', 91, 9999)) b(name, low, high)
            left join days on d between low and high group by name""",
    ),
    "daily": (
        "row_kind,label,events,people,saves,revenue",
        """
        select 'bucket', strftime(date '2022-10-31' + d.day::int, '%Y-%m-%d'), count(e.id), count(distinct person), coalesce(sum(saves), 0), coalesce(sum(revenue), 0)
        from (select unnest(range(62)) as day) d left join events e using (day) group by d.day
        union all select 'total', null, count(*), count(distinct person), sum(saves), sum(revenue) from events""",
    ),
    "from_the_web": (
        "row_kind,flow_column,item_kind,flow_item,next_kind,next_item,path_views,people",
        """
        with walks as (select a.person, a.action as one, b.action as two from heads a left join heads b on b.person = a.person and b.step = 2 where a.step = 1),
        nodes as (
            select person, 0 as spot, 'entry' as kind, null as item from walks union all select person, 1, 'item', one from walks
            union all select person, 2, case when two is null then 'exit' else 'item' end, two from walks
        )
        select 'total', null, null, null, null, null, count(*), count(distinct person) from walks
        union all select 'node', spot, kind, item, null, null, count(*), count(distinct person) from nodes group by all
        union all select 'link', a.spot, a.kind, a.item, b.kind, b.item, count(*), count(distinct a.person) from nodes a join nodes b on a.person = b.person and b.spot = a.spot + 1 group by all""",
    ),
    "growth": (
        "row_kind,label,people,new_people,repeat_people,return_people,dormant_people,net_growth",
        f"""
        with there as (select distinct person, week from events where week < {WEEKS}),
        told as (select person, week, lag(week) over own as before, lead(week) over own as later from there window own as (partition by person order by week)),
        gone as (select week + 1 as week, count(*) as dormant from told where later is distinct from week + 1 group by 1),
        classes as (select week, count(*) as people, count(*) filter (before is null) as news, count(*) filter (week - before = 1) as again,
            count(*) filter (week - before > 1) as back from told group by week)
        select 'period', '2022-W' || (44 + week), people, news, again, back, coalesce(dormant, 0), (news + back) / nullif(dormant, 0) from classes left join gone using (week)
        union all select 'period', '2022-W48', null, null, null, null, null, null
        union all select 'total', null, count(distinct person), null, null, null, null, null from there""",
    ),
    "how_often": (
        "row_kind,step_name,times,people",
        """
        with counted as (select 'saves' as step, count(*) as times from events where saves > 0 group by person
            union all select 'store_orders', count(*) from events where orders > 0 group by person)
        select 'bucket', s.step, name, count(c.step) from (values ('saves'), ('store_orders')) s(step),
            (values ('1', 1, 1), ('2', 2, 2), ('3', 3, 3), ('4', 4, 4), ('5', 5, 5), ('6-10', 6, 10), ('11+', 11, 9999)) b(name, low, high)
            left join counted c on c.step = s.step and c.times between low and high group by s.step, name
        union all select 'total', step, null, count(*) from counted group by step""",
    ),
    "paths_to_the_store": (
        "row_kind,path_taken,trials,converted_trials,people,metric_sum,converted_rate,rate_lower,rate_upper",
        """
        with cut as (select *, coalesce(sum(orders) over (partition by person order by place rows between unbounded preceding and 1 preceding), 0) as trial from events),
        trials as (select person, trial, max(orders) as converts, string_agg(event_type, ' → ' order by place) as path from cut group by person, trial),
        told as (select coalesce(path, '(none)') as path, count(*) as n, sum(converts) as c, count(distinct person) as people from trials group by path),
        rows as (select 'top' as kind, * from told union all select 'bottom', * from told union all select 'total', null, count(*), sum(converts), count(distinct person) from trials)
        select kind, path, n, c, people, c, c / n, (c / n + 3.841458881 / (2 * n) - 1.959964 * sqrt(c / n * (1 - c / n) / n + 3.841458881 / (4 * n * n))) / (1 + 3.841458881 / n),
            (c / n + 3.841458881 / (2 * n) + 1.959964 * sqrt(c / n * (1 - c / n) / n + 3.841458881 / (4 * n * n))) / (1 + 3.841458881 / n) from rows""",
    ),
    "revenue_of_people": (
        "row_kind,amount_range,people",
        """
        with amounts as (select person, coalesce(sum(revenue), 0) as amount from events group by person)
        select case name when '< 0' then 'below' when '>= 400' then 'above' else 'bucket' end, name, count(person)
        from (values ('< 0', -1e9, 0), ('0-99', 0, 100), ('100-199', 100, 200), ('200-299', 200, 300), ('300-399', 300, 400), ('>= 400', 400, 1e9)) b(name, low, high)
        left join amounts on amount >= low and amount < high group by name
        union all select 'total', null, count(*) from amounts""",
    ),
    "shopping": (
        "row_kind,set_mask,people,only_people",
        """
        with masks as (select person, max((saves > 0 and saves is not null)::int) + 2 * max(web_purchases) + 4 * max(orders) as mask from events group by person)
        select case when b.mask = 0 then 'none' when b.mask in (1, 2, 4) then 'set' else 'overlap' end, b.mask,
            count(*) filter (case when b.mask = 0 then m.mask = 0 else m.mask & b.mask = b.mask end) as people, count(*) filter (m.mask = b.mask)
        from (select unnest(range(8)) as mask) b, masks m group by b.mask having people > 0
        union all select 'total', null, count(*), null from masks""",
    ),
    "stock": ("row_kind,stock,quantity,people", f"select kind, value, quantity, people from ({_by_items('stock')})"),
    "tiers": (
        "row_kind,tier,state,people,events,saves",
        """
        select 'item', coalesce(tier, 'No value'), coalesce(state, 'No value'), count(distinct person), count(*), coalesce(sum(saves), 0) from events group by tier, state
        union all select 'total', null, null, count(distinct person), count(*), sum(saves) from events""",
    ),
    "time_to_the_store": (
        "row_kind,more_than_seconds,people,reached_people,censored_people,open_people,mean_seconds",
        f"""
        with s as (select person, min(place) as place, min(t) as t0 from events where dataset = 'web' group by person),
        took as (select s.person, any_value(t0) as t0, min(e.t) - any_value(t0) as ms from s left join events e on {LATER} group by s.person),
        told as (select *, ms is not null and ms <= {14 * DAY_MS} as reached from took),
        lengths as (select (select max(b) from (values (1800), (3600), (7200), (21600), (43200), (86400), (172800), (259200), (604800)) b(b) where b * 1000 < ms) as over from told where reached)
        select 'bucket', over, null, count(*), null, null, null from lengths group by over
        union all select 'total', null, count(*), count(*) filter (reached), count(*) filter (not reached),
            count(*) filter (not reached and t0 + {14 * DAY_MS} > (select max(t) from events)), avg(ms) filter (reached) / 1000 from told""",
    ),
    "to_the_store": (
        "step,people",
        """
        with one as (select person, min(place) as place from events where dataset = 'web' group by person),
        two as (select e.person, min(e.place) as place from events e join one s on e.person = s.person and e.place > s.place where orders > 0 group by 1),
        three as (select distinct e.person from events e join two s on e.person = s.person and e.place > s.place where orders > 0)
        select 1, count(*) from one union all select 2, count(*) from two union all select 3, count(*) from three""",
    ),
    "visits": (
        "row_kind,entry_dataset,sessions,bounces,people,events,time_spent_seconds",
        """
        with own as (select person, session, arg_min(dataset, place) as dataset, count(*) as events, (max(t) - min(t)) / 1000 as seconds from events group by person, session)
        select 'item', dataset, count(*), count(*) filter (events = 1), count(distinct person), sum(events), sum(seconds) from own group by dataset
        union all select 'total', null, count(*), count(*) filter (events = 1), count(distinct person), sum(events), sum(seconds) from own""",
    ),
    "what_is_done": (
        "row_kind,step_name,people,person_periods,times_done,share_sum,average_share,times_per_person,quadrant",
        _engagement(SAVES, ("store_orders", "orders"), SHOPS, VIEWS),
    ),
}  # fmt: skip
LIVES_COLUMNS = "row_kind,people,shown_people,sessions,events,shown_events,left_out_events,time_spent_seconds,saves,revenue,digest"


def lives_of(found: duckdb.DuckDBPyConnection) -> list[tuple]:
    """The timeline of five persons, without ids."""
    return lives(found.sql("select person, session, t, label, saves, revenue, action, tier from events order by person, place"), metrics=2, people=5, most=10)
