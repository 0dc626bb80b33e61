"""Finds faces of persons whom no pose track holds, such as spectators.

The network is the full-range face detector in mediapipe's wheel. It is run on
overlapping squares, since on a whole wide frame far faces are too small for it.
"""

from typing import Protocol

import numpy as np

from sportsgpt_lib.arrays import ByteImage, FloatArray
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
        import cv2

        height, width = image_rgb.shape[:2]
        scale = _TILE_SHARE * min(width, height) / _INPUT_SIDE_PX
        size = (
            max(round(width / scale), _INPUT_SIDE_PX),
            max(round(height / scale), _INPUT_SIDE_PX),
        )
        small = cv2.resize(image_rgb, size, interpolation=cv2.INTER_AREA)
        circles = [
            self._find_in_square(small, left, top)
            for left in _spread(size[0])
            for top in _spread(size[1])
        ]
        stretch = np.array([width / size[0], height / size[1], scale])
        found: FloatArray = np.concatenate(circles) * stretch
        return found

    def _find_in_square(self, small: ByteImage, left: int, top: int) -> FloatArray:
        side = _INPUT_SIDE_PX
        square = np.ascontiguousarray(small[top : top + side, left : left + side])
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


def _spread(length_px: int) -> list[int]:
    """Place as few squares as keep the overlap, evenly from edge to edge."""
    spare_px = length_px - _INPUT_SIDE_PX
    count = int(np.ceil(spare_px / (_INPUT_SIDE_PX * (1 - _OVERLAP_SHARE)))) + 1
    return [int(start) for start in np.linspace(0, spare_px, count)]
