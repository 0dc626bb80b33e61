"""One small season on both engines, small enough to know every answer by heart."""

import json
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import duckdb
import polars as pl
import psycopg
import pytest

from sportsgpt_lib.feedback.answers import CoachAnswer
from sportsgpt_lib.feedback.store import FeedbackStore
from sportsgpt_lib.storage.duckdb_marts import DuckDbMarts
from sportsgpt_lib.storage.lake import Lake
from sportsgpt_lib.storage.partition import PartitionKey
from sportsgpt_lib.storage.postgres_marts import PostgresMarts
from sportsgpt_lib.storage.rows import conform_rows
from sportsgpt_lib.storage.tables import TABLES_BY_NAME

TEAM = "sql-blue"
DAYS = (date(2026, 1, 15), date(2026, 1, 22))
_REPORT_IDS = {day: f"{number:016x}" for number, day in enumerate(DAYS)}
_REPORT = json.dumps(
    {
        "findings": [
            {
                "movement": "walking_stride",
                "issue": "stiff_knee",
                "issue_name": "Stiff knee",
            }
        ],
        "plan": [{"passage": "card-march", "exercise": "Marching"}],
        "facts": [
            {
                "id": "C1",
                "kind": "count",
                "label": "Repetitions with Stiff knee",
                "unit": "repetitions",
                "value": 1.0,
            },
            {
                "id": "M1",
                "kind": "metric",
                "label": "Knee flexion",
                "unit": "deg",
                "value": 40.0,
                "recording_id": "ann-1",
                "repetition_no": 1,
                "indicator": "knee",
            },
        ],
    }
)
_FILL: dict[str, Any] = {
    "text": "x",
    "integer": 1,
    "real": 0.5,
    "boolean": True,
    "json": "[]",
}


def _complete(table: str, day: date, rows: list[dict[str, Any]]) -> pl.DataFrame:
    """Fill the columns a row does not state; nullable ones stay null."""
    columns = TABLES_BY_NAME[table].columns
    return conform_rows(
        table,
        pl.DataFrame(
            {
                column.name: [
                    {"team_id": TEAM, "session_day": day}.get(
                        column.name,
                        row.get(
                            column.name,
                            None if column.nullable else _FILL.get(column.type),
                        ),
                    )
                    for row in rows
                ]
                for column in columns
            }
        ),
    )


def _build_day(day: date, knee_deg: float) -> dict[str, pl.DataFrame]:
    ann = {
        "recording_id": "ann-1",
        "athlete_id": "ann",
        "movement": "walking_stride",
        "clip_file": "ann.mp4",
        "repetition_idx": 0,
    }
    ben = ann | {"recording_id": "ben-1", "athlete_id": "ben", "clip_file": "ben.mp4"}
    knee = {
        "indicator": "knee",
        "indicator_name": "Knee flexion",
        "value": knee_deg,
        "unit": "deg",
        "error": 2.0,
        "target_low": 55.0,
        "target_high": 65.0,
        "validity": "valid",
        "keyframe_time_s": 1.25,
    }
    trunk = knee | {"indicator": "trunk", "value": 61.0, "validity": "limited"}
    lost = knee | {"indicator": "speed", "value": None, "validity": "not_measurable"}
    issue = {
        "issue": "stiff_knee",
        "issue_name": "Stiff knee",
        "dimension": "coordination",
        "probability_ratio": 0.8,
        "severity_ratio": 0.5,
        "rank": 1,
        "is_reported": True,
        "evidence": '[{"indicator": "knee", "contribution_ratio": 0.75},'
        ' {"indicator": "trunk", "contribution_ratio": 0.25}]',
    }
    silent = issue | {
        "issue": "lean",
        "is_reported": False,
        "evidence": "[]",
        "rank": 2,
    }
    verdict = {"stage": "recordings", "verdict": "PASS"}
    rejected = {
        "clip_file": "dark.mp4",
        "subject_id": "sha-dark",
        "stage": "pose_tracks",
        "verdict": "REJECT",
        "reason_code": "nobody_seen",
        "reason": "Nobody is in the picture.",
        "fix": "Film the athlete.",
    }
    dimensions = (
        '[{"dimension": "coordination", "score_points": 6.5},'
        ' {"dimension": "economy", "score_points": null}]'
    )
    season = {
        "season": "2025/26",
        "scope": "athlete",
        "athlete_id": "ann",
        "movement": "walking_stride",
        "indicator": "knee",
        "unit": "deg",
        "session_count": 1 + DAYS.index(day),
        "first_session_median": 50.0,
        "latest_session_median": knee_deg,
        "baseline_median": 50.0,
        "change": knee_deg - 50.0,
        "minimal_detectable_change": 8.0,
        "change_verdict": "beyond_error" if knee_deg > 58.0 else "within_error",
    }
    film = {"camera_view": "sagittal", "role": "athlete", "frame_rate_hz": 30.0}
    scale = {
        "scale_method": "athlete_height",
        "scale_error_ratio": 0.04,
        "scale_m_per_px": 0.01,
        "scale_reason": "The height alone.",
        "floor_error_px": 3.0,
    }
    return {
        "recordings": _complete(
            "recordings",
            day,
            [
                ann | film | {"verdict": "PASS", "capture_rate_hz": 60.0},
                ben | film | {"verdict": "QUARANTINE"},
            ],
        ),
        "camera_geometry": _complete("camera_geometry", day, [ann | scale]),
        "pose_quality": _complete(
            "pose_quality",
            day,
            [
                ann | {"measure": "seen_share", "verdict": "PASS"},
                ben
                | {
                    "measure": "seen_share",
                    "value": 0.2,
                    "stop_limit": 0.3,
                    "verdict": "QUARANTINE",
                    "reason_code": "athlete_barely_seen",
                    "reason": "Hardly seen.",
                    "fix": "Film again.",
                },
            ],
        ),
        "keyframes": _complete(
            "keyframes",
            day,
            [
                ann
                | {"keyframe": "foot_strike", "side": "left", "time_s": 0.5}
                | {"time_error_s": 0.05, "method": "both"}
                | {"event_offset_s": -0.08, "event_offset_error_s": 0.02},
                ann
                | {"keyframe": "toe_off", "side": "left", "time_s": 1.5}
                | {"time_error_s": 0.01, "method": "alignment"},
            ],
        ),
        "kismam_metrics": _complete(
            "kismam_metrics", day, [ann | knee, ann | trunk, ann | lost]
        ),
        "findings": _complete("findings", day, [ann | issue, ann | silent]),
        "technique_scores": _complete(
            "technique_scores",
            day,
            [
                ann | {"score_points": 6.0, "dimensions": dimensions},
                ann | {"score_points": 7.0, "repetition_idx": 1},
                ann | {"score_points": None, "repetition_idx": 2},
            ],
        ),
        "session_findings": _complete(
            "session_findings",
            day,
            [
                ann | issue | {"pattern": "slip", "shown_count": 1},
                ann | issue | {"issue": "lean", "pattern": "habit", "rank": 2},
                ann | issue | {"issue": "arms", "shown_count": 0},
            ],
        ),
        "finding_margins": _complete(
            "finding_margins", day, [ann | row for row in _build_margins(day)]
        ),
        "guidance_reports": _complete(
            "guidance_reports",
            day,
            [ann | {"report_id": _REPORT_IDS[day], "report": _REPORT}],
        ),
        "guidance_sentences": _complete(
            "guidance_sentences",
            day,
            [
                ann | {"report_id": _REPORT_IDS[day]} | row
                for row in (
                    {
                        "sentence_no": 1,
                        "section": "finding stiff_knee: seen",
                        "sentence": "Knee flexion was 40 deg in 1 repetition.",
                        "facts": '["M1", "C1"]',
                        "passed_by": "facts",
                    },
                    {
                        "sentence_no": 2,
                        "section": "finding stiff_knee: cause",
                        "sentence": "It is the shoes.",
                        "is_kept": False,
                        "failed_check": "support",
                        "reason": "nothing that it cites says so",
                    },
                )
            ],
        ),
        "season_reports": _complete(
            "season_reports",
            day,
            [season, season | {"indicator": "trunk", "is_comparable": False}],
        ),
        "quality_verdicts": _complete(
            "quality_verdicts",
            day,
            [
                verdict | {"clip_file": "ann.mp4", "subject_id": "ann-1"},
                verdict
                | {
                    "clip_file": "ben.mp4",
                    "subject_id": "ben-1",
                    "verdict": "QUARANTINE",
                    "reason": "Two athletes overlap.",
                    "fix": "Give a hint.",
                },
                verdict
                | {
                    "clip_file": "dark.mp4",
                    "subject_id": "sha-dark",
                    "verdict": "WARN",
                },
                rejected,
            ],
        ),
    }


def _build_margins(day: date) -> list[dict[str, Any]]:
    """Build three thresholds: one easy to move, one that costs, one of no help."""
    first = day == DAYS[0]
    numbers = (
        ("reported_probability", "all", "ratio", 0.5, 0.8 if first else 0.9),
        ("target_low", "knee", "deg", 55.0, 51.0 if first else 53.0),
        ("tolerance", "knee", "deg", 5.0, None if first else 7.0),
    )
    return [
        {
            "issue": "stiff_knee",
            "threshold": threshold,
            "indicator": indicator,
            "unit": unit,
            "current_value": current,
            "needed_value": needed,
            "needed_move": None if needed is None else abs(needed - current),
        }
        for threshold, indicator, unit, current, needed in numbers
    ]


def _build_answers() -> list[CoachAnswer]:
    """Build what two coaches answer; coach-2 changes one answer, takes one back."""
    finding = {"item_kind": "finding", "item_id": "walking_stride/stiff_knee"}
    exercise = {"item_kind": "exercise", "item_id": "card-march"}
    told: list[tuple[int, str, dict[str, str], str, str | None]] = [
        (0, "coach-1", finding, "disagree", "not_seen"),
        (0, "coach-2", finding, "agree", None),
        (0, "coach-2", finding, "disagree", "measured_wrong"),
        (1, "coach-1", finding, "agree", None),
        (1, "coach-2", finding, "agree", None),
        (1, "coach-2", finding, "no_opinion", None),
        (0, "coach-1", exercise, "agree", None),
        (0, "coach-2", exercise, "disagree", "no_time"),
    ]
    return [
        CoachAnswer.model_validate(
            {
                "report_id": _REPORT_IDS[DAYS[day]],
                "given_by": who,
                "answered_at": datetime(2026, 2, 1, 12, minute, tzinfo=UTC),
                "answer": word,
                "reason": reason,
                **item,
            }
        )
        for minute, (day, who, item, word, reason) in enumerate(told)
    ]


def _build_points() -> dict[str, list[dict[str, Any]]]:
    """Build points of two frames: raw ones of two people, repaired ones of both."""
    frames = [{"frame_idx": idx, "time_s": idx / 2} for idx in range(2)]
    knee, hip = {"keypoint": "left_knee"}, {"keypoint": "hip"}
    seen = {"x_px": 10.0, "y_px": 20.0, "confidence_ratio": 0.75}
    raw = [frames[0] | knee | seen | {"person_idx": idx} for idx in range(2)]
    repaired = [
        {"recording_id": name, "person_idx": 1, "x_px": 13.0, "y_px": 24.0} | point
        for name in ("ann-1", "ben-1")
        for point in (
            frames[0] | knee | {"repair": "none"},
            frames[1] | knee | {"repair": "gap_filled"},
            frames[0] | hip | {"repair": "none", "x_m": 2.0, "y_m": 1.0},
        )
    ]
    return {"pose_tracks": raw, "athlete_poses": repaired}


def _build_alignment() -> dict[str, list[dict[str, Any]]]:
    """Build a search with two low places, and a pair of aligned values."""
    costs = [0.9, 0.1, 0.6, 0.5, 0.8]
    search = [
        {"recording_id": name, "side": "left", "sample_idx": idx, "time_s": idx / 2}
        | {"cost": cost, "highest_cost": 0.4}
        | {"repetition_idx": 0 if idx == 1 else None}
        for name in ("ann-1", "ben-1")
        for idx, cost in enumerate(costs)
    ]
    pair = {"recording_id": "ann-1", "repetition_idx": 0, "unit": "deg"}
    paths = [
        pair
        | {"quantity": "left_knee_flexion", "point_idx": idx, "time_s": idx / 2}
        | {"reference_value": 20.0, "value": value}
        for idx, value in enumerate((25.0, None))
    ]
    return {"alignment_costs": search, "alignment_paths": paths}


@pytest.fixture(scope="module")
def answered(postgres_url: str) -> pl.DataFrame:
    """Publish to Postgres and let coaches answer; returns all that they answered."""
    marts = PostgresMarts(postgres_url)
    for day, knee_deg in zip(DAYS, (50.0, 60.0), strict=True):
        marts.publish(PartitionKey(TEAM, day), _build_day(day, knee_deg))
    store = FeedbackStore(postgres_url)
    store.add(_build_answers())
    return pl.concat([store.load(PartitionKey(TEAM, day)) for day in DAYS])


@pytest.fixture(scope="module")
def duckdb_path(
    tmp_path_factory: pytest.TempPathFactory, answered: pl.DataFrame
) -> Path:
    folder = tmp_path_factory.mktemp("analysts")
    lake = Lake(folder / "lake")
    for day in DAYS:
        curve = {"quantity": "left_knee_flexion", "unit": "deg", "value": 30.0}
        frames = [
            curve | {"recording_id": name, "frame_idx": idx, "time_s": idx / 2}
            for name in ("ann-1", "ben-1")
            for idx in range(5)
        ]
        key = PartitionKey(TEAM, day)
        lake.write("joint_kinematics", key, _complete("joint_kinematics", day, frames))
        repair = {"rule": "gap_filled", "keypoint": "left_knee", "repair_idx": 0}
        repairs = [
            repair | {"recording_id": name, "first_frame_idx": 3, "last_frame_idx": 5}
            for name in ("ann-1", "ben-1")
        ]
        lake.write("pose_repairs", key, _complete("pose_repairs", day, repairs))
        for name, rows in (_build_points() | _build_alignment()).items():
            lake.write(name, key, _complete(name, day, rows))
    marts = DuckDbMarts(
        folder / "sportsgpt.duckdb", lake, lambda: {"coach_feedback": answered}
    )
    for day, knee_deg in zip(DAYS, (50.0, 60.0), strict=True):
        marts.publish(PartitionKey(TEAM, day), _build_day(day, knee_deg))
    return folder / "sportsgpt.duckdb"


@pytest.fixture(scope="module")
def ask_duckdb(duckdb_path: Path) -> Iterator[Callable[[str], list[tuple[Any, ...]]]]:
    with duckdb.connect(duckdb_path, read_only=True) as connection:
        yield lambda query: connection.execute(query).fetchall()


@pytest.fixture(scope="module")
def ask_postgres(
    postgres_url: str, answered: pl.DataFrame
) -> Iterator[Callable[[str], list[tuple[Any, ...]]]]:
    # Own rows only: other tests publish to the same server.
    name, password = "sql_analyst", "pw"
    from sportsgpt_lib.storage.postgres_logins import grant_team_access

    assert answered.height
    grant_team_access(
        postgres_url, name, "sportsgpt_analyst", [TEAM], password=password
    )
    with psycopg.connect(postgres_url, user=name, password=password) as connection:
        yield lambda query: connection.execute(query).fetchall()  # type: ignore[arg-type]
