"""Whose reply a message is: of a machine of ours or of a person.

A reply counts as a machine's only where the source says so (`automated`); one of which nothing is
said counts as a person's, so a share of machines is never told too high by what is not known.
"""

# Conditions over interactions.
REPLY = "kind IN ('message.sent', 'review.answered')"
BY_MACHINE = "coalesce(automated, FALSE)"

UNKNOWN = "What is not marked as automated counts as a person's."
