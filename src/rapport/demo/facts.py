"""What is planted in the demo company: every fact once, with its direction and rough size.

The generator reads these constants and the tests of other rooms check that they find them again.
`since` and `until` count months from the first month of the two years (0 to 23; `until` is the
first month in which the fact no longer holds); `before` and `after` are rough values of `measure`
outside and inside that window or group, not exact ones: the data are random.
"""

from dataclasses import dataclass
from datetime import date

END = date(2026, 10, 31)
MONTHS = 24
ZONE = "Europe/Amsterdam"
CURRENCY = "EUR"
COMPANY = "Trapperloo"
COMPETITORS: tuple[str, ...] = ("Spaakburg", "Radhaven", "Bellomarin")


@dataclass(frozen=True, slots=True)
class Fact:
    """One planted fact.

    Attributes:
        name: short name, for tests and pages.
        sentence: the fact as a person would tell it.
        measure: what moves, in words.
        where: the value of a field or trait that tells the affected group from the others.
        before, after: rough value of the measure outside and inside the fact.
        since, until: first month of the fact and first month after it, counted from 0.
    """

    name: str
    sentence: str
    measure: str
    where: str
    before: float
    after: float
    since: int = 0
    until: int = MONTHS

    @property
    def rises(self) -> bool:
        """Whether the measure is higher inside the fact than outside."""
        return self.after > self.before

    def begins(self, end: date = END) -> date:
        """First day of the fact in a company that ends on `end`.

        >>> LATE_DELIVERIES.begins()
        datetime.date(2026, 1, 1)
        """
        return month_begins(self.since, end)


def month_begins(index: int, end: date = END) -> date:
    """First day of month `index` (0 is the first of the two years, 24 the month after the last).

    >>> month_begins(0), month_begins(24)
    (datetime.date(2024, 11, 1), datetime.date(2026, 11, 1))
    """
    months = end.year * 12 + end.month - MONTHS + index
    return date(months // 12, months % 12 + 1, 1)


LATE_DELIVERIES = Fact(
    name="late deliveries",
    sentence="The depot Rhine-Ruhr changed its carrier and breaks a third of its promises since.",
    measure="share of promised delivery days broken",
    where="depot-de-ruhr",
    before=0.08,
    after=0.33,
    since=14,
)
LATE_DELIVERY_CSAT = Fact(
    name="delivery satisfaction falls",
    sentence="Where promises are broken, satisfaction with the delivery falls.",
    measure="share of 4 and 5 in programme delivery, item satisfaction",
    where="depot-de-ruhr",
    before=0.84,
    after=0.66,
    since=14,
)
PRICE_CHURN = Fact(
    name="students leave the plan",
    sentence="Students end their service plan since its price rose; other segments do not.",
    measure="share of running plans ended per month",
    where="student",
    before=0.012,
    after=0.062,
    since=13,
)
SLOW_TEAM = Fact(
    name="slow first replies",
    sentence="The international e-mail team answers at a third of its former pace.",
    measure="median hours from first message to first human reply",
    where="care-email-int",
    before=10.0,
    after=25.0,
    since=15,
)
CHAT_BOT = Fact(
    name="a bot in chat",
    sentence="Since a bot greets chats, most get an automated answer first.",
    measure="share of chats with an automated message",
    where="chat",
    before=0.0,
    after=0.78,
    since=10,
)
CHAT_UNANSWERED = Fact(
    name="chats left to the bot",
    sentence="Since a bot greets chats, many are never answered by a person.",
    measure="share of chats without a message of a person",
    where="chat",
    before=0.03,
    after=0.17,
    since=10,
)
EASIER_CHECKOUT = Fact(
    name="easier checkout",
    sentence="The redesign of the web shop made checking out easier; the app was not touched.",
    measure="mean of programme checkout, item effort (1 very hard to 7 very easy)",
    where="web",
    before=4.6,
    after=5.6,
    since=12,
)
PROMOTERS_REFER = Fact(
    name="promoters refer",
    sentence="Who would recommend us does: promoters bring new customers, detractors hardly any.",
    measure="new customers brought per answering person (detractors, promoters)",
    where="promoter",
    before=0.01,
    after=0.08,
)
DETRACTORS_LEAVE = Fact(
    name="detractors leave",
    sentence="Detractors end their plan about three times as often as promoters.",
    measure="share of plan holders who end it in 180 days after answering (promoters, detractors)",
    where="detractor",
    before=0.08,
    after=0.24,
)
COMPETITOR_DELIVERY = Fact(
    name="a competitor delivers better",
    sentence="Radhaven is praised for deliveries, where we are mediocre; elsewhere we are ahead.",
    measure="mean stars of reviews with item delivery (ours, theirs)",
    where="Radhaven",
    before=3.5,
    after=4.4,
)
STORE_TURNOVER = Fact(
    name="staff turnover in Ghent",
    sentence="Three of five left the Ghent store; scores recovered when the new ones were trained.",
    measure="mean of programme store, item satisfaction",
    where="store-ghent",
    before=4.4,
    after=3.4,
    since=8,
    until=16,
)
RISING_EXPECTATIONS = Fact(
    name="expectations rise",
    sentence="What customers expect of a delivery rises, everywhere and all the time.",
    measure="mean of programme delivery, item expectation (first and last quarter)",
    where="everywhere",
    before=5.0,
    after=5.7,
)
SILENT_UNHAPPY = Fact(
    name="the unhappy answer less",
    sentence="A person with a broken promise or unanswered message behind them answers less often.",
    measure="response rate of programme relational (others, people with a recent broken promise)",
    where="broken promise in the 60 days before the invitation",
    before=0.37,
    after=0.28,
)
BROKEN_PROMISES_COST = Fact(
    name="broken promises cost recommendation",
    sentence="A broken promise costs more than a point of recommendation two months later.",
    measure="mean of programme relational, item recommend",
    where="broken promise in the 60 days before the answer",
    before=8.1,
    after=6.8,
)

FACTS: tuple[Fact, ...] = (
    LATE_DELIVERIES,
    LATE_DELIVERY_CSAT,
    PRICE_CHURN,
    SLOW_TEAM,
    CHAT_BOT,
    CHAT_UNANSWERED,
    EASIER_CHECKOUT,
    PROMOTERS_REFER,
    DETRACTORS_LEAVE,
    COMPETITOR_DELIVERY,
    STORE_TURNOVER,
    RISING_EXPECTATIONS,
    SILENT_UNHAPPY,
    BROKEN_PROMISES_COST,
)
