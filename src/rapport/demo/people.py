"""Who the customers are: everything about a block of them that does not change."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from rapport.demo.columns import Column, Numbers, joined, looked_up, numbered, padded, words
from rapport.demo.days import DAY, Calendar
from rapport.demo.facts import MONTHS
from rapport.demo.names import FIRST_NAMES, LAST_NAMES
from rapport.demo.office import CITIES, CITIES_PER_REGION, REGIONS
from rapport.demo.words import LANGUAGES

SEGMENTS: tuple[str, ...] = ("commuter", "family", "sport", "student", "senior", "business")
ACQUISITION: tuple[str, ...] = ("search", "store", "social", "referral", "partner")
HELP: tuple[str, ...] = ("email", "phone", "chat")
TIERS: tuple[str, ...] = ("bronze", "silver", "gold")
HELP_FORMS: tuple[str, ...] = ("written steps", "phone call", "short video")
_SEGMENT_SHARES = np.cumsum([0.31, 0.25, 0.14, 0.15, 0.1, 0.05])
_ACQUISITION_SHARES = np.cumsum([0.36, 0.24, 0.17, 0.13, 0.1])
_OLD_SHARE = 0.45
_GUEST_SHARE = 0.12
_PEOPLE_PER_ACCOUNT = 4
_LOCAL_LANGUAGE_SHARE = 0.3
# Web, app and store as a buyer's habit, by segment.
_HABIT_SHARES = np.cumsum(
    [
        [0.5, 0.25, 0.25],
        [0.45, 0.2, 0.35],
        [0.5, 0.3, 0.2],
        [0.3, 0.55, 0.15],
        [0.35, 0.05, 0.6],
        [0.7, 0.1, 0.2],
    ],
    axis=1,
)
_HELP_SHARES = np.cumsum(
    [
        [0.45, 0.25, 0.3],
        [0.45, 0.35, 0.2],
        [0.4, 0.2, 0.4],
        [0.25, 0.1, 0.65],
        [0.2, 0.75, 0.05],
        [0.6, 0.35, 0.05],
    ],
    axis=1,
)
Codes = npt.NDArray[np.int64]
BLOCK = 20_000


@dataclass(frozen=True, slots=True)
class People:
    """The customers of one block, as arrays of the same length.

    Attributes:
        first: number of the first of them in the whole company.
        region, city, segment, language, acquisition: codes.
        birth: year of birth.
        rate: orders a month, before season and mood.
        warmth: how kindly the person judges, standard normal.
        buys: probabilities of buying by web, app and store, summed up.
        helped: preferred way of getting help, code into HELP.
        arrives: moment of the first interaction; before the two years for old customers.
        guest_until: up to then known by e-mail key only; 0 for those never guests.
        consents: whether surveys and campaigns may be sent.
        account: number of the business account, -1 for private customers.
        given, family: codes of the name.
    """

    first: int
    region: npt.NDArray[np.int8]
    city: npt.NDArray[np.int8]
    segment: npt.NDArray[np.int8]
    language: npt.NDArray[np.int8]
    acquisition: npt.NDArray[np.int8]
    birth: npt.NDArray[np.int16]
    rate: npt.NDArray[np.float32]
    warmth: npt.NDArray[np.float32]
    helped: npt.NDArray[np.int8]
    arrives: npt.NDArray[np.int64]
    guest_until: npt.NDArray[np.int64]
    consents: npt.NDArray[np.bool_]
    account: npt.NDArray[np.int32]
    given: npt.NDArray[np.int8]
    family: npt.NDArray[np.int8]

    def __len__(self) -> int:
        return len(self.region)

    def buys(self, person: Codes) -> npt.NDArray[np.float64]:
        """Summed probabilities of web, app and store for some of them."""
        return np.asarray(_HABIT_SHARES[self.segment[person]])


def drawn(seed: int, block: int, n: int, calendar: Calendar) -> People:
    """The customers of a block, from the seed and the block's number alone."""
    rng = np.random.Generator(np.random.PCG64(np.random.SeedSequence(seed, spawn_key=(block,))))
    shares = np.cumsum([region.share for region in REGIONS])
    region = np.searchsorted(shares / shares[-1], rng.random(n), side="right")
    segment = np.searchsorted(_SEGMENT_SHARES, rng.random(n), side="right").clip(max=5)
    arrives = _arrivals(rng, n, calendar)
    acquisition = np.searchsorted(_ACQUISITION_SHARES, rng.random(n), side="right").clip(max=4)
    local = np.array([LANGUAGES.index(r.language) for r in REGIONS])[region]
    guest = (rng.random(n) < _GUEST_SHARE) & (arrives >= calendar.begins(0)) & (segment != 5)
    stays = (rng.integers(15, 240, n) * DAY) + arrives
    business = segment == 5
    return People(
        first=block * BLOCK,
        region=region.astype(np.int8),
        city=(region * CITIES_PER_REGION + rng.integers(0, CITIES_PER_REGION, n)).astype(np.int8),
        segment=segment.astype(np.int8),
        language=np.where(rng.random(n) < _LOCAL_LANGUAGE_SHARE, local, 0).astype(np.int8),
        acquisition=acquisition.astype(np.int8),
        birth=_births(rng, segment).astype(np.int16),
        rate=(rng.gamma(1.3, 0.125, n) * np.where(business, 2.0, 1.0)).astype(np.float32),
        warmth=rng.standard_normal(n).astype(np.float32),
        helped=_chosen(rng, _HELP_SHARES[segment]).astype(np.int8),
        arrives=arrives,
        guest_until=np.where(guest, np.minimum(stays, calendar.closes()), 0),
        consents=rng.random(n) < 0.82,
        account=_accounts(business).astype(np.int32),
        given=rng.integers(0, len(FIRST_NAMES), n).astype(np.int8),
        family=rng.integers(0, len(LAST_NAMES), n).astype(np.int8),
    )


def _chosen(rng: np.random.Generator, summed: npt.NDArray[np.float64]) -> Codes:
    return np.asarray((rng.random(len(summed))[:, None] >= summed[:, :-1]).sum(axis=1))


def _arrivals(rng: np.random.Generator, n: int, calendar: Calendar) -> Codes:
    old = calendar.begins(0) - (rng.random(n) * 1400 * DAY).astype(np.int64) - DAY
    seasons = np.cumsum([calendar.season(month) for month in range(MONTHS)])
    month = np.searchsorted(seasons / seasons[-1], rng.random(n), side="right")
    day = calendar.starts[month] + rng.integers(0, 27, n)
    return np.where(rng.random(n) < _OLD_SHARE, old, calendar.on(rng, day, "online"))


def _births(rng: np.random.Generator, segment: Codes) -> Codes:
    youngest = np.array([2003, 1998, 2004, 2007, 1961, 1999])[segment]
    oldest = np.array([1964, 1972, 1970, 1998, 1938, 1962])[segment]
    return np.asarray(oldest + (rng.random(len(segment)) * (youngest - oldest + 1)).astype(int))


def _accounts(business: npt.NDArray[np.bool_]) -> Codes:
    nth = np.cumsum(business) - 1
    return np.where(business, nth // _PEOPLE_PER_ACCOUNT, -1)


def keys(people: People) -> Column:
    """The customer keys of a block, `C-000001` being the first of the company."""
    return joined("C-", padded(people.first + 1 + np.arange(len(people)), 6))


def emails(people: People) -> Column:
    """The e-mail addresses of a block, all in the reserved domain `example`."""
    numbers = numbered(people.first + 1 + np.arange(len(people)))
    first = looked_up(words([name.lower() for name in FIRST_NAMES]), people.given)
    last = looked_up(words([name.lower() for name in LAST_NAMES]), people.family)
    return joined(first, ".", last, numbers, "@mail.example")


def guest_keys(people: People) -> Column:
    """What guests are known by before they register: `email:` and the address."""
    return joined("email:", emails(people))


@dataclass(frozen=True, slots=True)
class Names:
    """How interactions call the people of a block.

    Attributes:
        keys: all customer keys, then the e-mail keys of those who began as guests.
        guest_at: where in `keys` a person's e-mail key is; any place for those never guests.
        accounts: account keys by their number in the block.
    """

    keys: Column
    guest_at: npt.NDArray[np.int64]
    accounts: Column


def named(people: People) -> Names:
    """The names of a block."""
    guest = people.guest_until > 0
    guests: Any = guest_keys(people)
    return Names(
        pa.concat_arrays([keys(people), guests.filter(pa.array(guest))]),
        len(people) + np.maximum(np.cumsum(guest) - 1, 0),
        _account_keys(people),
    )


def _account_keys(people: People) -> Column:
    numbers = np.arange(people.account.max(initial=-1) + 1) + 1
    return joined("B-", padded(people.first // BLOCK * 10_000 + numbers, 5))


def accounts(people: People) -> Column:
    """The account key of each person of a block, null for private customers."""
    return looked_up(_account_keys(people), people.account)


def aliases(people: People) -> pa.Table:
    """Which guest keys are whom: key, customer."""
    guests = pa.array(people.guest_until > 0)
    table = pa.table({"key": guest_keys(people), "customer": keys(people)})
    return table.filter(guests)


def tabled(people: People, calendar: Calendar) -> pa.Table:
    """A block as a table: key, account, since, name, email, phone, traits and consents (JSON)."""
    first = looked_up(words(FIRST_NAMES), people.given)
    last = looked_up(words(LAST_NAMES), people.family)
    since = _since(people, calendar)
    return pa.table(
        {
            "key": keys(people),
            "account": accounts(people),
            "since": since,
            "name": joined(first, " ", last),
            "email": emails(people),
            "phone": _phones(people),
            "traits": _traits(people, joined(first, " ", last)),
            "consents": _consents(people, since),
        }
    )


def sheet(people: People, calendar: Calendar) -> pa.Table:
    """A block as `customers.api.put_customers` takes it: one column a trait and a consent."""
    first = looked_up(words(FIRST_NAMES), people.given)
    last = looked_up(words(LAST_NAMES), people.family)
    since: Any = _since(people, calendar)
    status = looked_up(words(["denied", "granted"]), people.consents.astype(np.int8))
    columns = {
        "key": keys(people),
        "account": accounts(people),
        "account_name": _account_names(people),
        "first_known": since.cast(pa.timestamp("s", tz="UTC")),
        "identifier:email": emails(people),
        "identifier:phone": _phones(people),
        "consent:surveys": status,
        "consent:marketing": status,
        "consent_at": since.cast(pa.timestamp("s", tz="UTC")),
        "trait:name": joined(first, " ", last),
        "trait:birth_year": pa.array(people.birth.astype(np.int64)),
    }
    for trait, listed, codes in _worded(people):
        columns[f"trait:{trait}"] = looked_up(words(listed), codes)
    return pa.table(columns)


def _since(people: People, calendar: Calendar) -> Column:
    days = calendar.local(people.arrives) // DAY
    return pa.array(days).cast(pa.int32()).view(pa.date32())


def _phones(people: People) -> Column:
    return joined("+00 555 ", padded(people.first + 1 + np.arange(len(people)), 7))


def _account_names(people: People) -> Column:
    names = words([f"{last} {sort}" for sort in ("Bakery", "Logistics") for last in LAST_NAMES])
    return looked_up(names, np.where(people.account < 0, -1, people.account % len(names)))


def _worded(people: People) -> tuple[tuple[str, Sequence[str], Numbers], ...]:
    """The traits that are words: name, vocabulary, codes."""
    tier = np.digitize(people.rate, [0.12, 0.3])
    return (
        ("country", [region.country for region in REGIONS], people.region),
        ("region", [region.key for region in REGIONS], people.region),
        ("city", CITIES, people.city),
        ("segment", SEGMENTS, people.segment),
        ("acquisition", ACQUISITION, people.acquisition),
        ("tier", TIERS, tier),
        ("help", HELP, people.helped),
        ("help_form", HELP_FORMS, people.helped),
        ("language", LANGUAGES, people.language),
    )


def _traits(people: People, names: Column) -> Column:
    parts: list[Column | str] = ['{"name": "', names, '", "email": "', emails(people), '"']
    for trait, listed, codes in _worded(people):
        parts += [f', "{trait}": "', looked_up(words(listed), codes), '"']
    births = numbered(people.birth.astype(np.int64))
    return joined(*parts, ', "birth_year": ', births, "}")


def _consents(people: People, since: Column) -> Column:
    status = looked_up(words(["denied", "granted"]), people.consents.astype(np.int8))
    day = since.cast(pa.string())
    parts: list[Column | str] = ["["]
    for purpose in ("surveys", "marketing"):
        comma = ", " if len(parts) > 1 else ""
        parts += [
            f'{comma}{{"purpose": "{purpose}", "status": "',
            status,
            '", "date": "',
            day,
            '"}',
        ]
    return joined(*parts, "]")
