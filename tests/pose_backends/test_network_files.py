import hashlib
import sys
from pathlib import Path

import pytest

from sportsgpt_lib.errors import SettingError
from sportsgpt_lib.pose.network_files import (
    compute_file_sha256,
    require_file,
    require_packages,
    validate_torch_device,
)


def test_a_missing_extra_is_told_with_its_pip_command(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, "mmdet", None)
    with pytest.raises(SettingError) as caught:
        require_packages(("json", "mmdet"), "mmpose", "SPORTSGPT_POSE_BACKEND")
    assert caught.value.where == "SPORTSGPT_POSE_BACKEND"
    assert "needs mmdet," in caught.value.found
    assert "pip install 'sportsgpt-platform[mmpose]'" in caught.value.fix


@pytest.mark.parametrize(
    ("path", "found"),
    [
        (None, "not set"),
        ("  ", "not set"),
        ("/no/such.pth", "no file /no/such.pth"),
    ],
)
def test_a_file_that_is_not_there_is_refused(path: str | None, found: str) -> None:
    with pytest.raises(SettingError, match=found):
        require_file(path, "SPORTSGPT_POSE_CHECKPOINT", "an mmpose checkpoint")


def test_an_empty_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "empty.pth").touch()
    with pytest.raises(SettingError, match="is empty"):
        require_file(tmp_path / "empty.pth", "SPORTSGPT_POSE_CHECKPOINT", "weights")


def test_sha256_is_that_of_the_files_bytes(tmp_path: Path) -> None:
    (tmp_path / "weights").write_bytes(b"abc" * 100_000)
    expected = hashlib.sha256(b"abc" * 100_000).hexdigest()
    assert compute_file_sha256(tmp_path / "weights") == expected


@pytest.mark.parametrize("device", ["gpu", "cuda:", "cuda:x", "CPU", "", "cpu:0"])
def test_an_unknown_device_is_refused(device: str) -> None:
    with pytest.raises(SettingError, match="cpu, cuda or cuda:N are allowed"):
        validate_torch_device(device, "SPORTSGPT_POSE_DEVICE")


def test_a_gpu_that_is_not_there_is_refused() -> None:
    with pytest.raises(SettingError, match="cuda:97"):
        validate_torch_device("cuda:97", "SPORTSGPT_POSE_DEVICE")


def test_the_cpu_is_accepted() -> None:
    validate_torch_device("cpu", "SPORTSGPT_POSE_DEVICE")
