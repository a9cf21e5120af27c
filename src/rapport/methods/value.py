"""The pieces of historic customer lifetime value, and how they fit together.

    lifetime value = frequency x order value x longevity x margin

frequency in orders per customer and unit of time, order value in money per order, longevity in
the same units of time, margin as a share (1 for revenue). It is an identity of averages, looking
back; it assumes nothing about who will come again. Prediction is another method.

Source: Gupta et al. (2006), Journal of Service Research 9, 139-155.
"""

from rapport.kernel.errors import InputError
from rapport.kernel.figures import Estimate
from rapport.methods.inputs import Number, checked_count, checked_number
from rapport.methods.means import mean_from_sums, ratio_from_sums


def historic_value(
    total: Number, squares: Number, customers: int, *, confidence: float = 0.95
) -> Estimate:
    """What a customer has brought so far, on average: the mean over customers (t interval).

    From the sum over customers of what each brought and of its square. Refunds count negative.
    None for all where there are no customers, no interval for one.

    Raises:
        InputError: as `means.mean_from_sums`.

    >>> historic_value(60, 1400, 3).value  # 10, 20 and 30
    20.0
    """
    return mean_from_sums(total, squares, customers, confidence=confidence)


def purchase_frequency(
    orders: int, order_squares: int, customers: int, *, confidence: float = 0.95
) -> Estimate:
    """Orders per customer in the period: the mean over customers (t interval).

    From the sum over customers of how many orders each made and of its square; the interval
    therefore holds where some buy much more often than others, which a Poisson one would not.

    Raises:
        InputError: a count is negative or not whole, or the sums do not fit together.

    >>> purchase_frequency(6, 14, 3).value  # 1, 2 and 3 orders
    2.0
    """
    made = checked_count(orders, "orders")
    squares = checked_count(order_squares, "squared orders")
    return mean_from_sums(made, squares, customers, confidence=confidence)


def average_order_value(
    total: Number,
    orders: int,
    total_squares: Number,
    order_squares: int,
    products: Number,
    customers: int,
    *,
    confidence: float = 0.95,
) -> Estimate:
    """Money per order, with an interval that knows that one customer's orders are alike.

    All sums are over customers: money, orders, money squared, orders squared, money x orders.
    `n` is the count of customers. None for all where there are no orders.

    Raises:
        InputError: as `means.ratio_from_sums`.

    Source: Cochran (1977), Sampling Techniques, section 6.4.

    >>> average_order_value(60, 6, 1400, 14, 140, 3).value
    10.0
    """
    made = checked_count(orders, "orders")
    squares = checked_count(order_squares, "squared orders")
    return ratio_from_sums(
        total, made, total_squares, squares, products, customers, confidence=confidence
    )


def lifetime_value(
    frequency: Number, order_value: Number, longevity: Number, margin: Number = 1
) -> float:
    """The identity frequency x order value x longevity x margin, in money per customer.

    Raises:
        InputError: a part is no finite number, frequency or longevity is negative, or the margin
            is more than 1.

    >>> lifetime_value(4, 50.0, 3, 0.25)  # 4 orders a year of 50 for 3 years, a quarter kept
    150.0
    """
    kept = checked_number(margin, "margin")
    if kept > 1:
        raise InputError(
            "The margin is a share and cannot exceed 1",
            got=kept,
            expected="such as 0.25",
            hint=f"Write {kept / 100:g} for {kept:g} %.",
        )
    often = checked_number(frequency, "frequency", at_least=0)
    years = checked_number(longevity, "longevity", at_least=0)
    return often * checked_number(order_value, "order value") * years * kept
