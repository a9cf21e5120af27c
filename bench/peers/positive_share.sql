WITH messages AS (
    SELECT thread, t, id, month, channel, brand, day,
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
    SELECT month, channel, brand, day, part,
        CASE WHEN lead(part) OVER following = 'reply'
             THEN (lead(t) OVER following - t) / 36e8 END AS hours
    FROM turns
    WHERE part = 'reply' OR (part = 'question' AND before IS DISTINCT FROM 'question')
    WINDOW following AS (PARTITION BY thread ORDER BY t, id)
),
data AS (
    SELECT max(day) AS last_day FROM everything
    WHERE kind IN ('message.received', 'message.sent', 'survey.answered', 'review.posted',
                   'mention.posted')
),
scales(scale, mark, low, high, good) AS (
    VALUES ('csat5', 'service', 1, 5, 4), ('csat7', 'service', 1, 7, 6),
        ('csat10', 'service', 1, 10, 9), ('agree4', 'service', 1, 4, 3),
        ('agree5', 'service', 1, 5, 4), ('agree7', 'service', 1, 7, 6),
        ('percent', 'service', 0, 100, 80), ('yesno', 'service', 0, 1, 1),
        ('ces5', 'easy', 1, 5, 4), ('ces7', 'easy', 1, 7, 5),
        ('nps', 'favourable', 0, 10, 9), ('stars5', 'favourable', 1, 5, 4),
        ('stars10', 'favourable', 1, 10, 8), ('sentiment', 'favourable', -1, 1, 0.5)
),
judged AS (
    SELECT month, channel, brand, mark, score >= good AS positive
    FROM everything JOIN scales USING (scale)
    WHERE kind IN ('survey.answered', 'review.posted', 'mention.posted')
      AND score BETWEEN low AND high AND item IS DISTINCT FROM 'expectation'
    UNION ALL
    SELECT month, channel, brand, 'quick', coalesce(hours <= 24, false)
    FROM waits, data
    WHERE part = 'question' AND day + 1 <= last_day
),
marks AS (
    SELECT month, channel, brand, mark, count(*) AS judged,
        count(*) FILTER (WHERE positive) AS positive
    FROM judged
    GROUP BY ALL
)
SELECT month, channel, brand, sum(judged) AS n, sum(positive) / sum(judged) AS value,
    map(list(mark), list(positive / judged)) AS marks
FROM marks
GROUP BY month, channel, brand
