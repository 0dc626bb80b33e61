"""From deviations to technique issues, through the mapping matrix W.

Arrays run over indicators (I) and issues (S). Reading W from a file is in
``sportsgpt_lib/sports/matrices.py``.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.float64]

# All chosen, with reasons, in docs/adr/0005-kismam-first-rules.md.
VALID_TRUST = 1.0
LIMITED_TRUST = 0.5
LARGEST_LINK = 0.999
SEVERITY_HALF_WIDTHS = 2.0
REPORTED_PROBABILITY = 0.5
REPORTED_SEVERITY = 0.2


@dataclass(frozen=True)
class IssueAssessment:
    """Every issue of one repetition.

    Parameters
    ----------
    probability, severity
        ``(S,)``, 0 to 1; NaN where every indicator of the issue is missing.
    contribution
        ``(I, S)``: share of each indicator in each issue; every assessed column sums
        to 1, others are 0.
    """

    probability: FloatArray
    severity: FloatArray
    contribution: FloatArray

    @property
    def is_assessed(self) -> npt.NDArray[np.bool_]:
        """Whether at least one indicator of the issue was measured ``(S,)``."""
        return np.isfinite(self.probability)

    @property
    def is_reported(self) -> npt.NDArray[np.bool_]:
        """Whether probability and severity reach their thresholds ``(S,)``."""
        return (self.probability >= REPORTED_PROBABILITY) & (
            self.severity >= REPORTED_SEVERITY
        )


def assess_issues(
    deviation: FloatArray, trust: FloatArray, issue_map: FloatArray
) -> IssueAssessment:
    """Aggregate the deviations of one repetition into issues by noisy-OR.

    Parameters
    ----------
    deviation
        Signed deviations ``(I,)`` in tolerance widths. NaN = indicator not measured: it
        neither raises nor lowers an issue.
    trust
        Worth of each indicator ``(I,)``, 0 to 1.
    issue_map
        Mapping matrix W ``(I, S)``, -1 to 1; the sign says which direction of the
        deviation speaks for the issue.

    Returns
    -------
    Probability, severity and contributions.

    Notes
    -----
    An indicator that deviates by d widths in the issue's direction speaks for it with
    probability |W| * trust * (1 - 2 ** -(d ** 2)): half its weight at one tolerance
    width. An issue is absent only if no indicator shows it: 1 - prod(1 - p).
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
    weight = np.abs(issue_map) * np.where(measured, trust, 0.0)[:, None]  # (I, S)
    signed = np.sign(issue_map) * np.where(measured, deviation, 0.0)[:, None]
    towards = np.maximum(signed, 0.0)
    link = np.minimum(weight * (1.0 - np.exp2(-(towards**2))), LARGEST_LINK)
    evidence = -np.log1p(-link)
    total_evidence, total_weight = evidence.sum(axis=0), weight.sum(axis=0)  # (S,)
    is_assessed = total_weight > 0.0
    with np.errstate(invalid="ignore"):
        shares = np.where(
            total_evidence > 0.0, evidence / total_evidence, weight / total_weight
        )
        deviation_rms = np.sqrt((weight * towards**2).sum(axis=0) / total_weight)
    severity = 1.0 - np.exp2(-deviation_rms / SEVERITY_HALF_WIDTHS)
    return IssueAssessment(
        probability=np.where(is_assessed, -np.expm1(-total_evidence), np.nan),
        severity=np.where(is_assessed, severity, np.nan),
        contribution=np.where(is_assessed, shares, 0.0),
    )


def rank_issues(assessment: IssueAssessment) -> list[int]:
    """Order the assessed issues by probability × severity, ties as in the file."""
    weight = assessment.probability * assessment.severity
    assessed = np.flatnonzero(assessment.is_assessed)
    return [int(i) for i in sorted(assessed, key=lambda i: -weight[i])]
