"""Person detection with RTMDet, or any other box detector of mmdet.

Pairs with the ``mmpose`` backend: same extra, same way to name config and checkpoint.
No tracking lives here.
"""

import copy
from typing import Any

import numpy as np

from sportsgpt_lib.arrays import ByteImage, FloatArray
from sportsgpt_lib.errors import SettingError
from sportsgpt_lib.pose.mmpose_compat import import_mmdet_apis, quiet_openmmlab
from sportsgpt_lib.pose.network_files import (
    DETECTOR_CHECKPOINT_SETTING,
    DETECTOR_CONFIG_SETTING,
    DOCUMENTED_IN,
)
from sportsgpt_lib.pose.openmmlab_adapter import OpenMmlabAdapter, OpenMmlabKind
from sportsgpt_lib.pose.openmmlab_network import load_checkpoint

_KIND = OpenMmlabKind(
    "mmdet",
    ("mmpose", "mmdet"),
    import_mmdet_apis,
    DETECTOR_CONFIG_SETTING,
    DETECTOR_CONFIG_SETTING,
    DETECTOR_CHECKPOINT_SETTING,
)

PERSON_CLASS = "person"

# Source: mmpose 1.3, demo/topdown_demo_with_mmdet.py, default of --bbox-thr.
SCORE_MIN_RATIO = 0.3


class RtmdetPersonDetector(OpenMmlabAdapter):
    """Finds persons with an mmdet network.

    Parameters
    ----------
    config
        Path of an mmdet config, or the name of one that mmpose or mmdet carries, as
        ``rtmdet_nano_320-8xb32_coco-person``. It is Python code and is executed.
    checkpoint
        Path of the weights.
    device
        ``cpu``, ``cuda`` or ``cuda:N``.
    score_min_ratio
        Boxes with a lower score are left out.
    has_half_precision
        Compute in 16-bit floats; on a GPU only.
    threads_count
        Threads of torch in this process; 0 leaves torch its own number.

    Raises
    ------
    SettingError
        The extra is not installed, a file is missing, the checkpoint does not fit the
        config, the network knows no persons, or there is no such device.
    """

    def __init__(
        self,
        config: str | None,
        checkpoint: str | None,
        device: str = "cpu",
        *,
        score_min_ratio: float = SCORE_MIN_RATIO,
        has_half_precision: bool = False,
        threads_count: int = 0,
    ) -> None:
        arguments = {
            "config": config,
            "checkpoint": checkpoint,
            "device": device,
            "score_min_ratio": score_min_ratio,
            "has_half_precision": has_half_precision,
        }
        super().__init__(_KIND, arguments, threads_count)
        self.model_name = self._name_model()
        self._score_min_ratio = score_min_ratio
        self.run_settings = f"{device} threads={threads_count}"
        self._network, self._pipeline = _build_network(self.config, device)
        meta = load_checkpoint(
            self._network, self.checkpoint_path, DETECTOR_CHECKPOINT_SETTING
        )
        described = meta.get("dataset_meta", {}).get("classes")
        self._person_idx = _find_person_class(described or _list_classes(self.config))

    def detect(self, frame_rgb: ByteImage) -> FloatArray:
        """Find persons; see PersonDetector.detect."""
        import cv2

        frame_bgr = cv2.cvtColor(frame_rgb, cv2.COLOR_RGB2BGR)
        sample = self._pipeline({"img": frame_bgr, "img_id": 0})
        batch = {
            "inputs": [sample["inputs"]],
            "data_samples": [sample["data_samples"]],
        }
        with self._inference():
            found = self._network.test_step(batch)[0].pred_instances.cpu().numpy()
        is_person = (found.labels == self._person_idx) & (
            found.scores >= self._score_min_ratio
        )
        boxes: FloatArray = np.column_stack(
            [found.bboxes[is_person], found.scores[is_person]]
        ).astype(np.float64)  # (N, 5)
        return boxes[np.argsort(-boxes[:, 4], kind="stable")]


def _build_network(config: Any, device: str) -> tuple[Any, Any]:
    """Build the network and the pipeline that prepares a picture for it.

    As ``mmdet.apis.init_detector`` does, but that function also opens a data set for
    its colours, changes the process's warning filters, and sets a scope for the whole
    process.
    """
    from mmdet.registry import MODELS
    from mmdet.utils import get_test_pipeline_cfg
    from mmengine.dataset import Compose
    from mmengine.model import revert_sync_batchnorm
    from mmengine.registry import DefaultScope

    steps = get_test_pipeline_cfg(copy.deepcopy(config))
    steps[0] = {"type": "LoadImageFromNDArray"}
    with DefaultScope.overwrite_default_scope("mmdet"), quiet_openmmlab():
        network = revert_sync_batchnorm(MODELS.build(config.model))
        return network.to(device).eval(), Compose(steps)


def _list_classes(config: Any) -> tuple[str, ...]:
    """Read the class names from the config; COCO's where it gives none, as mmdet."""
    from mmdet.evaluation import get_classes

    metainfo = config.test_dataloader.dataset.get("metainfo") or {}
    return tuple(metainfo.get("classes") or get_classes("coco"))


def _find_person_class(classes: tuple[str, ...]) -> int:
    if PERSON_CLASS not in classes:
        raise SettingError(
            DETECTOR_CONFIG_SETTING,
            f"the detector knows {len(classes)} classes, none is {PERSON_CLASS!r}",
            f"choose one trained on COCO; see {DOCUMENTED_IN}",
        )
    return tuple(classes).index(PERSON_CLASS)
