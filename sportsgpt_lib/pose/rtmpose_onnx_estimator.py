"""The ``rtmpose_onnx`` backend: RTMPose on onnxruntime alone.

The same network and the same numbers as the ``mmpose`` backend, without mmpose: two to
three times faster on a CPU, and nothing to repair at import. Takes files written by
``rtmpose_export.py``, which describe themselves, and files in mmdeploy's layout (input
``(N, 3, H, W)``, outputs ``simcc_x`` and ``simcc_y``) with 17, 26 or 133 keypoints.
"""

import json
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sportsgpt_lib.arrays import ByteImage, FloatArray
from sportsgpt_lib.errors import SettingError
from sportsgpt_lib.pose.network_files import (
    BACKEND_SETTING,
    BATCH_SIZE,
    CHECKPOINT_SETTING,
    DEVICE_SETTING,
    DOCUMENTED_IN,
    ReloadedElsewhere,
    compute_file_sha256,
    require_file,
    require_packages,
)
from sportsgpt_lib.pose.network_keypoints import COCO_KEYPOINTS, KeypointMapping
from sportsgpt_lib.pose.person_batches import build_person_batch, join_points
from sportsgpt_lib.pose.simcc import (
    SimccLayout,
    crop_person,
    decode_simcc,
    normalise_crops,
)
from sportsgpt_lib.pose.skeleton import KEYPOINTS

# The property under which an exported file describes itself.
DESCRIPTION_KEY = "sportsgpt"

# Source: Jin et al. (2020), Whole-Body Human Pose Estimation in the Wild, ECCV,
# doi:10.1007/978-3-030-58545-7_12; body and feet come first of 133 keypoints.
_WHOLEBODY_START = (
    *COCO_KEYPOINTS,
    *("left_big_toe", "left_small_toe", "left_heel"),
    *("right_big_toe", "right_small_toe", "right_heel"),
)
_WHOLEBODY_COUNT = 133
# onnxruntime's threads else go on turning for milliseconds after every run, on cores
# that decoding and cropping want. Measured, see docs/pose-backends.md.
_THREADS_THAT_SLEEP = ("session.intra_op.allow_spinning", "0")
_NAMES_BY_COUNT: dict[int, tuple[str, ...]] = {
    len(COCO_KEYPOINTS): COCO_KEYPOINTS,
    len(KEYPOINTS): KEYPOINTS,
    _WHOLEBODY_COUNT: (
        *_WHOLEBODY_START,
        *(f"point_{idx}" for idx in range(len(_WHOLEBODY_START), _WHOLEBODY_COUNT)),
    ),
}


@dataclass(frozen=True)
class NetworkDescription:
    """What an .onnx file has to say of itself."""

    name: str
    keypoint_names: tuple[str, ...]
    layout: SimccLayout

    def to_json(self) -> str:
        """Write the description as the text that an exported file carries."""
        layout = {**self.layout.__dict__}
        return json.dumps(
            {
                "name": self.name,
                "keypoint_names": self.keypoint_names,
                "layout": layout,
            }
        )


class RtmposeOnnxEstimator(ReloadedElsewhere):
    """Estimates poses with an RTMPose network in an .onnx file.

    Parameters
    ----------
    checkpoint
        Path of the .onnx file.
    device
        ``cpu``, ``cuda`` or ``cuda:N``; a GPU needs ``onnxruntime-gpu``.
    batch_size
        Most persons in one run.
    threads_count
        Threads inside the network; 0 lets onnxruntime take every core.

    Raises
    ------
    SettingError
        The extra is not installed, the file is missing or no RTMPose network, or
        onnxruntime does not offer the device.
    """

    def __init__(
        self,
        checkpoint: str | None,
        device: str = "cpu",
        *,
        batch_size: int = BATCH_SIZE,
        threads_count: int = 0,
    ) -> None:
        require_packages(("onnxruntime",), "onnx", BACKEND_SETTING)
        path = require_file(checkpoint, CHECKPOINT_SETTING, "an RTMPose .onnx file")
        self._arguments = (
            ("checkpoint", checkpoint),
            ("device", device),
            ("batch_size", batch_size),
            ("threads_count", threads_count),
        )
        self.network_seconds = 0.0
        self.weights_sha256 = compute_file_sha256(path)
        self.batch_size = batch_size
        self.run_settings = f"{device} batch={batch_size} threads={threads_count}"
        self._session = _open_session(path, device, threads_count)
        self.description = _describe(self._session, path)
        self.model_name = f"rtmpose_onnx/{self.description.name}"
        self._mapping = KeypointMapping(
            self.description.keypoint_names, CHECKPOINT_SETTING
        )
        self.missing_keypoints = self._mapping.missing
        layout = self.description.layout
        self.input_side_px = max(layout.width_px, layout.height_px)
        self._input_name = self._session.get_inputs()[0].name

    def estimate(
        self, frames_rgb: Sequence[ByteImage], boxes_px: Sequence[FloatArray]
    ) -> list[FloatArray]:
        """Estimate the keypoints of all boxes; see PoseEstimator.estimate.

        Raises
        ------
        PoseInputError
            Frames and boxes do not fit each other.
        """
        layout = self.description.layout
        batch = build_person_batch(frames_rgb, boxes_px)
        chunks = []
        for chunk in batch.chunks(self.batch_size):
            persons = zip(batch.frame_idx[chunk], batch.boxes_px[chunk], strict=True)
            crops = [crop_person(frames_rgb[idx], box, layout) for idx, box in persons]
            responses = self._run_network(normalise_crops(crops, layout))
            positions, scores = decode_simcc(*responses, crops, layout)
            chunks.append(self._mapping.to_skeleton(positions, scores))
        return batch.split(join_points(chunks))

    def _run_network(self, tensor: Any) -> tuple[Any, Any]:
        start_s = time.perf_counter()
        simcc_x, simcc_y = self._session.run(
            ["simcc_x", "simcc_y"], {self._input_name: tensor}
        )
        self.network_seconds += time.perf_counter() - start_s
        return simcc_x, simcc_y


def _open_session(path: Path, device: str, threads_count: int) -> Any:
    import onnxruntime
    from onnxruntime.capi import onnxruntime_pybind11_state as native

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads_count
    options.add_session_config_entry(*_THREADS_THAT_SLEEP)
    try:
        return onnxruntime.InferenceSession(
            str(path), options, providers=_choose_providers(device)
        )
    except (
        native.Fail,
        native.InvalidArgument,
        native.InvalidGraph,
        native.InvalidProtobuf,
        native.NotImplemented,
        native.RuntimeException,
    ) as error:
        raise SettingError(
            CHECKPOINT_SETTING,
            f"onnxruntime cannot load {path} ({error})",
            f"give an RTMPose .onnx file; see {DOCUMENTED_IN}",
        ) from error


def _choose_providers(device: str) -> list[Any]:
    import onnxruntime

    kind, _, index = device.partition(":")
    if device == "cpu":
        return ["CPUExecutionProvider"]
    if kind != "cuda" or not (device == kind or index.isdigit()):
        found = f"the device {device!r} is unknown; cpu, cuda or cuda:N are allowed"
    elif "CUDAExecutionProvider" not in onnxruntime.get_available_providers():
        found = f"{device!r} was asked for, but onnxruntime was built without CUDA"
    else:
        return [("CUDAExecutionProvider", {"device_id": int(index or 0)})]
    raise SettingError(
        DEVICE_SETTING,
        found,
        "set it to cpu, or: pip uninstall onnxruntime && pip install onnxruntime-gpu; "
        f"see {DOCUMENTED_IN}",
    )


def _describe(session: Any, path: Path) -> NetworkDescription:
    """Read a file's own description, or find it out by running the network once.

    mmdeploy's files leave the number of keypoints open, so shapes alone do not tell.
    """
    import numpy as np

    problems = _list_layout_problems(session.get_inputs(), session.get_outputs())
    if problems:
        raise _refuse_network(path, problems)
    described = session.get_modelmeta().custom_metadata_map.get(DESCRIPTION_KEY)
    if described:
        return parse_description(json.loads(described))
    entry = session.get_inputs()[0]
    height_px, width_px = entry.shape[2:]
    blank = np.zeros((1, 3, height_px, width_px), dtype=np.float32)
    (simcc_x,) = session.run(["simcc_x"], {entry.name: blank})
    _, keypoint_count, bins_count = simcc_x.shape
    if keypoint_count not in _NAMES_BY_COUNT:
        known = ", ".join(map(str, _NAMES_BY_COUNT))
        problem = f"it does not name its {keypoint_count} keypoints; {known} are known"
        raise _refuse_network(path, [problem])
    layout = SimccLayout(width_px, height_px, bins_count / width_px)
    return NetworkDescription(path.stem, _NAMES_BY_COUNT[keypoint_count], layout)


def _refuse_network(path: Path, problems: Sequence[str]) -> SettingError:
    return SettingError(
        CHECKPOINT_SETTING,
        f"{path} is not an RTMPose network",
        f"export one from its mmpose checkpoint; see {DOCUMENTED_IN}",
        problems=problems,
    )


def _list_layout_problems(inputs: Sequence[Any], outputs: Sequence[Any]) -> list[str]:
    problems = []
    if len(inputs) != 1 or [type(size) for size in inputs[0].shape[1:]] != [int] * 3:
        shapes = [tuple(tensor.shape) for tensor in inputs]
        problems.append(f"its inputs are {shapes}, one of (N, 3, H, W) is expected")
    names = [output.name for output in outputs]
    return problems + [
        f"it has no output {name}, only {', '.join(names)}"
        for name in ("simcc_x", "simcc_y")
        if name not in names
    ]


def parse_description(described: Mapping[str, Any]) -> NetworkDescription:
    """Read the description that an exported file carries."""
    layout = dict(described["layout"])
    for key in ("mean_rgb", "std_rgb"):
        layout[key] = tuple(layout[key])
    return NetworkDescription(
        described["name"], tuple(described["keypoint_names"]), SimccLayout(**layout)
    )
