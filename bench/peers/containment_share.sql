WITH answered_by_machine AS (
    SELECT thread FROM everything
    WHERE kind IN ('message.sent', 'review.answered') AND automated
),
conversations AS (
    SELECT unnest(arg_min({kind: kind, month: month, channel: channel, day: day}, (t, id))),
        count(*) FILTER (
            WHERE kind IN ('message.sent', 'review.answered') AND automated IS NOT TRUE
        ) AS person,
        max(t) FILTER (WHERE kind IN ('message.received', 'case.reopened')) AS asked,
        max(t) FILTER (WHERE kind IN ('case.resolved', 'case.closed')) AS settled
    FROM everything
    WHERE thread IN (FROM answered_by_machine)
      AND kind IN ('message.received', 'case.reopened', 'message.sent', 'review.answered',
                   'case.resolved', 'case.closed')
    GROUP BY thread
),
data AS (
    SELECT max(day) AS last_day FROM everything
    WHERE kind IN ('message.received', 'message.sent')
)
SELECT month, channel, count(*) FILTER (WHERE day + 7 <= last_day) AS n,
    count(*) FILTER (WHERE day + 7 <= last_day AND person = 0 AND settled >= asked) AS contained,
    count(*) FILTER (WHERE day + 7 <= last_day AND person > 0) AS handed_over,
    CASE WHEN n > 0 THEN contained / n END AS value
FROM conversations, data
WHERE kind IN ('message.received', 'case.reopened')
GROUP BY month, channel
