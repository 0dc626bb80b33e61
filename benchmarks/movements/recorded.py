"""What the movements say of recorded runs and jumps: found repetitions and findings.

Nobody labelled these recordings: CMU's runs and DeepMimic's jog are ordinary running,
so that findings on them are false ones; the jumps are easy hops, so that what is said
of them as jumps for distance or height is listed, not scored.
"""

from collections import Counter
from collections.abc import Iterator

import numpy as np

from benchmarks.figures import Figure
from benchmarks.movements.filming import NO_SWAPS, film, load_kind
from benchmarks.pose.motions import Motion
from sportsgpt_lib.kinematics.quantities import Quantities
from sportsgpt_lib.kismam.aggregation import assess_issues
from sportsgpt_lib.kismam.indicators import assess_repetition
from sportsgpt_lib.kismam.repetition import KeyframeTime, Repetition, find_own_side
from sportsgpt_lib.kismam.signals import Signal
from sportsgpt_lib.repetitions.finder import find_repetitions
from sportsgpt_lib.sports.definition import Movement
from sportsgpt_lib.sports.loader import load_movement
from sportsgpt_lib.sports.measurement_errors import load_measurement_errors

_FRAME_RATES_HZ = (30.0, 60.0, 120.0)
_SEEDS = range(3)
_TRUST = {"valid": 1.0, "limited": 0.5, "not_measurable": 0.0}
# Leans by 25 deg and reaches far ahead, which is no ordinary running.
_LEANING = "deepmimic_run"


def measure() -> list[Figure]:
    """Count repetitions and findings of runs and jumps, exact and with jitter."""
    runs = [one for one in load_kind("run", "jog") if one.name != _LEANING]
    leaning = load_kind(_LEANING)
    jumps = load_kind("jump")
    figures = [*_count("running_stride", runs, "ordinary running", must=0.1)]
    figures += _count("running_stride", leaning, "leaning running")
    for name in ("sprint_acceleration", "sprint_max_velocity", "sprint_late_phase"):
        figures += _count(name, runs, "jogs called sprints", must=0.0)
    for name in ("standing_long_jump", "countermovement_jump"):
        figures += _count(name, jumps, "easy hops")
    return [*figures, *_count("squat", [*runs, *jumps], "no squats")]


def _count(
    name: str, motions: list[Motion], what: str, must: float | None = None
) -> Iterator[Figure]:
    """Count the repetitions with a finding; ``must`` limits their share."""
    movement = load_movement(name)
    for frame_rate_hz in _FRAME_RATES_HZ:
        for seen in ("exact", "jitter"):
            reported = [
                names
                for seed in (_SEEDS if seen == "jitter" else (0,))
                for _, quantities in film(
                    motions,
                    frame_rate_hz,
                    rules=NO_SWAPS if seen == "jitter" else None,
                    seed=seed,
                )
                for names in _list_findings(movement, quantities)
            ]
            share = np.mean([bool(names) for names in reported]) if reported else None
            counts = Counter(issue for names in reported for issue in names)
            words = ", ".join(f"{issue} {n}" for issue, n in counts.most_common())
            yield Figure(
                f"{name}, {what}, {frame_rate_hz:g} Hz, {seen}: share with a finding",
                None if share is None else float(share),
                "ratio",
                must=must,
                note=f"{len(reported)} repetitions; {words or 'no finding'}",
            )


def _list_findings(
    movement: Movement, quantities: Quantities
) -> Iterator[tuple[str, ...]]:
    """List what is reported of each repetition of a recording."""
    errors = load_measurement_errors()
    signals = {
        name: Signal(quantities.times_s, values)
        for name, values in quantities.values.items()
    }
    found = find_repetitions(movement, quantities.times_s, quantities.values, ())
    for one in found.repetitions:
        keyframes: dict[tuple[str, str], KeyframeTime] = {
            (keyframe.name, keyframe.side): KeyframeTime(
                keyframe.instant.time_s, keyframe.instant.error_s
            )
            for keyframe in one.keyframes
        }
        own_side = find_own_side(movement, keyframes)
        results = assess_repetition(
            movement, Repetition(own_side, keyframes, signals), "sagittal", errors
        )
        issues = assess_issues(
            np.array([result.deviation for result in results]),
            np.array([_TRUST[result.validity] for result in results]),
            np.array(movement.issue_map),
        )
        yield tuple(
            issue.name
            for issue, is_reported in zip(
                movement.issues, issues.is_reported, strict=True
            )
            if is_reported
        )
