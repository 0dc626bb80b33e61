"""How far the athlete's pose can be trusted: measures, their limits, and what to do.

Each measure is one number of one recording. What a verdict leads to is decided by the
stage; who was taken for the athlete in ``athlete.py``.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

import numpy as np
import numpy.typing as npt

from sportsgpt_lib.arrays import FloatArray, IntArray
from sportsgpt_lib.pose.measure_words import write_apart, write_limit
from sportsgpt_lib.pose.skeleton import KEYPOINT_INDEX, keypoint_indices
from sportsgpt_lib.robust_spread import compute_robust_sd

MeasureVerdict = Literal["PASS", "WARN", "QUARANTINE"]

# A joint counts as visible from here on; the same confidence below which points are
# dropped, see docs/adr/0006-pose.md.
MIN_VISIBLE_CONFIDENCE_RATIO = 0.2
# Chosen, see docs/adr/0006-pose.md: shorter pauses are filled, so they break nothing.
LONGEST_FILLED_GAP_S = 0.2

_BODY = keypoint_indices(
    [
        f"{side}_{joint}"
        for side in ("left", "right")
        for joint in ("shoulder", "hip", "knee", "ankle", "heel", "big_toe")
    ]
)
_LEG_BONES = tuple(
    (KEYPOINT_INDEX[f"{side}_{upper}"], KEYPOINT_INDEX[f"{side}_{lower}"])
    for side in ("left", "right")
    for upper, lower in (("hip", "knee"), ("knee", "ankle"))
)


@dataclass(frozen=True)
class MeasureRule:
    """What a measure means and where its limits lie; None = it never has that verdict.

    ``is_at_least``: values below the limits are bad, else values above. ``found`` is
    a sentence with the places ``value`` and ``limit``. ``stop_reason_code`` is the
    reason beyond the stop limit where it is another one. ``is_share``: written as per
    cent. ``decimals``: so many are written far from the limits.
    """

    words: str
    unit: str
    warn_limit: float | None
    stop_limit: float | None
    is_at_least: bool
    reason_code: str
    found: str
    fix: str
    stop_reason_code: str | None = None
    is_share: bool = False
    decimals: int = 0


@dataclass(frozen=True)
class Measured:
    """One measure of one recording with its judgement; None = could not be measured."""

    name: str
    rule: MeasureRule
    value: float | None
    verdict: MeasureVerdict

    @property
    def reason_code(self) -> str | None:
        """Stable word for the reason; None where nothing is wrong."""
        if self.verdict == "PASS":
            return None
        if self.verdict == "QUARANTINE" and self.rule.stop_reason_code is not None:
            return self.rule.stop_reason_code
        return self.rule.reason_code

    @property
    def fix(self) -> str | None:
        """What to do about it; None where nothing is wrong."""
        return None if self.verdict == "PASS" else self.rule.fix

    @property
    def reason(self) -> str | None:
        """What was found, in words; None where nothing is wrong."""
        limit = {
            "PASS": None,
            "WARN": self.rule.warn_limit,
            "QUARANTINE": self.rule.stop_limit,
        }[self.verdict]
        if limit is None:
            return None
        rule = self.rule
        value = "unknown"
        if self.value is not None:
            value = write_apart(
                self.value, [limit], is_share=rule.is_share, decimals=rule.decimals
            )
        return rule.found.format(
            value=value, limit=write_limit(limit, is_share=rule.is_share)
        )


_FIX_SIGHT = (
    "film so that the athlete stays in the picture, unhidden and lit, or shorten the "
    "window to where that is so"
)
_FIX_PEOPLE = (
    "keep other people out of the picture, or give the athlete's place, `at = [x, y]`, "
    "in session.toml"
)
_FIX_LOOK = (
    "look at the overlay and the raw-against-filtered plots; where the skeleton is not "
    "on the athlete, film again from the side, nearer and with even light"
)

# All limits chosen, see docs/adr/0006-pose.md.
RULES: Mapping[str, MeasureRule] = MappingProxyType(
    {
        "seen_share": MeasureRule(
            "Share of the time window in which the athlete was seen",
            "ratio",
            0.9,
            0.3,
            is_at_least=True,
            is_share=True,
            reason_code="athlete_partly_seen",
            found="the athlete was seen in {value} of the window (at least "
            "{limit} are wanted)",
            fix=_FIX_SIGHT,
            stop_reason_code="athlete_barely_seen",
        ),
        "visible_joint_share": MeasureRule(
            "Share of shoulders, hips, knees, ankles and feet that were seen",
            "ratio",
            0.8,
            0.4,
            is_at_least=True,
            is_share=True,
            reason_code="joints_hidden",
            found="only {value} of the body's joints were seen (at least "
            "{limit} are wanted)",
            fix=_FIX_SIGHT,
        ),
        "track_breaks": MeasureRule(
            "Times the athlete was lost for longer than can be filled",
            "count",
            1,
            None,
            is_at_least=False,
            reason_code="track_broken",
            found="the athlete was lost {value} times for more than "
            f"{LONGEST_FILLED_GAP_S} s",
            fix=_FIX_PEOPLE,
        ),
        "swapped_share": MeasureRule(
            "Share of frames in which left and right were exchanged back",
            "ratio",
            0.05,
            0.35,
            is_at_least=False,
            is_share=True,
            reason_code="left_right_swapped",
            found="left and right had to be exchanged back in {value} of the "
            "frames (more than {limit})",
            fix=_FIX_LOOK,
        ),
        "filled_share": MeasureRule(
            "Share of the body's points that were filled, not seen",
            "ratio",
            0.2,
            0.5,
            is_at_least=False,
            is_share=True,
            reason_code="many_points_filled",
            found="{value} of the body's points were filled from their neighbours "
            "(more than {limit})",
            fix=_FIX_LOOK,
        ),
        "limb_length_variation": MeasureRule(
            "Spread of thigh and shank lengths over time",
            "ratio",
            0.15,
            0.4,
            is_at_least=False,
            is_share=True,
            reason_code="limb_lengths_vary",
            found="thighs and shanks change their length by {value} (standard "
            "deviation; more than {limit})",
            fix=_FIX_LOOK,
        ),
        "frame_rate": MeasureRule(
            "Pictures of the movement a second",
            "Hz",
            24.0,
            None,
            is_at_least=True,
            reason_code="low_frame_rate",
            found="the movement was filmed at {value} pictures a second (at least "
            "{limit} are wanted), so that instants and speeds are uncertain",
            fix="film with 60 pictures a second or more",
        ),
        "joined_tracks": MeasureRule(
            "Times the athlete's track was joined or exchanged by the clothes",
            "count",
            0,
            None,
            is_at_least=False,
            reason_code="identity_joined",
            found="the athlete was lost and taken for the same person by the clothes "
            "{value} times",
            fix="see on the overlay that it is the athlete all along; else part the "
            "recordings by start_s and end_s in session.toml",
        ),
        "clipped_share": MeasureRule(
            "Share of the picture around the athlete that is black or burnt out",
            "ratio",
            0.5,
            None,
            is_at_least=False,
            reason_code="badly_exposed",
            found="{value} of the picture around the athlete is black or burnt out "
            "(more than {limit})",
            fix="film with the light behind the camera, and set the exposure on the "
            "athlete",
        ),
        "sharpness": MeasureRule(
            "Sharpness of the picture around the athlete",
            "ratio",
            0.4,
            None,
            is_at_least=True,
            decimals=2,
            reason_code="blurred",
            found="the athlete is blurred: sharpness {value} (at least {limit} "
            "is wanted)",
            fix="clean and focus the lens, and use a shorter exposure (1/500 s)",
        ),
        "brightness": MeasureRule(
            "Mean brightness around the athlete, 0 black to 1 white",
            "ratio",
            0.12,
            None,
            is_at_least=True,
            decimals=2,
            reason_code="too_dark",
            found="the athlete is dark: brightness {value} (at least {limit} "
            "is wanted)",
            fix="film with more light, or with the light behind the camera",
        ),
    }
)


def judge_measures(values: Mapping[str, float]) -> tuple[Measured, ...]:
    """Judge measures by their rules.

    Parameters
    ----------
    values
        Values by the names in ``RULES``; NaN = could not be measured.

    Returns
    -------
    The judgements, in the order of the values.
    """
    return tuple(_judge(name, value) for name, value in values.items())


def measure_pose(
    times_s: FloatArray,
    points: FloatArray,
    repaired_px: FloatArray,
    is_filled: FloatArray,
) -> dict[str, float]:
    """Measure what the athlete's poses alone can tell.

    Parameters
    ----------
    times_s
        Times ``(T,)`` of all frames from first to last sight.
    points
        Raw keypoints ``(T, J, 3)``: x, y and confidence. NaN = not seen.
    repaired_px
        Repaired positions ``(T, J, 2)``. NaN = missing.
    is_filled
        1 where a point was filled, else 0 ``(T, J)``.

    Returns
    -------
    Shares and counts by their names in ``RULES``; NaN where nothing was there to
    measure.
    """
    known = [joint for joint in _BODY if np.isfinite(points[:, joint, 0]).any()]
    is_seen_frame = np.asarray(np.isfinite(points[:, :, 0]).any(axis=1))
    confidence = np.nan_to_num(points[is_seen_frame][:, known, 2])
    is_visible = (confidence >= MIN_VISIBLE_CONFIDENCE_RATIO).astype(np.float64)
    return {
        "visible_joint_share": _mean(is_visible),
        "track_breaks": _count_breaks(times_s, is_seen_frame),
        "filled_share": _mean(is_filled[:, known]),
        "limb_length_variation": _measure_limb_variation(repaired_px),
    }


def measure_swapped_share(frame_count: int, swapped_frames: IntArray) -> float:
    """Measure the share of frames that are named at least once."""
    return float(np.unique(swapped_frames).size / frame_count)


def _judge(name: str, value: float) -> Measured:
    rule = RULES[name]
    if not np.isfinite(value):
        return Measured(name, rule, None, "PASS")
    verdict: MeasureVerdict = "PASS"
    if _is_beyond(value, rule.warn_limit, is_at_least=rule.is_at_least):
        verdict = "WARN"
    if _is_beyond(value, rule.stop_limit, is_at_least=rule.is_at_least):
        verdict = "QUARANTINE"
    return Measured(name, rule, value, verdict)


def _is_beyond(value: float, limit: float | None, *, is_at_least: bool) -> bool:
    if limit is None:
        return False
    return value < limit if is_at_least else value > limit


def _count_breaks(times_s: FloatArray, is_seen: npt.NDArray[np.bool_]) -> float:
    return float(np.count_nonzero(np.diff(times_s[is_seen]) > LONGEST_FILLED_GAP_S))


def _measure_limb_variation(positions_px: FloatArray) -> float:
    """Take the median, over thighs and shanks, of the robust relative spread."""
    spreads = []
    for upper, lower in _LEG_BONES:
        lengths = np.linalg.norm(
            positions_px[:, upper] - positions_px[:, lower], axis=1
        )
        lengths = lengths[np.isfinite(lengths)]
        if lengths.size:
            spreads.append(compute_robust_sd(lengths) / float(np.median(lengths)))
    return float(np.median(spreads)) if spreads else float("nan")


def _mean(values: FloatArray) -> float:
    return float(np.mean(values)) if values.size else float("nan")
