"""Our own side of the demo: regions, units, touchpoints, products and the people who work here."""

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import pyarrow as pa

from rapport.demo.facts import COMPANY, MONTHS, STORE_TURNOVER, month_begins
from rapport.demo.names import FIRST_NAMES, LAST_NAMES


@dataclass(frozen=True, slots=True)
class Region:
    """A sales region: its country, the share of customers who live there, and its cities."""

    key: str
    title: str
    country: str
    language: str
    share: float
    cities: tuple[str, ...]


REGIONS: tuple[Region, ...] = (
    Region("nl-west", "Holland", "NL", "nl", 0.28, ("Amsterdam", "Haarlem", "Leiden")),
    Region("nl-east", "Eastern Netherlands", "NL", "nl", 0.2, ("Utrecht", "Arnhem", "Zwolle")),
    Region("be-north", "Flanders", "BE", "nl", 0.17, ("Antwerp", "Ghent", "Leuven")),
    Region("de-ruhr", "Rhine-Ruhr", "DE", "de", 0.2, ("Dortmund", "Essen", "Muenster")),
    Region("fr-north", "Northern France", "FR", "fr", 0.15, ("Lille", "Amiens", "Reims")),
)
CITIES: tuple[str, ...] = tuple(city for region in REGIONS for city in region.cities)
CITIES_PER_REGION = 3

TEAMS: tuple[tuple[str, str], ...] = (
    ("care-email-nl", "E-mail team Netherlands and Flanders"),
    ("care-email-int", "E-mail team International"),
    ("care-phone", "Telephone team"),
    ("care-chat", "Chat team"),
)
_ROOT = "trapperloo"


@dataclass(frozen=True, slots=True)
class Unit:
    """A business unit: key, name, key of the one above, what sort it is and how many work there."""

    key: str
    name: str
    parent: str | None
    sort: str
    people: int


def _all_units() -> tuple[Unit, ...]:
    units = [Unit(_ROOT, COMPANY, None, "company", 3)]
    for region in REGIONS:
        units.append(Unit(f"region-{region.key}", region.title, _ROOT, "region", 1))
        above = f"region-{region.key}"
        units.append(Unit(f"depot-{region.key}", f"Depot {region.title}", above, "depot", 6))
        units += [
            Unit(f"store-{c.lower()}", f"Store {c}", above, "store", 5) for c in region.cities
        ]
    units.append(Unit("service", "Customer service", _ROOT, "department", 2))
    units += [Unit(key, name, "service", "team", 10) for key, name in TEAMS]
    units.append(Unit("digital", "Web shop and app", _ROOT, "department", 8))
    units.append(Unit("marketing", "Marketing", _ROOT, "department", 6))
    return tuple(units)


UNITS: tuple[Unit, ...] = _all_units()
UNIT_KEYS: tuple[str, ...] = tuple(unit.key for unit in UNITS)
DEPOT_OF_REGION = np.array([UNIT_KEYS.index(f"depot-{region.key}") for region in REGIONS])
STORE_OF_CITY = np.array([UNIT_KEYS.index(f"store-{city.lower()}") for city in CITIES])

TOUCHPOINTS: tuple[tuple[str, str, str, str], ...] = (
    ("advertising", "Campaign or newsletter", "awareness", "email"),
    ("public", "What is said in public", "awareness", "social"),
    ("browsing", "Looking around in web shop and app", "consideration", "web"),
    ("store-visit", "Visit to a store", "consideration", "store"),
    ("checkout", "Checkout", "purchase", "web"),
    ("store-counter", "Store counter", "purchase", "store"),
    ("delivery", "Delivery", "delivery", "post"),
    ("use", "Riding and using", "use", "app"),
    ("plan", "Service plan", "use", "app"),
    ("support", "Customer service", "support", "email"),
    ("return", "Return and refund", "support", "post"),
    ("relationship", "The relationship as a whole", "loyalty", "email"),
)
TOUCHPOINT_KEYS: tuple[str, ...] = tuple(row[0] for row in TOUCHPOINTS)

# Name, median price in euro, share of orders.
PRODUCTS: tuple[tuple[str, float, float], ...] = (
    ("city bike", 649.0, 0.07),
    ("e-bike", 2190.0, 0.05),
    ("cargo bike", 3890.0, 0.01),
    ("children's bike", 259.0, 0.05),
    ("racing bike", 1490.0, 0.02),
    ("helmet", 69.0, 0.14),
    ("lock", 55.0, 0.16),
    ("lights", 34.0, 0.15),
    ("tyres", 48.0, 0.13),
    ("rain wear", 79.0, 0.09),
    ("pannier", 89.0, 0.08),
    ("child seat", 119.0, 0.05),
)
PLAN = "service plan"


@dataclass(frozen=True, slots=True)
class Staff:
    """Who works here: parallel lists, one entry a person."""

    key: list[str]
    name: list[str]
    unit: list[int]
    role: list[str]
    hired: list[date]
    left: list[date | None]
    trained: list[date | None]

    def rosters(self, end: date) -> dict[int, list[np.ndarray]]:
        """For each unit code and month, who works there that whole month."""
        found: dict[int, list[np.ndarray]] = {}
        for unit in set(self.unit):
            found[unit] = [self._roster(unit, month, end) for month in range(MONTHS)]
        return found

    def _roster(self, unit: int, month: int, end: date) -> np.ndarray:
        first, after = month_begins(month, end), month_begins(month + 1, end)
        return np.array(
            [
                i
                for i in range(len(self.key))
                if self.unit[i] == unit
                and self.hired[i] <= first
                and (self.left[i] is None or (self.left[i] or after) >= after)
            ]
        )


_ROLES = {
    "company": "board",
    "region": "regional manager",
    "depot": "driver",
    "store": "store adviser",
    "team": "service agent",
    "department": "specialist",
}


def staffed(seed: int, end: date) -> Staff:
    """The people of all units; the store of STORE_TURNOVER loses three of five and hires anew."""
    rng = np.random.default_rng(np.random.SeedSequence(seed, spawn_key=(1_000_000,)))
    staff = Staff([], [], [], [], [], [], [])
    start = month_begins(0, end)
    for code, unit in enumerate(UNITS):
        for place in range(unit.people):
            hired = start - timedelta(days=int(rng.integers(60, 4000)))
            _hire(staff, rng, code, hired)
            if place == 0 and unit.sort in {"store", "team", "depot"}:
                staff.role[-1] = {"store": "store manager"}.get(unit.sort, "team lead")
    _turnover(staff, rng, end)
    return staff


def _hire(staff: Staff, rng: np.random.Generator, unit: int, hired: date) -> None:
    first, last = rng.integers(len(FIRST_NAMES)), rng.integers(len(LAST_NAMES))
    staff.key.append(f"E-{len(staff.key) + 1:03d}")
    staff.name.append(f"{FIRST_NAMES[first]} {LAST_NAMES[last]}")
    staff.unit.append(unit)
    staff.role.append(_ROLES[UNITS[unit].sort])
    staff.hired.append(hired)
    staff.left.append(None)
    staff.trained.append(hired + timedelta(days=30))


def _turnover(staff: Staff, rng: np.random.Generator, end: date) -> None:
    store = UNIT_KEYS.index(STORE_TURNOVER.where)
    begins = STORE_TURNOVER.begins(end)
    advisers = [i for i, unit in enumerate(staff.unit) if unit == store][2:]
    for leaver in advisers:
        staff.left[leaver] = begins - timedelta(days=1)
        _hire(staff, rng, store, begins)
        staff.trained[-1] = month_begins(STORE_TURNOVER.until, end)


def units_table() -> pa.Table:
    """Business units: key, name, parent, sort."""
    return pa.table(
        {
            "key": [unit.key for unit in UNITS],
            "name": [unit.name for unit in UNITS],
            "parent": pa.array([unit.parent for unit in UNITS], pa.string()),
            "sort": [unit.sort for unit in UNITS],
        }
    )


def touchpoints_table() -> pa.Table:
    """Touchpoints: key, title, stage, channel."""
    names = ("key", "title", "stage", "channel")
    return pa.table(dict(zip(names, map(list, zip(*TOUCHPOINTS, strict=True)), strict=True)))


def employees_table(staff: Staff) -> pa.Table:
    """Employees: key, name, email, unit, role, hired, left, trained (dates)."""
    return pa.table(
        {
            "key": staff.key,
            "name": staff.name,
            "email": [f"{key.lower()}@trapperloo.example" for key in staff.key],
            "unit": [UNIT_KEYS[code] for code in staff.unit],
            "role": staff.role,
            "hired": pa.array(staff.hired, pa.date32()),
            "left": pa.array(staff.left, pa.date32()),
            "trained": pa.array(staff.trained, pa.date32()),
        }
    )
