WITH orders AS (
    SELECT month, channel, coalesce(m.customer, e.customer) AS buyer, thread, count(*) AS lines
    FROM everything AS e LEFT JOIN identity AS m ON m.key = e.customer
    WHERE kind = 'order.completed' AND e.customer IS NOT NULL
    GROUP BY ALL
),
buyers AS (
    SELECT month, channel, buyer, sum(if(thread IS NULL, lines, 1)) AS orders
    FROM orders
    GROUP BY ALL
)
SELECT month, channel, count(*) AS n, avg(orders) AS value, stddev_samp(orders) AS spread
FROM buyers
GROUP BY month, channel
