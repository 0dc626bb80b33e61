"""The two ports of pose estimation: who is in the picture, and where the joints are.

Adapters in this folder implement them on one network library each; one whose last
digits depend on the device and the like says so in ``run_settings``, a text. The rest
of the platform knows only these two classes. Pixel coordinates: x right, y down, the
centre of the upper left pixel at (0.5, 0.5).
"""

from collections.abc import Sequence
from typing import Protocol

from sportsgpt_lib.arrays import ByteImage, FloatArray


class PersonDetector(Protocol):
    """Finds the persons in one picture.

    ``network_seconds`` adds up the time spent inside the network since the adapter was
    made; everything else is the platform's own cost.
    """

    model_name: str
    weights_sha256: str

    @property
    def network_seconds(self) -> float:
        """Time spent inside the network so far, in seconds."""
        ...

    def detect(self, frame_rgb: ByteImage) -> FloatArray:
        """Find persons.

        Parameters
        ----------
        frame_rgb
            Picture ``(H, W, 3)``.

        Returns
        -------
        Boxes ``(N, 5)``: x0, y0, x1, y1 in pixels and a score from 0 to 1, best first;
        ``(0, 5)`` where nobody was found.
        """
        ...


class PoseEstimator(Protocol):
    """Estimates the keypoints of persons whose boxes are known.

    ``missing_keypoints`` names the keypoints the network does not know; they are NaN
    with confidence 0 in every result. ``input_side_px`` is the longer side of the
    picture that the network looks at: a person shown larger is shrunk to it.
    ``network_seconds`` as in PersonDetector.
    """

    model_name: str
    weights_sha256: str
    missing_keypoints: tuple[str, ...]
    input_side_px: int

    @property
    def network_seconds(self) -> float:
        """Time spent inside the network so far, in seconds."""
        ...

    def estimate(
        self, frames_rgb: Sequence[ByteImage], boxes_px: Sequence[FloatArray]
    ) -> list[FloatArray]:
        """Estimate the keypoints of all boxes of all frames, as one batch.

        Parameters
        ----------
        frames_rgb
            Pictures ``(H, W, 3)``.
        boxes_px
            For each picture the boxes ``(N, 4)``: x0, y0, x1, y1 in pixels; ``(0, 4)``
            is allowed.

        Returns
        -------
        For each picture ``(N, J, 3)``: x and y in pixels and the confidence from 0 to
        1. A person whom the network does not see is NaN with confidence 0.
        """
        ...
