"""Hand-made rows of one session, as the table contract wants them."""

import json
from collections.abc import Mapping
from datetime import date
from pathlib import PurePosixPath
from typing import Any

import polars as pl

from sportsgpt_lib.guidance.report import (
    Citation,
    Dose,
    DroppedSentence,
    Fact,
    FindingSection,
    GuidanceReport,
    NotJudged,
    Picture,
    PlanItem,
    Sentence,
    SourceEntry,
    Versions,
    WriterInfo,
)
from sportsgpt_lib.reporting.figures import PageFrame, PagePicture
from sportsgpt_lib.reporting.page_rows import PageRows
from sportsgpt_lib.reporting.pose_trust import AuditPicture, PoseAudit, TrustMaterial
from sportsgpt_lib.reporting.session_page import SessionPageData
from sportsgpt_lib.sports.loader import load_movement
from sportsgpt_lib.storage.rows import conform_rows, find_table

TEAM = "team-fjord"
DAY = date(2026, 1, 15)
ATHLETE = "walker-a"
RECORDING = "0f3a9c52d1b7e846"
CLIP = "d9a66417185647b112304b57093f0c180f37a768e6a14daca75ca541f3b78039"
_MADE = {
    "recording_id": RECORDING,
    "clip_sha256": CLIP,
    "athlete_id": ATHLETE,
    "movement": "walking_stride",
    "movement_sha256": "ab" * 32,
    "pose_model": "mediapipe-pose-full",
    "pose_weights_sha256": "cd" * 32,
}
_PARTITION = {"team_id": TEAM, "session_day": DAY, "code_version": "1"}
# A grey square, the smallest picture that a browser accepts as JPEG.
_JPEG = bytes.fromhex(
    "ffd8ffe000104a46494600010100000100010000ffdb004300080606070605080707070909080a0c14"
    "0d0c0b0b0c1912130f141d1a1f1e1d1a1c1c20242e2720222c231c1c2837292c30313434341f27393d"
    "38323c2e333432ffc0000b080001000101011100ffc4001f0000010501010101010100000000000000"
    "000102030405060708090a0bffc400b5100002010303020403050504040000017d0102030004110512"
    "2131410613516107227114328191a1082342b1c11552d1f02433627282090a161718191a2526272829"
    "2a3435363738393a434445464748494a535455565758595a636465666768696a737475767778797a83"
    "8485868788898a92939495969798999aa2a3a4a5a6a7a8a9aab2b3b4b5b6b7b8b9bac2c3c4c5c6c7c8"
    "c9cad2d3d4d5d6d7d8d9dae1e2e3e4e5e6e7e8e9eaf1f2f3f4f5f6f7f8f9faffda0008010100003f00"
    "fbd2ffd9"
)


def metric(
    indicator: str,
    name: str,
    repetition_idx: int,
    value: float | None,
    **changes: Any,
) -> dict[str, Any]:
    is_measured = value is not None
    row = {
        **_MADE,
        "repetition_idx": repetition_idx,
        "indicator": indicator,
        "indicator_name": name,
        "value": value,
        "unit": "deg",
        "error": 3.0 if is_measured else None,
        "target_low": None,
        "target_high": None,
        "deviation": 0.0 if is_measured else None,
        "validity": "valid" if is_measured else "not_measurable",
        "reason": None,
        "keyframe_time_s": 2.5 + repetition_idx if is_measured else None,
    }
    return {**row, **changes}


def verdict(word: str, clip_file: str, **changes: Any) -> dict[str, Any]:
    row = {
        "clip_file": clip_file,
        "subject_id": clip_file,
        "athlete_id": None,
        "stage": "recordings",
        "verdict": word,
        "reason_code": None,
        "reason": None,
        "fix": None,
    }
    return {**row, **changes}


def build_recording(**changes: Any) -> dict[str, Any]:
    row = {
        "recording_id": RECORDING,
        "clip_sha256": CLIP,
        "clip_file": "morning/walk 01.mp4",
        "athlete_id": ATHLETE,
        "movement": "walking_stride",
        "camera_view": "sagittal",
        "role": "athlete",
        "lawful_basis": "contract",
        "athlete_height_m": None,
        "window_start_s": 0.0,
        "window_end_s": None,
        "athlete_hint_x_ratio": None,
        "athlete_hint_y_ratio": None,
        "codec": "vp9",
        "width_px": 1768,
        "height_px": 994,
        "rotation_deg": 0,
        "frame_rate_hz": 30.0,
        "has_variable_frame_rate": False,
        "is_interlaced": False,
        "is_hdr": False,
        "camera_id": None,
        "calibration": None,
        "capture_rate_hz": None,
        "frame_count": 230,
        "duration_s": 7.63,
        "verdict": "PASS",
        "reason_code": None,
    }
    return {**row, **changes}


def _build_metrics() -> list[dict[str, Any]]:
    landing = {"target_low": 0.0, "target_high": 10.0}
    swing = {"target_low": 55.0, "target_high": 70.0}
    lean = {"target_low": -3.0, "target_high": 8.0}
    rows = []
    for repetition_idx, (knee, swing_knee, trunk) in enumerate(
        [(4.2, 46.1, 3.1), (5.9, 49.8, 2.4), (3.0, 44.2, 4.0)]
    ):
        rows += [
            metric(
                "knee_flexion_at_foot_strike",
                "Knee flexion at foot strike",
                repetition_idx,
                knee,
                **landing,
            ),
            metric(
                "swing_knee_flexion",
                "Greatest knee flexion in swing",
                repetition_idx,
                swing_knee,
                deviation=-1.4,
                **swing,
            ),
            metric(
                "trunk_lean_mean",
                "Mean lean of the trunk",
                repetition_idx,
                trunk,
                validity="limited",
                reason="lens flare hides the shoulders in some frames",
                **lean,
            ),
            metric(
                "arm_swing_range",
                "Range of the arm swing",
                repetition_idx,
                None,
                reason="the far arm was hidden by the trunk",
                target_low=25.0,
            ),
        ]
    return rows


def _build_findings() -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = []
    for repetition_idx, probability in enumerate([0.86, 0.64, 0.91]):
        shared = {**_MADE, "repetition_idx": repetition_idx, "dimension": "legs_knees"}
        rows += [
            {
                **shared,
                "issue": "stiff_swing_knee",
                "issue_name": "The knee stays stiff in swing",
                "probability_ratio": probability,
                "severity_ratio": 0.48,
                "rank": 1,
                "is_reported": True,
                "evidence": json.dumps(
                    [
                        {"indicator": "swing_knee_flexion", "contribution_ratio": 0.8},
                        {"indicator": "trunk_lean_mean", "contribution_ratio": 0.2},
                    ]
                ),
            },
            {
                **shared,
                "issue": "overstriding",
                "issue_name": "Overstriding",
                "probability_ratio": 0.08,
                "severity_ratio": 0.05,
                "rank": 2,
                "is_reported": False,
                "evidence": "[]",
            },
        ]
    return rows


def _build_scores() -> list[dict[str, Any]]:
    dimensions = json.dumps(
        [
            {
                "dimension": "legs_knees",
                "is_seen": True,
                "score_points": 6.1,
                "strengths": ["Knee flexion at foot strike 4.2 ± 3.0 deg, on target."],
                "weaknesses": ["The knee bends 46.1 ± 3.0 deg in swing."],
            },
            {
                "dimension": "torso_core",
                "is_seen": True,
                "score_points": 9.4,
                "strengths": [],
                "weaknesses": [],
                "note": "Seen in part. Mean lean of the trunk: lens flare.",
            },
        ]
    )
    return [
        {
            **_MADE,
            "repetition_idx": repetition_idx,
            "score_points": points,
            "score_error_points": None if points is None else 0.6,
            "measured_ratio": 0.75,
            "dimensions": dimensions,
            "summary": "Walking stride: the knee bends too little in swing.",
        }
        for repetition_idx, points in enumerate([7.4, 7.9, None])
    ]


def _build_keyframes() -> list[dict[str, Any]]:
    return [
        {
            **_MADE,
            "repetition_idx": repetition_idx,
            "keyframe": "foot_strike",
            "side": "left" if repetition_idx % 2 == 0 else "right",
            "time_s": 2.5 + repetition_idx,
            "time_error_s": 0.012,
            "method": "both",
            "event_offset_s": 0.01,
            "event_offset_error_s": 0.02,
            "alignment_cost": 0.31,
            "reference_id": "normative_walk",
            "reference_version": 1,
            "reference_sha256": "ef" * 32,
            "vote_count": 3,
            "is_mirrored": False,
            "speed_ratio": 0.9,
        }
        for repetition_idx in range(3)
    ]


def build_report(**changes: Any) -> GuidanceReport:
    shot = Picture(
        recording_id=RECORDING,
        repetition_idx=0,
        indicator="swing_knee_flexion",
        time_s=2.5,
    )
    about = {
        "movement": "walking_stride",
        "recording_id": RECORDING,
        "repetition_no": 1,
    }
    facts = (
        Fact(
            id="C1",
            kind="count",
            label="Repetitions with a stiff knee",
            unit="repetitions",
            value=3.0,
            total=3,
            movement="walking_stride",
            issue="stiff_swing_knee",
        ),
        Fact(
            id="S1",
            kind="score",
            label="Technique score",
            unit="points",
            value=7.4,
            error=0.6,
            total=10,
            **about,
        ),
        Fact(
            id="M1",
            kind="metric",
            label="Greatest knee flexion in swing",
            unit="deg",
            value=46.1,
            error=3.0,
            target_low=55.0,
            target_high=70.0,
            detectable_change=8.3,
            wanted_change=8.9,
            indicator="swing_knee_flexion",
            picture=shot,
            **about,
        ),
        Fact(
            id="M2",
            kind="metric",
            label="Knee flexion at foot strike",
            unit="deg",
            value=4.2,
            error=3.0,
            target_low=0.0,
            target_high=10.0,
            indicator="knee_flexion_at_foot_strike",
            **about,
        ),
    )
    sources = tuple(
        SourceEntry(
            passage=name,
            title=title,
            source_id="technique-cards",
            source_title="Starter technique cards",
            licence="Apache-2.0",
            trust_level="own",
            evidence_level="textbook",
            citations=(
                Citation(
                    key="perry_2010",
                    text="Perry J, Burnfield JM (2010). Gait Analysis, 2nd ed. SLACK.",
                    isbn="978-1-55642-766-4",
                ),
            ),
        )
        for name, title in (
            ("card-stiff-knee", "Stiff knee in swing"),
            ("card-marching", "Marching with a high knee"),
        )
    )
    content: dict[str, Any] = {
        "team_id": TEAM,
        "session_day": DAY,
        "athlete_id": ATHLETE,
        "movements": ("walking_stride",),
        "summary": (
            Sentence(
                text="3 repetitions of walking stride were judged.", facts=("C1",)
            ),
            Sentence(
                text="The middle one of them scored 7.4 ± 0.6 points out of 10.",
                facts=("S1",),
            ),
            Sentence(
                text="The first thing to work on is the stiff knee in swing.",
                facts=("C1",),
                passages=("card-stiff-knee",),
            ),
        ),
        "strengths": (
            Sentence(
                text="Knee flexion at foot strike was on target: 4.2 ± 3.0 deg.",
                facts=("M2",),
            ),
        ),
        "findings": (
            FindingSection(
                issue="stiff_swing_knee",
                issue_name="The knee stays stiff in swing",
                movement="walking_stride",
                dimension="legs_knees",
                probability_ratio=0.91,
                severity_ratio=0.48,
                pattern="habit",
                shown_count=3,
                repetition_count=3,
                shown_low_ratio=0.44,
                shown_high_ratio=1.0,
                side_pattern=None,
                seen=(
                    Sentence(
                        text="Greatest knee flexion in swing was 46.1 ± 3.0 deg in "
                        "repetition 1; the target is 55.0 to 70.0 deg.",
                        facts=("M1",),
                    ),
                ),
                why=(
                    Sentence(
                        text="The foot clears the floor by less.",
                        passages=("card-stiff-knee",),
                    ),
                ),
                cause=(
                    Sentence(
                        text="Hip flexors pull the thigh forward too slowly.",
                        passages=("card-stiff-knee",),
                    ),
                ),
                facts=("M1",),
                picture=shot,
                is_answered=True,
            ),
        ),
        "plan": (
            PlanItem(
                exercise="Marching with a high knee",
                passage="card-marching",
                issues=("stiff_swing_knee",),
                how=(
                    Sentence(
                        text="Walk slowly; lift each knee to the height of the hip.",
                        passages=("card-marching",),
                    ),
                ),
                dose=Dose(
                    sets=3,
                    repetitions=10,
                    load="body weight",
                    rest_s=60,
                    sessions_per_week=3,
                    weeks=4,
                ),
                progression=(
                    Sentence(
                        text="Week 3: add a light ankle weight.",
                        passages=("card-marching",),
                    ),
                ),
                cue=(
                    Sentence(text="Knee up, heel under.", passages=("card-marching",)),
                ),
                contraindications=(
                    Sentence(
                        text="Not with pain at the front of the hip.",
                        passages=("card-marching",),
                    ),
                ),
                age_limits=(),
                success=(
                    Sentence(
                        text="Greatest knee flexion in swing should change by 8.9 deg.",
                        facts=("M1",),
                    ),
                ),
            ),
        ),
        "plan_note": None,
        "movement_names": {"walking_stride": "Walking stride"},
        "not_judged": (
            NotJudged(
                what="Range of the arm swing",
                reason="the far arm was hidden by the trunk",
                movement="walking_stride",
            ),
        ),
        "facts": facts,
        "sources": sources,
        "dropped": (
            DroppedSentence(
                section="findings",
                text="The knee bends 12 deg less than last week.",
                reason="no fact has this number",
            ),
        ),
        "writer": WriterInfo(name="deterministic"),
        "versions": Versions(
            knowledge_version="ef" * 32,
            embedding_model="all-MiniLM-L6-v2",
            movement_sha256={"walking_stride": "ab" * 32},
            pose_models=("mediapipe-pose-full",),
        ),
    }
    return GuidanceReport.model_validate({**content, **changes})


def build_guidance_row(report: GuidanceReport) -> dict[str, Any]:
    return {
        "athlete_id": report.athlete_id,
        "report_id": report.report_id,
        "report": report.to_json(),
        "writer": "deterministic",
        "prompt_version": None,
        "knowledge_version": report.versions.knowledge_version,
        "embedding_model": report.versions.embedding_model,
        "finding_count": len(report.findings),
        "citation_count": len(report.sources),
        "dropped_count": len(report.dropped),
        "is_verified": True,
    }


def _build_verdicts() -> list[dict[str, Any]]:
    return [
        verdict(
            "PASS", "morning/walk 01.mp4", subject_id=RECORDING, athlete_id=ATHLETE
        ),
        verdict(
            "WARN",
            "morning/walk 01.mp4",
            subject_id=RECORDING,
            athlete_id=ATHLETE,
            stage="athlete_poses",
            reason_code="low_confidence",
            reason="The shoulders were seen with low confidence in 31 % of the frames.",
            fix="Film with the sun behind the camera.",
        ),
        verdict(
            "REJECT",
            "empty.mp4",
            reason_code="empty_file",
            reason="The file is empty.",
            fix="Copy the file from the camera again.",
        ),
        verdict(
            "QUARANTINE",
            "evening/nobody.mp4",
            stage="pose_tracks",
            reason_code="no_person",
            reason="Nobody was found in any frame.",
            fix="Look at the clip; take it out of the session if it shows nobody.",
        ),
    ]


def table(name: str, rows: list[dict[str, Any]]) -> pl.DataFrame:
    """Build rows of a table; what may be null and is not given is null."""
    frame = pl.DataFrame(rows, infer_schema_length=None).with_columns(
        pl.lit(value).alias(column) for column, value in _PARTITION.items()
    )
    left_out = [
        pl.lit(None).alias(column.name)
        for column in find_table(name).columns
        if column.nullable and column.name not in frame.columns
    ]
    return conform_rows(name, frame.with_columns(left_out))


def build_tables() -> dict[str, pl.DataFrame]:
    return {
        "recordings": table("recordings", [build_recording()]),
        "quality_verdicts": table("quality_verdicts", _build_verdicts()),
        "keyframes": table("keyframes", _build_keyframes()),
        "kismam_metrics": table("kismam_metrics", _build_metrics()),
        "findings": table("findings", _build_findings()),
        "technique_scores": table("technique_scores", _build_scores()),
        "guidance_reports": table(
            "guidance_reports", [build_guidance_row(build_report())]
        ),
    }


def repair(rule: str, repair_idx: int, **changes: Any) -> dict[str, Any]:
    row = {
        "recording_id": RECORDING,
        "clip_sha256": CLIP,
        "repair_idx": repair_idx,
        "rule": rule,
        "keypoint": "left_knee",
        "first_frame_idx": 10,
        "last_frame_idx": 14,
        "start_time_s": 0.4,
        "end_time_s": 0.6,
        "confidence_ratio": 0.8,
        "before_x_px": None,
        "before_y_px": None,
        "after_x_px": None,
        "after_y_px": None,
        "cutoff_hz": None,
        "reason": None,
    }
    return {**row, **changes}


def measure(name: str, value: float | None, **changes: Any) -> dict[str, Any]:
    row = {
        "recording_id": RECORDING,
        "clip_sha256": CLIP,
        "measure": name,
        "measure_name": name.replace("_", " ").capitalize(),
        "value": value,
        "unit": "ratio",
        "warn_limit": None,
        "stop_limit": None,
        "verdict": "PASS",
        "reason_code": None,
        "reason": None,
        "fix": None,
    }
    return {**row, **changes}


def build_geometry(**changes: Any) -> dict[str, Any]:
    row = {
        "recording_id": RECORDING,
        "clip_sha256": CLIP,
        "scale_method": "athlete_height",
        "scale_m_per_px": 0.0046,
        "scale_error_ratio": 0.03,
        "scale_reason": None,
        "stature_px": 370.0,
        "floor_level_px": 900.0,
        "floor_slope_deg": -0.8,
        "floor_error_px": 3.2,
        "roll_method": "floor_line",
        "camera_roll_deg": -0.8,
        "camera_roll_error_deg": 0.4,
    }
    return {**row, **changes}


def build_trust(**changes: Any) -> TrustMaterial:
    rows = {
        "quality_verdicts": _build_verdicts(),
        "pose_quality": [
            measure("athlete_margin", 0.62, unit="body_heights", warn_limit=0.3),
            measure(
                "swapped_share",
                0.06,
                warn_limit=0.05,
                stop_limit=0.35,
                verdict="WARN",
                reason_code="sides_swapped",
                reason="left and right were exchanged in 6 % of the frames",
                fix="film with more light",
            ),
            measure("sharpness", None),
        ],
        "pose_repairs": [
            repair("gap_filled", 0),
            repair("gap_filled", 1, first_frame_idx=13, last_frame_idx=20),
            repair("gap_filled", 2, keypoint="right_hip", confidence_ratio=0.55),
            repair("left_right_swapped", 3, keypoint="all"),
        ],
        "camera_geometry": [build_geometry()],
    }
    sheet = PurePosixPath(f"sheet-{RECORDING}.jpg")
    content: dict[str, Any] = {
        "rows": PageRows(
            {n: table(n, part) for n, part in {**rows, **changes}.items()}
        ),
        "audits": {
            RECORDING: PoseAudit(
                AuditPicture(sheet, "Contact sheet: walk", 1296, 800),
                (AuditPicture(PurePosixPath("plot.png"), "Knees over time", 825, 403),),
            )
        },
        "people": {CLIP: 2},
        "taken": {RECORDING: (1,)},
    }
    return TrustMaterial(**content)


def build_page_data(
    tables: Mapping[str, pl.DataFrame] | None = None, **changes: Any
) -> SessionPageData:
    content: dict[str, Any] = {
        "team_id": TEAM,
        "session_day": DAY,
        "tables": build_tables() if tables is None else tables,
        "completed_count": 1,
        "handed_in_count": 3,
        "pictures": [
            PagePicture(
                recording_id=RECORDING,
                repetition_idx=0,
                indicator=indicator,
                caption=f"{words}, repetition 1, at 2.50 s",
                frames=(PageFrame(_JPEG, 1, 1, f"{words}, repetition 1, at 2.50 s"),),
            )
            for indicator, words in (
                ("swing_knee_flexion", "Greatest knee flexion in swing 46.1 ± 3.0°"),
                ("trunk_lean_mean", "Mean lean of the trunk 3.1 ± 3.0°"),
            )
        ],
        "overlays": {CLIP: "media/overlay walk.mp4"},
        "movements": {"walking_stride": load_movement("walking_stride")},
    }
    return SessionPageData(**{**content, **changes})
