-- How often persons did three things.
WITH counted AS (
    SELECT person_id, event, count(*) AS times FROM {events} WHERE event IN ('product', 'cart', 'purchase') GROUP BY person_id, event
)
SELECT event || ' ' || CASE WHEN times <= 5 THEN times WHEN times <= 10 THEN 6 ELSE 11 END, count(*) FROM counted GROUP BY ALL
