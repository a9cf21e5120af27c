-- A conversation's replies are alike, so what their spread rests on is counted by thread; a reply
-- without one is a conversation of its own, whose squares are its counts.
WITH conversations AS (
    SELECT month, channel, thread, count(*) AS replies, count(*) FILTER (WHERE automated) AS machine
    FROM everything
    WHERE kind IN ('message.sent', 'review.answered')
    GROUP BY ALL
)
SELECT month, channel, sum(replies) AS n, sum(machine) / sum(replies) AS value,
    sum(if(thread IS NULL, replies, 1)) AS conversations,
    sum(if(thread IS NULL, replies, replies * replies)) AS reply_squares,
    sum(if(thread IS NULL, machine, machine * machine)) AS machine_squares,
    sum(if(thread IS NULL, machine, machine * replies)) AS products
FROM conversations
GROUP BY month, channel
