import functools
import json
from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from sportsgpt_lib.guidance.case import GuidanceCase
from sportsgpt_lib.guidance.writer import DeterministicWriter
from sportsgpt_lib.kismam.season import summarise_session_medians
from sportsgpt_lib.kismam.session import summarise_findings
from sportsgpt_lib.knowledge.collection import load_collection
from sportsgpt_lib.knowledge.passages import Passage, build_passages
from sportsgpt_lib.knowledge.retrieval import EvidencePassage
from sportsgpt_lib.stages.guidance_reports import GuidanceReportStage

STARTER_FOLDER = Path(__file__).resolve().parents[2] / "kb_ingest" / "starter"
TEAM, DAY, ATHLETE = "team-blue", date(2026, 1, 15), "athlete-07"

Tables = Mapping[str, pl.DataFrame]
_COLUMNS = {
    "recordings": ("recording_id", "movement", "role", "verdict", "reason_code"),
    "keyframes": ("recording_id", "repetition_idx", "keyframe", "side", "time_s"),
    "kismam_metrics": (
        *("recording_id", "repetition_idx", "movement", "indicator", "indicator_name"),
        *("value", "unit", "error", "target_low", "target_high", "deviation"),
        *("validity", "reason", "keyframe_time_s", "movement_sha256", "pose_model"),
    ),
    "findings": (
        *("recording_id", "repetition_idx", "movement", "issue", "issue_name"),
        *(
            "dimension",
            "probability_ratio",
            "severity_ratio",
            "is_reported",
            "evidence",
        ),
    ),
    "technique_scores": (
        *("recording_id", "repetition_idx", "movement"),
        *("score_points", "score_error_points"),
    ),
}


class Rows:
    """The rows of one athlete's session, as the earlier stages would write them."""

    def __init__(self, movement: str = "drop_landing") -> None:
        self.movement = movement
        self.rows: dict[str, list[dict[str, Any]]] = {name: [] for name in _COLUMNS}

    def add_recording(self, name: str = "rec-1", **changes: object) -> None:
        row = {
            "recording_id": name,
            "movement": self.movement,
            "role": "athlete",
            "verdict": "PASS",
            "reason_code": None,
        }
        self.rows["recordings"].append({**row, **changes})

    def add_repetition(
        self, number: int = 0, *, side: str = "both", score: float | None = 6.42
    ) -> None:
        place = {"recording_id": "rec-1", "repetition_idx": number}
        self.rows["keyframes"].append(
            {**place, "keyframe": "first", "side": side, "time_s": 1.0 + number}
        )
        self.rows["technique_scores"].append(
            {
                **place,
                "movement": self.movement,
                "score_points": score,
                "score_error_points": None if score is None else 0.8,
            }
        )

    def add_metric(
        self, indicator: str, name: str, value: float | None, number: int = 0, **changes
    ) -> None:
        row = {
            "recording_id": "rec-1",
            "repetition_idx": number,
            "movement": self.movement,
            "indicator": indicator,
            "indicator_name": name,
            "value": value,
            "unit": "deg",
            "error": None if value is None else 5.1,
            "target_low": None,
            "target_high": None,
            "deviation": None if value is None else 0.0,
            "validity": "valid" if value is not None else "not_measurable",
            "reason": None,
            "keyframe_time_s": None if value is None else 2.31,
            "movement_sha256": "f" * 64,
            "pose_model": "pose@1",
        }
        self.rows["kismam_metrics"].append({**row, **changes})

    def add_finding(
        self, issue: str, name: str, evidence: dict[str, float], **changes
    ) -> None:
        row = {
            "recording_id": "rec-1",
            "repetition_idx": 0,
            "movement": self.movement,
            "issue": issue,
            "issue_name": name,
            "dimension": "legs_knees",
            "probability_ratio": 0.83,
            "severity_ratio": 0.7,
            "is_reported": True,
            "evidence": json.dumps(
                [
                    {"indicator": indicator, "contribution_ratio": share}
                    for indicator, share in evidence.items()
                ]
            ),
        }
        self.rows["findings"].append({**row, **changes})

    def repeat(self, count: int, *, reported: int | None = None) -> None:
        """Add copies of repetition 0; ``reported`` of them keep its findings' word."""
        for name, rows in self.rows.items():
            if name == "recordings":
                continue
            first = [row for row in rows if row["repetition_idx"] == 0]
            for number in range(1, count + 1):
                for row in first:
                    copy = {**row, "repetition_idx": number}
                    if "is_reported" in row and reported is not None:
                        copy["is_reported"] = row["is_reported"] and number <= reported
                    rows.append(copy)

    def tables(self) -> Tables:
        """Give the tables, and what the session's own two summaries make of them."""
        tables = {
            name: pl.DataFrame(
                rows,
                schema=None if rows else dict.fromkeys(_COLUMNS[name], pl.Float64),
                infer_schema_length=None,
            )
            for name, rows in self.rows.items()
        }
        tables["session_findings"] = self._summarise_findings()
        tables["session_medians"] = self._summarise_medians(tables["kismam_metrics"])
        return tables

    def _summarise_findings(self) -> pl.DataFrame:
        sides = {row["repetition_idx"]: row["side"] for row in self.rows["keyframes"]}
        rows = [
            {
                **row,
                "athlete_id": ATHLETE,
                "movement_sha256": "f" * 64,
                "side": sides.get(row["repetition_idx"], "both"),
            }
            for row in self.rows["findings"]
        ]
        return summarise_findings(pl.DataFrame(rows)) if rows else pl.DataFrame()

    def _summarise_medians(self, metrics: pl.DataFrame) -> pl.DataFrame:
        if metrics.is_empty():
            return pl.DataFrame()
        filmed = metrics.with_columns(
            session_day=pl.lit(DAY),
            athlete_id=pl.lit(ATHLETE),
            camera_view=pl.lit("sagittal"),
            frame_rate_hz=pl.lit(60.0),
            pose_weights_sha256=pl.lit("e" * 64),
        )
        names = metrics.select("movement", "indicator", "indicator_name", "unit")
        return summarise_session_medians(filmed).join(
            names.unique(), on=["movement", "indicator"]
        )


@functools.cache
def _build_starter_passages() -> tuple[Passage, ...]:
    collection = load_collection(STARTER_FOLDER)
    return tuple(
        passage
        for source in collection.sources
        for passage in build_passages(collection, source)
    )


class ShelfRetriever:
    """Serves the starter collection by issue; an issue off the shelf finds nothing."""

    embedding_model = "shelf@1"

    def __init__(self, *, missing: frozenset[str] = frozenset()) -> None:
        self._missing = missing
        self._passages = _build_starter_passages()

    def compute_knowledge_version(self) -> str:
        return "a" * 64

    def retrieve(
        self,
        question: str,
        *,
        movement: str | None = None,
        issue: str | None = None,
        wanted: int = 6,
    ) -> tuple[EvidencePassage, ...]:
        return tuple(
            EvidencePassage(
                passage_id=passage.passage_id,
                source_id=passage.source_id,
                chunk_no=passage.chunk_no,
                kind=passage.kind,
                title=passage.title,
                text=passage.text,
                payload=passage.payload,
                source_title="Cards",
                licence="CC-BY-4.0",
                trust_level="high",
                fused_score=0.1,
                vector_place=1,
                text_place=1,
                similarity=0.9,
            )
            for passage in self._passages
            if issue in passage.issues
            and movement in passage.movements
            and issue not in self._missing
        )[:wanted]


@pytest.fixture
def stiff_rows() -> Rows:
    """One stiff landing: two angles short of their target, one strength, one gap."""
    rows = Rows()
    rows.add_recording()
    rows.add_repetition()
    rows.add_metric(
        "peak_knee_flexion",
        "Greatest knee flexion",
        62.34,
        target_low=90.0,
        deviation=-1.6,
    )
    rows.add_metric(
        "knee_flexion_displacement", "Knee bend", 40.0, target_low=45.0, deviation=-0.3
    )
    rows.add_metric(
        "trunk_lean_at_deepest", "Forward lean", 31.0, target_low=10.0, target_high=60.0
    )
    rows.add_metric(
        "knee_flexion_asymmetry",
        "Difference between the knees",
        None,
        reason="far leg hidden",
    )
    rows.add_finding(
        "stiff_landing",
        "Stiff landing",
        {"knee_flexion_displacement": 0.3, "peak_knee_flexion": 0.7},
    )
    return rows


@pytest.fixture
def build_case() -> Callable[..., GuidanceCase]:
    def build(rows: Rows, retriever: ShelfRetriever | None = None) -> GuidanceCase:
        stage = GuidanceReportStage(
            retriever or ShelfRetriever(), DeterministicWriter()
        )
        return stage.build_case(TEAM, DAY, ATHLETE, rows.tables())

    return build


@pytest.fixture
def stiff_case(stiff_rows: Rows, build_case) -> GuidanceCase:
    return build_case(stiff_rows)


@pytest.fixture
def writer() -> DeterministicWriter:
    return DeterministicWriter()
