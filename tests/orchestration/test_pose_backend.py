import pytest

from orchestration.pose_backend import build_detector, build_estimator
from orchestration.settings import Settings
from sportsgpt_lib.errors import SettingError
from sportsgpt_lib.pose.mediapipe_detector import MediapipeDetector
from sportsgpt_lib.pose.mediapipe_estimator import MediapipeEstimator


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
