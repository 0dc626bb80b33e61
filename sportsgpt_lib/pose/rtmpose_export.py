"""Exports an RTMPose checkpoint of mmpose to ONNX and proves that both agree.

Needs the extras ``mmpose`` and ``onnx``; the file that comes out needs ``onnx`` only.
The layout is mmdeploy's, so other tools read the file too. How the file is used is in
``rtmpose_onnx_estimator.py``.
"""

import tempfile
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from sportsgpt_lib.arrays import ByteImage, FloatArray
from sportsgpt_lib.errors import SettingError
from sportsgpt_lib.pose.estimator import PoseEstimator
from sportsgpt_lib.pose.mmpose_compat import quiet_openmmlab
from sportsgpt_lib.pose.mmpose_estimator import MmposeEstimator
from sportsgpt_lib.pose.network_files import (
    BACKEND_SETTING,
    CONFIG_SETTING,
    DOCUMENTED_IN,
    require_packages,
)
from sportsgpt_lib.pose.person_batches import join_points
from sportsgpt_lib.pose.rtmpose_onnx_estimator import (
    DESCRIPTION_KEY,
    NetworkDescription,
    RtmposeOnnxEstimator,
)
from sportsgpt_lib.pose.simcc import SimccLayout

# Both backends must put every keypoint at the same place within this; chosen, see
# docs/adr/0004-mmpose-extra.md. One SimCC bin is some hundred times as much.
WORST_DISAGREEMENT_PX = 0.01

# The newest that torch's own exporter writes without the package onnxscript.
_OPSET = 17
_CHECK_SEED = 20240229


@dataclass(frozen=True)
class ExportReport:
    """What was written, and how far both backends were apart."""

    onnx_path: Path
    onnx_sha256: str
    checkpoint_sha256: str
    missing_keypoints: tuple[str, ...]
    keypoints_compared_count: int
    worst_disagreement_px: float
    worst_confidence_difference: float


def export_rtmpose(
    config: str,
    checkpoint: str,
    onnx_path: Path,
    *,
    frames_rgb: Sequence[ByteImage] | None = None,
    boxes_px: Sequence[FloatArray] | None = None,
) -> ExportReport:
    """Write an .onnx file, compare it with mmpose, and only then put it in place.

    Parameters
    ----------
    config, checkpoint
        As for MmposeEstimator.
    onnx_path
        The file to write; an older one is replaced.
    frames_rgb, boxes_px
        Pictures to compare on, as for ``PoseEstimator.estimate``. Without them, made
        ones of smooth noise are taken.

    Raises
    ------
    SettingError
        An extra is absent, config and checkpoint cannot be used, the network is no
        RTMPose, or the two disagree by WORST_DISAGREEMENT_PX or more.
    """
    require_packages(("onnx", "onnxruntime"), "onnx", BACKEND_SETTING)
    reference = MmposeEstimator(config, checkpoint)
    description = NetworkDescription(
        reference.model_name.removeprefix("mmpose/"),
        reference.keypoint_names,
        _read_layout(reference.config),
    )
    if frames_rgb is None or boxes_px is None:
        frames_rgb, boxes_px = build_check_pictures()
    onnx_path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=onnx_path.parent) as folder:
        written = Path(folder) / onnx_path.name
        _write_onnx(reference, description, written)
        exported = RtmposeOnnxEstimator(str(written))
        count, worst_px, worst_confidence = compare_estimators(
            reference, exported, frames_rgb, boxes_px
        )
        _refuse_disagreement(worst_px)
        written.replace(onnx_path)
    return ExportReport(
        onnx_path,
        exported.weights_sha256,
        reference.weights_sha256,
        exported.missing_keypoints,
        count,
        worst_px,
        worst_confidence,
    )


def _refuse_disagreement(worst_px: float) -> None:
    if not worst_px < WORST_DISAGREEMENT_PX:  # NaN, nothing compared, is no proof
        raise SettingError(
            CONFIG_SETTING,
            f"mmpose and the exported network disagree by {worst_px:.3g} px, "
            f"less than {WORST_DISAGREEMENT_PX} px is allowed",
            "use the mmpose backend for this checkpoint and report the config",
        )


def compare_estimators(
    reference: PoseEstimator,
    other: PoseEstimator,
    frames_rgb: Sequence[ByteImage],
    boxes_px: Sequence[FloatArray],
) -> tuple[int, float, float]:
    """Measure how far two backends are apart on the same persons.

    Returns
    -------
    Number of keypoints that both see, their largest distance in pixels (infinite where
    one sees a keypoint that the other does not, NaN where neither sees any), and the
    largest difference in confidence.
    """
    first = join_points(reference.estimate(frames_rgb, boxes_px))  # (P, J, 3)
    second = join_points(other.estimate(frames_rgb, boxes_px))
    is_seen = np.isfinite(first[..., 0])
    confidence = float(np.max(np.abs(first[..., 2] - second[..., 2]), initial=0.0))
    if np.any(is_seen != np.isfinite(second[..., 0])):
        return int(is_seen.sum()), float("inf"), confidence
    distances_px = np.linalg.norm((first - second)[is_seen][:, :2], axis=1)
    worst_px = float(distances_px.max()) if len(distances_px) else float("nan")
    return int(is_seen.sum()), worst_px, confidence


def build_check_pictures() -> tuple[list[ByteImage], list[FloatArray]]:
    """Make pictures and boxes of many sizes, one across the border, always the same."""
    import cv2

    random = np.random.default_rng(_CHECK_SEED)
    frames = []
    for height_px, width_px in ((480, 640), (1080, 1920)):
        coarse = random.integers(0, 256, (height_px // 20, width_px // 20, 3), np.uint8)
        frames.append(
            cv2.resize(coarse, (width_px, height_px), interpolation=cv2.INTER_CUBIC)
        )
    boxes_px = [
        np.array([[40.5, 20.25, 210.0, 455.0], [-80.0, 100.0, 120.0, 600.0]]),
        np.array([[900.0, 30.0, 1010.3, 320.7], [200.0, 90.0, 880.0, 1075.0]]),
    ]
    return [np.asarray(frame, dtype=np.uint8) for frame in frames], boxes_px


def _read_layout(config: Any) -> SimccLayout:
    """Read the crops' layout from a config; refuse what the ONNX backend cannot do."""
    steps = {step["type"]: step for step in config.test_dataloader.dataset.pipeline}
    affine = steps.get("TopdownAffine", {})
    before = config.model.get("data_preprocessor", {})
    decoder = config.model.get("head", {}).get("decoder") or {}
    problems = [
        text
        for is_wrong, text in (
            (decoder.get("type") != "SimCCLabel", "its head is not SimCC"),
            (decoder.get("use_dark", False), "its decoder refines with DARK"),
            (decoder.get("decode_visibility", False), "it decodes visibility"),
            ("GetBBoxCenterScale" not in steps, "it has no GetBBoxCenterScale"),
            ("input_size" not in affine, "it has no TopdownAffine"),
            (affine.get("use_udp", False), "it crops by UDP"),
            (not before.get("bgr_to_rgb", False), "it wants BGR pictures"),
            (len(before.get("mean") or ()) != len("RGB"), "it has no mean per colour"),
        )
        if is_wrong
    ]
    if problems:
        raise SettingError(
            CONFIG_SETTING,
            "the config describes no RTMPose network that can be exported",
            f"use the mmpose backend for it; see {DOCUMENTED_IN}",
            problems=problems,
        )
    width_px, height_px = affine["input_size"]
    return SimccLayout(
        int(width_px),
        int(height_px),
        bins_per_px=float(decoder.get("simcc_split_ratio", 2.0)),
        padding_ratio=float(steps["GetBBoxCenterScale"].get("padding", 1.25)),
        mean_rgb=tuple(before["mean"]),
        std_rgb=tuple(before["std"]),
    )


def _write_onnx(
    reference: MmposeEstimator, description: NetworkDescription, path: Path
) -> None:
    import onnx
    import torch

    layout = description.layout
    example = torch.zeros(2, 3, layout.height_px, layout.width_px)
    with torch.inference_mode(), quiet_openmmlab(), warnings.catch_warnings():
        # The exporter that needs no onnxscript is the one that torch calls deprecated.
        warnings.filterwarnings("ignore", "You are using the legacy TorchScript")
        warnings.filterwarnings("ignore", "The feature will be removed")
        warnings.filterwarnings("ignore", category=torch.jit.TracerWarning)
        torch.onnx.export(
            reference.network,
            (example, None),  # without data samples, mmpose returns bare tensors
            str(path),
            input_names=["input"],
            output_names=["simcc_x", "simcc_y"],
            dynamic_axes={
                name: {0: "persons"} for name in ("input", "simcc_x", "simcc_y")
            },
            opset_version=_OPSET,
            dynamo=False,
        )
    model = onnx.load(str(path))
    onnx.helper.set_model_props(
        model,
        {
            DESCRIPTION_KEY: description.to_json(),
            "checkpoint_sha256": reference.weights_sha256,
        },
    )
    onnx.save(model, str(path))
