"""The ``mmpose`` backend: any top-down network of mmpose, from config and checkpoint.

The reference among the backends: cropping, network and decoding are mmpose's own, so
results are those of ``mmpose.apis.inference_topdown``, in batches and in the platform's
skeleton. The same network without mmpose is in ``rtmpose_onnx_estimator.py``.
"""

import copy
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from sportsgpt_lib.arrays import ByteImage, FloatArray
from sportsgpt_lib.errors import SettingError
from sportsgpt_lib.pose.mmpose_compat import import_mmpose_apis, quiet_openmmlab
from sportsgpt_lib.pose.network_files import (
    BACKEND_SETTING,
    BATCH_SIZE,
    CHECKPOINT_SETTING,
    CONFIG_SETTING,
    DOCUMENTED_IN,
)
from sportsgpt_lib.pose.network_keypoints import KeypointMapping
from sportsgpt_lib.pose.openmmlab_adapter import OpenMmlabAdapter, OpenMmlabKind
from sportsgpt_lib.pose.openmmlab_network import load_checkpoint
from sportsgpt_lib.pose.person_batches import build_person_batch, join_points

_KIND = OpenMmlabKind(
    "mmpose",
    ("mmpose",),
    import_mmpose_apis,
    BACKEND_SETTING,
    CONFIG_SETTING,
    CHECKPOINT_SETTING,
)


class MmposeEstimator(OpenMmlabAdapter):
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
    threads_count
        Threads of torch in this process; 0 leaves torch its own number.

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
        threads_count: int = 0,
    ) -> None:
        arguments = {
            "config": config,
            "checkpoint": checkpoint,
            "device": device,
            "batch_size": batch_size,
            "has_half_precision": has_half_precision,
            "has_flip_test": has_flip_test,
        }
        super().__init__(_KIND, arguments, threads_count)
        self.config.model.setdefault("test_cfg", {})["flip_test"] = has_flip_test
        self.model_name = self._name_model()
        self.batch_size = batch_size
        self.run_settings = f"{device} batch={batch_size} threads={threads_count}"
        self.network = build_network(self.apis, self.config, device)
        _load_weights(self.network, self.checkpoint_path)
        self.keypoint_names = _list_keypoint_names(self.network)
        self._mapping = KeypointMapping(self.keypoint_names, CONFIG_SETTING)
        self.missing_keypoints = self._mapping.missing
        self._pipeline = _build_pipeline(self.config)
        self.input_side_px = self._try_out()

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
        for chunk in batch.chunks(self.batch_size):
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
        from mmengine.dataset import pseudo_collate

        with self._inference():
            results = self.network.test_step(pseudo_collate(samples))
        found = [result.pred_instances for result in results]
        return (
            np.concatenate([instance.keypoints for instance in found]),
            np.concatenate([instance.keypoint_scores for instance in found]),
        )

    def _try_out(self) -> int:
        """Run the network once, which also warms it up, and count its keypoints.

        Returns
        -------
        The longer side of the network's input in pixels.
        """
        blank = np.zeros((64, 48, 3), dtype=np.uint8)
        box_px = np.array([[0.0, 0.0, 48.0, 64.0]], dtype=np.float32)
        samples = self._crop([blank], np.zeros(1, int), box_px)
        positions, _ = self._run_network(samples)
        self.network_seconds = 0.0
        if positions.shape[1] != len(self.keypoint_names):
            raise SettingError(
                CONFIG_SETTING,
                f"the network gives {positions.shape[1]} keypoints, but its data set "
                f"names {len(self.keypoint_names)}",
                "give the config that the checkpoint was trained with; "
                f"see {DOCUMENTED_IN}",
            )
        return int(max(samples[0]["inputs"].shape[1:]))  # (3, H, W)


def _load_weights(network: Any, path: Path) -> None:
    """Load a checkpoint; its own names of keypoints go before the config's."""
    described = load_checkpoint(network, path, CHECKPOINT_SETTING).get("dataset_meta")
    if described and "keypoint_id2name" in described:
        network.dataset_meta = described


def build_network(apis: Any, config: Any, device: str) -> Any:
    """Build the network of a config, with the random weights it starts from."""
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
