"""A definition in words and SQL, for `--explain` and for whoever doubts a figure."""

from collections.abc import Mapping

from rapport.measures.definition import Measure, ParameterValue, all_parameters

DIRECTIONS = {
    "higher": "higher is better",
    "lower": "lower is better",
    "neutral": "neither is better",
}


def explanation(measure: Measure, parameters: Mapping[str, ParameterValue], sql: str) -> str:
    """The text of `rapport measure NAME --explain`."""
    parts = [
        f"{measure.title} ({measure.definition})",
        measure.question,
        f"Unit: {measure.unit}{_range(measure)}; {DIRECTIONS[measure.direction]}.",
        f"Reads: {', '.join(measure.inputs)}.",
        "Counts over one row for each unit of observation:\n"
        + "\n".join(f"  {name} = {count}" for name, count in measure.counts.items()),
        "Parameters:\n"
        + "\n".join(
            f"  {p.name} = {parameters[p.name]}  ({p.meaning})" for p in all_parameters(measure)
        ),
        f"SQL:\n{sql}",
        f"Interval: {measure.interval}",
        f"Source: {measure.source}",
    ]
    if measure.caveats:
        parts.append("Mind:\n" + "\n".join(f"  - {caveat}" for caveat in measure.caveats))
    return "\n\n".join(parts) + "\n"


def _range(measure: Measure) -> str:
    if measure.lowest is None and measure.highest is None:
        return ""
    low = "" if measure.lowest is None else f" from {measure.lowest:g}"
    high = "" if measure.highest is None else f" to {measure.highest:g}"
    return f",{low}{high}"
