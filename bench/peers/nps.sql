SELECT month, channel, programme, brand,
    count(*) FILTER (WHERE score >= 9) AS promoters,
    count(*) FILTER (WHERE score < 7) AS detractors,
    count(*) AS n,
    100.0 * (promoters - detractors) / n AS value
FROM everything
WHERE kind = 'survey.answered' AND scale = 'nps' AND score BETWEEN 0 AND 10
GROUP BY ALL
