SELECT month, channel, programme, brand,
    avg(score) AS value, stddev_samp(score) AS spread,
    count(*) FILTER (WHERE score >= 5) AS easy, count(*) AS n
FROM everything
WHERE kind = 'survey.answered' AND scale = 'ces7' AND score BETWEEN 1 AND 7
GROUP BY ALL
