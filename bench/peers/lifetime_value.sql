WITH customers AS (
    SELECT channel, currency, coalesce(m.customer, e.customer) AS person,
        min(if(kind = 'order.completed', month, NULL)) AS month, sum(amount) AS spent
    FROM everything AS e LEFT JOIN identity AS m ON m.key = e.customer
    WHERE e.customer IS NOT NULL AND amount IS NOT NULL
      AND (kind IN ('order.completed', 'order.refunded')
           OR (kind = 'order.cancelled' AND amount < 0))
    GROUP BY ALL
)
SELECT month, channel, currency, count(*) AS n,
    CAST(sum(spent) AS DOUBLE) / n AS value, stddev_samp(CAST(spent AS DOUBLE)) AS spread
FROM customers
WHERE month IS NOT NULL
GROUP BY month, channel, currency
