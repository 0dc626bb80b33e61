"""The expert rubric, 1 to 5, as rules apply it: points from measured shares.

Rules are no experts: they see whether the right thing is named, grounded, cited and
dosed, not whether a coach would say it so. docs/evaluation.md.
"""

import math
from collections.abc import Iterable, Mapping
from typing import Literal, get_args

RubricScore = Literal["accuracy", "comprehensiveness", "professionalism", "feasibility"]
RUBRIC: tuple[RubricScore, ...] = get_args(RubricScore)
"""What experts gave points for in the paper (arXiv 2512.14121)."""

LEAST_POINTS, MOST_POINTS = 1.0, 5.0


def score_by_rules(
    measures: Mapping[str, float], *, must_cite: bool
) -> dict[RubricScore, float]:
    """Score a report by its measures.

    Parameters
    ----------
    measures
        Shares by the names of ``rule_measures.MEASURES``; NaN = does not apply.
    must_cite
        Whether sources are due: there are findings, and the knowledge base holds
        something on them. No citation at all then counts as none right.

    Returns
    -------
    Points from 1 to 5, linear in a share: 1 = none, 5 = all. NaN = does not apply.
    Accuracy: F1 of the findings times the share of grounded numbers. Comprehensiveness:
    share of what should be told that is told. Professionalism: mean of citation
    precision, citation recall and kept sentences. Feasibility: actionability.
    """
    grounding = measures["numeric_grounding"]
    grounded = 1.0 if math.isnan(grounding) else grounding
    cited = [measures["citation_precision"], measures["citation_recall"]]
    if must_cite:
        cited = [0.0 if math.isnan(share) else share for share in cited]
    shares: dict[RubricScore, float] = {
        "accuracy": measures["finding_f1"] * grounded,
        "comprehensiveness": measures["completeness"],
        "professionalism": _mean_known([*cited, measures["kept_sentences"]]),
        "feasibility": measures["actionability"],
    }
    return {name: to_points(share) for name, share in shares.items()}


def to_points(share: float) -> float:
    """Turn a share into points: 0 is 1 point, 1 is 5; NaN stays.

    Examples
    --------
    >>> to_points(0.5)
    3.0
    """
    return LEAST_POINTS + (MOST_POINTS - LEAST_POINTS) * share


def _mean_known(shares: Iterable[float]) -> float:
    known = [share for share in shares if not math.isnan(share)]
    return sum(known) / len(known) if known else math.nan
