"""One repetition as KISMAM sees it: its keyframes and the recording's quantities."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import cast

import numpy as np

from sportsgpt_lib.kinematics.rates import compute_frame_interval_s
from sportsgpt_lib.kismam.signals import Signal
from sportsgpt_lib.sports.definition import Movement
from sportsgpt_lib.sports.quantities import OPPOSITE_SIDES, Side
from sportsgpt_lib.sports.rules import (
    PhaseRule,
    Rule,
    keyframe_texts,
    parse_keyframe_ref,
)

_BOTH = "both"


@dataclass(frozen=True)
class KeyframeTime:
    """When a keyframe happened, in seconds of the movement, ± standard uncertainty."""

    time_s: float
    error_s: float


@dataclass(frozen=True)
class Repetition:
    """The measured side of one repetition.

    Parameters
    ----------
    own_side
        ``left`` or ``right``: the leg the repetition belongs to; ``both`` where the
        movement has no such leg.
    keyframes
        Times by (keyframe, side).
    signals
        Quantities of the whole recording, at times of the movement, by their name in
        ``joint_kinematics``.
    far_side
        ``left`` or ``right``: the leg away from the camera; None = not known.
    athlete_groups
        What is known of the athlete, as ``AthleteGroup``; empty = nothing.
    """

    own_side: Side
    keyframes: Mapping[tuple[str, str], KeyframeTime]
    signals: Mapping[str, Signal]
    far_side: str | None = None
    athlete_groups: frozenset[str] = frozenset()

    @property
    def other_side(self) -> str:
        """The side opposite to the repetition's own; ``both`` where it has none."""
        return OPPOSITE_SIDES[self.own_side]

    @property
    def frame_rate_hz(self) -> float:
        """Frames per second of the movement, slow motion taken out; NaN = unknown."""
        clocks = (signal.times_s for signal in self.signals.values())
        interval_s = compute_frame_interval_s(next(clocks, np.empty(0)))
        return 1.0 / interval_s if interval_s > 0.0 else float("nan")

    @property
    def is_of_far_leg(self) -> bool:
        """Whether the repetition belongs to the leg away from the camera."""
        return self.own_side == self.far_side

    def find_keyframe(self, text: str) -> KeyframeTime | None:
        """Find a keyframe as a rule writes it, such as ``toe_off/other``.

        A keyframe of both sides belongs to either leg.
        """
        ref = parse_keyframe_ref(text)
        side = self.other_side if ref.is_other_leg else self.own_side
        found = self.keyframes.get((ref.keyframe, side))
        return found or self.keyframes.get((ref.keyframe, _BOTH))


def find_own_side(
    movement: Movement, keyframes: Mapping[tuple[str, str], KeyframeTime]
) -> Side:
    """Find the repetition's leg: the side of a keyframe that only this leg has.

    Where none was found, the side of the earliest keyframe.
    """
    own_only = {part.name for part in movement.keyframes if part.is_own_leg_only}
    telling = {key: time for key, time in keyframes.items() if key[0] in own_only}
    (_, side), _ = min((telling or keyframes).items(), key=lambda item: item[1].time_s)
    return cast("Side", side)


def list_needed_keyframes(rule: Rule, movement: Movement) -> tuple[str, ...]:
    """List the keyframes that a rule needs, each once, its phase's included."""
    texts = keyframe_texts(rule)
    if isinstance(rule, PhaseRule):
        phase = movement.phase(rule.phase)
        texts = (phase.start, phase.end, *texts)
    return tuple(dict.fromkeys(texts))
