"""How far a network's jitter puts rates of quantities off, against what is stated.

What is stated is ``rate_error`` in ``sports/measurement_errors.toml``; it came from
here: the larger of the robust scatters at 60 and 120 Hz. Jitter and outliers are
not repaired.
"""

from collections import defaultdict

import numpy as np

from benchmarks.figures import Figure
from benchmarks.movements.filming import JITTER, film, load_kind
from benchmarks.pose.motions import Motion
from sportsgpt_lib.arrays import FloatArray
from sportsgpt_lib.kinematics.quantities import QUANTITY_UNITS, UNITS_WITH_RATES
from sportsgpt_lib.robust_spread import compute_robust_sd
from sportsgpt_lib.sports.measurement_errors import load_measurement_errors, name_rate
from sportsgpt_lib.sports.quantities import to_rule_name

_FRAME_RATES_HZ = (30.0, 60.0, 120.0)
_SEEDS = (0, 1)
_UNIT = {"deg": "deg/s", "body_heights": "body heights/s"}


def measure() -> list[Figure]:
    """Measure the scatter of each rate, as a share of the error that is stated."""
    stated = load_measurement_errors()
    motions = load_kind("run", "jog", "jump", "walk")
    figures = []
    for frame_rate_hz in _FRAME_RATES_HZ:
        for name, differences in _compare(motions, frame_rate_hz).items():
            unit = QUANTITY_UNITS[name.replace("{side}", "left")]
            scatter = compute_robust_sd(differences)
            figures.append(
                Figure(
                    f"{name} at {frame_rate_hz:g} Hz",
                    scatter,
                    _UNIT[unit],
                    aim=1.1 * stated[name_rate(name)],
                    note=f"stated {stated[name_rate(name)]:g}",
                )
            )
    return figures


def _compare(motions: list[Motion], frame_rate_hz: float) -> dict[str, FloatArray]:
    """Collect rates with jitter less rates without, by rule name."""
    found: dict[str, list[FloatArray]] = defaultdict(list)
    exact = dict(film(motions, frame_rate_hz))
    for seed in _SEEDS:
        for motion, seen in film(motions, frame_rate_hz, rules=JITTER, seed=seed):
            for name, unit in QUANTITY_UNITS.items():
                if unit in UNITS_WITH_RATES and motion in exact:
                    off = seen.rates_per_s[name] - exact[motion].rates_per_s[name]
                    found[to_rule_name(name)].append(off[np.isfinite(off)])
    joined = {name: np.concatenate(parts) for name, parts in found.items()}
    return {name: values for name, values in joined.items() if values.size}
