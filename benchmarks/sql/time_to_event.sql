-- From the first cart to the first purchase after it, within seven days.
WITH started AS (SELECT person_id, min(t) AS t0 FROM {events} WHERE event = 'cart' GROUP BY person_id),
took AS (
    SELECT started.person_id, min(later.t) - t0 AS ms FROM started JOIN {events} later
        ON later.person_id = started.person_id AND later.event = 'purchase' AND later.t > t0 AND later.t <= t0 + 7 * 86400000
    GROUP BY started.person_id, t0
)
SELECT (SELECT count(*) FROM started), count(*), avg(ms) / 1000 FROM took
