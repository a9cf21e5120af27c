-- Each customer's days of buying, with what had come together by then; a state holds until the
-- next purchase, so each month finds its customers by a join on ranges of months. The figures of
-- this measure do not name the currency they keep apart, so no key of that name is given back.
WITH days AS (
    SELECT channel, currency, coalesce(m.customer, e.customer) AS buyer, month, day,
        sum(amount) AS spent
    FROM everything AS e LEFT JOIN identity AS m ON m.key = e.customer
    WHERE kind = 'order.completed' AND e.customer IS NOT NULL AND amount IS NOT NULL
    GROUP BY ALL
),
months_bought AS (
    SELECT channel, currency, buyer, month, max(day) AS day, count(*) AS days, sum(spent) AS spent
    FROM days
    GROUP BY ALL
),
states AS (
    SELECT channel, currency, month AS since, day,
        sum(days) OVER so_far AS days, sum(spent) OVER so_far AS spent,
        lead(month) OVER so_far AS until
    FROM months_bought
    WINDOW so_far AS (PARTITION BY channel, currency, buyer ORDER BY month)
),
data AS (SELECT min(month) AS first, max(month) AS last FROM everything),
months AS (SELECT unnest(range(first, last + 1)) AS month FROM data),
placed AS (
    SELECT month, channel, currency, spent,
        percent_rank() OVER (PARTITION BY month, channel, currency ORDER BY day DESC) AS recent,
        percent_rank() OVER (PARTITION BY month, channel, currency ORDER BY days) AS often,
        percent_rank() OVER (PARTITION BY month, channel, currency ORDER BY spent) AS much
    FROM states JOIN months ON month >= since AND (until IS NULL OR month < until)
)
SELECT month, channel, currency AS of_currency,
    5 - (recent > 0.2)::INT - (recent > 0.4)::INT - (recent > 0.6)::INT - (recent > 0.8)::INT
        AS recency,
    1 + (often > 0.2)::INT + (often > 0.4)::INT + (often > 0.6)::INT + (often > 0.8)::INT
        AS frequency,
    1 + (much > 0.2)::INT + (much > 0.4)::INT + (much > 0.6)::INT + (much > 0.8)::INT
        AS monetary,
    count(*) AS n, count(*) AS value, sum(spent) AS spent
FROM placed
GROUP BY ALL
