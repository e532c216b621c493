"""What drove a change from a week to the next one, in DuckDB's SQL: the total, the values of dimensions, and a segment."""

from __future__ import annotations

from collections.abc import Mapping


def changes(amount: str, week: int, dimensions: Mapping[str, str], segment: str, chosen: str) -> str:
    """An amount of a week and of the one before, and what each row makes of the difference; five values a dimension, then *other*.

    Args:
        amount: the column of `events` that is summed.
        week: the week.
        dimensions: names, and the columns of `events` that have their values.
        segment: the name of the segment.
        chosen: its units and weeks; events of the same unit and week are in it.
    """
    both = ", ".join(f"coalesce(sum({amount}) filter (week = {at}), 0) as {name}" for name, at in (("b", week - 1), ("a", week)))
    both += "".join(f", count(distinct person) filter (week = {at}) as {name}" for name, at in (("pb", week - 1), ("pa", week)))
    rows = " union all ".join(
        f"select '{name}' as dimension, coalesce({column}, 'No value') as value, {both} from events where week in ({week - 1}, {week}) group by all"
        for name, column in dimensions.items()
    )
    return f"""
        with total as (select {both} from events),
        chosen as ({chosen}),
        rows as ({rows}),
        ranked as (select *, row_number() over (partition by dimension order by abs(a - b) desc, value) as rank from rows),
        told as (
            select 'item' as kind, dimension, value, b, a, pb, pa from ranked where rank <= 5
            union all select 'other', dimension, null, sum(b), sum(a), null, null from ranked where rank > 5 group by dimension
            union all select 'segment', null, '{segment}', {both} from events natural semi join chosen
            union all select 'total', null, null, * from total
        )
        select kind, dimension, value, b, a, a - b, (a - b) / (select a - b from total), a - b * (select a / b from total), pb, pa from told"""
