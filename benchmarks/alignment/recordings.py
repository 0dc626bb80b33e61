"""Untrimmed recordings, made up from a seed, with exact truth.

``draw_trial(seed, severity)`` gives a recording in which an athlete idles, walks, does
other movements and decoys of the wanted one (broken off, or at 40 % of its size), and
the wanted one; the references to find it with; and where its keyframes are. Everything
is drawn anew from the seed, the movement as well. Seeds are in two parts: those of
``TUNING_SEEDS`` are for choosing constants and are never reported.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from benchmarks.alignment.faults import CLEAN, Severity, add_faults
from benchmarks.alignment.movements import (
    ANGLE_NAMES,
    KEYFRAME_NAMES,
    MIRRORED_COLUMNS,
    Movement,
    Performance,
    Style,
    build_plain_style,
    draw_movement,
    draw_performance,
    draw_style,
    shift_rest,
)
from benchmarks.alignment.timeline import MOST_BLEND_S, Piece, Truth, join_pieces
from sportsgpt_lib.arrays import FloatArray

TUNING_SEEDS = range(10_000)
REPORTING_SEEDS = range(100_000, 110_000)

_DECOYS_PER_MINUTE = 3
_DECOY_SIZE = 0.4
_LEAST_BROKEN_OFF, _MOST_BROKEN_OFF = 0.30, 0.55
_POSTURE_SD_DEG = 15.0
_LEAST_REST_S, _MOST_REST_S = 1.5, 5.0
_LEAST_FREE_S = 1.0
# Other performers as references differ from the movement by mild style.
_PERFORMER_STYLE_DEG, _PERFORMER_GAIN_SD, _PERFORMER_SPEED_SD = 5.0, 0.15, 0.35


@dataclass(frozen=True)
class TrialOptions:
    """What a recording is to be like; the defaults are the common trial.

    ``repetition_count`` 0 = the movement is absent. ``speed_ratio`` None = drawn from
    0.6 to 1.6 for each repetition. ``performer_count`` references are given, the first
    of them the movement itself where ``has_plain_performer``, in no style.
    """

    duration_s: float = 60.0
    frame_rate_hz: float = 60.0
    reference_rate_hz: float = 60.0
    repetition_count: int = 1
    speed_ratio: float | None = None
    is_mirrored: bool = False
    performer_count: int = 1
    has_plain_performer: bool = True
    has_decoys: bool = True


@dataclass(frozen=True)
class Performer:
    """One reference: evenly sampled angles, and its keyframes in the same time.

    The movement lasts from ``start_s`` to ``end_s``; what lies outside is context.
    ``spread_s`` is how far its keyframes differ between people, NaN = not known: 0
    where they are phases of one movement.
    """

    name: str
    times_s: FloatArray
    angles_deg: FloatArray
    start_s: float
    end_s: float
    keyframe_names: tuple[str, ...]
    keyframe_times_s: FloatArray
    spread_s: float


@dataclass(frozen=True)
class Trial:
    """A recording ``(T, 12)``, NaN = not seen, its truth and the references for it."""

    names: tuple[str, ...]
    times_s: FloatArray
    angles_deg: FloatArray
    truths: tuple[Truth, ...]
    performers: tuple[Performer, ...]


def draw_trial(
    seed: int, severity: Severity, options: TrialOptions | None = None
) -> Trial:
    """Draw a trial; the same seed, severity and options give the same trial."""
    options = options or TrialOptions()
    chance = np.random.default_rng(seed)
    movement = draw_movement(chance, keyframe_count=len(KEYFRAME_NAMES))
    performers = _draw_performers(chance, movement, options)
    style = draw_style(chance, severity.style_deg, severity.gain_sd)
    pieces = _draw_pieces(chance, movement, style, options)
    times_s = (
        np.arange(round(options.duration_s * options.frame_rate_hz))
        / options.frame_rate_hz
    )
    angles_deg, truths = join_pieces(chance, pieces, times_s)
    if options.is_mirrored:
        angles_deg = angles_deg[:, MIRRORED_COLUMNS]
    if severity != CLEAN:
        angles_deg = add_faults(chance, angles_deg, options.frame_rate_hz, severity)
    return Trial(ANGLE_NAMES, times_s, angles_deg, truths, performers)


def _draw_performers(
    chance: np.random.Generator, movement: Movement, options: TrialOptions
) -> tuple[Performer, ...]:
    performers = []
    for number in range(options.performer_count):
        is_plain = number == 0 and options.has_plain_performer
        performance = draw_performance(
            chance,
            movement,
            build_plain_style()
            if is_plain
            else draw_style(chance, _PERFORMER_STYLE_DEG, _PERFORMER_GAIN_SD),
            speed_ratio=1.0 if is_plain else float(chance.uniform(0.85, 1.2)),
            local_speed_sd=0.0 if is_plain else _PERFORMER_SPEED_SD,
        )
        count = round(performance.duration_s * options.reference_rate_hz)
        times_s = np.arange(count) / options.reference_rate_hz
        performers.append(
            Performer(
                name=f"performer-{number + 1}",
                times_s=times_s,
                angles_deg=performance.compute_angles_deg(times_s),
                start_s=0.0,
                end_s=float(times_s[-1]),
                keyframe_names=KEYFRAME_NAMES,
                keyframe_times_s=performance.keyframe_times_s,
                spread_s=0.0,
            )
        )
    return tuple(performers)


def _draw_pieces(
    chance: np.random.Generator,
    movement: Movement,
    style: Style,
    options: TrialOptions,
) -> list[Piece]:
    """Draw pieces that fill the recording, in random order, rest in between."""

    def perform(what: Movement) -> Performance:
        speed_ratio = float(np.exp(chance.uniform(np.log(0.6), np.log(1.6))))
        return draw_performance(chance, what, style, speed_ratio=speed_ratio)

    wanted = []
    for _ in range(options.repetition_count):
        performance = perform(movement)
        if options.speed_ratio is not None:
            performance = draw_performance(
                chance, movement, style, speed_ratio=options.speed_ratio
            )
        wanted.append(
            Piece(
                performance.duration_s,
                performance.compute_angles_deg,
                Truth(0.0, performance.duration_s, performance.keyframe_times_s),
            )
        )
    decoy_count = round(_DECOYS_PER_MINUTE * options.duration_s / 60.0)
    decoys = [
        _build_decoy(chance, perform(movement), is_small=number % 2 == 0)
        for number in range(decoy_count if options.has_decoys else 0)
    ]
    busy_s = sum(piece.duration_s + MOST_BLEND_S for piece in (*wanted, *decoys))
    others: list[Piece] = []
    kinds: tuple[Callable[[], Piece], ...] = (
        lambda: _draw_idle(chance, movement),
        lambda: _draw_walk(chance, movement),
        lambda: _build_piece(perform(_draw_other(chance, movement))),
    )
    while (
        busy_s + sum(p.duration_s + MOST_BLEND_S for p in others) + _MOST_REST_S
        < options.duration_s - _LEAST_FREE_S
    ):
        others.append(kinds[chance.integers(len(kinds))]())
    if busy_s > options.duration_s - _LEAST_FREE_S:
        raise ValueError(
            f"duration_s {options.duration_s}: {busy_s:.0f} s of movements and decoys "
            "do not fit; allowed: longer ones. Fix: ask for fewer repetitions"
        )
    pieces = [*wanted, *decoys, *others]
    order = chance.permutation(len(pieces))
    rest = _draw_idle(chance, movement)
    return [
        replace(rest, duration_s=_LEAST_FREE_S),
        *(pieces[index] for index in order),
        replace(rest, duration_s=options.duration_s),
    ]


def _draw_other(chance: np.random.Generator, movement: Movement) -> Movement:
    """Draw another movement, done near the posture of the wanted one."""
    away_deg = chance.normal(0.0, _POSTURE_SD_DEG, len(ANGLE_NAMES))
    return shift_rest(draw_movement(chance), movement.rest_deg + away_deg)


def _build_piece(performance: Performance) -> Piece:
    return Piece(performance.duration_s, performance.compute_angles_deg)


def _build_decoy(
    chance: np.random.Generator, performance: Performance, *, is_small: bool
) -> Piece:
    """Build the movement at 40 % of its size, or its first third to half."""
    if is_small:
        small = replace(
            performance,
            style=replace(performance.style, gain=_DECOY_SIZE * performance.style.gain),
        )
        return _build_piece(small)
    phase = chance.uniform(_LEAST_BROKEN_OFF, _MOST_BROKEN_OFF)
    end_s = float(performance.find_times_s(np.array([phase]))[0])
    return Piece(end_s, performance.compute_angles_deg)


def _draw_idle(chance: np.random.Generator, movement: Movement) -> Piece:
    """Draw a stretch near a posture that sways by some degrees."""
    count = len(ANGLE_NAMES)
    posture_deg = movement.rest_deg + chance.normal(0.0, _POSTURE_SD_DEG, count)
    sway_deg = chance.uniform(1.0, 6.0, count)
    rate_hz = chance.uniform(0.1, 0.5, count)
    start = chance.uniform(0.0, 1.0, count)

    def sample(times_s: FloatArray) -> FloatArray:
        turns = times_s[:, None] * rate_hz + start
        return np.asarray(posture_deg + sway_deg * np.sin(2 * np.pi * turns))

    return Piece(float(chance.uniform(_LEAST_REST_S, _MOST_REST_S)), sample)


def _draw_walk(chance: np.random.Generator, movement: Movement) -> Piece:
    """Draw strides: two harmonics in every angle, the sides half a stride apart."""
    count = len(ANGLE_NAMES)
    stride_hz = chance.uniform(0.8, 1.1)
    size_deg = chance.uniform(8.0, 25.0, count)
    size_deg = (size_deg + size_deg[list(MIRRORED_COLUMNS)]) / 2
    start = chance.uniform(0.0, 1.0, count)
    half = count // 2 - 1
    start[half : 2 * half] = start[:half] + 0.5
    share = chance.uniform(0.0, 0.5, count)

    def sample(times_s: FloatArray) -> FloatArray:
        turns = 2 * np.pi * (times_s[:, None] * stride_hz + start)
        wave = np.sin(turns) + share * np.sin(2 * turns)
        return np.asarray(movement.rest_deg + size_deg * wave)

    return Piece(float(chance.uniform(_LEAST_REST_S, _MOST_REST_S)), sample)
