"""From deviations to technique issues, through the mapping matrix W.

Arrays run over indicators (I) and issues (S) in their last axes; any axes before them
(repetitions, R) are assessed alike, all at once. Reading W from a file is in
``sportsgpt_lib/sports/matrices.py``.
"""

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from sportsgpt_lib.kismam.calibration import Calibration, load_calibration
from sportsgpt_lib.sports.reach import REPORTED_PROBABILITY

FloatArray = npt.NDArray[np.float64]

# All chosen, with reasons, in docs/adr/0005-kismam-first-rules.md.
LARGEST_LINK = 0.999
LARGEST_PROBABILITY = 0.999
SEVERITY_HALF_WIDTHS = 2.0
REPORTED_SEVERITY = 0.2
_EVEN_ODDS = math.log(2.0)


@dataclass(frozen=True)
class IssueAssessment:
    """Every issue of one repetition ``(S,)``, or of many ``(R, S)``.

    Parameters
    ----------
    probability, severity
        ``(..., S)``, 0 to 1; NaN where every indicator of the issue is missing.
    contribution
        ``(..., I, S)``: share of each indicator in each issue; every assessed column
        sums to 1, others are 0.
    """

    probability: FloatArray
    severity: FloatArray
    contribution: FloatArray

    @property
    def is_assessed(self) -> npt.NDArray[np.bool_]:
        """Whether at least one indicator of the issue was measured ``(..., S)``."""
        return np.isfinite(self.probability)

    @property
    def is_reported(self) -> npt.NDArray[np.bool_]:
        """Whether probability and severity reach their thresholds ``(..., S)``."""
        return (self.probability >= REPORTED_PROBABILITY) & (
            self.severity >= REPORTED_SEVERITY
        )


def assess_issues(
    deviation: FloatArray,
    trust: FloatArray,
    issue_map: FloatArray,
    *,
    calibration: Calibration | None = None,
) -> IssueAssessment:
    """Aggregate the deviations of repetitions into issues by noisy-OR.

    Parameters
    ----------
    deviation
        Signed deviations ``(..., I)`` in tolerance widths. NaN = indicator not
        measured: it neither raises nor lowers an issue.
    trust
        Worth of each indicator ``(..., I)``, 0 to 1.
    issue_map
        Mapping matrix W ``(I, S)``, -1 to 1; the sign says which direction of the
        deviation speaks for the issue.
    calibration
        The fitted constants; None = those of ``calibration.toml``.

    Returns
    -------
    Probability, severity and contributions.

    Notes
    -----
    An indicator that deviates by d widths in the issue's direction speaks for it with
    probability |W| * trust * (1 - 2 ** -((d / h) ** 2)): half its weight at h tolerance
    widths. An issue is absent only if no indicator shows it: 1 - prod(1 - p). Above
    even odds, its evidence -log prod(1 - p) then counts more, as was fitted; no issue
    is surer than 0.999.
    The contribution is the indicator's share in log prod(1 - p), the only additive
    split; where nothing deviates, it is the share in |W| * trust. Severity is
    1 - 2 ** -(D / 2), with D the root mean square deviation weighted by |W| * trust.

    Source
    ------
    Noisy-OR: Pearl J (1988) Probabilistic Reasoning in Intelligent Systems, Morgan
    Kaufmann, ISBN 978-1558604797. The link function is ours, see
    docs/adr/0005-kismam-first-rules.md.
    """
    measured = np.isfinite(deviation)
    trusted = np.where(measured, trust, 0.0)[..., None]
    weight = np.abs(issue_map) * trusted  # (..., I, S)
    towards = np.sign(issue_map) * np.where(measured, deviation, 0.0)[..., None]
    squared = np.square(np.maximum(towards, 0.0, out=towards), out=towards)
    fitted = calibration or load_calibration()
    half_width = fitted.link.half_width_tolerances
    gain = fitted.certainty.gain_beyond_even_odds
    link = np.minimum(
        weight * (1.0 - np.exp2(squared / -(half_width**2))), LARGEST_LINK
    )
    evidence = -np.log1p(-link)
    total_evidence = evidence.sum(axis=-2)  # (..., S)
    total_weight = weight.sum(axis=-2)
    is_assessed = total_weight > 0.0
    is_shown = total_evidence > 0.0
    with np.errstate(invalid="ignore"):
        shares = (
            np.where(is_shown[..., None, :], evidence, weight)
            / np.where(is_shown, total_evidence, total_weight)[..., None, :]
        )
        deviation_rms = np.sqrt((weight * squared).sum(axis=-2) / total_weight)
    severity = 1.0 - np.exp2(-deviation_rms / SEVERITY_HALF_WIDTHS)
    return IssueAssessment(
        probability=np.where(
            is_assessed, _compute_probability(total_evidence, gain), np.nan
        ),
        severity=np.where(is_assessed, severity, np.nan),
        contribution=np.where(is_assessed[..., None, :], shares, 0.0),
    )


def compute_reach(
    is_measured: npt.NDArray[np.bool_], trust: FloatArray, issue_map: FloatArray
) -> FloatArray:
    """Compute the probability ``(..., S)`` that no fault, however large, exceeds.

    Parameters are those of ``assess_issues``; ``is_measured`` ``(..., I)``. Below
    ``REPORTED_PROBABILITY`` a repetition cannot show the issue, whatever the athlete
    does.
    """
    trusted = np.where(is_measured, trust, 0.0)[..., None]
    link = np.minimum(np.abs(issue_map) * trusted, LARGEST_LINK)
    evidence = -np.log1p(-link).sum(axis=-2)
    gain = load_calibration().certainty.gain_beyond_even_odds
    return _compute_probability(evidence, gain)


def _compute_probability(evidence: FloatArray, gain: float) -> FloatArray:
    """Turn evidence -log(1 - p) into a probability; beyond even odds it counts more.

    Up to a probability of 0.5 nothing changes: what is reported does not depend on it.
    """
    beyond = np.maximum(evidence - _EVEN_ODDS, 0.0)
    probability = -np.expm1(-(evidence + (gain - 1.0) * beyond))
    return np.asarray(np.minimum(probability, LARGEST_PROBABILITY))
