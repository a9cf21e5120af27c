WITH invited AS (
    SELECT thread, unnest(arg_min(
        {month: month, channel: channel, programme: programme}, (t, id)
    ))
    FROM everything
    WHERE kind = 'survey.invited' AND thread IS NOT NULL
    GROUP BY thread
),
answered AS (
    SELECT DISTINCT thread FROM everything WHERE kind = 'survey.answered'
)
SELECT month, channel, programme,
    count(*) AS n, count(answered.thread) AS answers, answers / n AS value
FROM invited LEFT JOIN answered USING (thread)
GROUP BY ALL
