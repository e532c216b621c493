-- Links between the ten most seen pages of each of the first five steps of persons; the rest is other, who has no next step leaves.
WITH turns AS (
    SELECT person_id, t, page, lag(page) OVER (PARTITION BY person_id ORDER BY t) AS before FROM {events}
),
steps AS (
    SELECT person_id, page, row_number() OVER (PARTITION BY person_id ORDER BY t) AS step
    FROM turns WHERE page IS DISTINCT FROM before
    QUALIFY step <= 5
),
ranked AS (
    SELECT step, page, row_number() OVER (PARTITION BY step ORDER BY count(*) DESC, page) AS place
    FROM steps GROUP BY step, page
    QUALIFY place <= 10
),
named AS (
    SELECT person_id, step, coalesce(ranked.page, 'other') AS item
    FROM steps LEFT JOIN ranked USING (step, page)
),
links AS (
    SELECT step, item, coalesce(lead(item) OVER (PARTITION BY person_id ORDER BY step), 'exit') AS next FROM named
)
SELECT step || ' ' || item || ' ' || next, count(*) FROM links WHERE step < 5 GROUP BY ALL
