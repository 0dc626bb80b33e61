import importlib.util
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest

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


@dataclass(frozen=True)
class Weights:
    config: str
    checkpoint: Path
    bare_checkpoint: Path


@pytest.fixture(scope="session")
def make_weights(
    tmp_path_factory: pytest.TempPathFactory,
) -> Callable[[str], Weights]:
    made: dict[str, Weights] = {}

    def make(config: str) -> Weights:
        if config not in made:
            folder = tmp_path_factory.mktemp("weights")
            made[config] = _save_random_weights(config, folder)
        return made[config]

    return make


def _save_random_weights(config: str, folder: Path) -> Weights:
    import torch

    from sportsgpt_lib.pose import mmpose_compat, openmmlab_network
    from sportsgpt_lib.pose.mmpose_estimator import _build_network

    apis = mmpose_compat.import_mmpose_apis("test")
    path = openmmlab_network.find_config(config, ("mmpose",), "test")
    torch.manual_seed(7)
    loaded = openmmlab_network.load_config(path, "test")
    network = _build_network(apis, loaded, "cpu")
    with torch.no_grad():
        # Trained statistics differ from channel to channel; fresh ones do not.
        for name, buffer in network.named_buffers():
            if name.endswith("running_var"):
                buffer.uniform_(0.5, 1.5)
    weights = Weights(config, folder / "weights.pth", folder / "bare.pth")
    meta = {"dataset_meta": network.dataset_meta, "epoch": 1}
    torch.save({"state_dict": network.state_dict(), "meta": meta}, weights.checkpoint)
    torch.save(network.state_dict(), weights.bare_checkpoint)
    return weights


@pytest.fixture(scope="session")
def coco_weights(make_weights: Callable[[str], Weights]) -> Weights:
    return make_weights("rtmpose-t_8xb256-420e_coco-256x192")


@pytest.fixture(scope="session")
def halpe_weights(make_weights: Callable[[str], Weights]) -> Weights:
    return make_weights("rtmpose-m_8xb512-700e_body8-halpe26-256x192")


@pytest.fixture(scope="session")
def coco_estimator(coco_weights: Weights) -> Any:
    from sportsgpt_lib.pose.mmpose_estimator import MmposeEstimator

    return MmposeEstimator(coco_weights.config, str(coco_weights.checkpoint))


@pytest.fixture(scope="session")
def coco_onnx(coco_weights: Weights, tmp_path_factory: pytest.TempPathFactory) -> Any:
    from sportsgpt_lib.pose.rtmpose_export import export_rtmpose

    return export_rtmpose(
        coco_weights.config,
        str(coco_weights.checkpoint),
        tmp_path_factory.mktemp("onnx") / "rtmpose-t.onnx",
    )


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
