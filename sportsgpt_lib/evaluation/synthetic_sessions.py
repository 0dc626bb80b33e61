"""Sessions of synthetic athletes whose faults are known: measured values as rows.

Values are drawn indicator by indicator, inside their targets or, for a fault, outside
them where the mapping matrix W says so; errors are drawn on top. Findings, scores and
summaries are then what the real stages make of the rows. That W speaks for the right
faults cannot be shown this way. Whole motions with faults are made in
``benchmarks/kismam``.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import polars as pl

from sportsgpt_lib.kismam.deviation import compute_deviation
from sportsgpt_lib.sports.definition import Indicator, Movement, Target
from sportsgpt_lib.sports.loader import load_movement
from sportsgpt_lib.stages.contract import StageInput
from sportsgpt_lib.stages.findings import FindingsStage
from sportsgpt_lib.stages.recordings import subject_from_row
from sportsgpt_lib.stages.repetition_rows import Row, build_stage_rows
from sportsgpt_lib.stages.session_findings import build_session_findings
from sportsgpt_lib.stages.session_medians import build_session_medians
from sportsgpt_lib.stages.technique_scores import TechniqueScoresStage
from sportsgpt_lib.storage.rows import build_schema
from sportsgpt_lib.storage.tables import KEYFRAMES, KISMAM_METRICS, RECORDINGS

Tables = Mapping[str, pl.DataFrame]

TEAM_ID = "evaluation"
SESSION_DAY = date(2026, 1, 15)
POSE_MODEL = "synthetic@1"
HIDDEN_REASON = "the camera view is sagittal; it can be measured from: frontal"

# Chosen: a value whose error is less than half its tolerance is worth judging.
_ERROR_TOLERANCES = 0.4
# Half of the errors' variance lasts over a recording, as in docs/kismam.md.
_LASTING_SHARE = 0.5
# A clean value: normal, two standard deviations from the target's middle to its ends;
# where one end is open, two tolerances inside the other. As in benchmarks/kismam.
_SPREADS_TO_LIMIT = 2.0
_OPEN_REACH_TOLERANCES = 4.0
# Where only the upper end is known, no clean value is below half of it.
_LEAST_SHARE = 0.5
_FRAME_RATE_HZ = 60.0
_REPETITION_S = 1.0
_KEYFRAME_ERROR_S = 0.01
_SHA256_DIGITS = 64


@dataclass(frozen=True)
class InjectedFault:
    """A fault that was put into a session.

    ``size`` is the distance of its main indicators outside their targets, in tolerance
    widths. ``repetitions`` are the ones that have it, counted from 0.
    """

    movement: str
    issue: str
    size: float
    repetitions: tuple[int, ...]


@dataclass(frozen=True)
class SessionPlan:
    """One athlete's repetitions of one movement, all in one recording.

    ``hidden_indicators`` cannot be measured. No repetition = the recording was handed
    in, and none was found in it.
    """

    movement: str
    repetition_count: int
    faults: tuple[InjectedFault, ...] = ()
    hidden_indicators: frozenset[str] = frozenset()


def build_session_tables(
    athlete_id: str, plans: tuple[SessionPlan, ...], generator: np.random.Generator
) -> Tables:
    """Build the rows that the stages up to the guidance read and write.

    Parameters
    ----------
    athlete_id
        A pseudonym.
    plans
        One recording each.
    generator
        Draws values and errors.

    Returns
    -------
    The tables that a case is built from, by the names in ``CASE_TABLES``.
    """
    parts = [
        _build_recording(athlete_id, plan, f"{number:016x}", generator)
        for number, plan in enumerate(plans, start=1)
    ]
    tables = {name: pl.concat([part[name] for part in parts]) for name in parts[0]}
    tables["session_findings"] = build_session_findings(
        *(
            tables[name]
            for name in ("findings", "kismam_metrics", "keyframes", "recordings")
        )
    )
    tables["session_medians"] = build_session_medians(
        tables["kismam_metrics"].with_columns(session_day=pl.lit(SESSION_DAY)),
        tables["recordings"],
    )
    return tables


def find_side(movement: Movement, repetition: int) -> str:
    """Find a repetition's leg: left first, then in turns; both where it has none."""
    has_legs = any("left" in keyframe.sides for keyframe in movement.keyframes)
    if not has_legs:
        return "both"
    return "right" if repetition % 2 else "left"


def list_weights(movement: Movement, issue: str) -> dict[str, float]:
    """List an issue's indicators: weight and direction, the main one -1 or 1."""
    column = [part.name for part in movement.issues].index(issue)
    weights = np.array(movement.issue_map)[:, column]
    return {
        movement.indicators[row].name: float(weights[row] / np.abs(weights).max())
        for row in np.flatnonzero(weights)
    }


def _build_recording(
    athlete_id: str,
    plan: SessionPlan,
    recording_id: str,
    generator: np.random.Generator,
) -> dict[str, pl.DataFrame]:
    movement = load_movement(plan.movement)
    identity = {
        "recording_id": recording_id,
        "clip_sha256": recording_id * 4,
        "athlete_id": athlete_id,
        "movement": movement.name,
        "movement_sha256": movement.sha256,
        "pose_model": POSE_MODEL,
        "pose_weights_sha256": "0" * _SHA256_DIGITS,
    }
    metrics = build_stage_rows(
        KISMAM_METRICS,
        [{**identity, **row} for row in _iterate_metrics(movement, plan, generator)],
    )
    keyframes = build_stage_rows(
        KEYFRAMES,
        [
            {**identity, **_build_keyframe(movement, number)}
            for number in range(plan.repetition_count)
        ],
    )
    recordings = _build_recording_row(identity, plan)
    subject = subject_from_row(recordings.row(0, named=True))
    tables = {"kismam_metrics": metrics, "keyframes": keyframes}
    for stage in (FindingsStage(), TechniqueScoresStage()):
        rows = stage.compute(StageInput(subject, None, tables)).rows
        if rows is not None:
            tables[stage.table_name] = rows
    return {**tables, "recordings": recordings}


def _iterate_metrics(
    movement: Movement, plan: SessionPlan, generator: np.random.Generator
) -> Iterator[Row]:
    """Measure every indicator with a target; the others say nothing on faults."""
    judged = [part for part in movement.indicators if part.target is not None]
    habits = {part.name: _draw_clean(part, generator) for part in judged}
    lasting = {part.name: generator.normal() for part in judged}
    for number in range(plan.repetition_count):
        shifts = _find_shifts(movement, plan.faults, number)
        for indicator in judged:
            passing = generator.normal()
            row = {"repetition_idx": number, **_describe_indicator(indicator)}
            if indicator.name in plan.hidden_indicators:
                yield {**row, "validity": "not_measurable", "reason": HIDDEN_REASON}
                continue
            true_value = shifts.get(indicator.name, habits[indicator.name])
            noise = np.sqrt(_LASTING_SHARE) * lasting[indicator.name]
            noise += np.sqrt(1.0 - _LASTING_SHARE) * passing
            yield {**row, **_measure(indicator, true_value, noise, number)}


def _measure(
    indicator: Indicator, true_value: float, noise: float, number: int
) -> dict[str, Any]:
    target = _get_target(indicator)
    error = _ERROR_TOLERANCES * target.tolerance
    value = true_value + error * float(noise)
    return {
        "value": value,
        "error": error,
        "deviation": compute_deviation(value, error, target),
        "validity": "valid",
        "keyframe_time_s": _REPETITION_S * (number + 0.5),
    }


def _describe_indicator(indicator: Indicator) -> dict[str, Any]:
    target = _get_target(indicator)
    return {
        "indicator": indicator.name,
        "indicator_name": indicator.title,
        "unit": indicator.unit,
        "target_low": target.low,
        "target_high": target.high,
    }


def _find_shifts(
    movement: Movement, faults: tuple[InjectedFault, ...], number: int
) -> dict[str, float]:
    """Find the true values that a repetition's faults push out of their targets."""
    targets = {part.name: part.target for part in movement.indicators}
    shifts = {}
    for fault in faults:
        if number not in fault.repetitions:
            continue
        for name, share in list_weights(movement, fault.issue).items():
            target = targets[name]
            limit = None if target is None else _find_limit(target, share)
            if target is not None and limit is not None:
                shifts[name] = limit + share * fault.size * target.tolerance
    return shifts


def _find_limit(target: Target, share: float) -> float | None:
    return target.high if share > 0.0 else target.low


def _draw_clean(indicator: Indicator, generator: np.random.Generator) -> float:
    target = _get_target(indicator)
    low, high = target.low, target.high
    reach = _OPEN_REACH_TOLERANCES * target.tolerance
    if high is None:
        high = (low or 0.0) + reach
    if low is None:
        low = high - reach if high <= 0.0 else max(high - reach, _LEAST_SHARE * high)
    spread = 0.5 * (high - low) / _SPREADS_TO_LIMIT
    return float(np.clip(generator.normal(0.5 * (low + high), spread), low, high))


def _get_target(indicator: Indicator) -> Target:
    if indicator.target is None:
        raise ValueError(indicator.name)
    return indicator.target


def _build_keyframe(movement: Movement, number: int) -> dict[str, Any]:
    """Build the one keyframe that tells a repetition's leg."""
    own = [part for part in movement.keyframes if part.is_own_leg_only]
    return {
        "repetition_idx": number,
        "keyframe": (own or movement.keyframes)[0].name,
        "side": find_side(movement, number),
        "time_s": _REPETITION_S * number,
        "time_error_s": _KEYFRAME_ERROR_S,
        "method": "event",
    }


def _build_recording_row(identity: Row, plan: SessionPlan) -> pl.DataFrame:
    schema = build_schema(RECORDINGS)
    is_empty = plan.repetition_count == 0
    row = {
        **dict.fromkeys(schema),
        **{name: value for name, value in identity.items() if name in schema},
        "team_id": TEAM_ID,
        "session_day": SESSION_DAY,
        "camera_view": "sagittal",
        "role": "athlete",
        "clip_file": "synthetic",
        "frame_rate_hz": _FRAME_RATE_HZ,
        "duration_s": 0.0,
        "width_px": 0,
        "height_px": 0,
        "window_start_s": 0.0,
        "verdict": "QUARANTINE" if is_empty else "PASS",
        "reason_code": "no_repetition" if is_empty else None,
    }
    return pl.DataFrame([row], schema=schema)
