-- Orders, each in equal parts to the channels of all events of thirty days before it and its own.
WITH sized AS (
    SELECT person_id, t, channel, CASE WHEN revenue IS NOT NULL THEN 1.0 / count(*) OVER (
        PARTITION BY person_id ORDER BY t RANGE BETWEEN 2592000000 PRECEDING AND CURRENT ROW) END AS share
    FROM {events}
),
credited AS (
    SELECT channel, sum(share) OVER (
        PARTITION BY person_id ORDER BY t RANGE BETWEEN CURRENT ROW AND 2592000000 FOLLOWING) AS credit
    FROM sized
)
SELECT channel, sum(credit) FROM credited GROUP BY channel
