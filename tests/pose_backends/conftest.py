import importlib.util
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from benchmarks.pose.networks import RandomNetwork, save_random_network

_PACKAGE_OF_MARKER = {"mmpose": "mmpose", "onnx": "onnxruntime"}

# Both people are in this frame: a man on a roof and a woman walking below.
_DEMO_FRAME_IDX = 60


def pytest_runtest_setup(item: pytest.Item) -> None:
    for marker, package in _PACKAGE_OF_MARKER.items():
        is_absent = importlib.util.find_spec(package) is None
        if item.get_closest_marker(marker) is not None and is_absent:
            pytest.skip(
                f"the extra is not installed: pip install -e '.[{marker}]' ({package})"
            )


@pytest.fixture(scope="session")
def make_weights(
    tmp_path_factory: pytest.TempPathFactory,
) -> Callable[[str], RandomNetwork]:
    made: dict[str, RandomNetwork] = {}

    def make(config: str) -> RandomNetwork:
        if config not in made:
            folder = tmp_path_factory.mktemp("weights")
            made[config] = save_random_network(config, folder)
        return made[config]

    return make


@pytest.fixture(scope="session")
def coco_weights(make_weights: Callable[[str], RandomNetwork]) -> RandomNetwork:
    return make_weights("rtmpose-t_8xb256-420e_coco-256x192")


@pytest.fixture(scope="session")
def halpe_weights(make_weights: Callable[[str], RandomNetwork]) -> RandomNetwork:
    return make_weights("rtmpose-m_8xb512-700e_body8-halpe26-256x192")


@pytest.fixture(scope="session")
def coco_estimator(coco_weights: RandomNetwork) -> Any:
    from sportsgpt_lib.pose.mmpose_estimator import MmposeEstimator

    return MmposeEstimator(coco_weights.config, str(coco_weights.checkpoint))


@pytest.fixture(scope="session")
def coco_onnx(
    coco_weights: RandomNetwork, tmp_path_factory: pytest.TempPathFactory
) -> Any:
    from sportsgpt_lib.pose.rtmpose_export import export_rtmpose

    return export_rtmpose(
        coco_weights.config,
        str(coco_weights.checkpoint),
        tmp_path_factory.mktemp("onnx") / "rtmpose-t.onnx",
    )


@pytest.fixture
def assert_same_points() -> Callable[[Any, Any], None]:
    """Compare two runs of networks on the same crops, ``(N, 3)`` each.

    Random weights have near ties between places, which the last bit of a sum decides;
    it may differ between two networks, batches or processes. The height of a peak may
    not, and few places may.
    """

    def compare(points: Any, expected: Any) -> None:
        np.testing.assert_allclose(points[..., 2], expected[..., 2], atol=1e-4)
        difference_px = np.abs(points[..., :2] - expected[..., :2])
        np.testing.assert_array_equal(np.isnan(points), np.isnan(expected))
        is_near = ~(difference_px.max(axis=-1) > 0.01)
        assert is_near.mean() > 0.95

    return compare


@pytest.fixture(scope="session")
def demo_frame(shared_data: Path) -> Any:
    import av

    clip = shared_data / "video_sports2d_flip" / "demo.mp4"
    with av.open(str(clip)) as container:
        for idx, frame in enumerate(container.decode(video=0)):
            if idx == _DEMO_FRAME_IDX:
                return frame.to_ndarray(format="rgb24")
    raise AssertionError(clip)


@pytest.fixture(scope="session")
def demo_boxes() -> Any:
    # Drawn by hand: the man, the woman.
    return np.array([[530.0, 45.0, 725.0, 460.0], [1270.5, 540.25, 1505.0, 945.0]])
