WITH steps AS (
    SELECT month, channel, kind, properties ->> 'promised_day' AS said,
        if(length(said) = 10, TRY_CAST(said AS DATE), NULL) - DATE '1970-01-01' AS due,
        lag(kind) OVER in_thread AS before,
        lead({kind: kind, day: day}) OVER in_thread AS following
    FROM everything
    WHERE kind IN ('promise.made', 'promise.kept', 'promise.broken')
    -- What is in no thread stands alone.
    WINDOW in_thread AS (PARTITION BY thread, if(thread IS NULL, id, NULL) ORDER BY t, id)
),
data AS (
    SELECT max(day) AS last_day FROM everything
    WHERE kind IN ('promise.made', 'promise.kept', 'promise.broken')
),
promises AS (
    -- Kept or not; null where that is not to be said (yet).
    SELECT month, channel, CASE
        WHEN kind <> 'promise.made' THEN kind = 'promise.kept'
        WHEN following.kind = 'promise.kept' THEN coalesce(following.day <= due, true)
        WHEN following.kind = 'promise.broken' OR due < coalesce(following.day, last_day) THEN false
        END AS kept
    FROM steps, data
    WHERE kind = 'promise.made' OR before IS NULL
)
SELECT month, channel, count(kept) AS n,
    CASE WHEN n > 0 THEN count(*) FILTER (WHERE kept) / n END AS value
FROM promises
GROUP BY month, channel
