-- Who is there in a month, once for each month; at age 0 that is the whole cohort.
WITH seen AS (
    SELECT coalesce(m.customer, e.customer) AS person, month,
        arg_min({channel: channel}, (t, id)) AS begun
    FROM everything AS e LEFT JOIN identity AS m ON m.key = e.customer
    WHERE kind = 'order.completed' AND e.customer IS NOT NULL
    GROUP BY ALL
),
placed AS (
    SELECT month, first(month) OVER by_age AS cohort, first(begun.channel) OVER by_age AS channel
    FROM seen
    WINDOW by_age AS (PARTITION BY person ORDER BY month)
),
active AS (
    SELECT cohort, channel, month - cohort AS age, count(*) AS customers
    FROM placed
    GROUP BY ALL
),
data AS (
    -- The first month that is not over.
    SELECT date_diff('month', DATE '1970-01-01', DATE '1970-01-01' + (max(day) + 1)) AS open_month
    FROM everything
    WHERE kind = 'order.completed'
)
SELECT c.cohort AS month, c.channel, ages.age, c.customers AS n,
    coalesce(a.customers, 0) / c.customers AS value
FROM active AS c
CROSS JOIN data
JOIN range(13) AS ages(age) ON c.cohort + ages.age < open_month
LEFT JOIN active AS a
    ON a.cohort = c.cohort AND a.channel IS NOT DISTINCT FROM c.channel AND a.age = ages.age
WHERE c.age = 0
