"""Made-up movements of 12 joint angles, and performances of them in own style and time.

A movement is a curve over phase, 0 to 1, with keyframes at given phases; a performance
gives it a performer's gain, offset and slow deviation, and runs through it at a speed
of its own. Where a keyframe lies in time is exact, between frames as well. How
performances are strung together to a recording is in ``recordings.py``, what a camera
gets wrong in ``faults.py``.
"""

from dataclasses import dataclass

import numpy as np

from sportsgpt_lib.arrays import FloatArray

_JOINTS = ("hip", "knee", "ankle", "shoulder", "elbow")
ANGLE_NAMES: tuple[str, ...] = (
    *(f"{side}_{joint}_deg" for side in ("left", "right") for joint in _JOINTS),
    "trunk_deg",
    "neck_deg",
)
# Name of the same angle on the other side of the body.
MIRROR: dict[str, str] = {
    name: name.replace("left_", "right_")
    if name.startswith("left_")
    else name.replace("right_", "left_")
    for name in ANGLE_NAMES
}
MIRRORED_COLUMNS = tuple(ANGLE_NAMES.index(MIRROR[name]) for name in ANGLE_NAMES)
KEYFRAME_NAMES: tuple[str, ...] = (
    "first",
    "second",
    "third",
    "fourth",
    "fifth",
    "last",
)

DURATION_S = 3.0
# Chosen: range of motion of a joint in a sport's movement, half of it, in degrees.
_LEAST_SWING_DEG, _MOST_SWING_DEG = 20.0, 60.0
_KNOT_COUNT = 9
_LEAST_KEYFRAME_PHASE, _MOST_KEYFRAME_PHASE, _KEYFRAME_GAP = 0.08, 0.92, 0.08
_SPEED_KNOT_COUNT = 6
_WARP_CELL_COUNT = 400


@dataclass(frozen=True)
class Movement:
    """A curve over phase: ``knots_deg`` ``(9, 12)`` at equal phases, and keyframes.

    ``keyframe_phases`` ``(K,)`` ascend; ``rest_deg`` ``(12,)`` is the mean posture.
    """

    knots_deg: FloatArray
    keyframe_phases: FloatArray

    @property
    def rest_deg(self) -> FloatArray:
        """The mean of the knots."""
        return np.asarray(self.knots_deg.mean(axis=0))

    def compute_angles_deg(self, phases: FloatArray) -> FloatArray:
        """Compute the angles ``(N, 12)`` at phases ``(N,)``."""
        from scipy.interpolate import CubicSpline

        knots = np.linspace(0.0, 1.0, len(self.knots_deg))
        curve = CubicSpline(knots, self.knots_deg, bc_type="natural")
        return np.asarray(curve(phases))


@dataclass(frozen=True)
class Style:
    """How a performer differs: gain about the mean posture, offset and a slow wave.

    All ``(12,)``; the wave has ``wave_cycles`` periods over the movement.
    """

    gain: FloatArray
    offset_deg: FloatArray
    wave_deg: FloatArray
    wave_cycles: FloatArray
    wave_start: FloatArray

    def apply(
        self, movement: Movement, angles_deg: FloatArray, phases: FloatArray
    ) -> FloatArray:
        """Give ``angles_deg`` ``(N, 12)`` of a movement at ``phases`` this style."""
        turns = phases[:, None] * self.wave_cycles + self.wave_start
        wave_deg = self.wave_deg * np.sin(2 * np.pi * turns)
        swing_deg = self.gain * (angles_deg - movement.rest_deg)
        return np.asarray(movement.rest_deg + swing_deg + self.offset_deg + wave_deg)


@dataclass(frozen=True)
class Performance:
    """A movement in a style, at a speed of its own.

    ``warp_s`` ``(401,)`` are the times from the start at equal phases, ascending from
    0; between them phase runs evenly, so that time and phase map exactly.
    """

    movement: Movement
    style: Style
    warp_s: FloatArray

    @property
    def duration_s(self) -> float:
        """Time from phase 0 to phase 1."""
        return float(self.warp_s[-1])

    @property
    def keyframe_times_s(self) -> FloatArray:
        """Times of the keyframes ``(K,)`` from the start."""
        return self.find_times_s(self.movement.keyframe_phases)

    def find_times_s(self, phases: FloatArray) -> FloatArray:
        """Find when phases ``(N,)`` are reached."""
        grid = np.linspace(0.0, 1.0, self.warp_s.size)
        return np.asarray(np.interp(phases, grid, self.warp_s))

    def find_phases(self, times_s: FloatArray) -> FloatArray:
        """Find the phases at times ``(N,)`` from the start."""
        grid = np.linspace(0.0, 1.0, self.warp_s.size)
        return np.asarray(np.interp(times_s, self.warp_s, grid))

    def compute_angles_deg(self, times_s: FloatArray) -> FloatArray:
        """Compute the angles ``(N, 12)`` at times ``(N,)`` from the start."""
        phases = self.find_phases(times_s)
        angles_deg = self.movement.compute_angles_deg(phases)
        return self.style.apply(self.movement, angles_deg, phases)


def draw_movement(chance: np.random.Generator, *, keyframe_count: int = 6) -> Movement:
    """Draw a movement whose two sides are alike in part, as those of a body are."""
    swing_deg = chance.uniform(_LEAST_SWING_DEG, _MOST_SWING_DEG, len(ANGLE_NAMES))
    shape = (_KNOT_COUNT, len(ANGLE_NAMES))
    own, shared = chance.uniform(-1, 1, shape), chance.uniform(-1, 1, shape)
    one_side = len(_JOINTS)
    shared[:, one_side : 2 * one_side] = shared[:, :one_side]
    middle_deg = chance.uniform(-20.0, 60.0, len(ANGLE_NAMES))
    knots_deg = middle_deg + swing_deg * (own + shared) / np.sqrt(2.0)
    free = _MOST_KEYFRAME_PHASE - _LEAST_KEYFRAME_PHASE
    free -= _KEYFRAME_GAP * (keyframe_count - 1)
    spread = np.sort(chance.uniform(0.0, free, keyframe_count))
    gaps = _KEYFRAME_GAP * np.arange(keyframe_count)
    return Movement(knots_deg, _LEAST_KEYFRAME_PHASE + spread + gaps)


def shift_rest(movement: Movement, rest_deg: FloatArray) -> Movement:
    """Move a movement to another mean posture ``(12,)``."""
    shift_deg = rest_deg - movement.rest_deg
    return Movement(movement.knots_deg + shift_deg, movement.keyframe_phases)


def build_plain_style() -> Style:
    """Build the style that changes nothing."""
    none = np.zeros(len(ANGLE_NAMES))
    return Style(none + 1.0, none, none, none, none)


def draw_style(chance: np.random.Generator, style_deg: float, gain_sd: float) -> Style:
    """Draw a performer: offsets of ``style_deg``, waves of half of it, and gains."""
    count = len(ANGLE_NAMES)
    return Style(
        gain=np.exp(gain_sd * chance.standard_normal(count)),
        offset_deg=style_deg * chance.standard_normal(count),
        wave_deg=style_deg / np.sqrt(2.0) * chance.standard_normal(count),
        wave_cycles=chance.uniform(0.5, 1.0, count),
        wave_start=chance.uniform(0.0, 1.0, count),
    )


def draw_performance(
    chance: np.random.Generator,
    movement: Movement,
    style: Style,
    *,
    speed_ratio: float,
    local_speed_sd: float = 0.35,
) -> Performance:
    """Draw a performance that lasts ``DURATION_S / speed_ratio``.

    Local speed is log-normal with the standard deviation ``local_speed_sd`` at six
    phases, and smooth between them.
    """
    from scipy.interpolate import CubicSpline

    knots = np.linspace(0.0, 1.0, _SPEED_KNOT_COUNT)
    grid = np.linspace(0.0, 1.0, _WARP_CELL_COUNT + 1)
    log_speed = local_speed_sd * chance.standard_normal(_SPEED_KNOT_COUNT)
    slowness = np.exp(-CubicSpline(knots, log_speed)(grid))
    steps = (slowness[1:] + slowness[:-1]) / 2
    warp = np.concatenate([[0.0], np.cumsum(steps)])
    return Performance(movement, style, warp / warp[-1] * DURATION_S / speed_ratio)
