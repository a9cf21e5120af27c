"""Kinds and channels of interactions in words, and the icons of channels."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

_KINDS: dict[str, Promise] = {
    "survey.invited": _("Asked for an answer"),
    "survey.delivered": _("Invitation delivered"),
    "survey.opened": _("Questionnaire opened"),
    "survey.answered": _("Answer"),
    "order.completed": _("Order"),
    "order.refunded": _("Refund"),
    "order.cancelled": _("Order cancelled"),
    "order.delivered": _("Delivery"),
    "contract.started": _("Contract began"),
    "contract.renewed": _("Contract renewed"),
    "contract.ended": _("Contract ended"),
    "message.received": _("They wrote or called"),
    "message.sent": _("We answered or wrote"),
    "case.opened": _("Case opened"),
    "case.updated": _("Case changed"),
    "case.resolved": _("Case solved"),
    "case.closed": _("Case closed"),
    "case.reopened": _("Case opened again"),
    "page.viewed": _("Page viewed"),
    "visit.made": _("Visit"),
    "product.used": _("Product used"),
    "campaign.sent": _("Campaign"),
    "coupon.redeemed": _("Coupon used"),
    "customer.identified": _("Told who they are"),
    "customer.linked": _("Two keys are one customer"),
    "account.joined": _("Joined an account"),
    "review.posted": _("Review"),
    "review.answered": _("We answered a review"),
    "mention.posted": _("Mention in public"),
    "promise.made": _("Promise made"),
    "promise.kept": _("Promise kept"),
    "promise.broken": _("Promise broken"),
    "step.scheduled": _("Step planned"),
    "step.started": _("Step began"),
    "step.completed": _("Step finished"),
    "event.happened": _("Event"),
}
_CHANNELS: dict[str, Promise] = {
    "": _("unknown channel"),
    "web": _("web"),
    "app": _("app"),
    "email": _("e-mail"),
    "phone": _("phone"),
    "chat": _("chat"),
    "store": _("store"),
    "post": _("post"),
    "social": _("social media"),
}
_FIELDS: dict[str, Promise] = {
    "channel": _("channel"),
    "touchpoint": _("touchpoint"),
    "unit": _("business unit"),
    "customer.segment": _("segment of the customer"),
    "product": _("product"),
    "language": _("language"),
    "employee": _("employee"),
    "kind": _("kind"),
    "source": _("source"),
    "programme": _("programme"),
    "item": _("question"),
    "direction": _("direction"),
    "automated": _("automated"),
    "brand": _("brand"),
}
CHANNEL_ICONS: dict[str, str] = {
    "web": "web",
    "app": "app",
    "email": "mail",
    "phone": "phone",
    "chat": "chat",
    "store": "store",
    "post": "post",
    "social": "social",
}


def kind_title(kind: str) -> str | Promise:
    """A kind in words; as it is where we have none.

    >>> str(kind_title("order.completed")), kind_title("tea.drunk")
    ('Order', 'tea.drunk')
    """
    return _KINDS.get(kind, kind)


def channel_title(channel: str) -> str | Promise:
    """A channel in words; as it is where we have none."""
    return _CHANNELS.get(channel, channel)


def field_title(field: str) -> str | Promise:
    """A field that groups figures, in words; as it is where we have none."""
    return _FIELDS.get(field, field.replace("_", " "))
