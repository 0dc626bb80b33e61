"""The ``mmpose`` backend: any top-down network of mmpose, from config and checkpoint.

The reference among the backends: cropping, network and decoding are mmpose's own, so
results are those of ``mmpose.apis.inference_topdown``, in batches and in the platform's
skeleton. The same network without mmpose is in ``rtmpose_onnx_estimator.py``.
"""

import contextlib
import copy
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from sportsgpt_lib.arrays import ByteImage, FloatArray
from sportsgpt_lib.errors import SettingError
from sportsgpt_lib.pose.mmpose_compat import import_mmpose_apis, quiet_openmmlab
from sportsgpt_lib.pose.network_files import (
    DOCUMENTED_IN,
    ReloadedElsewhere,
    compute_file_sha256,
    require_file,
    validate_torch_device,
)
from sportsgpt_lib.pose.network_keypoints import KeypointMapping
from sportsgpt_lib.pose.openmmlab_network import (
    compute_config_digest,
    find_config,
    load_checkpoint,
    load_config,
)
from sportsgpt_lib.pose.person_batches import build_person_batch, join_points

BACKEND_SETTING = "SPORTSGPT_POSE_BACKEND"
CONFIG_SETTING = "SPORTSGPT_POSE_CONFIG"
CHECKPOINT_SETTING = "SPORTSGPT_POSE_CHECKPOINT"
DEVICE_SETTING = "SPORTSGPT_POSE_DEVICE"

# Persons per forward pass; chosen, see docs/adr/0004-mmpose-extra.md.
BATCH_SIZE = 8


class MmposeEstimator(ReloadedElsewhere):
    """Estimates poses with an mmpose network.

    Parameters
    ----------
    config
        Path of an mmpose config, or the name of one that mmpose carries. A config is
        Python code and is executed: use only configs that you trust.
    checkpoint
        Path of the weights.
    device
        ``cpu``, ``cuda`` or ``cuda:N``.
    batch_size
        Most persons in one forward pass.
    has_half_precision
        Compute in 16-bit floats; on a GPU only.
    has_flip_test
        Average with the mirrored picture, as mmpose's configs do by default; twice the
        time.

    Raises
    ------
    SettingError
        The extra is not installed, a file is missing, the checkpoint does not fit the
        config, the network is not a body network, or there is no such device.
    """

    def __init__(
        self,
        config: str | None,
        checkpoint: str | None,
        device: str = "cpu",
        *,
        batch_size: int = BATCH_SIZE,
        has_half_precision: bool = False,
        has_flip_test: bool = False,
    ) -> None:
        apis = import_mmpose_apis(BACKEND_SETTING)
        validate_torch_device(device, DEVICE_SETTING)
        if has_half_precision:
            _refuse_half_precision_on_cpu(device)
        config_path = find_config(config, ("mmpose",), CONFIG_SETTING)
        checkpoint_path = require_file(
            checkpoint, CHECKPOINT_SETTING, "an mmpose checkpoint (a .pth file)"
        )
        self._arguments = (
            ("config", config),
            ("checkpoint", checkpoint),
            ("device", device),
            ("batch_size", batch_size),
            ("has_half_precision", has_half_precision),
            ("has_flip_test", has_flip_test),
        )
        self.network_seconds = 0.0
        self.weights_sha256 = compute_file_sha256(checkpoint_path)
        self._batch_size = batch_size
        self._device = device
        self._has_half_precision = has_half_precision
        self.config = load_config(config_path, CONFIG_SETTING)
        self.config.model.setdefault("test_cfg", {})["flip_test"] = has_flip_test
        digest = compute_config_digest(self.config)
        half = "+half" if has_half_precision else ""
        self.model_name = f"mmpose/{config_path.stem}@{digest}{half}"
        self.network = _build_network(apis, self.config, device)
        _load_weights(self.network, checkpoint_path)
        self.keypoint_names = _list_keypoint_names(self.network)
        self._mapping = KeypointMapping(self.keypoint_names, CONFIG_SETTING)
        self.missing_keypoints = self._mapping.missing
        self._pipeline = _build_pipeline(self.config)
        self._validate_output()

    def estimate(
        self, frames_rgb: Sequence[ByteImage], boxes_px: Sequence[FloatArray]
    ) -> list[FloatArray]:
        """Estimate the keypoints of all boxes; see PoseEstimator.estimate.

        Raises
        ------
        PoseInputError
            Frames and boxes do not fit each other.
        """
        batch = build_person_batch(frames_rgb, boxes_px)
        chunks = []
        for chunk in batch.chunks(self._batch_size):
            samples = self._crop(
                frames_rgb, batch.frame_idx[chunk], batch.boxes_px[chunk]
            )
            chunks.append(self._estimate_samples(samples))
        return batch.split(join_points(chunks))

    def _crop(
        self,
        frames_rgb: Sequence[ByteImage],
        frame_idx: Any,
        boxes_px: Any,
    ) -> list[Any]:
        import cv2

        frames_bgr = {
            int(frame): cv2.cvtColor(frames_rgb[frame], cv2.COLOR_RGB2BGR)
            for frame in np.unique(frame_idx)
        }
        return [
            self._pipeline(
                {
                    "img": frames_bgr[int(frame)],
                    "bbox": box[None],  # (1, 4)
                    "bbox_score": np.ones(1, dtype=np.float32),
                    **self.network.dataset_meta,
                }
            )
            for frame, box in zip(frame_idx, boxes_px, strict=True)
        ]

    def _estimate_samples(self, samples: list[Any]) -> FloatArray:
        positions, scores = self._run_network(samples)
        return self._mapping.to_skeleton(positions, scores)

    def _run_network(self, samples: list[Any]) -> tuple[Any, Any]:
        """Run one batch; positions ``(N, K, 2)`` in whole pixels, scores ``(N, K)``."""
        import torch
        from mmengine.dataset import pseudo_collate

        precision: Any = contextlib.nullcontext()
        if self._has_half_precision:
            precision = torch.autocast(self._device.partition(":")[0], torch.float16)
        start_s = time.perf_counter()
        with torch.inference_mode(), precision, quiet_openmmlab():
            results = self.network.test_step(pseudo_collate(samples))
        self.network_seconds += time.perf_counter() - start_s
        found = [result.pred_instances for result in results]
        return (
            np.concatenate([instance.keypoints for instance in found]),
            np.concatenate([instance.keypoint_scores for instance in found]),
        )

    def _validate_output(self) -> None:
        """Run the network once, which also warms it up, and count its keypoints."""
        blank = np.zeros((64, 48, 3), dtype=np.uint8)
        box_px = np.array([[0.0, 0.0, 48.0, 64.0]], dtype=np.float32)
        positions, _ = self._run_network(self._crop([blank], np.zeros(1, int), box_px))
        self.network_seconds = 0.0
        if positions.shape[1] != len(self.keypoint_names):
            raise SettingError(
                CONFIG_SETTING,
                f"the network gives {positions.shape[1]} keypoints, but its data set "
                f"names {len(self.keypoint_names)}",
                "give the config that the checkpoint was trained with; "
                f"see {DOCUMENTED_IN}",
            )


def _refuse_half_precision_on_cpu(device: str) -> None:
    if device == "cpu":
        raise SettingError(
            DEVICE_SETTING,
            "half precision was asked for on the CPU; it needs a GPU",
            "set the device to cuda, or leave half precision off",
        )


def _load_weights(network: Any, path: Path) -> None:
    """Load a checkpoint; its own names of keypoints go before the config's."""
    described = load_checkpoint(network, path, CHECKPOINT_SETTING).get("dataset_meta")
    if described and "keypoint_id2name" in described:
        network.dataset_meta = described


def _build_network(apis: Any, config: Any, device: str) -> Any:
    from mmengine.registry import DefaultScope

    # With a scope in the config, init_model would set it for the whole process.
    scopeless = copy.deepcopy(config)
    scopeless.default_scope = None
    with DefaultScope.overwrite_default_scope("mmpose"), quiet_openmmlab():
        return apis.init_model(scopeless, None, device)


def _build_pipeline(config: Any) -> Any:
    from mmengine.dataset import Compose
    from mmengine.registry import DefaultScope

    with DefaultScope.overwrite_default_scope("mmpose"), quiet_openmmlab():
        return Compose(config.test_dataloader.dataset.pipeline)


def _list_keypoint_names(network: Any) -> tuple[str, ...]:
    names = network.dataset_meta["keypoint_id2name"]
    return tuple(str(names[idx]) for idx in sorted(names))
