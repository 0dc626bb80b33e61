"""Finds persons with the detector network of mediapipe's wheel.

The network was made for one person who fills a square selfie, and finds little on a
whole wide frame. Here it looks at overlapping square tiles of two sizes, and what it
finds in all of them is put together.
"""

import math
from collections.abc import Iterator

import numpy as np

from sportsgpt_lib.arrays import ByteImage, FloatArray
from sportsgpt_lib.media.tiles import shrink_to_tiles
from sportsgpt_lib.pose.boxes import keep_best_boxes
from sportsgpt_lib.pose.mediapipe_graphs import (
    DETECTOR_GRAPH,
    DETECTOR_THRESHOLD,
    DETECTOR_WEIGHTS,
    NetworkGraph,
    compute_weights_sha256,
)

# Input side of the network, from its graph.
_INPUT_SIDE_PX = 224
# Keypoints of a detection: hip centre, and a point on the circle around the whole body.
# Source: Bazarevsky et al. (2020), BlazePose: On-device Real-time Body Pose Tracking,
# arXiv:2006.10204, section 2.2.
_HIP_CENTRE, _CIRCLE_POINT = 0, 1
# Chosen on sports footage, see docs/adr/0006-pose.md: tile sides as shares of the
# shorter side of the picture, and the share that neighbouring tiles have in common.
# Large tiles find who is near, small ones who is far and so needs less overlap.
_TILE_SIZES = ((1.0, 0.4), (0.6, 0.2))
# Chosen, see docs/adr/0006-pose.md: mediapipe's own 0.5 is for one look; a dozen looks
# per picture bring false finds, which stay below this.
MIN_SCORE_RATIO = 0.6
# Chosen, see docs/adr/0006-pose.md: squares around one person found in two tiles.
_MAX_OVERLAP_RATIO = 0.4


class MediapipeDetector:
    """A PersonDetector; its boxes are squares around the circle that holds the body."""

    model_name = "mediapipe-pose-detection"

    def __init__(self) -> None:
        self.weights_sha256 = compute_weights_sha256(DETECTOR_WEIGHTS)
        self._graph = NetworkGraph(
            DETECTOR_GRAPH, {DETECTOR_THRESHOLD: MIN_SCORE_RATIO}
        )

    @property
    def network_seconds(self) -> float:
        """Time spent inside the network so far, in seconds."""
        return self._graph.seconds

    def detect(self, frame_rgb: ByteImage) -> FloatArray:
        """Find persons; see PersonDetector.detect. Boxes may reach out of the frame."""
        found = [
            box
            for side_ratio, overlap_ratio in _TILE_SIZES
            for box in self._detect_in_tiles(frame_rgb, side_ratio, overlap_ratio)
        ]
        return keep_best_boxes(np.array(found).reshape(-1, 5), _MAX_OVERLAP_RATIO)

    def _detect_in_tiles(
        self, frame_rgb: ByteImage, side_ratio: float, overlap_ratio: float
    ) -> Iterator[tuple[float, float, float, float, float]]:
        """Show the network one square of the shrunken picture at a time."""
        tiling = shrink_to_tiles(frame_rgb, _INPUT_SIDE_PX, side_ratio, overlap_ratio)
        side_px = tiling.scale * _INPUT_SIDE_PX
        for left, top, tile in tiling.cut():
            for detection in self._graph.run({"image": tile}).detections or ():
                points = detection.location_data.relative_keypoints
                centre, on_circle = points[_HIP_CENTRE], points[_CIRCLE_POINT]
                radius = side_px * math.hypot(
                    on_circle.x - centre.x, on_circle.y - centre.y
                )
                x = tiling.scale * left + side_px * centre.x
                y = tiling.scale * top + side_px * centre.y
                yield x - radius, y - radius, x + radius, y + radius, detection.score[0]
