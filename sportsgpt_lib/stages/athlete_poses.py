"""Stage ``athlete_poses``: from everybody's keypoints to the athlete's clean poses.

What was repaired, how the camera stood and how far the pose can be trusted go into its
side tables.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from sportsgpt_lib.arrays import FloatArray, IntArray
from sportsgpt_lib.kinematics.camera_geometry import (
    CameraGeometry,
    FilmingFacts,
    estimate_camera_geometry,
)
from sportsgpt_lib.pose.athlete import AthleteChoice, NobodyAtHint, choose_athlete
from sportsgpt_lib.pose.identity import settle_identities
from sportsgpt_lib.pose.persons import Person
from sportsgpt_lib.pose.quality import (
    Measured,
    judge_measures,
    measure_pose,
    measure_swapped_share,
)
from sportsgpt_lib.pose.repair import RepairedPoses, RepairRules, repair_poses
from sportsgpt_lib.pose.repair_audit import LEFT_RIGHT_SWAPPED, IdentityRepair
from sportsgpt_lib.pose.sequence import PoseSequence
from sportsgpt_lib.pose.skeleton import KEYPOINTS
from sportsgpt_lib.stages.contract import Grain, StageInput, StageOutput, Subject
from sportsgpt_lib.stages.pose_audit_rows import (
    build_camera_rows,
    build_quality_rows,
    build_repair_rows,
)
from sportsgpt_lib.stages.pose_rows import (
    person_tracks_from_rows,
    rows_from_pose_sequence,
)
from sportsgpt_lib.stages.pose_verdicts import (
    MIN_SEEN_S,
    barely_seen,
    judge_choice,
    judge_recording,
    nobody_at_hint,
    nobody_there,
)
from sportsgpt_lib.stages.recording_window import cut_to_window, measure_sight
from sportsgpt_lib.stages.slow_motion import compute_slow_motion_factor

CODE_VERSION = "4"


@dataclass(frozen=True)
class _ClipPersons:
    """All that is needed of a clip's rows, so that they can be let go of.

    ``known_frames`` has the columns frame_idx and time_s, one row for each frame in
    which anybody was seen; ``network`` are the columns that name the pose network.
    """

    persons: dict[int, Person]
    repairs: tuple[IdentityRepair, ...]
    known_frames: pl.DataFrame
    network: dict[str, pl.Expr]


@dataclass(frozen=True)
class _Athlete:
    """Who was taken for the athlete, cut to the window, and what is known so far."""

    person: Person
    choice: AthleteChoice
    identity_repairs: tuple[IdentityRepair, ...]
    measured: tuple[Measured, ...]


@dataclass(frozen=True)
class _Frames:
    """All frames from first to last sight; points ``(T, J, 3)``, NaN = not seen.

    ``track_idx`` ``(T,)`` is the track that saw the athlete there, or last did.
    """

    frame_idx: IntArray
    times_s: FloatArray
    points: FloatArray
    track_idx: IntArray


class AthletePosesStage:
    """Chooses the athlete, cuts to the time window, and cleans the poses.

    Parameters
    ----------
    rules
        How poses are cleaned.
    """

    table_name = "athlete_poses"
    side_tables: tuple[str, ...] = ("pose_repairs", "camera_geometry", "pose_quality")
    grain: Grain = "recording"
    reads: tuple[str, ...] = ("pose_tracks", "person_sights")
    code_version = CODE_VERSION

    def __init__(self, rules: RepairRules | None = None) -> None:
        self._rules = rules or RepairRules()

    def fingerprint(self, subject: Subject) -> str:  # noqa: ARG002 - same for all
        """Name the rules of the cleaning."""
        return repr(self._rules)

    def compute(self, stage_input: StageInput) -> StageOutput:
        """Compute the athlete's poses, or say why there are none."""
        subject = stage_input.subject
        sights = stage_input.tables["person_sights"]
        clip = _read_clip(stage_input.tables["pose_tracks"], sights, subject.width_px)
        inside = cut_to_window(clip.persons, subject)
        if not inside:
            return StageOutput(None, nobody_there())
        choice = choose_athlete(
            {idx: person.track for idx, person in inside.items()},
            _hint_px(subject),
            subject.window_start_s,
        )
        if isinstance(choice, NobodyAtHint):
            return StageOutput(None, nobody_at_hint(choice))
        person = inside[choice.person_idx]
        sight = measure_sight(person, subject)
        (share,) = judge_measures({"seen_share": sight.share_ratio})
        measured = (judge_choice(choice, _find_places(inside, subject)), share)
        if sight.seen_s < MIN_SEEN_S or share.verdict == "QUARANTINE":
            quality = build_quality_rows(subject, measured)
            verdict = barely_seen(sight, share)
            return StageOutput(None, verdict, {"pose_quality": quality})
        own_repairs = _find_own_repairs(person, clip.repairs)
        joined = judge_measures({"joined_tracks": float(len(own_repairs))})
        athlete = _Athlete(
            person,
            choice,
            own_repairs,
            (*measured, *joined, *_judge_filming(subject, sights, person)),
        )
        return self._clean(clip, athlete, subject)

    def _clean(
        self, clip: _ClipPersons, athlete: _Athlete, subject: Subject
    ) -> StageOutput:
        frames = _spread_over_frames(clip.known_frames, athlete.person)
        motion_times_s = frames.times_s / compute_slow_motion_factor(subject)
        positions_px, confidence = frames.points[:, :, :2], frames.points[:, :, 2]
        repaired = repair_poses(motion_times_s, positions_px, confidence, self._rules)
        geometry = estimate_camera_geometry(
            motion_times_s, repaired.positions_px, _filming_facts(subject)
        )
        measured = [
            *athlete.measured,
            *_judge_cleaned(motion_times_s, frames.points, repaired),
        ]
        verdict = judge_recording(measured)
        side_rows = {
            "pose_repairs": build_repair_rows(
                subject,
                frames.frame_idx,
                frames.times_s,
                athlete.identity_repairs,
                repaired.repairs,
            ),
            "camera_geometry": build_camera_rows(subject, geometry),
            "pose_quality": build_quality_rows(subject, measured),
        }
        if not verdict.lets_go_on:
            return StageOutput(None, verdict, side_rows)
        poses = _build_pose_rows(frames, repaired, geometry, subject)
        return StageOutput(poses.with_columns(**clip.network), verdict, side_rows)


def _read_clip(rows: pl.DataFrame, sights: pl.DataFrame, width_px: int) -> _ClipPersons:
    tracks = person_tracks_from_rows(rows, sights)
    persons, repairs = settle_identities(tracks, width_px)
    network = rows.select("pose_model", "pose_weights_sha256").row(0, named=True)
    return _ClipPersons(
        persons,
        repairs,
        rows.select("frame_idx", "time_s").unique("frame_idx").sort("frame_idx"),
        {name: pl.lit(word) for name, word in network.items()},
    )


def _hint_px(subject: Subject) -> tuple[float, float] | None:
    if subject.athlete_hint is None:
        return None
    x_ratio, y_ratio = subject.athlete_hint
    return x_ratio * subject.width_px, y_ratio * subject.height_px


def _find_places(
    persons: Mapping[int, Person], subject: Subject
) -> dict[int, tuple[float, float]]:
    """Find where everybody's hips were at first sight, as shares of the picture."""
    size_px = np.array([subject.width_px, subject.height_px])
    shares = {idx: person.hip_px(0) / size_px for idx, person in persons.items()}
    return {
        idx: (float(x), float(y))
        for idx, (x, y) in shares.items()
        if np.isfinite(x + y)
    }


def _find_own_repairs(
    person: Person, repairs: Sequence[IdentityRepair]
) -> tuple[IdentityRepair, ...]:
    """Find the decisions about any track and time that the person is made of."""
    own = set(person.track_idx.tolist())
    first, last = int(person.track.frame_idx[0]), int(person.track.frame_idx[-1])
    return tuple(
        repair
        for repair in repairs
        if own & set(repair.track_idxs)
        and repair.first_frame_idx <= last
        and repair.last_frame_idx >= first
    )


def _judge_filming(
    subject: Subject, sights: pl.DataFrame, person: Person
) -> tuple[Measured, ...]:
    """Judge what the camera decides: its rate, and light and focus on the athlete."""
    own = sights.filter(
        pl.col("person_idx").is_in(np.unique(person.track_idx).tolist())
        & pl.col("frame_idx").is_in(person.track.frame_idx.tolist())
    )
    return judge_measures(
        {
            "frame_rate": subject.capture_rate_hz or subject.frame_rate_hz,
            "brightness": _median(own["brightness_ratio"]),
            "clipped_share": _median(own["clipped_ratio"]),
            "sharpness": _median(own["sharpness_ratio"]),
        }
    )


def _median(values: pl.Series) -> float:
    median = values.drop_nans().drop_nulls().median()
    return float("nan") if median is None else float(median)  # type: ignore[arg-type]


def _judge_cleaned(
    motion_times_s: FloatArray, points: FloatArray, repaired: RepairedPoses
) -> tuple[Measured, ...]:
    is_filled = np.array(
        [[word.endswith("filled") for word in words] for words in repaired.repair],
        dtype=np.float64,
    )
    swapped_frames = np.array(
        [
            frame
            for repair in repaired.repairs
            if repair.rule == LEFT_RIGHT_SWAPPED
            for frame in range(repair.first_frame, repair.last_frame + 1)
        ],
        dtype=np.int64,
    )
    return judge_measures(
        {
            **measure_pose(motion_times_s, points, repaired.positions_px, is_filled),
            "swapped_share": measure_swapped_share(motion_times_s.size, swapped_frames),
        }
    )


def _spread_over_frames(known: pl.DataFrame, person: Person) -> _Frames:
    """Give every frame from first to last sight a place; unseen ones are NaN.

    Frames in which nobody at all was seen have no time stamp in the table; theirs is
    interpolated between their neighbours'.
    """
    seen = person.track.frame_idx
    frame_idx = np.arange(seen[0], seen[-1] + 1)
    times_s = np.interp(
        frame_idx, known["frame_idx"].to_numpy(), known["time_s"].to_numpy()
    )
    points = np.full((frame_idx.size, len(KEYPOINTS), 3), [np.nan, np.nan, 0.0])
    points[seen - frame_idx[0]] = person.track.points
    last_seen = np.searchsorted(seen, frame_idx, side="right") - 1
    return _Frames(frame_idx, times_s, points, person.track_idx[last_seen])


def _filming_facts(subject: Subject) -> FilmingFacts:
    return FilmingFacts(
        width_px=subject.width_px,
        height_px=subject.height_px,
        camera_view=subject.camera_view,
        athlete_height_m=subject.athlete_height_m,
        calibration=subject.calibration,
    )


def _build_pose_rows(
    frames: _Frames,
    repaired: RepairedPoses,
    geometry: CameraGeometry,
    subject: Subject,
) -> pl.DataFrame:
    sequence = PoseSequence(
        times_s=frames.times_s,
        positions_px=repaired.positions_px,
        confidence=repaired.confidence,
        positions_m=geometry.to_metres(repaired.positions_px),
        width_px=subject.width_px,
        height_px=subject.height_px,
    )
    own = {"recording_id": subject.recording_id, "clip_sha256": subject.clip_sha256}
    return rows_from_pose_sequence(
        sequence, frames.frame_idx, repaired.repair.tolist(), own
    ).with_columns(person_idx=np.repeat(frames.track_idx, len(KEYPOINTS)))
