"""What a measure is: a typed record around SQL that counts and a function that judges.

SQL says which rows there are and counts them; `rapport.methods` turn counts into an estimate
with its interval. The SQL is text in the portable subset (see `portable.py`) with three words
of our own:

- the relation `interactions`, which the composer narrows to what the filter draws;
- `dimensions`, a column that stands for everything the question groups by: it is written in
  each SELECT, GROUP BY and PARTITION BY that the dimensions must pass through;
- `:name`, a parameter, put in as a literal.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias

from rapport.kernel.errors import InputError
from rapport.kernel.figures import Estimate

ParameterValue: TypeAlias = str | int | float | bool


@dataclass(frozen=True, slots=True)
class Parameter:
    """A choice the definition leaves open, set by `--set name=value`.

    Attributes:
        name: also the placeholder `:name` in the SQL.
        default: what holds when nobody says; its type is the parameter's type.
        meaning: one line for people, with the unit.
        choices: the values allowed, empty for any of the type.
        lowest, highest: the range of a number, both inside it.
    """

    name: str
    default: ParameterValue
    meaning: str
    choices: tuple[str, ...] = ()
    lowest: float | None = None
    highest: float | None = None


@dataclass(frozen=True, slots=True)
class Counts:
    """What SQL counted for one figure, with the question it was counted for.

    Attributes:
        values: the counts by name; with weights, sums of weights.
        rows: how many rows stand behind them, unweighted.
        weight_squares: sum of squared weights, None without weights.
        confidence: asked for.
        parameters: of the definition, all of them.
        ordered: values by rank (1 is the smallest), for measures of quantiles only; not every
            rank is here, but those the quantiles and their intervals need.
    """

    values: Mapping[str, Any]
    rows: int
    weight_squares: float | None
    confidence: float
    parameters: Mapping[str, ParameterValue]
    ordered: Mapping[int, float] = field(default_factory=dict)

    def whole(self, name: str) -> int:
        """A count as an int; 0 where there was nothing to count."""
        found = self.values[name]
        return 0 if found is None else int(found)

    def number(self, name: str) -> float:
        """A sum as a float; 0 where there was nothing to add."""
        found = self.values[name]
        return 0.0 if found is None else float(found)


@dataclass(frozen=True, slots=True)
class Measure:
    """One definition.

    Attributes:
        name: as in `rapport measure NAME`, also the names of its file, page and test.
        version: grows when the same data would give another figure.
        title: for people.
        question: what it answers, one sentence.
        unit: what the value counts ("points", "share", "hours"); of money measures "money",
            which each figure replaces by its currency.
        direction: which way is better.
        lowest, highest: ends of what the value can be, None where open.
        minimum_n: with fewer observations the figure says "too few" and brings no value.
        observation: what n counts, in the plural ("answers").
        inputs: fields of the ledger it needs.
        rows: SQL, one row per unit of observation (see the module's docstring).
        counts: aggregates over `rows` by name, as SQL.
        figure: turns counts into the estimate.
        interval: the interval's method and why it, one sentence.
        source: literature.
        caveats: what one must know before believing a figure.
        parameters: what the definition leaves open.
        never_mixes: fields whose values always give figures of their own.
        weightable: True where `--weight` makes sense.
        filters: "drawn" applies the filter to the interactions before anything is counted;
            "rows" to the interaction each row stands for (windows see unfiltered ones).
        placed: "rows" carry `day`, `week` and `month` of the moment that places them; "drawn"
            are grouped by `bucket` and only interactions of the asked range are drawn;
            "periods" join the relation periods(bucket, first_day, last_day).
        covers: for "periods" whose rows carry no bucket: the rows that a period takes in, as SQL
            over `day`, `first_day` and `last_day`. They are counted by day first, since one row
            may belong to several periods.
        ranks: column of rows whose quantiles the figure takes, None for other measures.
        splits: columns of rows that split the figure further (the classes of a grid).
        kinds: interactions whose first and last day say how far its data reach; none for all.
        reads: published tables it reads: SQL types by column; what is not there reads as empty.
        derive: further values for `:name` in the SQL, made of the parameters.
        note: a sentence for one figure's counts, None where there is nothing to say.
    """

    name: str
    version: int
    title: str
    question: str
    unit: str
    direction: Literal["higher", "lower", "neutral"]
    lowest: float | None
    highest: float | None
    minimum_n: int
    observation: str
    inputs: tuple[str, ...]
    rows: str
    counts: Mapping[str, str]
    figure: Callable[[Counts], Estimate]
    interval: str
    source: str
    caveats: tuple[str, ...] = ()
    parameters: tuple[Parameter, ...] = ()
    never_mixes: tuple[str, ...] = ()
    weightable: bool = False
    filters: Literal["drawn", "rows"] = "drawn"
    placed: Literal["rows", "drawn", "periods"] = "rows"
    covers: str | None = None
    ranks: str | None = None
    splits: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    reads: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    derive: Callable[[Mapping[str, ParameterValue]], Mapping[str, ParameterValue]] = field(
        default=lambda _: {}
    )
    note: Callable[[Counts], str | None] = field(default=lambda _: None)

    @property
    def definition(self) -> str:
        """Name and version, as figures carry it ("nps/1")."""
        return f"{self.name}/{self.version}"


def set_parameters(
    measure: Measure, given: Mapping[str, ParameterValue]
) -> dict[str, ParameterValue]:
    """All parameters of the measure, defaults filled in; text is read as the default's type.

    `minimum_n` can be set for every measure.

    Raises:
        InputError: no such parameter, or a value it cannot take.
    """
    known = {p.name: p for p in all_parameters(measure)}
    settings = {name: p.default for name, p in known.items()}
    for name, value in given.items():
        if name not in known:
            raise InputError(
                f"The measure {measure.name} has no parameter {name!r}",
                hint="There are: " + ", ".join(sorted(known)) + ".",
            )
        settings[name] = _read(known[name], value)
    return settings


def all_parameters(measure: Measure) -> tuple[Parameter, ...]:
    """The measure's own parameters and `minimum_n`, which every measure has."""
    least = Parameter(
        "minimum_n",
        measure.minimum_n,
        f"fewest {measure.observation} for a figure to be shown",
        lowest=0,
    )
    return (*measure.parameters, least)


def _read(parameter: Parameter, value: ParameterValue) -> ParameterValue:
    read = _as_type(parameter, value)
    if parameter.choices and read not in parameter.choices:
        raise InputError(
            f"The parameter {parameter.name} cannot be {value!r}",
            expected="one of " + ", ".join(parameter.choices),
        )
    if isinstance(read, int | float) and not isinstance(read, bool):
        low, high = parameter.lowest, parameter.highest
        if (low is not None and read < low) or (high is not None and read > high):
            raise InputError(
                f"The parameter {parameter.name} is out of range",
                got=value,
                expected=f"{_end(low)} to {_end(high)}",
            )
    return read


def _end(value: float | None) -> str:
    return "any number" if value is None else f"{value:g}"


def _as_type(parameter: Parameter, value: ParameterValue) -> ParameterValue:
    wanted = type(parameter.default)
    if isinstance(value, wanted) and (wanted is bool or not isinstance(value, bool)):
        return value
    words = {"true": True, "yes": True, "false": False, "no": False}
    text = str(value).strip()
    if wanted is bool and text.lower() in words:
        return words[text.lower()]
    if wanted in (int, float):
        try:
            number = float(text)
        except ValueError:
            number = float("nan")
        if abs(number) < float("inf") and (wanted is float or number == int(number)):
            return wanted(number)
    if wanted is str:
        return text
    names = {bool: "true or false", int: "a whole number", float: "a number"}
    raise InputError(f"The parameter {parameter.name} cannot be {value!r}", expected=names[wanted])
