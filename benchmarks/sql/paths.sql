-- Trials end with revenue; a path is the trial's last five channels before it, equal ones in a row are one.
WITH numbered AS (
    SELECT person_id, t, channel, revenue, coalesce(revenue, 0) <> 0 AS converts,
        coalesce(sum(CASE WHEN revenue <> 0 THEN 1 ELSE 0 END)
            OVER (PARTITION BY person_id ORDER BY t ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0) AS trial
    FROM {events}
),
trials AS (
    SELECT person_id, bool_or(converts) AS converted, coalesce(sum(revenue), 0) AS revenue,
        coalesce(list(channel ORDER BY t) FILTER (WHERE NOT converts), []) AS seen
    FROM numbered GROUP BY person_id, trial
),
turns AS (
    SELECT person_id, converted, revenue, list_filter(seen, lambda one, place: place = 1 OR one <> seen[place - 1]) AS path FROM trials
),
named AS (
    SELECT person_id, converted, revenue, CASE WHEN len(path) = 0 THEN '(none)'
        WHEN len(path) > 5 THEN '… → ' || array_to_string(path[-5:], ' → ') ELSE array_to_string(path, ' → ') END AS path
    FROM turns
),
paths AS (
    SELECT path, count(*) AS trials, count(*) FILTER (WHERE converted) AS conversions, count(DISTINCT person_id) AS people,
        sum(revenue) AS revenue, conversions / trials AS p, 1.959963984540054 AS z
    FROM named GROUP BY path
),
bounded AS (
    SELECT *, (p + z * z / (2 * trials) - z * sqrt(p * (1 - p) / trials + z * z / (4 * trials * trials))) / (1 + z * z / trials) AS low
    FROM paths WHERE trials >= 30
)
SELECT path, trials, conversions, people, revenue FROM bounded ORDER BY low DESC, trials DESC, path LIMIT 20
