-- Events, people and revenue per day of persons who bought within seven days after a product.
WITH seen AS (
    SELECT person_id, t, event, max(CASE WHEN event = 'product' THEN t END) OVER (
        PARTITION BY person_id ORDER BY t ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS product
    FROM {events} WHERE event IN ('product', 'purchase')
),
bought AS (SELECT DISTINCT person_id FROM seen WHERE event = 'purchase' AND t - product <= 7 * 86400000)
SELECT strftime(DATE '1970-01-01' + (t // 86400000)::INTEGER, '%Y-%m-%d') AS day,
    count(*), count(DISTINCT person_id), coalesce(sum(revenue), 0)
FROM {events} SEMI JOIN bought USING (person_id) GROUP BY day
