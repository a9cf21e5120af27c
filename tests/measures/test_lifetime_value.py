"""What customers have brought so far."""

from rapport.measures.api import compute

from .handmade import handmade

ONE = {"minimum_n": 1}


def money(
    customer: str, at: str, amount: float, kind: str = "order.completed", **more: object
) -> tuple[str, str, dict[str, object]]:
    return (
        f"{at}T09:00",
        kind,
        {"customer": customer, "amount": amount, "currency": "EUR", **more},
    )


EVENTS = (
    money("ana", "2025-01-05", 100),
    money("ana", "2025-03-05", 50),
    money("ana", "2025-03-06", -50, "order.refunded"),
    money("ben", "2025-02-05", 20),
)


def test_it_is_money_less_refunds_for_each_customer() -> None:
    [figure] = compute(handmade(*EVENTS), "lifetime_value", parameters=ONE)
    assert (figure.value, figure.n, figure.unit) == (60.0, 2, "EUR")


def test_a_customer_belongs_to_the_month_of_the_first_order() -> None:
    found = compute(handmade(*EVENTS), "lifetime_value", every="month", parameters=ONE)
    assert [(f.period, f.value) for f in found] == [("2025-01", 100.0), ("2025-02", 20.0)]


def test_who_only_has_refunds_is_no_customer_won() -> None:
    odd = money("cem", "2025-01-05", -5, "order.refunded")
    [figure] = compute(handmade(*EVENTS, odd), "lifetime_value", parameters=ONE)
    assert figure.n == 2


def test_currencies_are_never_added() -> None:
    dollars = money("ana", "2025-01-07", 7, currency="USD")
    found = compute(handmade(*EVENTS, dollars), "lifetime_value", parameters=ONE)
    assert [(f.unit, f.value) for f in found] == [("EUR", 60.0), ("USD", 7.0)]
