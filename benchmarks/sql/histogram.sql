-- Persons by their revenue in hundreds.
WITH amounts AS (SELECT person_id, coalesce(sum(revenue), 0) AS revenue FROM {events} GROUP BY person_id)
SELECT least(floor(round(revenue, 9) / 100), 20)::INTEGER::VARCHAR, count(*) FROM amounts GROUP BY ALL
