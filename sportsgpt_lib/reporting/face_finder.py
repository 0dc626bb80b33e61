"""Finds faces of persons whom no pose track holds, such as spectators.

The network is the full-range face detector in mediapipe's wheel. It is run on
overlapping squares, since on a whole wide frame far faces are too small for it.
"""

from typing import Protocol

import numpy as np

from sportsgpt_lib.arrays import ByteImage, FloatArray
from sportsgpt_lib.media.tiles import shrink_to_tiles
from sportsgpt_lib.pose.mediapipe_graphs import NetworkGraph

# Input side of the network. Source: its model card, "MediaPipe BlazeFace Full Range
# (Sparse)", Google 2021.
_INPUT_SIDE_PX = 192
# Chosen, see docs/pose.md: side of a square as a share of the picture's shorter side,
# and the share that neighbours have in common (the largest face that is never cut).
_TILE_SHARE = 0.6
_OVERLAP_SHARE = 0.15
# The box runs from the forehead to the chin; chosen so that hair and ears are covered.
_HEAD_RADIUS_BOXES = 0.8
_GRAPH = """
input_stream: "image"
output_stream: "detections"
node {
  calculator: "FaceDetectionFullRangeCpu"
  input_stream: "IMAGE:image"
  output_stream: "DETECTIONS:detections"
}
"""


class FaceFinder(Protocol):
    """Something that finds faces in a picture."""

    def find(self, image_rgb: ByteImage) -> FloatArray:
        """Find faces in ``(H, W, 3)``: circles ``(N, 3)``, x, y and radius in px."""
        ...


class MediapipeFaceFinder:
    """The FaceFinder of every page; its network starts when it is first needed."""

    def __init__(self) -> None:
        self._graph = NetworkGraph(_GRAPH, {})

    def find(self, image_rgb: ByteImage) -> FloatArray:
        """Find faces; one face may be found in several squares."""
        tiling = shrink_to_tiles(image_rgb, _INPUT_SIDE_PX, _TILE_SHARE, _OVERLAP_SHARE)
        circles = [
            self._find_in_square(left, top, square)
            for left, top, square in tiling.cut()
        ]
        stretch = np.divide(image_rgb.shape[1::-1], tiling.small_rgb.shape[1::-1])
        found: FloatArray = np.concatenate(circles) * (*stretch, tiling.scale)
        return found

    def _find_in_square(self, left: int, top: int, square: ByteImage) -> FloatArray:
        side = _INPUT_SIDE_PX
        boxes = (
            detection.location_data.relative_bounding_box
            for detection in self._graph.run({"image": square}).detections or ()
        )
        return np.array(
            [
                (
                    left + side * (box.xmin + box.width / 2),
                    top + side * (box.ymin + box.height / 2),
                    side * max(box.width, box.height) * _HEAD_RADIUS_BOXES,
                )
                for box in boxes
            ]
        ).reshape(-1, 3)
