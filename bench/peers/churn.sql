WITH changes AS (
    SELECT coalesce(m.customer, e.customer) AS holder, thread, channel, kind, t, id, day
    FROM everything AS e LEFT JOIN identity AS m ON m.key = e.customer
    WHERE kind IN ('contract.started', 'contract.ended')
      AND (e.customer IS NOT NULL OR thread IS NOT NULL)
),
turns AS (
    SELECT *, lag(kind) OVER (PARTITION BY holder, thread ORDER BY t, id) AS before FROM changes
),
spells AS (
    SELECT kind, channel, day AS started,
        lead(day) OVER (PARTITION BY holder, thread ORDER BY t, id) AS ended
    FROM turns
    WHERE before IS DISTINCT FROM kind
),
data AS (SELECT min(day) AS first_day, max(day) AS last_day FROM everything),
months AS (
    SELECT CAST(datediff('month', DATE '1970-01-01', start) AS INTEGER) AS month,
        CAST(start AS DATE) - DATE '1970-01-01' AS first_day,
        CAST(start + INTERVAL 1 MONTH AS DATE) - DATE '1970-01-01' - 1 AS month_end,
        least(month_end, data.last_day) AS last_day
    FROM data, generate_series(
        date_trunc('month', DATE '1970-01-01' + CAST(data.first_day AS INTEGER)),
        DATE '1970-01-01' + CAST(data.last_day AS INTEGER),
        INTERVAL 1 MONTH
    ) AS series(start)
)
SELECT month, channel, count(*) AS n, count(*) FILTER (WHERE ended <= last_day) / n AS value
FROM spells JOIN months ON started < first_day AND (ended IS NULL OR ended >= first_day)
WHERE kind = 'contract.started'
GROUP BY month, channel
