"""What the stage ``athlete_poses`` says of a recording, from its measures.

The measures and their limits are in ``pose/quality.py``.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sportsgpt_lib.pose.athlete import AthleteChoice, NobodyAtHint
from sportsgpt_lib.pose.quality import Measured, MeasureRule, MeasureVerdict
from sportsgpt_lib.stages.contract import PASS, Verdict

# Chosen, see docs/adr/0006-pose.md. Less than half a second holds no movement.
MIN_SEEN_S = 0.5

_FIX_HINT = (
    "give the athlete's place when the window starts, `at = [x, y]` as shares of width "
    "and height, or correct start_s and end_s, in session.toml"
)
_SEVERITY = ("PASS", "WARN", "QUARANTINE")


@dataclass(frozen=True)
class Sight:
    """For how long the athlete was seen, of how long it could have been.

    Both in seconds of the movement, not of a clip in slow motion.
    """

    seen_s: float
    window_s: float

    @property
    def share_ratio(self) -> float:
        """Share of the window in which the athlete was seen."""
        return min(self.seen_s / self.window_s, 1.0)


def judge_choice(
    choice: AthleteChoice, places: Mapping[int, tuple[float, float]]
) -> Measured:
    """Judge how clearly the athlete was chosen.

    A doubt is a warning where the manifest gave the place; without it the wrong person
    would be assessed, so the recording is stopped.

    Parameters
    ----------
    choice
        Who was taken.
    places
        Where everybody was first seen, as shares of the picture's width and height.
    """
    is_hinted = choice.margin_unit == "body_heights"
    listed = ", ".join(
        f"person {idx} `at = [{x:.2f}, {y:.2f}]`"
        for idx, (x, y) in sorted(places.items())
    )
    rule = MeasureRule(
        "Lead of the athlete over the next person",
        choice.margin_unit,
        choice.least_margin if is_hinted else None,
        None if is_hinted else choice.least_margin,
        is_at_least=True,
        reason_code="athlete_ambiguous",
        found=choice.doubt or "",
        fix=f"say who is the athlete in session.toml: {listed}",
    )
    verdict: MeasureVerdict = "PASS"
    if choice.doubt is not None:
        verdict = "WARN" if is_hinted else "QUARANTINE"
    return Measured("athlete_margin", rule, choice.margin, verdict)


def judge_recording(measured: Sequence[Measured]) -> Verdict:
    """Take the worst of the measures; its reason first, then those of the others."""
    worst = max(measured, key=lambda measure: _SEVERITY.index(measure.verdict))
    if worst.verdict == "PASS":
        return PASS
    bad = [measure for measure in measured if measure.verdict != "PASS"]
    bad.sort(key=lambda measure: measure is not worst)
    return Verdict(
        worst.verdict,
        worst.reason_code,
        "; ".join(str(measure.reason) for measure in bad),
        worst.fix,
    )


def nobody_there() -> Verdict:
    """Say that the athlete's time window is empty."""
    return Verdict(
        "QUARANTINE",
        "athlete_not_found",
        "nobody was seen in the athlete's time window",
        _FIX_HINT,
    )


def nobody_at_hint(nobody: NobodyAtHint) -> Verdict:
    """Say that nobody was where the manifest says the athlete is."""
    return Verdict("QUARANTINE", "athlete_not_found", nobody.found, _FIX_HINT)


def barely_seen(sight: Sight, share: Measured) -> Verdict:
    """Say that too little of the athlete was seen."""
    return Verdict(
        "QUARANTINE",
        share.rule.stop_reason_code,
        f"the athlete was seen for {sight.seen_s:.1f} s of a window of "
        f"{sight.window_s:.1f} s; at least {MIN_SEEN_S} s and "
        f"{share.rule.stop_limit:.0%} of it are needed",
        share.rule.fix,
    )
