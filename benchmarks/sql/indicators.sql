-- Pages that persons see before their first purchase, beside persons with windows about as long who do not (Mantel-Haenszel).
WITH bought AS (SELECT person_id, min(t) AS first FROM {events} WHERE revenue <> 0 GROUP BY person_id),
seen AS (
    SELECT person_id, page, first IS NOT NULL AS buys FROM {events} LEFT JOIN bought USING (person_id)
    WHERE first IS NULL OR t < first
),
units AS (
    SELECT person_id, any_value(buys) AS buys, CASE WHEN count(*) = 1 THEN 0 WHEN count(*) = 2 THEN 1 WHEN count(*) <= 4 THEN 2
        WHEN count(*) <= 8 THEN 3 WHEN count(*) <= 16 THEN 4 ELSE 5 END AS size
    FROM seen GROUP BY person_id
),
sizes AS (SELECT size, count(*) AS units, count(*) FILTER (WHERE buys) AS buyers FROM units GROUP BY size),
exposed AS (
    SELECT page, size, count(*) AS units, count(*) FILTER (WHERE buys) AS buyers
    FROM (SELECT DISTINCT person_id, page FROM seen) JOIN units USING (person_id) GROUP BY page, size
)
SELECT page, sum(exposed.units), sum(exposed.buyers),
    sum(exposed.buyers * (sizes.units - exposed.units) / sizes.units)
        / sum((sizes.buyers - exposed.buyers) * exposed.units / sizes.units)
FROM exposed JOIN sizes USING (size) GROUP BY page HAVING sum(exposed.units) >= 30
