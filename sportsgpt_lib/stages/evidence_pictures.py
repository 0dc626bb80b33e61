"""Which indicators of a clip get a picture, and what it shows, from rows.

What a picture shows is decided in ``reporting/evidence_plan.py``; drawing is in
``reporting``. Every reported finding has one, of the repetition that shows it most, and
so has every measured value that a guidance report speaks of.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl

from sportsgpt_lib.errors import ReportVersionError
from sportsgpt_lib.guidance.report import Fact
from sportsgpt_lib.guidance.report_versions import read_report
from sportsgpt_lib.kinematics.body_scale import estimate_stature_px, find_facing
from sportsgpt_lib.kismam.far_leg import find_far_side
from sportsgpt_lib.kismam.repetition import KeyframeTime, Repetition, find_own_side
from sportsgpt_lib.kismam.signals import Signal
from sportsgpt_lib.pose.sequence import PoseSequence
from sportsgpt_lib.reporting.distance_marks import PictureScale
from sportsgpt_lib.reporting.evidence_figures import draw_charts, draw_panels
from sportsgpt_lib.reporting.evidence_material import (
    EvidenceMaterial,
    Measurement,
    ModelMotion,
)
from sportsgpt_lib.reporting.evidence_plan import plan_evidence
from sportsgpt_lib.reporting.evidence_shots import TRAVEL_DIRECTION
from sportsgpt_lib.reporting.evidence_words import (
    describe_shot,
    write_note,
    write_shot_lines,
)
from sportsgpt_lib.reporting.figures import PageFrame, PagePicture
from sportsgpt_lib.reporting.page_rows import (
    MetricKey,
    group_rows,
    metric_key,
    parse_json,
)
from sportsgpt_lib.reporting.pictures import KeyframePicture, PictureRequest, say_frame
from sportsgpt_lib.reporting.target_bar import Target
from sportsgpt_lib.sports.definition import Movement
from sportsgpt_lib.sports.loader import load_movement
from sportsgpt_lib.sports.quantities import OPPOSITE_SIDES, Side, to_rule_name
from sportsgpt_lib.stages.slow_motion import SAME_RATE_RATIO
from sportsgpt_lib.target_models.library import ReferenceLibrary
from sportsgpt_lib.target_models.reference import Reference
from sportsgpt_lib.target_models.reference_motion import to_reference_motion

Row = Mapping[str, Any]
Tables = Mapping[str, pl.DataFrame]
# Chosen: a finding's strongest indicators; the others are rows in its table.
INDICATORS_A_FINDING = 2


@dataclass(frozen=True)
class EvidencePicture:
    """One indicator of one repetition that gets a picture."""

    metric: Row
    recording: Row
    repetition: str
    material: EvidenceMaterial

    def list_requests(self) -> list[PictureRequest]:
        """List the frames that are wanted of the clip."""
        material = self.material
        value = self.metric["value"]
        return [
            PictureRequest(
                self._name(place),
                material.poses,
                material.clip_time_s(shot),
                write_shot_lines(material, place),
                shot.quantities,
                material.scale,
                value if TRAVEL_DIRECTION in shot.quantities else None,
            )
            for place, shot in enumerate(material.plan.shots)
        ]

    def build(self, made: Mapping[str, KeyframePicture]) -> PagePicture | None:
        """Build what stands on the page; None where not a single frame could be drawn.

        Parameters
        ----------
        made
            The frames by the keys of their requests.
        """
        material, frames = self.material, []
        for place, shot in enumerate(material.plan.shots):
            picture = made.get(self._name(place))
            if picture is not None:
                away = say_frame(picture.frame_time_s, material.clip_time_s(shot))
                words = (
                    f"{self.caption}. {describe_shot(material, place)} Shown: {away}."
                )
                size = picture.width_px, picture.height_px
                frames.append(PageFrame(picture.jpeg, *size, words))
        if not frames:
            return None
        return PagePicture(
            *metric_key(self.metric),
            self.caption,
            tuple(frames),
            draw_panels(material),
            draw_charts(material),
            write_note(material),
        )

    @property
    def caption(self) -> str:
        """Which value of whom, with clip and repetition."""
        measurement = self.material.measurement
        where = f"{self.recording['clip_file']}, repetition {self.repetition}"
        parts = [measurement.measured, measurement.wanted, where]
        return f"{measurement.title}. {'. '.join(parts)}"

    def _name(self, place: int) -> str:
        return "-".join(map(str, (*metric_key(self.metric), place)))


def list_wanted(tables: Tables) -> set[MetricKey]:
    """List the metrics of a partition that get a picture."""
    wanted = {
        (fact.picture.recording_id, fact.picture.repetition_idx, fact.picture.indicator)
        for text in tables["guidance_reports"]["report"]
        for fact in _read_facts(text)
        if fact.picture is not None
    }
    findings = tables.get("findings")
    reported: list[Row] = []
    if findings is not None:
        reported += findings.filter("is_reported").to_dicts()
    issues = group_rows(
        reported, lambda row: (row["athlete_id"], row["movement"], row["issue"])
    )
    for rows in issues.values():
        worst = max(
            rows, key=lambda row: row["probability_ratio"] * row["severity_ratio"]
        )
        wanted |= {
            (worst["recording_id"], worst["repetition_idx"], part["indicator"])
            for part in parse_json(worst["evidence"])[:INDICATORS_A_FINDING]
        }
    return wanted


def _read_facts(report: str) -> tuple[Fact, ...]:
    """Read a report's facts; none where it cannot be read, which the page says."""
    try:
        return read_report(report).facts
    except ReportVersionError:
        return ()


def plan_pictures(
    recording: Row,
    poses: PoseSequence,
    tables: Tables,
    wanted: set[MetricKey],
    library: ReferenceLibrary,
) -> Iterator[EvidencePicture]:
    """Plan the pictures of one recording; what was not measured gets none.

    Parameters
    ----------
    recording
        Its row of ``recordings``.
    poses
        The athlete's poses, at times of the clip.
    tables
        ``kismam_metrics``, ``keyframes``, ``joint_kinematics`` and ``camera_geometry``.
    wanted
        The metrics that get a picture.
    library
        Where the target models are.
    """
    own = pl.col("recording_id") == recording["recording_id"]
    metrics = [
        row
        for row in tables["kismam_metrics"].filter(own).to_dicts()
        if metric_key(row) in wanted and row["value"] is not None
    ]
    if not metrics:
        return
    movement = load_movement(recording["movement"])
    stretch = _find_stretch(recording)
    signals = _build_signals(tables["joint_kinematics"].filter(own), stretch)
    scale = _find_scale(poses, tables["camera_geometry"].filter(own).to_dicts())
    keyframes = tables["keyframes"].filter(own)
    models = {one.reference_id: one for one in library.load(movement)}
    for metric in metrics:
        rows = keyframes.filter(
            pl.col("repetition_idx") == metric["repetition_idx"]
        ).to_dicts()
        repetition = _build_repetition(movement, rows, signals, stretch, poses)
        indicator = next(
            part for part in movement.indicators if part.name == metric["indicator"]
        )
        plan = plan_evidence(indicator, movement, repetition)
        if plan is None:
            continue
        model = models.get(rows[0]["reference_id"])
        side = repetition.own_side
        yield EvidencePicture(
            metric,
            recording,
            str(metric["repetition_idx"] + 1)
            + ("" if side == "both" else f" · {side}"),
            EvidenceMaterial(
                indicator,
                movement,
                _build_measurement(metric),
                plan,
                poses,
                scale,
                stretch,
                None if model is None else build_model_motion(model, side),
            ),
        )


def build_model_motion(reference: Reference, side: Side) -> ModelMotion:
    """Build a target model's motion for the side of an athlete's repetition."""
    own: Side = "left" if reference.is_cyclic and side == "both" else side
    names = (
        [f"{{side}}_{name}" for name in reference.quantities]
        if reference.is_cyclic
        else [to_rule_name(name) for name in reference.quantities]
    )
    motion = to_reference_motion(reference, own, dict.fromkeys(names, 1.0))
    return ModelMotion(
        reference.versioned_id,
        Repetition(
            own,
            {
                (mark.name, OPPOSITE_SIDES[own] if mark.leg == "other" else own): (
                    KeyframeTime(mark.time_s, mark.spread_s)
                )
                for mark in motion.keyframes
            },
            {
                name: Signal(motion.motion.times_s, motion.motion.angles_deg[:, column])
                for column, name in enumerate(motion.motion.names)
            },
        ),
    )


def _find_stretch(recording: Row) -> float:
    """Find seconds of the clip per second of the movement."""
    if recording["capture_rate_hz"] is None:
        return 1.0
    factor = float(recording["capture_rate_hz"] / recording["frame_rate_hz"])
    return factor if factor > SAME_RATE_RATIO else 1.0


def _build_signals(rows: pl.DataFrame, stretch: float) -> dict[str, Signal]:
    return {
        str(part["quantity"][0]): Signal(
            part["time_s"].to_numpy().astype(np.float64) / stretch,
            part["value"].cast(pl.Float64).fill_null(np.nan).to_numpy(),
        )
        for part in rows.sort("frame_idx").partition_by("quantity")
    }


def _build_repetition(
    movement: Movement,
    rows: Sequence[Row],
    signals: Mapping[str, Signal],
    stretch: float,
    poses: PoseSequence,
) -> Repetition:
    keyframes = {
        (row["keyframe"], row["side"]): KeyframeTime(
            row["time_s"] / stretch, row["time_error_s"] / stretch
        )
        for row in rows
    }
    far_side = find_far_side(poses.positions_px)
    return Repetition(find_own_side(movement, keyframes), keyframes, signals, far_side)


def _build_measurement(metric: Row) -> Measurement:
    return Measurement(
        metric["indicator_name"],
        metric["value"],
        metric["error"],
        metric["unit"],
        Target(metric["target_low"], metric["target_high"], metric["unit"]),
    )


def _find_scale(poses: PoseSequence, geometry: Sequence[Row]) -> PictureScale:
    stature_px = estimate_stature_px(poses.positions_px)
    facing = find_facing(poses.positions_px, stature_px)
    camera = geometry[0] if geometry else {}
    level_px = camera.get("floor_level_px")
    slope = float(np.tan(np.radians(camera.get("floor_slope_deg") or 0.0)))
    return PictureScale(
        facing.sign,
        stature_px,
        camera.get("camera_roll_deg") or 0.0,
        None if level_px is None else (float(level_px), slope),
    )
