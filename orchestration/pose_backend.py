"""Chooses the person detector and the pose network that the settings name."""

from orchestration.settings import Settings
from sportsgpt_lib.errors import SettingError
from sportsgpt_lib.pose.estimator import PersonDetector, PoseEstimator
from sportsgpt_lib.pose.network_files import (
    BACKEND_SETTING,
    DOCUMENTED_IN,
    FLIP_TEST_SETTING,
    HALF_PRECISION_SETTING,
)


def build_estimator(settings: Settings) -> PoseEstimator:
    """Build the pose network's adapter; its library is imported only now.

    Raises
    ------
    SettingError
        Config, checkpoint or extra is missing, or the backend cannot do what is asked.
    """
    if settings.pose_backend == "mmpose":
        from sportsgpt_lib.pose.mmpose_estimator import MmposeEstimator

        return MmposeEstimator(
            settings.pose_config,
            settings.pose_checkpoint,
            settings.pose_device,
            batch_size=settings.pose_batch_size,
            has_half_precision=settings.pose_half_precision,
            has_flip_test=settings.pose_flip_test,
            threads_count=settings.pose_threads,
        )
    _refuse_what_only_mmpose_does(settings)
    if settings.pose_backend == "rtmpose_onnx":
        from sportsgpt_lib.pose.rtmpose_onnx_estimator import RtmposeOnnxEstimator

        return RtmposeOnnxEstimator(
            settings.pose_checkpoint,
            settings.pose_device,
            batch_size=settings.pose_batch_size,
            threads_count=settings.pose_threads,
        )
    from sportsgpt_lib.pose.mediapipe_estimator import MediapipeEstimator

    return MediapipeEstimator()


def build_detector(settings: Settings) -> PersonDetector:
    """Build the person detector: RTMDet where one is named, else mediapipe's.

    Raises
    ------
    SettingError
        Config, checkpoint or extra is missing.
    """
    if settings.detector_config or settings.detector_checkpoint:
        from sportsgpt_lib.pose.rtmdet_detector import RtmdetPersonDetector

        return RtmdetPersonDetector(
            settings.detector_config,
            settings.detector_checkpoint,
            settings.pose_device,
            has_half_precision=settings.pose_half_precision,
            threads_count=settings.pose_threads,
        )
    from sportsgpt_lib.pose.mediapipe_detector import MediapipeDetector

    return MediapipeDetector()


def _refuse_what_only_mmpose_does(settings: Settings) -> None:
    asked = {
        HALF_PRECISION_SETTING: settings.pose_half_precision,
        FLIP_TEST_SETTING: settings.pose_flip_test,
    }
    for setting, is_asked in asked.items():
        if is_asked:
            raise SettingError(
                setting,
                f"it is on, which the backend {settings.pose_backend} cannot do",
                f"switch it off, or set {BACKEND_SETTING} to mmpose; "
                f"see {DOCUMENTED_IN}",
            )
