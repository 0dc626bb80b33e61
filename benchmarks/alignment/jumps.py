"""Trials of real two-foot jumps: one recording's as reference, another's to be found.

Keyframes are read off the heights of hip and toes, which are not among the 12 angles.
The wanted jump, or a series of jumps, is hidden among other real movements; noise is
put on the joints in space before angles are computed. Reference and wanted jump are
never of the same recording; recordings are in two parts, and so are the distractors:
those of ``TUNING_JUMPS`` and ``TUNING_DISTRACTORS`` are for choosing constants.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np

from benchmarks.alignment.faults import Severity, add_faults, draw_jitter
from benchmarks.alignment.joint_places import compute_body_angles_deg, face_forward
from benchmarks.alignment.movements import ANGLE_NAMES
from benchmarks.alignment.recordings import Performer, Trial
from benchmarks.alignment.timeline import MOST_BLEND_S, Piece, Truth, join_pieces
from benchmarks.pose.motions import Motion, find_shared_data, load_figures, load_motions
from sportsgpt_lib.arrays import FloatArray
from sportsgpt_lib.pose.skeleton import KEYPOINT_INDEX

TUNING_JUMPS = ("cmu_train_jumping_jumping_1", "cmu_train_jumping_jumping_3")
REPORTING_JUMPS = (
    "cmu_train_jumping_jumping_4",
    "cmu_train_jumping_jumping_5",
    "deepmimic_jump",
)
TUNING_DISTRACTORS = (
    "bmc_walk1",
    "deepmimic_run",
    "deepmimic_kick",
    "cmu_train_running_running_1",
    "cmu_train_running_running_2",
    "cmu_train_running_running_3",
)
REPORTING_DISTRACTORS = (
    "bmc_walk2",
    "bmc_run",
    "deepmimic_walk",
    "deepmimic_jog",
    "deepmimic_cartwheel",
    "cmu_train_running_running_4",
    "cmu_train_running_running_5",
    "cmu_test_running_running_1",
)
JUMP_KEYFRAMES = ("crouch", "take_off", "apex", "touch_down", "absorb")
FRAME_RATE_HZ = 60.0

# Chosen: a toe this far above its lowest height near the jump is off the floor. It
# moves at over 1 m/s there, so 10 mm more or less are under 10 ms.
_OFF_FLOOR_M = 0.03
# Chosen: the jump as annotated begins and ends this long outside crouch and absorb.
_BEFORE_CROUCH_S, _AFTER_ABSORB_S = 0.45, 0.35
_SEARCHED_S = 1.0
_LEAST_STRETCH, _MOST_STRETCH = 0.8, 1.25
_LEAST_STAND_S, _MOST_STAND_S = 0.5, 2.0
_STAND_SHARE = 0.3
_FREE_S = 1.0
_MM = 0.001


@dataclass(frozen=True)
class Jump:
    """A recording of one jump: its motion and the truth in the recording's time."""

    motion: Motion
    truth: Truth


@dataclass(frozen=True)
class Disturbance:
    """Noise of ``jitter_mm`` (standard deviation per axis), gaps and swaps."""

    name: str
    jitter_mm: float = 0.0
    gap_share: float = 0.0
    swap_share: float = 0.0


UNDISTURBED = Disturbance("clean")
MM_20 = Disturbance("20 mm", 20.0)
MM_40 = Disturbance("40 mm", 40.0)
MM_80_GAPS_SWAPS = Disturbance("80 mm, gaps, swaps", 80.0, 0.15, 0.08)


def draw_jump_trial(
    seed: int,
    disturbance: Disturbance,
    *,
    reference: str,
    wanted: Sequence[str],
    distractors: Sequence[str],
    duration_s: float = 60.0,
) -> Trial:
    """Draw a recording that hides the ``wanted`` jumps, one after each name.

    ``wanted`` empty = no jump in it. With several, they are trimmed to the jump itself
    and some follow each other at once.

    Raises
    ------
    ValueError
        The reference's recording is wanted, too.
    """
    if reference in wanted:
        raise ValueError(
            f"wanted: {reference} is the reference as well; allowed: other recordings. "
            "Fix: take another reference"
        )
    chance = np.random.default_rng(seed)
    jumps = [_build_jump_piece(name, is_trimmed=len(wanted) > 1) for name in wanted]
    pieces = _draw_pieces(chance, jumps, distractors, duration_s)
    times_s = np.arange(round(duration_s * FRAME_RATE_HZ)) / FRAME_RATE_HZ
    points_m, truths = join_pieces(chance, pieces, times_s)
    jitter_m = draw_jitter(chance, points_m.shape, FRAME_RATE_HZ)
    points_m = points_m + disturbance.jitter_mm * _MM * jitter_m
    angles_deg = add_faults(
        chance,
        compute_body_angles_deg(points_m),
        FRAME_RATE_HZ,
        _build_severity(disturbance),
    )
    return Trial(
        ANGLE_NAMES, times_s, angles_deg, truths, (build_performer(reference),)
    )


def list_pairs(names: Sequence[str]) -> list[tuple[str, str]]:
    """List all pairs of reference and wanted jump, of different recordings."""
    return [(one, other) for one in names for other in names if one != other]


def build_performer(name: str) -> Performer:
    """Build the reference of a jump's whole recording, with what it holds around it."""
    jump = load_jump(name)
    motion = jump.motion.resample(FRAME_RATE_HZ)
    return Performer(
        name=name,
        times_s=motion.times_s,
        angles_deg=compute_body_angles_deg(motion.points_m),
        start_s=jump.truth.start_s,
        end_s=jump.truth.end_s,
        keyframe_names=JUMP_KEYFRAMES,
        keyframe_times_s=jump.truth.keyframe_times_s,
        spread_s=np.nan,
    )


@cache
def load_jump(name: str) -> Jump:
    """Load a recording of one jump and find its keyframes."""
    motion = _load_motions()[name]
    return Jump(motion, find_jump(motion))


def find_jump(motion: Motion) -> Truth:
    """Find a jump's keyframes between frames, from heights of hip and toes.

    Crouch, apex and absorb are extremes of the hip's height, of a parabola through
    three frames; take-off and touch-down are where the toes' mean height crosses 30 mm
    above its lowest.
    """
    times_s = motion.times_s
    hip_m = motion.points_m[:, KEYPOINT_INDEX["hip"], 1]
    toes = [KEYPOINT_INDEX["left_big_toe"], KEYPOINT_INDEX["right_big_toe"]]
    toes_m = motion.points_m[:, toes, 1].mean(axis=1)
    top = int(np.argmax(hip_m))
    is_before = (times_s < times_s[top]) & (times_s > times_s[top] - _SEARCHED_S)
    is_after = (times_s > times_s[top]) & (times_s < times_s[top] + _SEARCHED_S)
    low = int(np.flatnonzero(is_before)[np.argmin(hip_m[is_before])])
    rest = int(np.flatnonzero(is_after)[np.argmin(hip_m[is_after])])
    above_m = toes_m - toes_m[low : rest + 1].min() - _OFF_FLOOR_M
    is_off = np.flatnonzero(above_m[low : rest + 1] > 0.0) + low
    keyframes_s = np.array(
        [
            _find_extreme_s(times_s, hip_m, low),
            _find_crossing_s(times_s, above_m, int(is_off[0]) - 1),
            _find_extreme_s(times_s, hip_m, top),
            _find_crossing_s(times_s, above_m, int(is_off[-1])),
            _find_extreme_s(times_s, hip_m, rest),
        ]
    )
    start_s = max(keyframes_s[0] - _BEFORE_CROUCH_S, float(times_s[0]))
    end_s = min(keyframes_s[-1] + _AFTER_ABSORB_S, float(times_s[-1]))
    return Truth(float(start_s), float(end_s), keyframes_s)


def _find_extreme_s(times_s: FloatArray, values: FloatArray, idx: int) -> float:
    before, here, after = values[idx - 1 : idx + 2]
    shift = (before - after) / (2.0 * (before - 2.0 * here + after))
    return float(times_s[idx] + shift * (times_s[idx + 1] - times_s[idx]))


def _find_crossing_s(times_s: FloatArray, values: FloatArray, idx: int) -> float:
    """Find where values pass 0 between ``idx`` and the frame after it."""
    share = values[idx] / (values[idx] - values[idx + 1])
    return float(times_s[idx] + share * (times_s[idx + 1] - times_s[idx]))


@cache
def _load_motions() -> dict[str, Motion]:
    data = find_shared_data()
    motions = [*load_motions(data), *load_figures(data, ("kick", "cartwheel"))]
    return {motion.name: motion for motion in motions}


def _draw_pieces(
    chance: np.random.Generator,
    jumps: list[Piece],
    distractors: Sequence[str],
    duration_s: float,
) -> list[Piece]:
    others: list[Piece] = []
    busy_s = sum(piece.duration_s + MOST_BLEND_S for piece in jumps)
    while busy_s < duration_s - _MOST_STAND_S - _FREE_S - 2 * MOST_BLEND_S:
        piece = _draw_distractor(chance, distractors)
        others.append(piece)
        busy_s += piece.duration_s + MOST_BLEND_S
    del others[-1]
    pieces = [*jumps, *others]
    order = chance.permutation(len(pieces))
    stand = _stand(others[0], duration_s)
    first = Piece(_FREE_S, stand.sample)
    return [first, *(pieces[index] for index in order), stand]


def _draw_distractor(chance: np.random.Generator, distractors: Sequence[str]) -> Piece:
    """Draw a recording, faster or slower, at times of the other side; or a stand."""
    motion = _load_motions()[distractors[int(chance.integers(len(distractors)))]]
    stretch = float(chance.uniform(_LEAST_STRETCH, _MOST_STRETCH))
    piece = _build_piece(motion, 0.0, float(motion.times_s[-1]), stretch)
    if chance.random() < _STAND_SHARE:
        return _stand(piece, float(chance.uniform(_LEAST_STAND_S, _MOST_STAND_S)))
    return piece


def _stand(piece: Piece, duration_s: float) -> Piece:
    """Hold a piece's first pose."""
    return Piece(duration_s, lambda times_s: piece.sample(np.zeros(times_s.size)))


def _build_jump_piece(name: str, *, is_trimmed: bool) -> Piece:
    jump = load_jump(name)
    motion, truth = jump.motion, jump.truth
    start_s, end_s = 0.0, float(motion.times_s[-1])
    if is_trimmed:
        start_s, end_s = truth.start_s, truth.end_s
    piece = _build_piece(motion, start_s, end_s, 1.0)
    shifted = Truth(
        truth.start_s - start_s, truth.end_s - start_s, truth.keyframe_times_s - start_s
    )
    return Piece(piece.duration_s, piece.sample, shifted)


def _build_piece(motion: Motion, start_s: float, end_s: float, stretch: float) -> Piece:
    """Build the piece of a motion's points that lasts ``stretch`` times as long."""
    from scipy.interpolate import CubicSpline

    points_m = face_forward(motion.points_m)
    is_known = np.isfinite(points_m).all(axis=(0, 2))
    curve = CubicSpline(motion.times_s, points_m[:, is_known])

    def sample(times_s: FloatArray) -> FloatArray:
        placed = np.full((times_s.size, *points_m.shape[1:]), np.nan)
        placed[:, is_known] = curve(start_s + times_s / stretch)
        return placed

    return Piece((end_s - start_s) * stretch, sample)


def _build_severity(disturbance: Disturbance) -> Severity:
    return Severity(
        name=disturbance.name,
        jitter_deg=0.0,
        spike_share=0.0,
        gap_share=disturbance.gap_share,
        swap_share=disturbance.swap_share,
        style_deg=0.0,
        gain_sd=0.0,
    )
