WITH bought AS (
    SELECT month, channel, coalesce(m.customer, e.customer) AS buyer, min(day) AS day
    FROM everything AS e LEFT JOIN identity AS m ON m.key = e.customer
    WHERE kind = 'order.completed' AND e.customer IS NOT NULL
    GROUP BY ALL
),
following AS (
    SELECT month, channel,
        lead(day) OVER (PARTITION BY buyer, channel ORDER BY month) AS next_day
    FROM bought
),
data AS (SELECT max(day) AS end_day FROM everything),
months AS (
    -- The last day of the month, or of the data where the month is not over.
    SELECT month, end_day, least(
        end_day, date_diff('day', DATE '1970-01-01', DATE '1970-01-01' + to_months(month + 1)) - 1
    ) AS last_day
    FROM (SELECT DISTINCT month FROM bought), data
)
SELECT month, channel, count(*) FILTER (WHERE last_day + 90 <= end_day) AS n,
    count(*) FILTER (WHERE last_day + 90 <= end_day AND next_day <= last_day + 90) AS again,
    CASE WHEN n > 0 THEN again / n END AS value
FROM following JOIN months USING (month)
GROUP BY month, channel
