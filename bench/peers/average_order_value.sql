WITH orders AS (
    SELECT month, channel, currency, coalesce(m.customer, e.customer) AS buyer, thread,
        count(*) AS lines, sum(amount) AS spent
    FROM everything AS e LEFT JOIN identity AS m ON m.key = e.customer
    WHERE kind = 'order.completed' AND amount IS NOT NULL
    GROUP BY ALL
),
buyers AS (
    SELECT month, channel, currency, buyer,
        sum(if(thread IS NULL, lines, 1)) AS orders, CAST(sum(spent) AS DOUBLE) AS spent
    FROM orders
    GROUP BY month, channel, currency, buyer, if(buyer IS NULL, thread, NULL)
)
SELECT month, channel, currency,
    sum(orders) AS n, sum(spent) / n AS value, count(*) AS buyers,
    sum(orders * orders) AS order_squares, sum(spent * spent) AS spent_squares,
    sum(spent * orders) AS products
FROM buyers
GROUP BY month, channel, currency
