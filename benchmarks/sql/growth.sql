-- Persons of each day: new, there the day before too, back after it; and who was there the day before and is not; of days that are over.
WITH active AS (SELECT DISTINCT person_id, t // 86400000 AS day FROM {events}),
told AS (
    SELECT day, lag(day) OVER own AS before, lead(day) OVER own AS later FROM active WINDOW own AS (PARTITION BY person_id ORDER BY day)
),
gone AS (SELECT day + 1 AS day, count(*) AS dormant FROM told WHERE later IS NULL OR later > day + 1 GROUP BY ALL),
there AS (
    SELECT day, count(*) AS people, count(*) FILTER (WHERE before IS NULL OR day - before > 14) AS fresh,
        count(*) FILTER (WHERE day - before = 1) AS again, count(*) FILTER (WHERE day - before BETWEEN 2 AND 14) AS back
    FROM told GROUP BY day
)
SELECT strftime(DATE '1970-01-01' + day::INTEGER, '%Y-%m-%d'), people, fresh, again, back, coalesce(dormant, 0)
FROM there LEFT JOIN gone USING (day) WHERE (day + 1) * 86400000 < {end}
