from collections.abc import Iterator

import pytest
import torch

from benchmarks.pose.networks import RTMPOSE_T, RandomNetwork, save_random_network
from orchestration.pose_backend import build_detector, build_estimator
from orchestration.settings import Settings
from sportsgpt_lib.errors import SettingError
from sportsgpt_lib.pose.mediapipe_detector import MediapipeDetector
from sportsgpt_lib.pose.mediapipe_estimator import MediapipeEstimator


@pytest.fixture(scope="module")
def network(tmp_path_factory: pytest.TempPathFactory) -> RandomNetwork:
    pytest.importorskip("mmpose", reason="the extra mmpose is not installed")
    return save_random_network(RTMPOSE_T, tmp_path_factory.mktemp("network"))


@pytest.fixture(autouse=True)
def torch_threads() -> Iterator[None]:
    before = torch.get_num_threads()
    yield
    torch.set_num_threads(before)


def test_mediapipe_is_taken_where_nothing_is_said(settings):
    assert isinstance(build_estimator(settings), MediapipeEstimator)
    assert isinstance(build_detector(settings), MediapipeDetector)


@pytest.mark.mmpose
def test_mmpose_without_its_files_names_the_variable_and_the_fix(home):
    pytest.importorskip("mmpose", reason="the extra mmpose is not installed")
    with pytest.raises(SettingError) as caught:
        build_estimator(Settings(pose_backend="mmpose"))
    assert "SPORTSGPT_POSE_CONFIG" in str(caught.value)
    assert caught.value.fix


@pytest.mark.onnx
def test_onnx_without_its_file_names_the_variable_and_the_fix(home):
    pytest.importorskip("onnxruntime", reason="the extra onnx is not installed")
    with pytest.raises(SettingError) as caught:
        build_estimator(Settings(pose_backend="rtmpose_onnx"))
    assert "SPORTSGPT_POSE_CHECKPOINT" in str(caught.value)
    assert ".onnx" in caught.value.fix


@pytest.mark.mmpose
def test_detector_without_its_config_names_the_variable(home, tmp_path):
    pytest.importorskip("mmdet", reason="the extra mmpose is not installed")
    with pytest.raises(SettingError, match="SPORTSGPT_DETECTOR_CONFIG"):
        build_detector(Settings(detector_checkpoint=str(tmp_path / "rtmdet.pth")))


@pytest.mark.parametrize("backend", ["mediapipe", "rtmpose_onnx"])
@pytest.mark.parametrize("asked", ["pose_half_precision", "pose_flip_test"])
def test_what_only_mmpose_does_is_refused_elsewhere(home, backend, asked):
    with pytest.raises(SettingError) as caught:
        build_estimator(Settings(pose_backend=backend, **{asked: True}))
    assert caught.value.where == f"SPORTSGPT_{asked.upper()}"
    assert backend in caught.value.found
    assert "SPORTSGPT_POSE_BACKEND to mmpose" in caught.value.fix


@pytest.mark.mmpose
def test_every_setting_reaches_mmpose(home, network):
    asked = Settings(
        pose_backend="mmpose",
        pose_config=network.config,
        pose_checkpoint=str(network.checkpoint),
        pose_batch_size=3,
        pose_flip_test=True,
        pose_threads=1,
    )
    estimator = build_estimator(asked)
    assert estimator.batch_size == 3
    assert estimator.config.model.test_cfg.flip_test is True
    assert torch.get_num_threads() == 1


@pytest.mark.mmpose
def test_the_flip_test_is_off_by_default(home, network):
    estimator = build_estimator(
        Settings(
            pose_backend="mmpose",
            pose_config=network.config,
            pose_checkpoint=str(network.checkpoint),
        )
    )
    assert estimator.config.model.test_cfg.flip_test is False
    assert estimator.batch_size == 8


@pytest.mark.mmpose
def test_half_precision_reaches_mmpose_which_refuses_it_on_a_cpu(home, network):
    asked = Settings(
        pose_backend="mmpose",
        pose_config=network.config,
        pose_checkpoint=str(network.checkpoint),
        pose_half_precision=True,
    )
    with pytest.raises(SettingError, match="SPORTSGPT_POSE_HALF_PRECISION"):
        build_estimator(asked)
