SELECT month, channel, programme, brand,
    avg(score) AS value, stddev_samp(score) AS spread, count(*) AS n
FROM everything
WHERE kind IN ('survey.answered', 'review.posted') AND scale = 'csat5' AND score BETWEEN 1 AND 5
GROUP BY ALL
