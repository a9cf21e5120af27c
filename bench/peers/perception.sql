-- Scores put together by day first: a month looks back over ninety days.
WITH scales(scale, low, high) AS (
    VALUES ('nps', 0, 10), ('csat5', 1, 5), ('csat7', 1, 7), ('csat10', 1, 10), ('ces5', 1, 5),
        ('ces7', 1, 7), ('agree4', 1, 4), ('agree5', 1, 5), ('agree7', 1, 7), ('stars5', 1, 5),
        ('stars10', 1, 10), ('percent', 0, 100), ('sentiment', -1, 1), ('yesno', 0, 1)
),
scores AS (
    SELECT day, channel, brand, 100 * (score - low) / (high - low) AS level
    FROM everything JOIN scales USING (scale)
    WHERE kind IN ('survey.answered', 'review.posted', 'mention.posted')
      AND score BETWEEN low AND high AND item IS DISTINCT FROM 'expectation'
),
days AS (
    SELECT day, channel, brand, count(*) AS scores, sum(level) AS total,
        sum(level * level) AS squares, min(level) AS lowest, max(level) AS highest
    FROM scores
    GROUP BY ALL
),
data AS (
    SELECT min(month) AS first, max(month) AS last, max(day) AS end_day FROM everything
    WHERE kind IN ('survey.answered', 'review.posted', 'mention.posted')
),
months AS (
    SELECT month, least(
        end_day, date_diff('day', DATE '1970-01-01', DATE '1970-01-01' + to_months(month + 1)) - 1
    ) AS last_day
    FROM (SELECT unnest(range(first, last + 1))::INTEGER AS month, end_day FROM data)
)
SELECT month, channel, brand, sum(scores) AS n, sum(total) / sum(scores) AS value,
    sum(squares) AS squares, min(lowest) AS lowest, max(highest) AS highest
FROM days JOIN months ON day <= last_day AND day > last_day - 90
GROUP BY month, channel, brand
