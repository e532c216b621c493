-- What follows right after one page, other pages of persons; equal pages in a row are one.
WITH turns AS (
    SELECT person_id, t, page, lag(page) OVER (PARTITION BY person_id ORDER BY t) AS before FROM {events}
),
followed AS (
    SELECT person_id, page, lead(page) OVER (PARTITION BY person_id ORDER BY t) AS next
    FROM turns WHERE page IS DISTINCT FROM before
)
SELECT next, count(*), count(DISTINCT person_id) FROM followed WHERE page = 'page_0' AND next IS NOT NULL GROUP BY next
ORDER BY count(*) DESC, next LIMIT 10
