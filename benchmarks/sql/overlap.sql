-- Persons by what they did of three things.
WITH done AS (
    SELECT person_id, bit_or(CASE event WHEN 'product' THEN 1 WHEN 'cart' THEN 2 WHEN 'purchase' THEN 4 ELSE 0 END) AS sets
    FROM {events} GROUP BY person_id
)
SELECT sets::VARCHAR, count(*) FROM done WHERE sets > 0 GROUP BY sets
