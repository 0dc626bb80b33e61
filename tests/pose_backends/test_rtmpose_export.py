import copy
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from sportsgpt_lib.errors import SettingError
from sportsgpt_lib.pose import rtmpose_export
from sportsgpt_lib.pose.rtmpose_export import (
    _read_layout,
    build_check_pictures,
    compare_estimators,
    export_rtmpose,
)
from sportsgpt_lib.pose.rtmpose_onnx_estimator import RtmposeOnnxEstimator
from sportsgpt_lib.pose.simcc import SimccLayout


class _FixedEstimator:
    model_name = "fixed"
    weights_sha256 = ""
    missing_keypoints: tuple[str, ...] = ()
    input_side_px = 256
    network_seconds = 0.0

    def __init__(self, points: Any) -> None:
        self._points = points

    def estimate(self, frames_rgb: Any, boxes_px: Any) -> list[Any]:
        return [self._points]


def _compare(first: Any, second: Any) -> tuple[int, float, float]:
    return compare_estimators(_FixedEstimator(first), _FixedEstimator(second), [], [])


def test_the_farthest_keypoint_decides() -> None:
    first = np.full((2, 26, 3), 0.5)
    second = first.copy()
    second[1, 4] = (3.5, 4.5, 0.75)
    assert _compare(first, second) == (52, 5.0, 0.25)


def test_a_keypoint_that_one_does_not_see_is_infinitely_far() -> None:
    first = np.full((1, 26, 3), 0.5)
    second = first.copy()
    second[0, 7] = (np.nan, np.nan, 0.0)
    assert _compare(first, second)[1] == float("inf")
    assert _compare(second, first)[1] == float("inf")


def test_nothing_seen_is_no_proof() -> None:
    nothing = np.full((1, 26, 3), np.nan)
    nothing[..., 2] = 0
    count, worst_px, _ = _compare(nothing, nothing)
    assert count == 0
    assert not worst_px < 0.01


def test_check_pictures_are_always_the_same_and_not_flat() -> None:
    first, second = build_check_pictures(), build_check_pictures()
    for frame, again in zip(first[0], second[0], strict=True):
        np.testing.assert_array_equal(frame, again)
        assert frame.std() > 20


@pytest.mark.mmpose
@pytest.mark.onnx
def test_the_exported_network_agrees_with_mmpose(coco_onnx: Any) -> None:
    assert coco_onnx.keypoints_compared_count == 4 * 19
    assert coco_onnx.worst_disagreement_px < 0.01
    assert coco_onnx.worst_confidence_difference < 1e-5
    assert coco_onnx.onnx_path.is_file()
    assert list(coco_onnx.onnx_path.parent.iterdir()) == [coco_onnx.onnx_path]


@pytest.mark.mmpose
@pytest.mark.onnx
def test_both_agree_on_real_footage(
    coco_onnx: Any, coco_estimator: Any, demo_frame: Any, demo_boxes: Any
) -> None:
    exported = RtmposeOnnxEstimator(str(coco_onnx.onnx_path))
    count, worst_px, _ = compare_estimators(
        coco_estimator, exported, [demo_frame], [demo_boxes]
    )
    assert count == 2 * 19  # 17 of COCO, neck and hip
    assert worst_px < 0.01


@pytest.mark.mmpose
@pytest.mark.onnx
def test_a_failed_comparison_leaves_the_older_file_alone(
    coco_weights: Any, tmp_path: Path
) -> None:
    path = tmp_path / "network.onnx"
    path.write_text("older")
    with pytest.raises(SettingError, match="disagree by nan px"):
        export_rtmpose(
            coco_weights.config,
            str(coco_weights.checkpoint),
            path,
            frames_rgb=[],
            boxes_px=[],
        )
    assert path.read_text() == "older"
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.mmpose
@pytest.mark.onnx
def test_a_network_that_changes_on_its_way_out_is_refused(
    coco_weights: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import torch

    write_truly = rtmpose_export._write_onnx

    def write_spoiled(reference: Any, description: Any, path: Path) -> None:
        whole = reference.network
        reference.network = copy.deepcopy(whole)
        with torch.no_grad():
            torch.manual_seed(0)
            reference.network.head.final_layer.weight.normal_()
        write_truly(reference, description, path)
        reference.network = whole

    monkeypatch.setattr(rtmpose_export, "_write_onnx", write_spoiled)
    path = tmp_path / "network.onnx"
    with pytest.raises(SettingError, match=r"disagree by \d.* px, less than 0.01 px"):
        export_rtmpose(coco_weights.config, str(coco_weights.checkpoint), path)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.mmpose
def test_the_layout_is_read_from_the_config() -> None:
    config = _load("rtmpose-m_8xb512-700e_body8-halpe26-384x288")
    assert _read_layout(config) == SimccLayout(288, 384)


@pytest.mark.mmpose
def test_a_heatmap_network_is_refused() -> None:
    with pytest.raises(SettingError, match="its head is not SimCC"):
        _read_layout(_load("td-hm_hrnet-w32_8xb64-210e_coco-256x192"))


@pytest.mark.mmpose
def test_every_reason_against_an_export_is_named() -> None:
    config = _load("rtmpose-t_8xb256-420e_coco-256x192")
    config.model.head.decoder.use_dark = True
    config.model.data_preprocessor.bgr_to_rgb = False
    config.test_dataloader.dataset.pipeline[2].use_udp = True
    with pytest.raises(SettingError) as caught:
        _read_layout(config)
    assert caught.value.problems == (
        "its decoder refines with DARK",
        "it crops by UDP",
        "it wants BGR pictures",
    )


def _load(name: str) -> Any:
    from sportsgpt_lib.pose.mmpose_compat import import_mmpose_apis
    from sportsgpt_lib.pose.openmmlab_network import find_config, load_config

    import_mmpose_apis("test")
    return load_config(find_config(name, ("mmpose",), "test"), "test")
