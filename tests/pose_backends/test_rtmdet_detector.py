import pickle
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from sportsgpt_lib.errors import SettingError
from sportsgpt_lib.pose.rtmdet_detector import RtmdetPersonDetector, _find_person_class
from sportsgpt_lib.pose.rtmpose_export import build_check_pictures

pytestmark = pytest.mark.mmpose

_CONFIG = "rtmdet_nano_320-8xb32_coco-person"


@pytest.fixture(scope="module")
def checkpoint(tmp_path_factory: pytest.TempPathFactory) -> Path:
    import torch

    from sportsgpt_lib.pose import mmpose_compat, openmmlab_network
    from sportsgpt_lib.pose.rtmdet_detector import _build_network

    mmpose_compat.import_mmdet_apis("test")
    path = openmmlab_network.find_config(_CONFIG, ("mmpose", "mmdet"), "test")
    torch.manual_seed(3)
    config = openmmlab_network.load_config(path, "test")
    network, _ = _build_network(config, "cpu")
    with torch.no_grad():
        for layer in network.bbox_head.rtm_cls:
            layer.weight.normal_(0, 1)  # else every score is one half
    saved = tmp_path_factory.mktemp("detector") / "weights.pth"
    meta = {"dataset_meta": {"classes": ("person",), "palette": [(0, 0, 0)]}}
    torch.save({"state_dict": network.state_dict(), "meta": meta}, saved)
    return saved


def _detect_with_mmdet(checkpoint: Path, frame_rgb: Any) -> Any:
    from mmdet.apis import inference_detector, init_detector

    from sportsgpt_lib.pose.openmmlab_network import find_config

    config = str(find_config(_CONFIG, ("mmpose", "mmdet"), "test"))
    options = {"model.backbone.init_cfg": None}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # mmdet's, on its own ground
        network = init_detector(
            config, str(checkpoint), "coco", "cpu", cfg_options=options
        )
        frame_bgr = np.ascontiguousarray(frame_rgb[..., ::-1])
        return inference_detector(network, frame_bgr).pred_instances.numpy()


def test_boxes_are_mmdets_own_best_first(checkpoint: Path) -> None:
    frame = build_check_pictures()[0][0]
    detector = RtmdetPersonDetector(_CONFIG, str(checkpoint), score_min_ratio=0.0)
    boxes = detector.detect(frame)
    theirs = _detect_with_mmdet(checkpoint, frame)
    assert detector.model_name.startswith(f"mmdet/{_CONFIG}@")
    assert len(boxes) > 5
    assert np.all(np.diff(boxes[:, 4]) <= 0)
    order = np.argsort(-theirs.scores, kind="stable")
    np.testing.assert_allclose(boxes[:, :4], theirs.bboxes[order], atol=0.01)
    np.testing.assert_allclose(boxes[:, 4], theirs.scores[order], atol=1e-6)


def test_boxes_below_the_score_are_left_out(checkpoint: Path) -> None:
    frame = build_check_pictures()[0][0]
    every = RtmdetPersonDetector(_CONFIG, str(checkpoint), score_min_ratio=0.0)
    middle = float(np.median(every.detect(frame)[:, 4]))
    some = RtmdetPersonDetector(_CONFIG, str(checkpoint), score_min_ratio=middle)
    kept = some.detect(frame)
    assert 0 < len(kept) < len(every.detect(frame))
    assert kept[:, 4].min() >= middle


def test_a_copy_for_another_process_finds_the_same(checkpoint: Path) -> None:
    frame = build_check_pictures()[0][0]
    detector = RtmdetPersonDetector(_CONFIG, str(checkpoint), score_min_ratio=0.0)
    copy = pickle.loads(pickle.dumps(detector))  # noqa: S301 (made one line above)
    assert copy is not detector
    np.testing.assert_allclose(copy.detect(frame), detector.detect(frame), atol=0.01)


def test_nobody_gives_an_empty_array_of_boxes(checkpoint: Path) -> None:
    detector = RtmdetPersonDetector(_CONFIG, str(checkpoint), score_min_ratio=1.0)
    assert detector.detect(np.zeros((90, 120, 3), np.uint8)).shape == (0, 5)
    assert detector.network_seconds > 0


def test_pose_and_detector_live_side_by_side(
    checkpoint: Path, coco_estimator: Any, assert_same_points: Any
) -> None:
    frames, boxes = build_check_pictures()
    before = coco_estimator.estimate(frames, boxes)
    detector = RtmdetPersonDetector(_CONFIG, str(checkpoint), score_min_ratio=0.0)
    first = detector.detect(frames[0])
    after = coco_estimator.estimate(frames, boxes)
    assert_same_points(np.concatenate(before), np.concatenate(after))
    np.testing.assert_allclose(first, detector.detect(frames[0]), atol=0.01)


def test_a_detector_without_persons_is_refused() -> None:
    with pytest.raises(SettingError, match="knows 2 classes, none is 'person'"):
        _find_person_class(("cat", "dog"))
    assert _find_person_class(("cat", "person")) == 1


def test_a_missing_checkpoint_names_its_setting() -> None:
    with pytest.raises(SettingError, match="SPORTSGPT_DETECTOR_CHECKPOINT"):
        RtmdetPersonDetector(_CONFIG, None)


def test_half_precision_is_refused_on_the_cpu(checkpoint: Path) -> None:
    with pytest.raises(SettingError, match="SPORTSGPT_POSE_HALF_PRECISION"):
        RtmdetPersonDetector(_CONFIG, str(checkpoint), has_half_precision=True)


@pytest.mark.gpu
@pytest.mark.parametrize(("precision", "tolerance_px"), [("full", 0.1), ("half", 2.0)])
def test_the_gpu_finds_the_same_best_box(
    checkpoint: Path, precision: str, tolerance_px: float
) -> None:
    import torch

    if not torch.cuda.is_available():
        pytest.skip("torch sees no GPU")
    frame = build_check_pictures()[0][0]
    on_cpu = RtmdetPersonDetector(_CONFIG, str(checkpoint), score_min_ratio=0.0)
    on_gpu = RtmdetPersonDetector(
        _CONFIG,
        str(checkpoint),
        "cuda",
        score_min_ratio=0.0,
        has_half_precision=precision == "half",
    )
    np.testing.assert_allclose(
        on_gpu.detect(frame)[0, :4], on_cpu.detect(frame)[0, :4], atol=tolerance_px
    )
