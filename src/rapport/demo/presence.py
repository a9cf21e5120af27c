"""Presence: page views, store visits, rides with the app, campaigns, coupons and referrals."""

import numpy as np

from rapport.demo.days import DAY, HOUR, MINUTE
from rapport.demo.months import Codes, Month
from rapport.demo.office import STORE_OF_CITY
from rapport.demo.people import ACQUISITION
from rapport.demo.rows import CAMPAIGNS, REFERRED_BY, code

_ANONYMOUS_SHARE = 0.2
_BRINGS = np.array([1.0, 0.12, 1.0, 2.6])


def look_around(month: Month) -> None:
    """Pages viewed, stores visited, products used."""
    present, arriving = month.present(), month.arriving()
    viewers = np.repeat(present, month.rng.poisson(month.people.rate[present] * 0.95))
    t = month.calendar.moments(month.rng, len(viewers), month.index, "online")
    unknown = month.rng.random(len(viewers)) < _ANONYMOUS_SHARE
    viewers = np.concatenate([np.where(unknown, -1, viewers), arriving])
    app = month.rng.random(len(viewers)) < 0.35
    month.tell(
        len(viewers),
        t=np.concatenate([t, month.people.arrives[arriving]]),
        person=viewers,
        kind="page.viewed",
        channel=np.where(app, code("channel", "app"), code("channel", "web")),
        touchpoint="browsing",
        direction="inbound",
        product=month.rng.integers(0, 12, len(viewers)),
    )
    _visit(month, present)
    _use(month, present)


def _visit(month: Month, present: Codes) -> None:
    some = month.some(present, 0.02)
    month.tell(
        len(some),
        t=month.calendar.moments(month.rng, len(some), month.index, "store"),
        person=some,
        kind="visit.made",
        channel="store",
        touchpoint="store-visit",
        direction="inbound",
        unit=STORE_OF_CITY[month.people.city[some]],
    )


def _use(month: Month, present: Codes) -> None:
    some = month.some(present[month.state.plan[present] > 0], 0.25)
    month.tell(
        len(some),
        t=month.calendar.moments(month.rng, len(some), month.index, "online"),
        person=some,
        kind="product.used",
        channel="app",
        touchpoint="use",
        direction="inbound",
    )


def advertise(month: Month) -> None:
    """One campaign each second month to those who allow it; a few redeem its coupon."""
    if month.index % 2:
        return
    present = month.present()
    some = month.some(present[month.people.consents[present]], 0.2)
    day = np.full(len(some), month.calendar.starts[month.index] + 8)
    sent = month.calendar.utc(day, 9 * HOUR + month.rng.integers(0, 20 * MINUTE, len(some)))
    name = CAMPAIGNS[month.index // 2 % len(CAMPAIGNS)]
    common: dict[str, object] = {"touchpoint": "advertising", "programme": "campaign"}
    common |= {"property": code("property", f'{{"campaign": "{name}"}}')}
    month.tell(
        len(some),
        t=sent,
        person=some,
        kind="campaign.sent",
        channel="email",
        direction="outbound",
        automated=1,
        **common,
    )
    taken = month.rng.random(len(some)) < 0.045
    month.tell(
        int(taken.sum()),
        t=month.after(sent[taken], 2 * DAY),
        person=some[taken],
        kind="coupon.redeemed",
        channel="web",
        direction="inbound",
        **common,
    )


def refer(month: Month) -> None:
    """New customers who came by referral redeem the code of somebody, mostly of a promoter."""
    arriving = month.arriving()
    new = arriving[month.people.acquisition[arriving] == ACQUISITION.index("referral")]
    known = month.present()
    if not len(known) or not len(new):
        return
    told = month.state.told[known]
    group = np.select([told < 0, told <= 6, told <= 8], [0, 1, 2], 3)
    summed = np.cumsum(_BRINGS[group])
    at = np.searchsorted(summed, month.rng.random(len(new)) * summed[-1], side="right")
    friend = known[at.clip(max=len(known) - 1)]
    month.tell(
        len(new),
        t=month.people.arrives[new] + month.rng.integers(MINUTE, HOUR, len(new)),
        person=new,
        kind="coupon.redeemed",
        channel="web",
        touchpoint="checkout",
        programme="referral",
        direction="inbound",
        property=REFERRED_BY + month.people.first + friend,
    )
