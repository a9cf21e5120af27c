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
data AS (
    SELECT max(day) AS last_day FROM everything
    WHERE kind IN ('message.received', 'message.sent')
)
SELECT month, channel, count(*) FILTER (WHERE day + 1 <= last_day) AS n,
    count(*) FILTER (WHERE day + 1 <= last_day AND hours <= 24) AS in_time,
    CASE WHEN n > 0 THEN in_time / n END AS value
FROM waits, data
WHERE part = 'question'
GROUP BY month, channel
