"""Carries the keypoints of a network into the platform's skeleton, by name.

Networks trained on COCO, COCO-WholeBody or Halpe use the skeleton's own names, so no
table of numbers is needed: a name the skeleton has is copied, a name it lacks is left
out, and a keypoint the network lacks stays NaN. Only the two that are middles by
definition, neck and hip, are computed where the network lacks them.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from sportsgpt_lib.arrays import FloatArray
from sportsgpt_lib.errors import SettingError
from sportsgpt_lib.pose.network_files import DOCUMENTED_IN
from sportsgpt_lib.pose.skeleton import KEYPOINT_INDEX, KEYPOINTS, MIDPOINTS

# Source: Lin et al. (2014), Microsoft COCO: Common Objects in Context, ECCV,
# doi:10.1007/978-3-319-10602-1_48; the skeleton starts with COCO's 17 in their order.
COCO_KEYPOINTS = KEYPOINTS[:17]

# Legs and trunk: without them there is no technique to assess.
NEEDED_KEYPOINTS: tuple[str, ...] = tuple(
    f"{side}_{joint}"
    for joint in ("shoulder", "hip", "knee", "ankle")
    for side in ("left", "right")
)

# mmpose and OpenCV count a pixel's centre as a whole number, as COCO's keypoints do;
# the platform's port counts from the picture's corner, so centres lie at one half.
PIXEL_CENTRE_PX = 0.5


class KeypointMapping:
    """Where each keypoint of one network goes in the skeleton.

    Parameters
    ----------
    network_names
        The network's keypoints, in the order of its output.
    setting
        The setting to name when the network does not fit.

    Raises
    ------
    SettingError
        The network lacks shoulders, hips, knees or ankles, or names one twice.
    """

    def __init__(self, network_names: Sequence[str], setting: str) -> None:
        names = tuple(network_names)
        problems = [
            f"it has no {name}" for name in NEEDED_KEYPOINTS if name not in names
        ]
        problems += [
            f"it names {name} {names.count(name)} times"
            for name in KEYPOINTS
            if names.count(name) > 1
        ]
        if problems:
            raise SettingError(
                setting,
                f"the network's {len(names)} keypoints do not fit the skeleton",
                "choose a body network trained on COCO, COCO-WholeBody or Halpe-26; "
                f"see {DOCUMENTED_IN}",
                problems=problems,
            )
        self._middles = {
            name: pair for name, pair in MIDPOINTS.items() if name not in names
        }
        self.missing = tuple(
            name
            for name in KEYPOINTS
            if name not in names and name not in self._middles
        )
        known = [(idx, name) for idx, name in enumerate(names) if name in KEYPOINTS]
        self._from_idx = [idx for idx, _ in known]
        self._to_idx = [KEYPOINT_INDEX[name] for _, name in known]

    def to_skeleton(
        self, positions_idx: npt.NDArray[Any], scores: npt.NDArray[Any]
    ) -> FloatArray:
        """Arrange a network's points as the port wants them.

        Parameters
        ----------
        positions_idx
            Positions ``(N, K, 2)`` where a pixel's centre is a whole number.
        scores
            The network's scores ``(N, K)``; 0 or less means that it saw nothing.

        Returns
        -------
        ``(N, J, 3)``: x and y in pixels of the port, confidence clipped to 0 to 1.
        Missing and unseen keypoints are NaN with confidence 0.
        """
        points = np.full((len(scores), len(KEYPOINTS), 3), np.nan)  # (N, J, 3)
        points[:, :, 2] = 0.0
        is_seen = scores > 0
        seen_px = np.where(
            is_seen[..., None], positions_idx + PIXEL_CENTRE_PX, np.nan
        )  # (N, K, 2)
        points[:, self._to_idx, :2] = seen_px[:, self._from_idx]
        points[:, self._to_idx, 2] = np.clip(scores, 0.0, 1.0)[:, self._from_idx]
        for name, pair in self._middles.items():
            ends = points[:, [KEYPOINT_INDEX[end] for end in pair]]  # (N, 2, 3)
            points[:, KEYPOINT_INDEX[name], :2] = ends[:, :, :2].mean(axis=1)
            points[:, KEYPOINT_INDEX[name], 2] = ends[:, :, 2].min(axis=1)
        return points
