"""Who waits for a reply, from when, and until when; all measures of waiting count alike.

Within a thread, in the order of time (then id):

- A wait begins with the first message of the customer (`message.received`, or `case.reopened`)
  and with the first after something of ours that settled the one before: a reply, or the case
  being resolved or closed. Further messages of one who waits already begin no wait of their own.
- It ends with the first reply: a `message.sent` by a person. Automated replies end nothing and
  begin nothing, unless `automated` says so.
- Where the customer's next wait begins before any reply, the first one stays unanswered. So a
  case reopened after days begins a new wait, and does not stretch the old one.

A wait is placed by the moment it begins, and has the dimensions of the message it begins with.
"""

from rapport.measures.definition import Counts, Parameter

AUTOMATED = Parameter("automated", False, "whether replies of machines count as replies")

# One row for each wait; `hours` is null where nobody has replied.
WAITS = """
    WITH messages AS (
        SELECT dimensions, id, t, day, week, month, thread,
            CASE WHEN kind = 'message.sent' THEN 'reply'
                 WHEN kind IN ('message.received', 'case.reopened') THEN 'question'
                 ELSE 'settled' END AS part
        FROM interactions
        WHERE thread IS NOT NULL
          AND (kind IN ('message.received', 'case.reopened', 'case.resolved', 'case.closed')
               OR (kind = 'message.sent' AND (:automated OR automated IS NULL OR NOT automated)))
    ),
    turns AS (
        SELECT dimensions, id, t, day, week, month, thread, part,
            lag(part) OVER (PARTITION BY thread ORDER BY t, id) AS previous
        FROM messages
    ),
    moves AS (
        SELECT dimensions, t, day, week, month, thread, part,
            lead(part) OVER (PARTITION BY thread ORDER BY t, id) AS next_part,
            lead(t) OVER (PARTITION BY thread ORDER BY t, id) AS next_t
        FROM turns
        WHERE part = 'reply' OR (part = 'question' AND (previous IS NULL OR previous <> part))
    )
    SELECT dimensions, t, day, week, month, thread,
        CASE WHEN next_part = 'reply' THEN CAST(next_t - t AS DOUBLE) / 36e8 END AS hours
    FROM moves
    WHERE part = 'question'
"""


def left_out(counts: Counts, limit: str) -> str | None:
    """What to say of waits whose time is not over; None where there are none."""
    early = counts.whole("early")
    return f"Left out: {early} waits whose {limit} are not over." if early else None


CALENDAR_HOURS = "Hours are calendar hours: nights and weekends count."
AS_ASKED = "Groups and filters go by the message with which the wait began."
