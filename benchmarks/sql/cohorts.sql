-- Persons by the weeks in which they come, and who comes again so many weeks later.
WITH active AS (
    SELECT DISTINCT person_id, (t - {monday}) // 604800000 AS week FROM {events}
),
whole AS (SELECT * FROM active WHERE (week + 1) * 604800000 + {monday} < {end})
SELECT one.week || ' ' || (later.week - one.week), count(*) FROM whole one JOIN whole later USING (person_id)
WHERE later.week >= one.week GROUP BY one.week, later.week
