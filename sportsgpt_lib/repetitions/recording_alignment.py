"""One recording against all target models of its movement: once, or once per leg.

A cyclic movement, such as walking, is sought for either leg. A movement that is done
once has an own side that the target model states, and is sought mirrored besides.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from sportsgpt_lib.alignment.motion import Motion, ReferenceMotion
from sportsgpt_lib.alignment.motion_alignment import AlignedRepetition, Alignment
from sportsgpt_lib.alignment.motion_dtw import align_motion
from sportsgpt_lib.arrays import FloatArray
from sportsgpt_lib.errors import AlignmentInputError, PoseInputError
from sportsgpt_lib.kinematics.angles import HALF_TURN_DEG, wrap_deg
from sportsgpt_lib.repetitions.repetition import OPPOSITE, Side
from sportsgpt_lib.target_models.reference import Reference
from sportsgpt_lib.target_models.reference_motion import to_reference_motion

_SIDE_PREFIXES: tuple[tuple[str, str], ...] = (("left_", "right_"), ("right_", "left_"))


@dataclass(frozen=True)
class SideAlignment:
    """What one search found: for one leg, or for the side a movement is done on.

    ``own_side`` is that of ``references``, the target models as they were sought, not
    mirrored. ``is_either_side``: they were sought mirrored, too.
    """

    own_side: Side
    is_either_side: bool
    references: tuple[ReferenceMotion, ...]
    alignment: Alignment

    @property
    def searched_side(self) -> Side:
        """The side whose repetitions were sought; both = on either side at once."""
        return "both" if self.is_either_side else self.own_side

    def find_side(self, aligned: AlignedRepetition) -> Side:
        """Find the own side of a repetition, mirrored ones included."""
        return OPPOSITE[self.own_side] if aligned.is_mirrored else self.own_side

    def find_reference(self, aligned: AlignedRepetition) -> ReferenceMotion:
        """Find the target model of a repetition, under the athlete's names for it."""
        found = next(
            reference
            for reference in self.references
            if reference.reference_id == aligned.reference_id
        )
        return mirror_reference(found) if aligned.is_mirrored else found


def align_recording(
    times_s: FloatArray,
    quantities: Mapping[str, FloatArray],
    references: Sequence[Reference],
    joint_weights: Mapping[str, float],
) -> tuple[SideAlignment, ...]:
    """Align a recording to its movement's target models.

    Parameters
    ----------
    times_s
        Times ``(T,)`` in real seconds.
    quantities
        The quantities of ``joint_kinematics`` ``(T,)``. NaN = missing.
    references
        Target models of one movement, at least one.
    joint_weights
        Weights of the quantities, as the movement's folder names them.

    Returns
    -------
    One search for each leg where a target model is cyclic, else one.

    Raises
    ------
    PoseInputError
        The times do not ascend, or a quantity is infinite.
    AlignmentInputError
        A target model names a quantity that there is not.
    """
    searches = []
    for own_side in _list_own_sides(references):
        sought = tuple(
            to_reference_motion(reference, own_side, joint_weights)
            for reference in references
        )
        motion = _build_motion(times_s, quantities, sought)
        mirror = None if is_cyclic(references) else build_mirror(motion.names)
        alignment = align_motion(motion, sought, mirror=mirror)
        searches.append(SideAlignment(own_side, mirror is not None, sought, alignment))
    return tuple(searches)


def is_cyclic(references: Sequence[Reference]) -> bool:
    """Whether a movement repeats: one of its target models is a cycle."""
    return any(reference.is_cyclic for reference in references)


def build_mirror(names: Sequence[str]) -> dict[str, str]:
    """Pair each name of a side with the one of the other side."""
    return {
        name: other + name.removeprefix(own)
        for name in names
        for own, other in _SIDE_PREFIXES
        if name.startswith(own)
    }


def mirror_reference(reference: ReferenceMotion) -> ReferenceMotion:
    """Exchange left and right in the names of a target model."""
    motion = reference.motion
    mirror = build_mirror(motion.names)
    names = tuple(mirror.get(name, name) for name in motion.names)
    return ReferenceMotion(
        reference.reference_id,
        Motion(names, motion.times_s, motion.angles_deg),
        reference.start_s,
        reference.end_s,
        reference.keyframes,
        reference.weights,
    )


def _list_own_sides(references: Sequence[Reference]) -> tuple[Side, ...]:
    if is_cyclic(references):
        return ("left", "right")
    is_sided = any(reference.own_side != "both" for reference in references)
    return ("right",) if is_sided else ("both",)


def _build_motion(
    times_s: FloatArray,
    quantities: Mapping[str, FloatArray],
    references: Sequence[ReferenceMotion],
) -> Motion:
    """Take the quantities that any target model holds, and their mirror images."""
    wanted = dict.fromkeys(
        name for reference in references for name in reference.motion.names
    )
    both = dict.fromkeys([*wanted, *build_mirror(list(wanted)).values()])
    names = tuple(name for name in both if name in quantities)
    centres_deg = _find_centres_deg(references)
    columns = [
        wrap_deg(quantities[name], centres_deg[name])
        if name in centres_deg
        else quantities[name]
        for name in names
    ]
    angles_deg = np.stack(columns, axis=1) if columns else np.empty((times_s.size, 0))
    try:
        return Motion(names, times_s, angles_deg)
    except AlignmentInputError as error:
        raise PoseInputError(
            "joint kinematics", error.found, "look at the clip's times and poses"
        ) from error


def _find_centres_deg(references: Sequence[ReferenceMotion]) -> dict[str, float]:
    """Find the turn in which the target models pass each angle, and its mirror image.

    Angles of an athlete who turned over before run on by whole turns, which are no
    other posture. An angle that itself passes more than half a turn has none.
    """
    passed: dict[str, list[FloatArray]] = {}
    for reference in references:
        mirror = build_mirror(reference.motion.names)
        for idx, name in enumerate(reference.motion.names):
            column = reference.motion.angles_deg[:, idx]
            for either in {name, mirror.get(name, name)}:
                passed.setdefault(either, []).append(column)
    centres_deg = {}
    for name, columns in passed.items():
        angles_deg = np.concatenate(columns)
        low_deg, high_deg = np.nanmin(angles_deg), np.nanmax(angles_deg)
        if high_deg - low_deg <= HALF_TURN_DEG:
            centres_deg[name] = float(0.5 * (low_deg + high_deg))
    return centres_deg
