import hashlib
import pickle
import sys
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from sportsgpt_lib.errors import PoseInputError, SettingError
from sportsgpt_lib.pose.rtmpose_export import build_check_pictures
from sportsgpt_lib.pose.rtmpose_onnx_estimator import (
    NetworkDescription,
    RtmposeOnnxEstimator,
    parse_description,
)
from sportsgpt_lib.pose.simcc import SimccLayout
from sportsgpt_lib.pose.skeleton import KEYPOINT_INDEX, KEYPOINTS

pytestmark = pytest.mark.onnx


@pytest.fixture
def save_network(tmp_path: Path) -> Callable[..., str]:
    """Write a network whose every keypoint peaks at given bins of the crop."""

    def save(
        keypoint_count: int,
        peak_bins: tuple[int, int] = (192, 256),
        output_names: tuple[str, str] = ("simcc_x", "simcc_y"),
        size_px: tuple[int, int] = (192, 256),
    ) -> str:
        from onnx import TensorProto, helper, numpy_helper
        from onnx import save as save_model

        nodes = [
            helper.make_node(
                "ReduceMean", ["input"], ["mean"], axes=[1, 2, 3], keepdims=1
            ),
            helper.make_node("Squeeze", ["mean", "last_axis"], ["squeezed"]),
            helper.make_node("Mul", ["squeezed", "nothing"], ["zero"]),  # (N, 1, 1)
        ]
        constants = [
            numpy_helper.from_array(np.zeros(1, np.float32), "nothing"),
            numpy_helper.from_array(np.array([3]), "last_axis"),
        ]
        outputs = []
        for name, axis_px, peak in zip(output_names, size_px, peak_bins, strict=True):
            response = np.zeros((1, keypoint_count, 2 * axis_px), np.float32)
            response[:, :, peak] = 0.5
            constants.append(numpy_helper.from_array(response, f"{name}_peak"))
            nodes.append(helper.make_node("Add", ["zero", f"{name}_peak"], [name]))
            # As mmdeploy writes it: the number of keypoints is left open.
            shape = ["persons", "keypoints", 2 * axis_px]
            outputs.append(
                helper.make_tensor_value_info(name, TensorProto.FLOAT, shape)
            )
        width_px, height_px = size_px
        picture = helper.make_tensor_value_info(
            "input", TensorProto.FLOAT, ["persons", 3, height_px, width_px]
        )
        graph = helper.make_graph(nodes, "made", [picture], outputs, constants)
        opset = helper.make_opsetid("", 17)
        model = helper.make_model(graph, opset_imports=[opset], ir_version=8)
        path = tmp_path / f"made-{keypoint_count}.onnx"
        save_model(model, str(path))
        return str(path)

    return save


def test_a_file_without_a_description_is_read_by_its_shapes(
    save_network: Callable[..., str],
) -> None:
    estimator = RtmposeOnnxEstimator(save_network(26))
    assert estimator.missing_keypoints == ()
    assert estimator.model_name == "rtmpose_onnx/made-26"
    frame = np.zeros((400, 400, 3), np.uint8)
    box = np.array([[100.0, 50.0, 200.0, 350.0]])
    ((person,),) = estimator.estimate([frame], [box])
    # The crop's middle bin lies in the box's middle; half a pixel to the port.
    np.testing.assert_allclose(person[:, :2], [[150.5, 200.5]] * 26, atol=1e-4)
    np.testing.assert_allclose(person[:, 2], 0.5)


def test_whole_body_networks_give_body_and_feet(
    save_network: Callable[..., str],
) -> None:
    estimator = RtmposeOnnxEstimator(save_network(133))
    assert estimator.missing_keypoints == ("head",)
    names = estimator.description.keypoint_names
    assert len(set(names)) == 133
    # Order of COCO-WholeBody: left foot before right foot.
    assert names[16:23] == (
        "right_ankle",
        "left_big_toe",
        "left_small_toe",
        "left_heel",
        "right_big_toe",
        "right_small_toe",
        "right_heel",
    )


@pytest.mark.mmpose
def test_whole_body_names_are_mmposes() -> None:
    from sportsgpt_lib.pose.mmpose_compat import import_mmpose_apis, quiet_openmmlab
    from sportsgpt_lib.pose.rtmpose_onnx_estimator import _NAMES_BY_COUNT

    import_mmpose_apis("test")
    from mmpose.datasets.datasets.utils import parse_pose_metainfo

    path = {"from_file": "configs/_base_/datasets/coco_wholebody.py"}
    with quiet_openmmlab():
        described = parse_pose_metainfo(path)["keypoint_id2name"]
    assert _NAMES_BY_COUNT[133][:23] == tuple(described[idx] for idx in range(23))


def test_other_crop_sizes_are_read_from_the_file(
    save_network: Callable[..., str],
) -> None:
    estimator = RtmposeOnnxEstimator(save_network(17, size_px=(288, 384)))
    assert estimator.description.layout == SimccLayout(288, 384)
    assert estimator.input_side_px == 384


def test_an_unknown_number_of_keypoints_is_refused(
    save_network: Callable[..., str],
) -> None:
    with pytest.raises(
        SettingError, match="does not name its 21 keypoints; 17, 26, 133 are"
    ):
        RtmposeOnnxEstimator(save_network(21))


def test_a_network_with_other_outputs_is_refused(
    save_network: Callable[..., str],
) -> None:
    with pytest.raises(SettingError, match="no output simcc_x, only dets, labels"):
        RtmposeOnnxEstimator(save_network(17, output_names=("dets", "labels")))


@pytest.mark.parametrize("content", [b"no network at all", bytes(5000)])
def test_a_file_that_is_no_network_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "a.onnx"
    path.write_bytes(content)
    with pytest.raises(SettingError, match="SPORTSGPT_POSE_CHECKPOINT"):
        RtmposeOnnxEstimator(str(path))


def test_a_missing_file_is_refused() -> None:
    with pytest.raises(SettingError, match="no file /no/such"):
        RtmposeOnnxEstimator("/no/such.onnx")


@pytest.mark.parametrize("device", ["tpu", "cuda:one"])
def test_an_unknown_device_is_refused(
    device: str, save_network: Callable[..., str]
) -> None:
    with pytest.raises(SettingError, match="SPORTSGPT_POSE_DEVICE"):
        RtmposeOnnxEstimator(save_network(17), device)


def test_a_gpu_without_its_build_of_onnxruntime_is_refused(
    save_network: Callable[..., str],
) -> None:
    import onnxruntime

    if "CUDAExecutionProvider" in onnxruntime.get_available_providers():
        pytest.skip("onnxruntime-gpu is installed")
    with pytest.raises(SettingError, match="pip install onnxruntime-gpu"):
        RtmposeOnnxEstimator(save_network(17), "cuda")


def test_an_absent_onnxruntime_is_told_with_the_pip_command(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, "onnxruntime", None)
    with pytest.raises(SettingError, match=r"\[onnx\]"):
        RtmposeOnnxEstimator("a.onnx")


def test_a_description_survives_being_written() -> None:
    import json

    layout = SimccLayout(288, 384, 2.5, 1.3, (1.0, 2.0, 3.0), (4.0, 5.0, 6.0))
    description = NetworkDescription("name", KEYPOINTS, layout)
    assert parse_description(json.loads(description.to_json())) == description


@pytest.mark.mmpose
def test_an_exported_file_names_itself(coco_onnx: Any, coco_weights: Any) -> None:
    estimator = RtmposeOnnxEstimator(str(coco_onnx.onnx_path))
    content = coco_onnx.onnx_path.read_bytes()
    assert estimator.weights_sha256 == hashlib.sha256(content).hexdigest()
    assert estimator.model_name.startswith(f"rtmpose_onnx/{coco_weights.config}@")
    assert estimator.missing_keypoints == ("head", *KEYPOINTS[20:])


@pytest.mark.mmpose
def test_a_batch_equals_one_person_at_a_time(
    coco_onnx: Any, assert_same_points: Any
) -> None:
    frames, boxes = build_check_pictures()
    together = RtmposeOnnxEstimator(str(coco_onnx.onnx_path), batch_size=3)
    alone = RtmposeOnnxEstimator(str(coco_onnx.onnx_path), batch_size=1)
    pairs = zip(
        together.estimate(frames, boxes), alone.estimate(frames, boxes), strict=True
    )
    for first, second in pairs:
        assert_same_points(first, second)
        assert np.isfinite(first[:, KEYPOINT_INDEX["left_knee"]]).all()


@pytest.mark.mmpose
def test_network_seconds_grow_with_use_and_not_without(coco_onnx: Any) -> None:
    estimator = RtmposeOnnxEstimator(str(coco_onnx.onnx_path), threads_count=1)
    frames, boxes = build_check_pictures()
    assert [len(p) for p in estimator.estimate(frames, [np.empty((0, 4))] * 2)] == [
        0,
        0,
    ]
    assert estimator.network_seconds == 0
    estimator.estimate(frames, boxes)
    assert estimator.network_seconds > 0.0005


@pytest.mark.mmpose
def test_boxes_that_do_not_fit_are_refused(coco_onnx: Any) -> None:
    estimator = RtmposeOnnxEstimator(str(coco_onnx.onnx_path))
    with pytest.raises(PoseInputError, match="2 frames came with boxes for 0"):
        estimator.estimate(build_check_pictures()[0], [])


def test_the_networks_threads_sleep_between_runs(
    save_network: Callable[..., str], monkeypatch: pytest.MonkeyPatch
) -> None:
    import onnxruntime

    opened = []
    open_session = onnxruntime.InferenceSession

    def keep_session(*arguments: Any, **named: Any) -> Any:
        opened.append(open_session(*arguments, **named))
        return opened[-1]

    monkeypatch.setattr(onnxruntime, "InferenceSession", keep_session)
    RtmposeOnnxEstimator(save_network(17))
    (session,) = opened
    key = "session.intra_op.allow_spinning"
    assert session.get_session_options().get_session_config_entry(key) == "0"


def test_it_works_in_another_process_and_loads_there_once(
    save_network: Callable[..., str],
) -> None:
    estimator = RtmposeOnnxEstimator(save_network(17), threads_count=1)
    copy = pickle.loads(pickle.dumps(estimator))  # noqa: S301 (made one line above)
    assert copy is pickle.loads(pickle.dumps(estimator))  # noqa: S301
    frames, boxes = build_check_pictures()
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        there = pool.submit(estimator.estimate, frames, boxes).result()
    np.testing.assert_array_equal(
        np.concatenate(there), np.concatenate(estimator.estimate(frames, boxes))
    )


def test_weights_that_changed_on_the_way_are_refused(
    save_network: Callable[..., str],
) -> None:
    estimator = RtmposeOnnxEstimator(save_network(17))
    sent = pickle.dumps(estimator)
    save_network(17, peak_bins=(10, 10))
    with pytest.raises(SettingError, match="changed while they were in use"):
        pickle.loads(sent)  # noqa: S301 (made three lines above)


@pytest.mark.gpu
@pytest.mark.mmpose
def test_the_gpu_agrees_with_the_cpu(coco_onnx: Any) -> None:
    import onnxruntime

    if "CUDAExecutionProvider" not in onnxruntime.get_available_providers():
        pytest.skip("onnxruntime was built without CUDA")
    frames, boxes = build_check_pictures()
    path = str(coco_onnx.onnx_path)
    on_cpu = np.concatenate(RtmposeOnnxEstimator(path).estimate(frames, boxes))
    on_gpu = np.concatenate(RtmposeOnnxEstimator(path, "cuda").estimate(frames, boxes))
    assert np.abs(on_gpu[..., 2] - on_cpu[..., 2]).max() < 1e-2
