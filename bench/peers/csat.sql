SELECT month, channel, programme, brand,
    count(*) FILTER (WHERE score >= 4) / count(*) AS value,
    count(*) AS n
FROM everything
WHERE kind IN ('survey.answered', 'review.posted') AND scale = 'csat5' AND score BETWEEN 1 AND 5
GROUP BY ALL
