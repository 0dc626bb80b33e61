import collections
import os
import pickle
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from sportsgpt_lib.errors import SettingError
from sportsgpt_lib.pose.openmmlab_network import (
    find_config,
    load_checkpoint,
    load_config,
)

pytestmark = pytest.mark.mmpose

_SETTING = "SPORTSGPT_POSE_CONFIG"
_MMPOSE = ("mmpose",)


def _build_layer() -> Any:
    import torch

    return torch.nn.Linear(3, 2)


def _save(path: Path, content: Any) -> Path:
    import torch

    torch.save(content, path)
    return path


def _rename_numpy_module(path: Path, module: bytes) -> None:
    """Rename the module of numpy's functions in a checkpoint of either form."""
    if not zipfile.is_zipfile(path):
        path.write_bytes(path.read_bytes().replace(b"numpy._core", module))
        return
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in parts.items():
            is_pickle = name.endswith(".pkl")
            archive.writestr(
                name, content.replace(b"numpy._core", module) if is_pickle else content
            )


def test_a_config_is_found_by_its_name() -> None:
    path = find_config("rtmpose-t_8xb256-420e_coco-256x192", _MMPOSE, _SETTING)
    assert path.name == "rtmpose-t_8xb256-420e_coco-256x192.py"
    assert path.is_file()


def test_a_detectors_config_is_found_in_mmposes_demo_folder() -> None:
    name = "rtmdet_nano_320-8xb32_coco-person"
    assert find_config(name, ("mmpose", "mmdet"), _SETTING).is_file()


def test_a_misspelt_config_name_gets_the_nearest_names() -> None:
    with pytest.raises(SettingError) as caught:
        find_config("rtmpose-t_coco-256x192", _MMPOSE, _SETTING)
    assert "rtmpose-t_8xb256-420e_coco-256x192" in caught.value.fix


@pytest.mark.parametrize("config", [None, "", "somewhere/else.py", "folder/name"])
def test_a_config_that_is_no_file_is_refused(config: str | None) -> None:
    with pytest.raises(SettingError, match=_SETTING):
        find_config(config, _MMPOSE, _SETTING)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("model = dict(", "cannot be read"),
        ("model = undefined_name", "cannot be read"),
        ("_base_ = ['./not_there.py']", "cannot be read"),
        ("epochs = 3", "has no model and no test_dataloader"),
    ],
)
def test_a_broken_config_is_refused(tmp_path: Path, text: str, found: str) -> None:
    path = tmp_path / "config.py"
    path.write_text(text)
    with pytest.raises(SettingError, match=found):
        load_config(path, _SETTING)


def test_weights_arrive_in_the_network(tmp_path: Path) -> None:
    source, target = _build_layer(), _build_layer()
    path = _save(
        tmp_path / "a.pth",
        {"state_dict": source.state_dict(), "meta": {"epoch": 4}},
    )
    assert load_checkpoint(target, path, "X") == {"epoch": 4}
    assert bool((target.weight == source.weight).all())


def test_bare_weights_with_a_parallel_prefix_are_taken(tmp_path: Path) -> None:
    source, target = _build_layer(), _build_layer()
    state = {f"module.{name}": value for name, value in source.state_dict().items()}
    assert load_checkpoint(target, _save(tmp_path / "a.pth", state), "X") == {}
    assert bool((target.weight == source.weight).all())


def test_weights_of_another_network_are_refused_with_a_list(tmp_path: Path) -> None:
    import torch

    state = {"weight": torch.zeros(2, 4)}
    path = _save(tmp_path / "a.pth", {"state_dict": state})
    with pytest.raises(SettingError) as caught:
        load_checkpoint(_build_layer(), path, "X")
    assert caught.value.problems == (
        "weight has the shape (2, 4), the network wants (2, 3)",
        "bias is missing",
    )


def test_a_long_list_of_misfits_is_cut(tmp_path: Path) -> None:
    import torch

    network = torch.nn.Sequential(*[_build_layer() for _ in range(8)])
    path = _save(tmp_path / "a.pth", {"x": torch.zeros(1)})
    with pytest.raises(SettingError) as caught:
        load_checkpoint(network, path, "X")
    assert len(caught.value.problems) == 11
    assert caught.value.problems[-1] == "… and 6 more"


def test_unused_weights_are_logged(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    import torch

    network = _build_layer()
    state = {**network.state_dict(), "extra": torch.zeros(1)}
    load_checkpoint(network, _save(tmp_path / "a.pth", state), "X")
    assert "1 weights are not used" in caplog.text


@pytest.mark.parametrize("form", ["zip", "legacy"])
@pytest.mark.parametrize("numpy_module", [b"numpy._core", b"numpy.core"])
def test_a_published_checkpoint_loads(
    tmp_path: Path, numpy_module: bytes, form: str
) -> None:
    """What mmpose's publish_model.py keeps; it writes the legacy form."""
    import torch

    source, target = _build_layer(), _build_layer()
    described = {
        "keypoint_id2name": {0: "nose"},
        "sigmas": np.array([0.1, 0.2], dtype=np.float32),
        "colors": np.arange(6, dtype=np.uint8).reshape(2, 3),
        "scalar": np.float64(2.5),
        "ids": np.arange(3),
    }
    meta = {"dataset_meta": described, "epoch": 420, "seed": 21, "cfg": "a = 1"}
    content = {
        "state_dict": collections.OrderedDict(source.state_dict()),
        "meta": {**meta, "hook_msgs": {"best_score": np.float64(0.7)}},
    }
    path = tmp_path / "a.pth"
    torch.save(content, path, _use_new_zipfile_serialization=form == "zip")
    _rename_numpy_module(path, numpy_module)
    loaded = load_checkpoint(target, path, "X")
    assert bool((target.weight == source.weight).all())
    np.testing.assert_array_equal(loaded["dataset_meta"]["colors"], described["colors"])
    np.testing.assert_array_equal(loaded["dataset_meta"]["sigmas"], described["sigmas"])
    assert loaded["hook_msgs"] == {"best_score": 0.7}


class _Attack:
    def __init__(self, target: Path) -> None:
        self._target = target

    def __reduce__(self) -> tuple[Any, ...]:
        return os.mkdir, (str(self._target),)


@pytest.mark.parametrize("form", ["zip", "legacy"])
def test_a_checkpoint_that_runs_code_is_refused_and_runs_nothing(
    tmp_path: Path, form: str
) -> None:
    import torch

    content = {"state_dict": {}, "meta": _Attack(tmp_path / "harm")}
    path = tmp_path / "a.pth"
    torch.save(content, path, _use_new_zipfile_serialization=form == "zip")
    with pytest.raises(SettingError, match=r"could run code: posix\.mkdir"):
        load_checkpoint(_build_layer(), path, "X")
    assert not (tmp_path / "harm").exists()


def test_training_history_is_refused_by_name(tmp_path: Path) -> None:
    from mmengine.logging import HistoryBuffer

    content = {"state_dict": {}, "message_hub": {"loss": HistoryBuffer([1.0], [1])}}
    path = _save(tmp_path / "a.pth", content)
    with pytest.raises(
        SettingError, match=r"run code: mmengine\.\S+\.HistoryBuffer"
    ) as caught:
        load_checkpoint(_build_layer(), path, "X")
    assert "save its bare weights once" in caught.value.fix


def test_getattr_is_never_allowed() -> None:
    from sportsgpt_lib.pose.openmmlab_network import _list_safe_globals

    functions = [
        item[0] if isinstance(item, tuple) else item for item in _list_safe_globals()
    ]
    assert getattr not in functions
    assert eval not in functions


@pytest.mark.parametrize(
    ("content", "found"),
    [
        (b"this is a text, not a checkpoint", "no checkpoint of torch"),
        (b"PK\x03\x04 broken zip", "no checkpoint of torch"),
        (bytes(4096), "no checkpoint of torch"),
        (b"\x80\x02N.", "no checkpoint of torch"),
        (b"0", "no checkpoint of torch"),
        (pickle.dumps({"a": 1}, protocol=2), "no checkpoint of torch"),
    ],
)
def test_a_file_that_is_no_checkpoint_is_refused(
    tmp_path: Path, content: bytes, found: str
) -> None:
    path = tmp_path / "a.pth"
    path.write_bytes(content)
    with pytest.raises(SettingError, match=found):
        load_checkpoint(_build_layer(), path, "X")


def test_a_cut_checkpoint_is_refused(tmp_path: Path) -> None:
    path = _save(tmp_path / "a.pth", _build_layer().state_dict())
    path.write_bytes(path.read_bytes()[:-200])
    with pytest.raises(SettingError, match="no checkpoint of torch"):
        load_checkpoint(_build_layer(), path, "X")


@pytest.mark.parametrize(
    "content", [[1, 2], {"meta": {}}, {"state_dict": {}}, {"state_dict": {"a": 1}}]
)
def test_a_file_without_weights_is_refused(tmp_path: Path, content: Any) -> None:
    path = _save(tmp_path / "a.pth", content)
    with pytest.raises(SettingError, match="holds no weights"):
        load_checkpoint(_build_layer(), path, "X")
