WITH contacts AS (
    SELECT month, channel, programme, brand, account, arg_max(score, (t, id)) AS score
    FROM everything AS e LEFT JOIN identity AS m ON m.key = e.customer
    WHERE kind = 'survey.answered' AND scale = 'nps' AND score BETWEEN 0 AND 10
      AND account IS NOT NULL
    -- Who answered without a name is a contact with each answer.
    GROUP BY month, channel, programme, brand, account, coalesce(m.customer, e.customer),
        if(e.customer IS NULL, id, NULL)
),
accounts AS (
    SELECT month, channel, programme, brand, account, avg(score) AS vote, count(*) AS contacts
    FROM contacts
    GROUP BY ALL
)
SELECT month, channel, programme, brand,
    count(*) FILTER (WHERE vote >= 9) AS promoters,
    count(*) FILTER (WHERE vote < 7) AS detractors,
    sum(contacts) AS contacts, count(*) AS n, 100.0 * (promoters - detractors) / n AS value
FROM accounts
GROUP BY month, channel, programme, brand
