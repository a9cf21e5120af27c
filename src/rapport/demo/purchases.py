"""Buying: orders, checkout, deliveries with their promises, refunds, the store counter."""

from dataclasses import dataclass

import numpy as np

from rapport.demo import surveys
from rapport.demo.days import DAY, HOUR, MINUTE
from rapport.demo.facts import EASIER_CHECKOUT, LATE_DELIVERIES, STORE_TURNOVER
from rapport.demo.months import Codes, Flags, Month
from rapport.demo.office import DEPOT_OF_REGION, PRODUCTS, STORE_OF_CITY, UNIT_KEYS
from rapport.demo.rows import PROMISED_DAY, code
from rapport.demo.sentences import THEMES

WEB, APP, STORE = 0, 1, 2
_PRICES = np.array([price for _, price, _ in PRODUCTS])
_SHARES = np.cumsum([share for _, _, share in PRODUCTS])
_FIRST_ORDER_SHARE = 0.8
_WINTER = (0, 1, 11)


@dataclass(frozen=True, slots=True)
class Orders:
    """The orders of a month: who, when, which number, by which way (WEB, APP, STORE)."""

    person: Codes
    t: Codes
    number: Codes
    way: Codes
    product: Codes
    cents: Codes

    def of(self, some: Flags) -> "Orders":
        """Those for which `some` holds."""
        return Orders(*(getattr(self, name)[some] for name in self.__slots__))


def buy(month: Month) -> None:
    """All orders of the month and everything that follows from them."""
    orders = _ordered(month)
    online = orders.of(orders.way != STORE)
    _check_out(month, online)
    _at_counter(month, orders.of(orders.way == STORE))
    _deliver(month, online)


def _ordered(month: Month) -> Orders:
    present, arriving = month.present(), month.arriving()
    mood = np.exp(0.15 * month.state.mood[present])
    often = month.people.rate[present] * month.calendar.season(month.index) * mood
    person = np.repeat(present, month.rng.poisson(often))
    way = _chosen(month, person)
    t = np.where(
        way == STORE,
        month.calendar.moments(month.rng, len(person), month.index, "store"),
        month.calendar.moments(month.rng, len(person), month.index, "online"),
    )
    first = month.some(arriving, _FIRST_ORDER_SHARE)
    begun = month.people.arrives[first] + month.rng.integers(4 * MINUTE, HOUR, len(first))
    person, t = np.concatenate([person, first]), np.concatenate([t, begun])
    way = np.concatenate([way, np.minimum(_chosen(month, first), APP)])
    product = np.searchsorted(_SHARES, month.rng.random(len(person)), side="right")
    product = product.clip(max=len(PRODUCTS) - 1)
    price = _PRICES[product] * np.exp(month.noise(len(person), 0.32))
    cents = np.rint(price).astype(np.int64) * 100 - 5
    orders = Orders(person, t, month.numbers(len(person)), way, product, cents)
    _tell_orders(month, orders)
    return orders


def _chosen(month: Month, person: Codes) -> Codes:
    luck = month.rng.random(len(person))[:, None]
    return np.asarray((luck >= month.people.buys(person)[:, :2]).sum(axis=1))


def _tell_orders(month: Month, orders: Orders) -> None:
    store = orders.way == STORE
    ways = np.array([code("channel", way) for way in ("web", "app", "store")])
    places = np.array([code("touchpoint", p) for p in ("checkout", "checkout", "store-counter")])
    unit = np.where(store, STORE_OF_CITY[month.people.city[orders.person]], -1)
    month.tell(
        len(orders.t),
        **_about(orders),
        kind="order.completed",
        channel=ways[orders.way],
        touchpoint=places[orders.way],
        direction="inbound",
        unit=unit,
        cents=orders.cents,
    )


def _about(orders: Orders) -> dict[str, object]:
    return {
        "t": orders.t,
        "person": orders.person,
        "number": orders.number,
        "thread": "O-",
        "product": orders.product,
    }


def _check_out(month: Month, online: Orders) -> None:
    """Ask some buyers how easy checking out was; the redesign helped on the web only."""
    asked_way = month.rng.random(len(online.t)) < 0.16
    for way, channel in ((WEB, "web"), (APP, "app")):
        some = online.of(asked_way & (online.way == way))
        none = np.full(len(some.t), -1)
        asked = surveys.ask(
            month,
            (some.person, some.t + 2 * MINUTE),
            ("checkout", "checkout", channel),
            units=none + 1 + UNIT_KEYS.index("digital"),
            employees=none,
            share=0.34,
        )
        better = way == APP or month.holds(EASIER_CHECKOUT)
        ease = EASIER_CHECKOUT.after if better else EASIER_CHECKOUT.before
        score = ease + 0.25 * month.people.warmth[some.person] + month.noise(len(none), 1.1)
        theme = np.full(len(none), THEMES.index("website"))
        surveys.answer(month, asked, "effort", "ces7", score, theme)


def _at_counter(month: Month, bought: Orders) -> None:
    """Ask some who bought in a store how they were served; the untrained in Ghent do worse."""
    some = bought.of((month.rng.random(len(bought.t)) < 0.5) & month.people.consents[bought.person])
    unit = STORE_OF_CITY[month.people.city[some.person]]
    month.tell(
        len(bought.t),
        t=bought.t - month.rng.integers(8 * MINUTE, 50 * MINUTE, len(bought.t)),
        person=bought.person,
        kind="visit.made",
        channel="store",
        touchpoint="store-visit",
        direction="inbound",
        unit=STORE_OF_CITY[month.people.city[bought.person]],
    )
    asked = surveys.ask(
        month,
        (some.person, some.t + month.rng.integers(HOUR, 6 * HOUR, len(some.t))),
        ("store", "store-counter", "email"),
        units=unit,
        employees=month.at_work(unit),
        share=0.3,
    )
    shaken = (unit == UNIT_KEYS.index(STORE_TURNOVER.where)) & month.holds(STORE_TURNOVER)
    level = np.where(shaken, STORE_TURNOVER.after - 0.1, STORE_TURNOVER.before + 0.15)
    score = level + 0.3 * month.people.warmth[some.person] + month.noise(len(unit), 0.7)
    theme = np.where(month.rng.random(len(unit)) < 0.7, THEMES.index("staff"), 3)
    surveys.answer(month, asked, "satisfaction", "csat5", score, theme)


def _deliver(month: Month, online: Orders) -> None:
    n = len(online.t)
    depot = DEPOT_OF_REGION[month.people.region[online.person]]
    day = month.calendar.local(online.t) // DAY
    promised = day + month.rng.integers(2, 6, n)
    worse = (depot == UNIT_KEYS.index(LATE_DELIVERIES.where)) & month.holds(LATE_DELIVERIES)
    chance = np.where(worse, LATE_DELIVERIES.after, LATE_DELIVERIES.before)
    chance = chance * (1.15 if month.index % 12 in _WINTER else 0.97)
    late = np.where(month.rng.random(n) < chance, month.rng.geometric(0.38, n), 0)
    arrived = np.where(
        late > 0, promised + late, np.maximum(promised - (month.rng.random(n) < 0.25), day + 1)
    )
    t = month.calendar.utc(arrived, 8 * HOUR + month.rng.integers(0, 11 * HOUR, n))
    _tell_delivery(month, online, t, depot, (promised, late))
    _ask_about_delivery(month, online, t, depot, late)
    _refund(month, online, t, late)
    month.feel(online.person, np.where(late > 0, -1.25 - 0.1 * np.minimum(late, 5), 0.16))
    upset = (late > 0) & (month.rng.random(n) < 0.38)
    morning = month.calendar.utc(promised[upset] + 1, np.full(int(upset.sum()), 9 * HOUR))
    month.worry(online.person[upset], month.after(morning, 2 * HOUR, 0.7), THEMES.index("delivery"))


def _tell_delivery(
    month: Month, online: Orders, t: Codes, depot: Codes, days: tuple[Codes, Codes]
) -> None:
    promised, late = days
    kept = late == 0
    about = _about(online) | {"touchpoint": "delivery", "unit": depot, "channel": "post"}
    about["property"] = PROMISED_DAY + promised
    evening = month.calendar.utc(promised, np.full(len(t), 21 * HOUR))
    driver = month.at_work(depot)
    month.tell(
        len(t),
        **(about | {"t": online.t + MINUTE, "channel": "email"}),
        kind="promise.made",
        direction="outbound",
        automated=1,
    )
    month.tell(
        len(t), **(about | {"t": t}), kind="order.delivered", direction="outbound", employee=driver
    )
    settled = np.where(kept, code("kind", "promise.kept"), code("kind", "promise.broken"))
    month.tell(len(t), **(about | {"t": np.where(kept, t, evening)}), kind=settled)


def _ask_about_delivery(month: Month, online: Orders, t: Codes, depot: Codes, late: Codes) -> None:
    luck = month.rng.random(len(t))
    before = luck > 0.85
    surveys.ask_expectation(month, online.person[before], online.t[before])
    asked = (luck < 0.5) & month.people.consents[online.person]
    surveys.after_delivery(month, online.person[asked], t[asked], depot[asked], late[asked])


def _refund(month: Month, online: Orders, t: Codes, late: Codes) -> None:
    back = month.rng.random(len(t)) < np.where(late > 0, 0.13, 0.06)
    some = online.of(back)
    n = len(some.t)
    share = np.where(month.rng.random(n) < 0.75, 1.0, month.rng.uniform(0.1, 0.9, n))
    paid = t[back] + month.rng.integers(3 * DAY, 20 * DAY, n)
    month.tell(
        n,
        **(_about(some) | {"t": paid}),
        kind="order.refunded",
        channel="post",
        touchpoint="return",
        direction="outbound",
        cents=-(some.cents * share).astype(np.int64),
    )
    asks = month.rng.random(n) < 0.3
    month.worry(some.person[asks], t[back][asks] + 2 * DAY, THEMES.index("returns"))
