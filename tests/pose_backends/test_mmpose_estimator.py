import hashlib
import warnings
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from typing import Any

import numpy as np
import pytest

from sportsgpt_lib.errors import PoseInputError, SettingError
from sportsgpt_lib.pose.mmpose_estimator import MmposeEstimator
from sportsgpt_lib.pose.rtmpose_export import build_check_pictures
from sportsgpt_lib.pose.skeleton import KEYPOINT_INDEX, KEYPOINTS

pytestmark = pytest.mark.mmpose


def _infer_with_mmpose(weights: Any, frame_rgb: Any, boxes_px: Any) -> Any:
    """mmpose's own way from file to keypoints, without any of our loading."""
    from mmpose.apis import inference_topdown, init_model

    from sportsgpt_lib.pose.openmmlab_network import find_config

    config = str(find_config(weights.config, ("mmpose",), "test"))
    options = {"model.test_cfg.flip_test": False, "model.backbone.init_cfg": None}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # mmpose's, on its own ground
        network = init_model(config, str(weights.bare_checkpoint), "cpu", options)
        frame_bgr = np.ascontiguousarray(frame_rgb[..., ::-1])
        results = inference_topdown(network, frame_bgr, boxes_px.astype(np.float32))
    found = [result.pred_instances for result in results]
    return (
        np.concatenate([instance.keypoints for instance in found]),
        np.concatenate([instance.keypoint_scores for instance in found]),
    )


def _compare_seen(
    compare: Any, points: Any, keypoint_count: int, positions: Any, scores: Any
) -> None:
    is_seen = scores > 0
    assert is_seen.mean() > 0.9
    # mmpose counts a pixel's centre as 0, the port as 0.5.
    expected = np.concatenate(
        [positions + 0.5, np.clip(scores, 0, 1)[..., None]], axis=-1
    )
    compare(points[:, :keypoint_count][is_seen], expected[is_seen])


def test_coco_network_gives_mmposes_own_numbers_on_real_footage(
    coco_estimator: Any,
    coco_weights: Any,
    demo_frame: Any,
    demo_boxes: Any,
    assert_same_points: Any,
) -> None:
    positions, scores = _infer_with_mmpose(coco_weights, demo_frame, demo_boxes)
    (points,) = coco_estimator.estimate([demo_frame], [demo_boxes])
    _compare_seen(assert_same_points, points, 17, positions, scores)


def test_halpe_network_gives_mmposes_own_numbers_and_lacks_nothing(
    halpe_weights: Any, assert_same_points: Any
) -> None:
    frames, boxes = build_check_pictures()
    estimator = MmposeEstimator(halpe_weights.config, str(halpe_weights.checkpoint))
    positions, scores = _infer_with_mmpose(halpe_weights, frames[1], boxes[1])
    (points,) = estimator.estimate(frames[1:], boxes[1:])
    assert estimator.missing_keypoints == ()
    _compare_seen(assert_same_points, points, 26, positions, scores)


def test_a_batch_over_frames_equals_one_person_at_a_time(
    coco_weights: Any, assert_same_points: Any
) -> None:
    frames, boxes = build_check_pictures()
    frames, boxes = [*frames, frames[0]], [*boxes, np.empty((0, 4))]
    estimator = MmposeEstimator(
        coco_weights.config, str(coco_weights.checkpoint), batch_size=3
    )
    together = estimator.estimate(frames, boxes)
    assert [len(points) for points in together] == [2, 2, 0]
    alone = [
        estimator.estimate([frame], [box[None]])[0]
        for frame, frame_boxes in zip(frames, boxes, strict=True)
        for box in frame_boxes
    ]
    assert_same_points(np.concatenate(together), np.concatenate(alone))


def test_coco_networks_say_that_they_lack_the_feet(coco_estimator: Any) -> None:
    assert coco_estimator.missing_keypoints == ("head", *KEYPOINTS[20:])
    frames, boxes = build_check_pictures()
    points = np.concatenate(coco_estimator.estimate(frames, boxes))
    assert np.all(np.isnan(points[:, KEYPOINT_INDEX["left_heel"], :2]))
    assert np.all(points[:, 20:, 2] == 0)


def test_the_model_is_named_by_config_and_the_weights_by_sha256(
    coco_estimator: Any, coco_weights: Any
) -> None:
    content = coco_weights.checkpoint.read_bytes()
    assert coco_estimator.weights_sha256 == hashlib.sha256(content).hexdigest()
    assert coco_estimator.model_name.startswith(f"mmpose/{coco_weights.config}@")


def test_the_flip_test_changes_the_model_name_and_the_result(
    coco_estimator: Any, coco_weights: Any
) -> None:
    flipping = MmposeEstimator(
        coco_weights.config, str(coco_weights.checkpoint), has_flip_test=True
    )
    assert flipping.model_name != coco_estimator.model_name
    frames, boxes = build_check_pictures()
    with_flip = np.concatenate(flipping.estimate(frames, boxes))
    without = np.concatenate(coco_estimator.estimate(frames, boxes))
    assert not np.allclose(with_flip, without, equal_nan=True)


def test_network_seconds_grow_with_use_and_not_without(coco_weights: Any) -> None:
    estimator = MmposeEstimator(coco_weights.config, str(coco_weights.checkpoint))
    assert estimator.network_seconds == 0
    frames, boxes = build_check_pictures()
    estimator.estimate(frames, [np.empty((0, 4))] * 2)
    assert estimator.network_seconds == 0
    estimator.estimate(frames, boxes)
    assert estimator.network_seconds > 0.001


def test_loading_leaves_openmmlabs_global_scope_alone(coco_weights: Any) -> None:
    from mmengine.registry import DefaultScope

    before = list(DefaultScope._instance_dict)
    MmposeEstimator(coco_weights.config, str(coco_weights.checkpoint))
    assert list(DefaultScope._instance_dict) == before


@pytest.mark.slow
def test_it_works_in_a_fresh_process(
    coco_estimator: Any, assert_same_points: Any
) -> None:
    frames, boxes = build_check_pictures()
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        there = pool.submit(coco_estimator.estimate, frames, boxes).result()
    here = coco_estimator.estimate(frames, boxes)
    assert_same_points(np.concatenate(there), np.concatenate(here))


def test_boxes_that_do_not_fit_are_refused(coco_estimator: Any) -> None:
    frames, boxes = build_check_pictures()
    with pytest.raises(PoseInputError, match="2 frames came with boxes for 1"):
        coco_estimator.estimate(frames, boxes[:1])


def test_a_checkpoint_of_another_config_is_refused(
    coco_weights: Any, halpe_weights: Any
) -> None:
    with pytest.raises(SettingError, match="do not fit the network") as caught:
        MmposeEstimator(halpe_weights.config, str(coco_weights.checkpoint))
    assert caught.value.where == "SPORTSGPT_POSE_CHECKPOINT"
    assert len(caught.value.problems) > 1


def test_names_that_do_not_match_the_networks_output_are_refused(
    coco_weights: Any, tmp_path: Any
) -> None:
    import torch

    names = dict(enumerate(KEYPOINTS[:18]))
    state = torch.load(coco_weights.bare_checkpoint)
    meta = {"dataset_meta": {"keypoint_id2name": names}}
    torch.save({"state_dict": state, "meta": meta}, tmp_path / "a.pth")
    with pytest.raises(SettingError, match=r"gives 17 keypoints, but .* names 18"):
        MmposeEstimator(coco_weights.config, str(tmp_path / "a.pth"))


def test_a_network_of_hands_is_refused(make_weights: Any) -> None:
    weights = make_weights("rtmpose-m_8xb256-210e_hand5-256x256")
    with pytest.raises(SettingError, match="21 keypoints do not fit the skeleton"):
        MmposeEstimator(weights.config, str(weights.checkpoint))


@pytest.mark.parametrize(
    ("config", "checkpoint", "where"),
    [
        (None, "given", "SPORTSGPT_POSE_CONFIG"),
        ("no-such-config", "given", "SPORTSGPT_POSE_CONFIG"),
        ("given", None, "SPORTSGPT_POSE_CHECKPOINT"),
        ("given", "/no/such.pth", "SPORTSGPT_POSE_CHECKPOINT"),
    ],
)
def test_a_missing_file_names_its_setting(
    coco_weights: Any, config: str | None, checkpoint: str | None, where: str
) -> None:
    config = coco_weights.config if config == "given" else config
    checkpoint = str(coco_weights.checkpoint) if checkpoint == "given" else checkpoint
    with pytest.raises(SettingError) as caught:
        MmposeEstimator(config, checkpoint)
    assert caught.value.where == where


def test_half_precision_is_refused_on_the_cpu(coco_weights: Any) -> None:
    with pytest.raises(SettingError, match="half precision"):
        MmposeEstimator(
            coco_weights.config,
            str(coco_weights.checkpoint),
            has_half_precision=True,
        )


@pytest.mark.gpu
def test_the_gpu_agrees_with_the_cpu(coco_estimator: Any, coco_weights: Any) -> None:
    import torch

    if not torch.cuda.is_available():
        pytest.skip("torch sees no GPU")
    frames, boxes = build_check_pictures()
    on_cpu = np.concatenate(coco_estimator.estimate(frames, boxes))
    for has_half_precision, confidence_tolerance in ((False, 1e-3), (True, 2e-2)):
        estimator = MmposeEstimator(
            coco_weights.config,
            str(coco_weights.checkpoint),
            "cuda",
            has_half_precision=has_half_precision,
        )
        on_gpu = np.concatenate(estimator.estimate(frames, boxes))
        difference = np.abs(on_gpu[..., 2] - on_cpu[..., 2])
        assert difference.max() < confidence_tolerance


def test_the_side_of_the_networks_input_is_told(coco_estimator: Any) -> None:
    assert coco_estimator.input_side_px == 256
