SELECT month, channel, count(*) AS value, count(*) AS n
FROM everything
GROUP BY ALL
