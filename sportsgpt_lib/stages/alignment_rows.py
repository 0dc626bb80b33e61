"""Repetitions as rows: keyframes, the search's costs, and the warping paths.

Times of the movement become times of the clip here; nothing is found or judged.
"""

from collections.abc import Mapping, Sequence

import numpy as np
import polars as pl

from sportsgpt_lib.arrays import FloatArray
from sportsgpt_lib.kinematics.quantities import QUANTITY_UNITS
from sportsgpt_lib.repetitions.recording_alignment import SideAlignment
from sportsgpt_lib.repetitions.repetition import Keyframe, Repetition
from sportsgpt_lib.stages.contract import Subject
from sportsgpt_lib.storage.contract import Table
from sportsgpt_lib.storage.rows import build_schema
from sportsgpt_lib.storage.tables import ALIGNMENT_COSTS, ALIGNMENT_PATHS, KEYFRAMES
from sportsgpt_lib.target_models.reference import Reference

# Chosen: every second per cent of the target model, as published curves are tabulated;
# a plot shows no more, and a stride takes 306 rows.
PATH_POINTS = 51
_ADDED_LATER = ("team_id", "session_day", "code_version")
_Record = dict[str, object]


def build_keyframe_rows(
    repetitions: Sequence[Repetition],
    references: Mapping[str, Reference],
    about: Mapping[str, object],
    stretch: float,
) -> pl.DataFrame:
    """Build the rows of ``keyframes``, in time order.

    Parameters
    ----------
    repetitions
        The recording's repetitions in time order.
    references
        Target models by id.
    about
        The columns in which all rows are alike.
    stretch
        Seconds of the clip in one second of the movement.
    """
    records: list[_Record] = [
        {
            "repetition_idx": index,
            "keyframe": keyframe.name,
            "side": keyframe.side,
            "time_s": keyframe.instant.time_s * stretch,
            "time_error_s": keyframe.instant.error_s * stretch,
            "method": keyframe.method,
            **_describe_offset(keyframe, stretch),
            **_describe_match(repetition, references),
        }
        for index, repetition in enumerate(repetitions)
        for keyframe in sorted(
            repetition.keyframes, key=lambda keyframe: keyframe.instant.time_s
        )
    ]
    return _frame(KEYFRAMES, records, about)


def _describe_offset(keyframe: Keyframe, stretch: float) -> _Record:
    offset = keyframe.event_offset
    return {
        "event_offset_s": offset and offset.offset_s * stretch,
        "event_offset_error_s": offset and offset.error_s * stretch,
    }


def _describe_match(
    repetition: Repetition, references: Mapping[str, Reference]
) -> _Record:
    match = repetition.match
    aligned = match and match.aligned
    reference = aligned and references[aligned.reference_id]
    return {
        "alignment_cost": aligned and aligned.cost,
        "reference_id": aligned and aligned.reference_id,
        "reference_version": reference and reference.version,
        "reference_sha256": reference and reference.sha256,
        "vote_count": aligned and aligned.vote_count,
        "is_mirrored": aligned and aligned.is_mirrored,
        "speed_ratio": aligned and aligned.speed_ratio,
    }


def build_cost_rows(
    searches: Sequence[SideAlignment],
    repetitions: Sequence[Repetition],
    subject: Subject,
    stretch: float,
) -> pl.DataFrame:
    """Build the rows of ``alignment_costs``: each search's curve and what it found."""
    records: list[_Record] = []
    for search in searches:
        curve = search.alignment.search
        found = _find_ends(curve.times_s, search, repetitions)
        records += [
            {
                "side": search.searched_side,
                "sample_idx": index,
                "time_s": time_s * stretch,
                "cost": cost if np.isfinite(cost) else None,
                "highest_cost": curve.highest_cost,
                "repetition_idx": found.get(index),
            }
            for index, (time_s, cost) in enumerate(
                zip(curve.times_s.tolist(), curve.costs.tolist(), strict=True)
            )
        ]
    return _frame(ALIGNMENT_COSTS, records, _name_recording(subject))


def _find_ends(
    times_s: FloatArray, search: SideAlignment, repetitions: Sequence[Repetition]
) -> dict[int, int]:
    """Find the sample at which the search saw each of its repetitions end.

    The fine stage moves ends by a few samples, so the low place beside its end it is.
    """
    ours = {id(aligned) for aligned in search.alignment.repetitions}
    return {
        find_low_place(
            search.alignment.search.costs,
            int(np.argmin(np.abs(times_s - repetition.match.aligned.end_s))),
        ): index
        for index, repetition in enumerate(repetitions)
        if repetition.match is not None and id(repetition.match.aligned) in ours
    }


def find_low_place(costs: FloatArray, start_idx: int) -> int:
    """Go down from a sample to where costs ``(N,)`` rise on both sides.

    Of equal costs side by side the last is the low place.
    """
    idx = start_idx
    while True:
        if idx + 1 < costs.size and costs[idx + 1] <= costs[idx]:
            idx += 1
        elif idx > 0 and costs[idx - 1] < costs[idx]:
            idx -= 1
        else:
            return idx


def build_path_rows(
    repetitions: Sequence[Repetition],
    times_s: FloatArray,
    quantities: Mapping[str, FloatArray],
    subject: Subject,
    stretch: float,
) -> pl.DataFrame:
    """Build the rows of ``alignment_paths``: athlete beside target model.

    Parameters
    ----------
    repetitions
        The recording's repetitions in time order.
    times_s
        Times ``(T,)`` of the recording, in seconds of the movement.
    quantities
        Its quantities ``(T,)``. NaN = missing, and missing in the rows.
    subject
        The recording.
    stretch
        Seconds of the clip in one second of the movement.
    """
    records: list[_Record] = []
    for index, repetition in enumerate(repetitions):
        if repetition.match is None:
            continue
        path, reference = repetition.match.aligned.path, repetition.match.reference
        reference_s = np.linspace(
            path.reference_times_s[0], path.reference_times_s[-1], PATH_POINTS
        )
        athlete_s = np.interp(reference_s, path.reference_times_s, path.times_s)
        for column, name in enumerate(reference.motion.names):
            expected = _sample(
                reference.motion.times_s,
                reference.motion.angles_deg[:, column],
                reference_s,
            )
            seen = _sample(times_s, quantities[name], athlete_s)
            records += [
                {
                    "repetition_idx": index,
                    "quantity": name,
                    "point_idx": point,
                    "reference_id": reference.reference_id,
                    "reference_time_s": float(reference_s[point]),
                    "time_s": float(athlete_s[point]) * stretch,
                    "reference_value": float(expected[point]),
                    "value": float(seen[point]),
                    "unit": QUANTITY_UNITS[name],
                }
                for point in range(PATH_POINTS)
            ]
    return _frame(ALIGNMENT_PATHS, records, _name_recording(subject))


def _sample(times_s: FloatArray, values: FloatArray, at_s: FloatArray) -> FloatArray:
    """Interpolate values ``(T,)`` at times; NaN beside a missing sample and outside."""
    return np.interp(at_s, times_s, values, left=np.nan, right=np.nan)


def _name_recording(subject: Subject) -> _Record:
    return {"recording_id": subject.recording_id, "clip_sha256": subject.clip_sha256}


def _frame(
    table: Table, records: Sequence[_Record], about: Mapping[str, object]
) -> pl.DataFrame:
    schema = {
        name: dtype
        for name, dtype in build_schema(table).items()
        if name not in _ADDED_LATER
    }
    rows = pl.DataFrame([{**about, **record} for record in records], schema=schema)
    return rows.with_columns(pl.col(pl.Float64).fill_nan(None))
