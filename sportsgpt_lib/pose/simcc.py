"""What stands before and behind an RTMPose network: crops in, SimCC responses out.

Does in numpy and OpenCV what mmpose's ``GetBBoxCenterScale``, ``TopdownAffine`` and
``SimCCLabel.decode`` do, operation by operation and in the same float types, so that
both give the same numbers. No network runs here.

Source: Li et al. (2022), SimCC: A Simple Coordinate Classification Perspective for
Human Pose Estimation, ECCV, doi:10.1007/978-3-031-20068-7_6; Jiang et al. (2023),
RTMPose: Real-Time Multi-Person Pose Estimation based on MMPose, arXiv:2303.07399.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from sportsgpt_lib.arrays import ByteImage

FloatTensor = npt.NDArray[np.float32]


@dataclass(frozen=True)
class SimccLayout:
    """How an RTMPose network wants its crops, and how its responses are to be read.

    ``padding_ratio`` is the crop's size over the box's; ``bins_per_px`` the number of
    SimCC bins for one pixel of the crop. The defaults are those of every RTMPose
    config that mmpose 1.3 carries.
    """

    width_px: int
    height_px: int
    bins_per_px: float = 2.0
    padding_ratio: float = 1.25
    mean_rgb: tuple[float, float, float] = (123.675, 116.28, 103.53)
    std_rgb: tuple[float, float, float] = (58.395, 57.12, 57.375)


@dataclass(frozen=True)
class Crop:
    """A person's part of a picture, and where it was: centre and size ``(2,)``.

    Positions count a pixel's centre as a whole number, as OpenCV does.
    """

    image_rgb: ByteImage
    centre_px: FloatTensor
    size_px: FloatTensor


def crop_person(frame_rgb: ByteImage, box_px: FloatTensor, layout: SimccLayout) -> Crop:
    """Cut a box ``(4,)`` out of a frame, padded, in the network's aspect and size.

    Parts outside the frame are black.
    """
    import cv2

    size = (box_px[2:] - box_px[:2]) * layout.padding_ratio
    centre = (box_px[2:] + box_px[:2]) * 0.5
    aspect_ratio = layout.width_px / layout.height_px
    if size[0] > size[1] * aspect_ratio:
        size = np.array([size[0], size[0] / aspect_ratio], dtype=np.float32)
    else:
        size = np.array([size[1] * aspect_ratio, size[1]], dtype=np.float32)
    # Three points fix the map: the centre, the middle of the left edge, and the point
    # a quarter turn from it; float32, as in mmpose's get_warp_matrix.
    (centre_x, centre_y), left_x = centre, centre[0] - size[0] * 0.5
    corner_y = centre_y + (centre_x - left_x)
    middle_x, middle_y = layout.width_px * 0.5, layout.height_px * 0.5
    source = np.array(
        [(centre_x, centre_y), (left_x, centre_y), (left_x, corner_y)], np.float32
    )
    target = np.array(
        [(middle_x, middle_y), (0.0, middle_y), (0.0, middle_y + middle_x)], np.float32
    )
    image = cv2.warpAffine(
        frame_rgb,
        cv2.getAffineTransform(source, target),
        (layout.width_px, layout.height_px),
        flags=cv2.INTER_LINEAR,
    )
    return Crop(image, centre, size)


def normalise_crops(crops: list[Crop], layout: SimccLayout) -> FloatTensor:
    """Stack crops into the network's input ``(N, 3, H, W)``, mean 0 and deviation 1."""
    images = np.stack([crop.image_rgb for crop in crops]).transpose(0, 3, 1, 2)
    mean = np.array(layout.mean_rgb, dtype=np.float32).reshape(1, 3, 1, 1)
    std = np.array(layout.std_rgb, dtype=np.float32).reshape(1, 3, 1, 1)
    tensor: FloatTensor = np.subtract(images, mean, dtype=np.float32, order="C")
    tensor /= std
    return tensor


def decode_simcc(
    simcc_x: FloatTensor, simcc_y: FloatTensor, crops: list[Crop], layout: SimccLayout
) -> tuple[npt.NDArray[Any], npt.NDArray[Any]]:
    """Read positions out of the network's responses.

    Parameters
    ----------
    simcc_x, simcc_y
        Responses ``(N, K, bins)`` along the two axes of the crop.
    crops
        The N crops that went in.
    layout
        The network's layout.

    Returns
    -------
    Positions ``(N, K, 2)`` in pixels of the frame, a pixel's centre being a whole
    number, and scores ``(N, K)``: the smaller of the two axes' peaks.

    Notes
    -----
    The position is the best bin's, without interpolation, as mmpose has it. One bin is
    ``1 / bins_per_px`` pixels of the crop: for a person 400 px high and a network of
    256 px, 0.98 px of the frame.
    """
    bins = np.stack([simcc_x.argmax(axis=2), simcc_y.argmax(axis=2)], axis=2)
    scores = np.minimum(simcc_x.max(axis=2), simcc_y.max(axis=2))
    crop_px = bins / layout.bins_per_px  # (N, K, 2)
    centres = np.stack([crop.centre_px for crop in crops])[:, None]  # (N, 1, 2)
    sizes = np.stack([crop.size_px for crop in crops])[:, None]
    shares = crop_px / [layout.width_px, layout.height_px]
    return shares * sizes + centres - 0.5 * sizes, scores
