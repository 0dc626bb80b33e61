"""One sight of one person in one picture, and many of them as one array.

A sight holds all that the clip can tell about the person there, so that no later step
needs the picture. Nothing is decided here.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import Any

import numpy as np
import numpy.typing as npt

from sportsgpt_lib.arrays import FloatArray
from sportsgpt_lib.pose.appearance import Appearance
from sportsgpt_lib.pose.regions import BodyCircle
from sportsgpt_lib.pose.skeleton import KEYPOINTS

SightArray = npt.NDArray[Any]


class Origin(IntEnum):
    """How a person was seen: by the detector, or followed forwards or backwards."""

    FOUND = 0
    FOLLOWED = 1
    TRACED_BACK = 2


@dataclass(frozen=True)
class Sight:
    """One person in one picture.

    ``points`` ``(J, 3)``: x and y in pixels and the confidence; NaN with confidence 0
    for keypoints that the network does not know. ``circle`` holds these points.
    """

    frame_idx: int
    time_s: float
    person_idx: int
    origin: Origin
    points: FloatArray
    circle: BodyCircle
    appearance: Appearance


# One sight as an array element. Everything that is measured is kept in full precision,
# so that a sight read back is the one that was written, to the bit.
SIGHT_TYPE = np.dtype(
    [
        ("frame_idx", np.int64),
        ("time_s", np.float64),
        ("person_idx", np.int64),
        ("origin", np.int64),
        ("points", np.float64, (len(KEYPOINTS), 3)),
        ("circle", np.float64, (4,)),
        ("torso_lab", np.float64, (3,)),
        ("thigh_lab", np.float64, (3,)),
        ("brightness_ratio", np.float64),
        ("clipped_ratio", np.float64),
        ("sharpness_ratio", np.float64),
    ]
)


def sights_to_array(sights: Sequence[Sight]) -> SightArray:
    """Pack sights into an array ``(N,)`` of SIGHT_TYPE."""
    rows = [
        (
            sight.frame_idx,
            sight.time_s,
            sight.person_idx,
            sight.origin,
            sight.points,
            (
                sight.circle.x_px,
                sight.circle.y_px,
                sight.circle.radius_px,
                sight.circle.turn_rad,
            ),
            sight.appearance.torso_lab,
            sight.appearance.thigh_lab,
            sight.appearance.brightness_ratio,
            sight.appearance.clipped_ratio,
            sight.appearance.sharpness_ratio,
        )
        for sight in sights
    ]
    return np.array(rows, dtype=SIGHT_TYPE)


def sights_from_array(array: SightArray) -> list[Sight]:
    """Unpack an array ``(N,)`` of SIGHT_TYPE; the inverse of ``sights_to_array``."""
    return [
        Sight(
            frame_idx=int(row["frame_idx"]),
            time_s=float(row["time_s"]),
            person_idx=int(row["person_idx"]),
            origin=Origin(int(row["origin"])),
            points=row["points"].copy(),
            circle=BodyCircle(*(float(value) for value in row["circle"])),
            appearance=Appearance(
                row["torso_lab"].copy(),
                row["thigh_lab"].copy(),
                float(row["brightness_ratio"]),
                float(row["clipped_ratio"]),
                float(row["sharpness_ratio"]),
            ),
        )
        for row in array
    ]
