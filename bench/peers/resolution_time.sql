WITH steps AS (
    SELECT thread, kind, t, id, month, channel
    FROM everything
    WHERE thread IN (SELECT thread FROM everything WHERE kind = 'case.resolved')
),
openings AS (
    SELECT thread, unnest(arg_min(
        {began: t, month: month, channel: channel}, (kind <> 'case.opened', t, id)
    ))
    FROM steps
    GROUP BY thread
),
solved AS (
    SELECT o.month, o.channel, (min(s.t) - any_value(o.began)) / 36e8 AS hours
    FROM openings AS o
    JOIN steps AS s ON s.thread = o.thread AND s.kind = 'case.resolved' AND s.t >= o.began
    GROUP BY o.thread, o.month, o.channel
),
ordered AS (
    SELECT month, channel, count(*) AS n, list(hours ORDER BY hours) AS h,
        1.959963984540054 * sqrt(n * 0.25) AS margin,
        CAST(floor(n * 0.5 - margin + 0.5) AS INTEGER) AS lower,
        CAST(ceil(n * 0.5 + margin + 0.5) AS INTEGER) AS upper
    FROM solved
    GROUP BY month, channel
)
SELECT month, channel, n,
    list_aggregate(h, 'quantile_cont', 0.5) AS value,
    list_aggregate(h, 'quantile_cont', 0.9) AS p90,
    CASE WHEN lower >= 1 THEN h[lower] END AS low,
    CASE WHEN upper <= n THEN h[upper] END AS high
FROM ordered
