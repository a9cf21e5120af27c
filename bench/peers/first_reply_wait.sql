WITH messages AS (
    SELECT thread, t, id, month, channel, day,
        CASE WHEN kind = 'message.sent' THEN 'reply'
             WHEN kind IN ('message.received', 'case.reopened') THEN 'question'
             ELSE 'settled' END AS part
    FROM everything
    WHERE thread IS NOT NULL
      AND kind IN ('message.received', 'case.reopened', 'case.resolved', 'case.closed',
                   'message.sent')
      AND NOT (kind = 'message.sent' AND coalesce(automated, false))
),
turns AS (
    SELECT *, lag(part) OVER (PARTITION BY thread ORDER BY t, id) AS before FROM messages
),
waits AS (
    SELECT month, channel, day, part,
        CASE WHEN lead(part) OVER following = 'reply'
             THEN (lead(t) OVER following - t) / 36e8 END AS hours
    FROM turns
    WHERE part = 'reply' OR (part = 'question' AND before IS DISTINCT FROM 'question')
    WINDOW following AS (PARTITION BY thread ORDER BY t, id)
),
ordered AS (
    SELECT month, channel, count(*) AS waits, count(hours) AS n,
        list(hours ORDER BY hours) FILTER (WHERE hours IS NOT NULL) AS h,
        1.959963984540054 * sqrt(n * 0.25) AS margin,
        CAST(floor(n * 0.5 - margin + 0.5) AS INTEGER) AS lower,
        CAST(ceil(n * 0.5 + margin + 0.5) AS INTEGER) AS upper
    FROM waits
    WHERE part = 'question'
    GROUP BY month, channel
)
SELECT month, channel, waits, n,
    list_aggregate(h, 'quantile_cont', 0.5) AS value,
    list_aggregate(h, 'quantile_cont', 0.9) AS p90,
    CASE WHEN lower >= 1 THEN h[lower] END AS low,
    CASE WHEN upper <= n THEN h[upper] END AS high
FROM ordered
