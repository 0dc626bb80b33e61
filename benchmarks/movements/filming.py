"""Recorded people filmed from the side, as a network would see them or exactly."""

from collections.abc import Iterator
from dataclasses import replace

from benchmarks.pose.motions import Motion, find_shared_data, load_motions
from benchmarks.pose.side_camera import SightRules, film_from_side, see_with_network
from sportsgpt_lib.errors import PoseInputError
from sportsgpt_lib.kinematics.quantities import Quantities, compute_quantities

NO_SWAPS = replace(SightRules(), swaps_per_s=0.0)
JITTER = replace(NO_SWAPS, losses_per_s=0.0)


def load_kind(*kinds: str) -> list[Motion]:
    """Load the shared recordings whose names hold one of the words."""
    motions = load_motions(find_shared_data())
    return [motion for motion in motions if any(kind in motion.name for kind in kinds)]


def film(
    motions: list[Motion],
    frame_rate_hz: float,
    *,
    rules: SightRules | None = None,
    seed: int = 0,
) -> Iterator[tuple[str, Quantities]]:
    """Film recordings and measure them; ``rules`` None = exact keypoints.

    A recording of which nothing can be measured is left out.
    """
    for motion in motions:
        sequence = film_from_side(motion, frame_rate_hz=frame_rate_hz)
        if rules is not None:
            sequence = see_with_network(sequence, seed=seed, rules=rules).sequence
        try:
            yield motion.name, compute_quantities(sequence)
        except PoseInputError:
            continue
