"""Chooses the person detector and the pose network that the settings name."""

from orchestration.settings import Settings
from sportsgpt_lib.pose.estimator import PersonDetector, PoseEstimator


def build_estimator(settings: Settings) -> PoseEstimator:
    """Build the pose network's adapter; its library is imported only now.

    Raises
    ------
    SettingError
        Config, checkpoint or extra is missing.
    """
    if settings.pose_backend == "mmpose":
        from sportsgpt_lib.pose.mmpose_estimator import MmposeEstimator

        return MmposeEstimator(
            settings.pose_config, settings.pose_checkpoint, settings.pose_device
        )
    if settings.pose_backend == "rtmpose_onnx":
        from sportsgpt_lib.pose.rtmpose_onnx_estimator import RtmposeOnnxEstimator

        return RtmposeOnnxEstimator(settings.pose_checkpoint, settings.pose_device)
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
        )
    from sportsgpt_lib.pose.mediapipe_detector import MediapipeDetector

    return MediapipeDetector()
