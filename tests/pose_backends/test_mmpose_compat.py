import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from sportsgpt_lib.errors import SettingError
from sportsgpt_lib.pose import mmpose_compat

_POSE_FOLDER = Path(mmpose_compat.__file__).parent
_CHECKOUT = _POSE_FOLDER.parents[1]

_IMPORT_ALL_WITHOUT_EXTRAS = """
import importlib, sys
optional = ("mmpose", "mmengine", "mmcv", "mmdet", "onnx", "onnxruntime", "torchvision")
for name in optional:
    sys.modules[name] = None
for name in sys.argv[1:]:
    importlib.import_module(f"sportsgpt_lib.pose.{name}")
assert "torch" not in sys.modules
"""

_MMPOSE_BEFORE_SENTENCES = """
from sportsgpt_lib.pose.mmpose_compat import import_mmdet_apis, import_mmpose_apis
import_mmpose_apis("test").inference_topdown
import_mmdet_apis("test").inference_detector
import sentence_transformers, mediapipe, onnxruntime
print("all imported")
"""


def _run_python(script: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", script, *arguments],
        cwd=_CHECKOUT,
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )


def test_no_module_of_the_folder_needs_an_extra_to_be_imported() -> None:
    names = sorted(path.stem for path in _POSE_FOLDER.glob("*.py"))
    done = _run_python(
        _IMPORT_ALL_WITHOUT_EXTRAS, *(name for name in names if name != "__init__")
    )
    assert done.returncode == 0, done.stderr


@pytest.mark.mmpose
@pytest.mark.onnx
@pytest.mark.slow
def test_all_networks_live_in_one_process() -> None:
    done = _run_python(_MMPOSE_BEFORE_SENTENCES)
    assert done.stdout.endswith("all imported\n"), done.stderr


@pytest.mark.parametrize("package", mmpose_compat.PACKAGES)
def test_an_absent_package_is_told_with_the_pip_command(
    package: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, package, None)
    with pytest.raises(SettingError, match=r"\[mmpose\]") as caught:
        mmpose_compat.import_mmpose_apis("SPORTSGPT_POSE_BACKEND")
    assert package in caught.value.found


@pytest.mark.mmpose
def test_an_operator_that_is_not_there_says_so_when_called() -> None:
    mmpose_compat.import_mmpose_apis("test")
    from mmcv.ops import RoIAlign

    operators = sys.modules["mmcv._ext"]
    if operators.__spec__ is not None and operators.__spec__.origin is not None:
        pytest.skip("the full mmcv is installed")
    assert RoIAlign is not None
    with pytest.raises(NotImplementedError, match="operator roi_align_forward is comp"):
        operators.roi_align_forward()


@pytest.mark.mmpose
def test_coco_tools_load_beside_numpy_2() -> None:
    mmpose_compat.import_mmpose_apis("test")
    from xtcocotools import mask

    squares = np.zeros((4, 4, 1), dtype=np.uint8, order="F")
    squares[:2, :2] = 1
    assert mask.area(mask.encode(squares)).tolist() == [4]


def _suppress_slowly(
    boxes: Any, scores: Any, iou_threshold: float, offset: int
) -> list[int]:
    kept: list[int] = []
    for idx in np.argsort(-scores, kind="stable"):
        for better in kept:
            x0, y0 = np.maximum(boxes[idx, :2], boxes[better, :2])
            x1, y1 = np.minimum(boxes[idx, 2:], boxes[better, 2:])
            shared = max(0, x1 - x0 + offset) * max(0, y1 - y0 + offset)
            areas = [
                np.prod(boxes[k, 2:] - boxes[k, :2] + offset) for k in (idx, better)
            ]
            if shared / (sum(areas) - shared) > iou_threshold:
                break
        else:
            kept.append(int(idx))
    return kept


@pytest.mark.parametrize("offset", [0, 1])
@pytest.mark.parametrize("iou_threshold", [0.3, 0.6, 0.9])
def test_overlapping_boxes_are_suppressed_as_defined(
    iou_threshold: float, offset: int
) -> None:
    import torch

    random = np.random.default_rng(17)
    corners = random.uniform(0, 40, (30, 2))
    boxes = np.hstack([corners, corners + random.uniform(10, 40, (30, 2))])
    boxes = np.vstack([boxes, boxes + random.uniform(-0.5, 0.5, (30, 4))])
    scores = random.permutation(60) / 60
    kept = mmpose_compat.suppress_overlapping_boxes(
        torch.from_numpy(boxes), torch.from_numpy(scores), iou_threshold, offset
    )
    expected = _suppress_slowly(boxes, scores, iou_threshold, offset)
    assert 1 < len(expected) < 60
    assert kept.tolist() == expected


def test_suppressing_among_no_boxes_gives_none() -> None:
    import torch

    kept = mmpose_compat.suppress_overlapping_boxes(torch.empty(0, 4), torch.empty(0))
    assert kept.tolist() == []
    assert kept.dtype == torch.long
