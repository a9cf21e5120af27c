-- Every model has a figure wherever there are texts, also where it has read none of them.
WITH texts AS (
    SELECT id, month, channel, brand FROM everything
    WHERE text <> '' AND direction IS DISTINCT FROM 'outbound'
      AND kind NOT IN ('message.sent', 'review.answered')
),
written AS (
    SELECT month, channel, brand, count(*) AS texts FROM texts GROUP BY ALL
),
said AS (
    SELECT id, model, version, value FROM annotations WHERE name = 'sentiment'
),
annotated AS (
    SELECT month, channel, brand, model, version, count(*) AS n,
        count(*) FILTER (WHERE value >= 0.5) AS positive,
        count(*) FILTER (WHERE value <= -0.5) AS negative
    FROM texts JOIN said USING (id)
    GROUP BY ALL
),
models AS (
    SELECT DISTINCT model, version FROM said
)
SELECT w.month, w.channel, w.brand, m.model, m.version, texts, coalesce(n, 0) AS n,
    positive / n AS value, negative / n AS negative_share
FROM written AS w
LEFT JOIN models AS m ON true
LEFT JOIN annotated AS a
    ON a.month = w.month AND a.channel IS NOT DISTINCT FROM w.channel
    AND a.brand IS NOT DISTINCT FROM w.brand AND a.model = m.model AND a.version = m.version
