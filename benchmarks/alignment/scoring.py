"""What a method found in a trial, beside the truth; the same for ours and for peers.

Errors are in frames of 60 per second whatever the recording's rate. A repetition counts
as found where its keyframes are off by less than 10 of these frames on average.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from benchmarks.alignment.movements import MIRROR
from benchmarks.alignment.recordings import Performer, Trial
from benchmarks.alignment.timeline import Truth
from sportsgpt_lib.alignment.motion import KeyframeMark, Motion, ReferenceMotion
from sportsgpt_lib.alignment.motion_dtw import Alignment, align_motion
from sportsgpt_lib.arrays import FloatArray

FRAMES_PER_S = 60.0
FOUND_BELOW_FRAMES = 10.0


@dataclass(frozen=True)
class Find:
    """One repetition as a method reports it; ``errors_s`` None = it gives none.

    ``keyframe_times_s`` and ``errors_s`` are ``(K,)`` in the order of the names; NaN =
    the method left that keyframe out.
    """

    start_s: float
    end_s: float
    cost: float
    keyframe_times_s: FloatArray
    errors_s: FloatArray | None = None


@dataclass(frozen=True)
class Accuracy:
    """Errors over trials of one wanted repetition.

    ``errors_frames`` ``(N, K)`` are signed, of the found trials only; ``errors_s`` the
    uncertainties stated with them, in the same order; ``all_frames`` ``(T,)`` the mean
    absolute error of every trial, inf where nothing was reported.
    """

    errors_frames: FloatArray
    stated_s: FloatArray
    all_frames: FloatArray

    @property
    def found_share(self) -> float:
        """Share of trials whose cheapest repetition is the wanted one."""
        return float(np.mean(self.all_frames < FOUND_BELOW_FRAMES))

    @property
    def mean_frames(self) -> float:
        """Mean absolute error of a keyframe where found, in 60-fps frames."""
        if not np.isfinite(self.errors_frames).any():
            return float("nan")
        return float(np.nanmean(np.abs(self.errors_frames)))

    @property
    def covered_share(self) -> float:
        """Share of keyframes inside the stated 95 % interval."""
        return compute_coverage(self.errors_frames, self.stated_s)


def compute_coverage(errors_frames: FloatArray, stated_s: FloatArray) -> float:
    """Compute the share of errors within 1.96 stated standard uncertainties."""
    is_known = np.isfinite(errors_frames) & np.isfinite(stated_s)
    if not is_known.any():
        return float("nan")
    half_frames = 1.96 * stated_s[is_known] * FRAMES_PER_S
    return float(np.mean(np.abs(errors_frames[is_known]) <= half_frames))


def build_motion(trial: Trial) -> Motion:
    """Build the motion of a trial's recording."""
    return Motion(trial.names, trial.times_s, trial.angles_deg)


def build_reference(trial: Trial, performer: Performer) -> ReferenceMotion:
    """Build the reference motion of a performer, every angle with the weight 1."""
    return ReferenceMotion(
        reference_id=performer.name,
        motion=Motion(trial.names, performer.times_s, performer.angles_deg),
        start_s=performer.start_s,
        end_s=performer.end_s,
        keyframes=tuple(
            KeyframeMark(name, "own", float(time_s), performer.spread_s)
            for name, time_s in zip(
                performer.keyframe_names, performer.keyframe_times_s, strict=True
            )
        ),
        weights=np.ones(len(trial.names)),
    )


def align_trial(trial: Trial, *, is_mirror_tried: bool = False) -> Alignment:
    """Align a trial's recording with its references."""
    return align_motion(
        build_motion(trial),
        [build_reference(trial, performer) for performer in trial.performers],
        mirror=MIRROR if is_mirror_tried else None,
    )


def find_with_motion_dtw(trial: Trial, *, is_mirror_tried: bool = False) -> list[Find]:
    """Find the repetitions of a trial with MotionDTW, the cheapest first."""
    names = trial.performers[0].keyframe_names
    finds = []
    for repetition in align_trial(trial, is_mirror_tried=is_mirror_tried).repetitions:
        instants = [repetition.keyframes.get((name, "own")) for name in names]
        finds.append(
            Find(
                repetition.start_s,
                repetition.end_s,
                repetition.cost,
                np.array([np.nan if i is None else i.time_s for i in instants]),
                np.array([np.nan if i is None else i.error_s for i in instants]),
            )
        )
    return sorted(finds, key=lambda find: find.cost)


def score_single(pairs: Sequence[tuple[Trial, list[Find]]]) -> Accuracy:
    """Score trials of one repetition by the cheapest that was reported in each."""
    errors, stated, means = [], [], []
    for trial, finds in pairs:
        truth = trial.truths[0]
        if not finds:
            means.append(np.inf)
            continue
        off_frames = compute_errors_frames(finds[0], truth)
        means.append(_compute_mean_absolute(off_frames))
        if means[-1] < FOUND_BELOW_FRAMES:
            errors.append(off_frames)
            own_s = finds[0].errors_s
            stated.append(np.full(off_frames.shape, np.nan) if own_s is None else own_s)
    count = pairs[0][0].truths[0].keyframe_times_s.size
    return Accuracy(
        np.array(errors).reshape(-1, count),
        np.array(stated).reshape(-1, count),
        np.array(means),
    )


def compute_errors_frames(find: Find, truth: Truth) -> FloatArray:
    """Compute how late each keyframe ``(K,)`` is, in 60-fps frames."""
    return (find.keyframe_times_s - truth.keyframe_times_s) * FRAMES_PER_S


def count_matches(finds: Sequence[Find], truths: Sequence[Truth]) -> int:
    """Count truths that have a find of their own, cheap finds first."""
    free = list(truths)
    for find in sorted(finds, key=lambda find: find.cost):
        means = [
            _compute_mean_absolute(compute_errors_frames(find, truth)) for truth in free
        ]
        if means and min(means) < FOUND_BELOW_FRAMES:
            del free[int(np.argmin(means))]
    return len(truths) - len(free)


def compute_f1(match_count: int, find_count: int, truth_count: int) -> float:
    """Compute the harmonic mean of precision and recall; 1 where both counts are 0."""
    total = find_count + truth_count
    return 2.0 * match_count / total if total else 1.0


def compute_auc(present_costs: FloatArray, absent_costs: FloatArray) -> float:
    """Compute how often a present movement costs less than an absent one, ties half."""
    less = (present_costs[:, None] < absent_costs).mean()
    same = (present_costs[:, None] == absent_costs).mean()
    return float(less + same / 2.0)


def _compute_mean_absolute(off_frames: FloatArray) -> float:
    """Compute the mean absolute error of the keyframes that are there; inf = none."""
    is_known = np.isfinite(off_frames)
    return float(np.abs(off_frames[is_known]).mean()) if is_known.any() else np.inf
