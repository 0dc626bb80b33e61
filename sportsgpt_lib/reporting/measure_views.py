"""One measure of a pose's quality beside its limits, in words for the page."""

from dataclasses import dataclass

from sportsgpt_lib.pose.measure_words import write_apart, write_limit
from sportsgpt_lib.pose.quality import RULES
from sportsgpt_lib.reporting.page_rows import Row

_UNIT_SIGNS = {"ratio": "", "count": ""}
# Decimals of the lead over the next person, the one measure without a rule.
_LEAD_DECIMALS = 2


@dataclass(frozen=True)
class MeasureView:
    """One measure of quality beside its limits."""

    name: str
    value: str
    limit: str
    word: str
    reason: str | None
    fix: str | None


def view_measure(row: Row) -> MeasureView:
    """Put a row of ``pose_quality`` into words, with the side of its limits."""
    rule = RULES.get(row["measure"])
    # A lead, which has no rule, is the better the larger it is.
    side = "below" if rule is None or rule.is_at_least else "above"
    limits = [
        f"{word} {side} {_write_limit(row, row[column])}"
        for word, column in (("warns", "warn_limit"), ("stops", "stop_limit"))
        if row[column] is not None
    ]
    return MeasureView(
        name=row["measure_name"],
        value=write_value(row),
        limit=", ".join(limits) or "none",
        word=row["verdict"],
        reason=row["reason"],
        fix=row["fix"],
    )


def write_value(row: Row) -> str:
    """Write the value of a row of ``pose_quality``, never looking like a limit."""
    if row["value"] is None:
        return "not measured"
    rule = RULES.get(row["measure"])
    known = (row["warn_limit"], row["stop_limit"])
    number = write_apart(
        row["value"],
        [limit for limit in known if limit is not None],
        is_share=rule is not None and rule.is_share,
        decimals=_LEAD_DECIMALS if rule is None else rule.decimals,
    )
    return _add_unit(number, row["unit"])


def _write_limit(row: Row, limit: float) -> str:
    rule = RULES.get(row["measure"])
    is_share = rule is not None and rule.is_share
    return _add_unit(write_limit(limit, is_share=is_share), row["unit"])


def _add_unit(number: str, unit: str) -> str:
    sign = _UNIT_SIGNS.get(unit, f" {unit.replace('_', ' ')}")
    return number.replace("%", " %") + sign
