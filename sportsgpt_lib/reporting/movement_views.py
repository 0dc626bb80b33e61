"""What was measured of one athlete's movement, ready for the page.

Scores, the seven dimensions, recordings with their metrics and keyframes, and where all
of it comes from.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

from markupsafe import Markup

from sportsgpt_lib.guidance.facts import find_middle
from sportsgpt_lib.reporting.anchors import score_anchor, scores_anchor
from sportsgpt_lib.reporting.figures import Figure, FigureShelf, quote_file
from sportsgpt_lib.reporting.metric_tables import (
    MetricLine,
    TargetSources,
    build_metric_lines,
)
from sportsgpt_lib.reporting.page_rows import (
    MetricKey,
    PageRows,
    RepetitionKey,
    Row,
    metric_key,
    parse_json,
)
from sportsgpt_lib.reporting.target_bar import HIGHEST_SCORE, draw_score_bar
from sportsgpt_lib.reporting.wording import (
    DIMENSION_TITLES,
    shorten_hash,
    write_name,
    write_number,
    write_percent,
)
from sportsgpt_lib.sports.definition import Movement

_RESULT_TABLES = ("keyframes", "kismam_metrics", "findings", "technique_scores")


@dataclass(frozen=True)
class ScoreView:
    """One repetition's technique score; ``points`` None = too little was measurable."""

    anchor: str
    repetition: str
    points: str | None
    error: str | None
    bar: Markup | None
    measured: str
    summary: str
    is_shown: bool


@dataclass(frozen=True)
class DimensionView:
    """One of the seven dimensions; ``note`` says why it was not or only partly seen."""

    title: str
    is_seen: bool
    points: str | None
    points_ratio: float | None
    strengths: tuple[str, ...]
    weaknesses: tuple[str, ...]
    note: str | None


@dataclass(frozen=True)
class RecordingView:
    """One recording: its metrics, keyframes, spare pictures and provenance."""

    recording_id: str
    title: str
    facts: tuple[str, ...]
    overlay: str | None
    lines: tuple[MetricLine, ...]
    keyframes: tuple[tuple[str, ...], ...]
    figures: tuple[Figure, ...]
    provenance: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class MovementView:
    """All of one movement; ``shown`` has the middle score and gives the dimensions."""

    anchor: str
    title: str
    summary: str | None
    shown: ScoreView | None
    scores: tuple[ScoreView, ...]
    dimensions: tuple[DimensionView, ...]
    recordings: tuple[RecordingView, ...]


@dataclass(frozen=True)
class MovementMaterial:
    """What the movements of one athlete are built from."""

    rows: PageRows
    athlete_id: str
    movements: Mapping[str, Movement]
    overlays: Mapping[str, str]
    repetitions: Mapping[RepetitionKey, str]
    fact_labels: Mapping[MetricKey, str]
    shelf: FigureShelf
    targets: TargetSources


def build_movement(name: str, material: MovementMaterial) -> MovementView:
    """Build the view of one movement of one athlete."""
    own = {"athlete_id": material.athlete_id, "movement": name}
    scores = material.rows.select("technique_scores", **own)
    scored = [row for row in scores if row["score_points"] is not None]
    middle = find_middle(scored, "score_points") if scored else None
    views = tuple(
        _build_score(row, material.repetitions, is_shown=row is middle)
        for row in scores
    )
    recordings = material.rows.select("recordings", **own, role="athlete")
    definition = material.movements.get(name)
    return MovementView(
        anchor=scores_anchor(material.athlete_id, name),
        title=definition.title if definition else write_name(name),
        summary=definition.summary if definition else None,
        shown=next((view for view in views if view.is_shown), None),
        scores=views,
        dimensions=_build_dimensions(middle, definition) if middle else (),
        recordings=tuple(
            view
            for row in recordings
            if (view := _build_recording(row, material)) is not None
        ),
    )


def name_repetitions(rows: PageRows) -> dict[RepetitionKey, str]:
    """Name each repetition by its number, and by its leg where it has one."""
    names: dict[RepetitionKey, str] = {}
    keyframes = sorted(rows.select("keyframes"), key=lambda row: float(row["time_s"]))
    for row in keyframes:
        leg = f" · {row['side']}" if row["side"] in ("left", "right") else ""
        key = row["recording_id"], row["repetition_idx"]
        names.setdefault(key, f"{row['repetition_idx'] + 1}{leg}")
    for row in (*rows.select("kismam_metrics"), *rows.select("technique_scores")):
        key = row["recording_id"], row["repetition_idx"]
        names.setdefault(key, f"{row['repetition_idx'] + 1}")
    return names


def _build_score(
    row: Row, repetitions: Mapping[RepetitionKey, str], *, is_shown: bool
) -> ScoreView:
    points, error = row["score_points"], row["score_error_points"]
    key = row["recording_id"], row["repetition_idx"]
    return ScoreView(
        anchor=score_anchor(*key),
        repetition=repetitions[key],
        points=None if points is None else write_number(points, "points"),
        error=None if error is None else write_number(error, "points"),
        bar=None if points is None else draw_score_bar(points, error or 0.0),
        measured=write_percent(row["measured_ratio"]),
        summary=row["summary"],
        is_shown=is_shown,
    )


def _build_dimensions(
    row: Row, definition: Movement | None
) -> tuple[DimensionView, ...]:
    found: dict[str, Any] = {
        part["dimension"]: part for part in parse_json(row["dimensions"])
    }
    reasons: dict[str, str | None] = {
        part.name: part.not_assessed
        for part in (definition.dimensions if definition else ())
    }
    views = []
    for name, title in DIMENSION_TITLES.items():
        part = found.get(name, {})
        points, is_seen = part.get("score_points"), bool(part.get("is_seen"))
        reason = reasons.get(name) or "Nothing of it was measurable."
        views.append(
            DimensionView(
                title=title,
                is_seen=is_seen,
                points=_write_points(points, part.get("score_error_points")),
                points_ratio=None if points is None else points / HIGHEST_SCORE,
                strengths=tuple(part.get("strengths", ())),
                weaknesses=tuple(part.get("weaknesses", ())),
                note=part.get("note") or (None if is_seen else f"Not seen. {reason}"),
            )
        )
    return tuple(views)


def _build_recording(row: Row, material: MovementMaterial) -> RecordingView | None:
    """Build one recording; None where nothing was measured of it."""
    recording_id = row["recording_id"]
    metrics = material.rows.select("kismam_metrics", recording_id=recording_id)
    if not metrics:
        return None
    repetitions = {
        repetition_idx: name
        for (own_id, repetition_idx), name in material.repetitions.items()
        if own_id == recording_id
    }
    return RecordingView(
        recording_id=recording_id,
        title=row["clip_file"],
        facts=_describe_recording(row, len(repetitions)),
        overlay=_link_overlay(row, material.overlays),
        lines=build_metric_lines(
            metrics, repetitions, material.fact_labels, material.shelf, material.targets
        ),
        keyframes=_list_keyframes(row, material),
        figures=material.shelf.take(metric_key(metric) for metric in metrics),
        provenance=_list_provenance(row, material.rows),
    )


def _link_overlay(row: Row, overlays: Mapping[str, str]) -> str | None:
    """Link to the overlay video, from where the athlete's part of the clip starts."""
    file = overlays.get(row["clip_sha256"])
    if not file:
        return None
    start_s = row["window_start_s"]
    fragment = f"#t={start_s:.2f}" if start_s else ""
    return f"{quote_file(PurePosixPath(file))}{fragment}"


def _describe_recording(row: Row, repetition_count: int) -> tuple[str, ...]:
    word = "repetition" if repetition_count == 1 else "repetitions"
    facts = [f"{repetition_count} {word}", f"{row['camera_view']} view"]
    if row["width_px"] is not None:
        facts.append(f"{row['width_px']} × {row['height_px']} px")
    if row["frame_rate_hz"] is not None:
        facts.append(f"{row['frame_rate_hz']:.0f} frames a second")
    if row["athlete_height_m"] is None:
        facts.append("stature not stated, so no value is in metres")
    return tuple(facts)


def _list_keyframes(
    row: Row, material: MovementMaterial
) -> tuple[tuple[str, ...], ...]:
    keyframes: Sequence[Row] = material.rows.select(
        "keyframes", recording_id=row["recording_id"]
    )
    return tuple(
        (
            material.repetitions[keyframe["recording_id"], keyframe["repetition_idx"]],
            write_name(keyframe["keyframe"]),
            keyframe["side"],
            f"{keyframe['time_s']:.3f} ± {keyframe['time_error_s']:.3f} s",
            keyframe["method"],
            keyframe["reference_id"] or "–",
        )
        for keyframe in keyframes
    )


def _list_provenance(row: Row, rows: PageRows) -> tuple[tuple[str, str], ...]:
    recording_id = row["recording_id"]
    results = {
        table: rows.select(table, recording_id=recording_id) for table in _RESULT_TABLES
    }
    known = [own for table in results.values() for own in table]
    versions = ", ".join(
        f"{table} {'/'.join(sorted({own['code_version'] for own in table_rows}))}"
        for table, table_rows in results.items()
        if table_rows
    )

    def gather(column: str, *, is_hash: bool = False) -> str:
        values = sorted({own[column] for own in known if own.get(column)})
        return ", ".join(map(shorten_hash, values) if is_hash else values) or "–"

    return (
        ("Recording", recording_id),
        ("Clip", f"{row['clip_file']} (SHA-256 {shorten_hash(row['clip_sha256'])})"),
        ("Pose model", gather("pose_model")),
        ("Pose weights", gather("pose_weights_sha256", is_hash=True)),
        ("Movement definition", gather("movement_sha256", is_hash=True)),
        ("Target model", gather("reference_id")),
        ("Code versions", versions),
    )


def _write_points(points: float | None, error: float | None) -> str | None:
    """Write points with their uncertainty; rows of earlier versions have none."""
    if points is None:
        return None
    number = write_number(points, "points")
    return number if error is None else f"{number} ± {write_number(error, 'points')}"
