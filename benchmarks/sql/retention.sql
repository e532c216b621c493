-- Persons by the days from their first event to their purchases, of those who have eight whole days for it.
WITH started AS (
    SELECT person_id, min(t) AS t0 FROM {events} GROUP BY person_id HAVING t0 + 8 * 86400000 <= {end}
),
back AS (
    SELECT person_id, (t - t0) // 86400000 AS day FROM {events} JOIN started USING (person_id)
    WHERE event = 'purchase' AND t > t0 AND t < t0 + 8 * 86400000
)
SELECT 'day ' || day, count(DISTINCT person_id) FROM back GROUP BY day
UNION ALL SELECT 'total', count(*) FROM started
