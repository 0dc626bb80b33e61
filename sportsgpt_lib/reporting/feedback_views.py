"""What coaches answered, beside the finding or exercise and the thresholds behind it.

Rows of ``coach_feedback`` and ``finding_margins`` put into words; nothing is decided.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from sportsgpt_lib.reporting.page_rows import Row
from sportsgpt_lib.reporting.wording import write_percent, write_unit

_REASON_WORDS = {
    "not_seen": "it is not there",
    "target_too_strict": "the target is too strict",
    "measured_wrong": "it was measured wrongly",
    "done_on_purpose": "it is done on purpose",
    "not_a_priority": "other things come first",
    "too_hard": "too hard",
    "too_easy": "too easy",
    "wrong_dose": "another dose",
    "no_equipment": "no equipment",
    "no_time": "no time",
    "other_exercise_better": "another exercise is better",
}
_THRESHOLD_WORDS = {
    "reported_probability": "probability from which a fault is reported",
    "reported_severity": "severity from which a fault is reported",
    "target_low": "lower end of the target of {}",
    "target_high": "upper end of the target of {}",
    "tolerance": "tolerance of {}",
}
_MOVES_DOWN = "target_low"
# Chosen: finer than the decimals of a value, since a threshold lies just beyond one.
_DIGITS = 3


@dataclass(frozen=True)
class ThresholdLine:
    """A threshold as it is, and where it would have to lie alone."""

    name: str
    current: str
    needed: str


@dataclass(frozen=True)
class FeedbackView:
    """What coaches answered; ``thresholds`` are empty for an exercise."""

    words: str
    thresholds: tuple[ThresholdLine, ...] = ()


def view_feedback(
    answers: Sequence[Row], margins: Sequence[Row], names: dict[str, str]
) -> FeedbackView | None:
    """View the answers to one finding or exercise of an athlete's session.

    Parameters
    ----------
    answers
        Rows of ``coach_feedback`` on it. Of each coach the latest one counts.
    margins
        Rows of ``finding_margins`` of the finding; none for an exercise.
    names
        Words for indicators.

    Returns
    -------
    None where nobody answered, or every answer was taken back.
    """
    latest = {
        row["given_by"]: row
        for row in sorted(answers, key=lambda row: row["answered_at_utc"])
    }
    counts = Counter(row["answer"] for row in latest.values())
    if not counts["agree"] + counts["disagree"]:
        return None
    reasons = Counter(
        _REASON_WORDS[row["reason"]] for row in latest.values() if row["reason"]
    )
    told = ", ".join(
        f"{words} ({count})" if count > 1 else words
        for words, count in reasons.most_common()
    )
    because = f": {told}" if told else ""
    return FeedbackView(
        f"Coaches: {counts['agree']} agree, {counts['disagree']} disagree{because}.",
        tuple(_view_threshold(row, names) for row in margins),
    )


def _view_threshold(row: Row, names: dict[str, str]) -> ThresholdLine:
    words = _THRESHOLD_WORDS[row["threshold"]]
    way = "below" if row["threshold"] == _MOVES_DOWN else "above"
    needed = row["needed_value"]
    return ThresholdLine(
        words.format(names.get(row["indicator"], row["indicator"].replace("_", " "))),
        _write(row["current_value"], row["unit"]),
        "moving it alone changes nothing"
        if needed is None
        else f"{way} {_write(needed, row['unit'])}",
    )


def _write(value: float, unit: str) -> str:
    if unit == "ratio":
        return write_percent(value)
    return f"{value:.{_DIGITS}g}".replace("-", "\N{MINUS SIGN}") + write_unit(unit)
