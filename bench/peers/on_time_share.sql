WITH promised AS (
    SELECT thread, unnest(arg_min({month: month, channel: channel, due: due}, (t, id)))
    FROM (
        SELECT thread, month, channel, t, id, properties ->> 'promised_day' AS said,
            if(length(said) = 10, TRY_CAST(said AS DATE), NULL) - DATE '1970-01-01' AS due
        FROM everything
        WHERE kind IN ('promise.made', 'order.completed', 'order.delivered')
          AND thread IS NOT NULL AND properties IS NOT NULL
    )
    WHERE due IS NOT NULL
    GROUP BY thread
),
delivered AS (
    SELECT thread, min(day) AS came FROM everything WHERE kind = 'order.delivered' GROUP BY thread
),
data AS (
    SELECT max(day) AS last_day FROM everything WHERE kind IN ('promise.made', 'order.delivered')
)
SELECT month, channel,
    count(*) FILTER (WHERE came IS NOT NULL OR due < last_day) AS n,
    count(*) FILTER (WHERE came <= due) AS on_time,
    CASE WHEN n > 0 THEN on_time / n END AS value
FROM promised LEFT JOIN delivered USING (thread), data
GROUP BY month, channel
