"""What can happen: the closed vocabulary of kinds, `noun.verb`.

Rooms above extend it with `declare`; a mapping or an event that names an unknown kind is
rejected with the nearest known ones.
"""

from dataclasses import dataclass

from rapport.kernel.errors import InputError


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of interaction: its name and, in a sentence, what happened."""

    name: str
    meaning: str


_KINDS: dict[str, Kind] = {}


def declare(*kinds: Kind) -> None:
    """Add kinds to the vocabulary; declaring the same kind again changes nothing.

    Raises:
        InputError: the name is taken with another meaning, or is not `noun.verb`.
    """
    for kind in kinds:
        if _KINDS.get(kind.name, kind) != kind:
            raise InputError(f"The kind {kind.name!r} already means: {_KINDS[kind.name].meaning}")
        if kind.name.count(".") != 1 or not kind.name.replace(".", "").isalpha():
            raise InputError("A kind is named noun.verb", got=kind.name)
        _KINDS[kind.name] = kind


def known_kinds() -> dict[str, Kind]:
    """All declared kinds by name, in alphabetical order."""
    return dict(sorted(_KINDS.items()))


declare(
    Kind("survey.invited", "the customer was asked to answer a questionnaire"),
    Kind("survey.delivered", "the invitation reached the customer"),
    Kind("survey.opened", "the customer opened the questionnaire"),
    Kind("survey.answered", "the customer answered one item of a questionnaire"),
    Kind("order.completed", "the customer bought something"),
    Kind("order.refunded", "a purchase was taken back and paid back"),
    Kind("order.cancelled", "an order was called off"),
    Kind("order.delivered", "what was bought reached the customer"),
    Kind("contract.started", "a running contract or subscription began"),
    Kind("contract.renewed", "a running contract was prolonged"),
    Kind("contract.ended", "a running contract ended"),
    Kind("message.received", "the customer wrote, called or chatted to us"),
    Kind("message.sent", "we wrote, called or chatted to the customer"),
    Kind("case.opened", "a case (ticket, incident, complaint) was opened"),
    Kind("case.updated", "something about a case changed"),
    Kind("case.resolved", "a case was declared solved"),
    Kind("case.closed", "a case was closed"),
    Kind("case.reopened", "a case was opened again"),
    Kind("page.viewed", "the customer looked at a page or screen"),
    Kind("visit.made", "the customer visited a place or a site"),
    Kind("product.used", "the customer used what they bought"),
    Kind("campaign.sent", "a campaign reached the customer"),
    Kind("coupon.redeemed", "the customer used a coupon"),
    Kind("customer.identified", "a system of ours told who a customer is, with traits"),
    Kind("customer.linked", "a system of ours told that two keys are one customer"),
    Kind("account.joined", "a system of ours told for which account a customer acts"),
    Kind("review.posted", "a review of us or a competitor was published"),
    Kind("review.answered", "we answered a review in public"),
    Kind("mention.posted", "somebody wrote about us or a competitor in public"),
    Kind("promise.made", "we promised the customer something by a time"),
    Kind("promise.kept", "a promise was kept"),
    Kind("promise.broken", "a promise was not kept"),
    Kind("step.scheduled", "a step of a process was planned"),
    Kind("step.started", "a step of a process began"),
    Kind("step.completed", "a step of a process was finished"),
    Kind("event.happened", "anything else; the touchpoint says what"),
)
