"""Files and devices of a pose network that the user names in settings.

Checks that come before any network library is imported, so that a wrong path or a
missing extra is told in words and at once; and how an adapter gets to another process.
No network is loaded here.
"""

import functools
import hashlib
import importlib.util
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from sportsgpt_lib.errors import SettingError

DOCUMENTED_IN = "docs/pose-backends.md"

BACKEND_SETTING = "SPORTSGPT_POSE_BACKEND"
CONFIG_SETTING = "SPORTSGPT_POSE_CONFIG"
CHECKPOINT_SETTING = "SPORTSGPT_POSE_CHECKPOINT"
DEVICE_SETTING = "SPORTSGPT_POSE_DEVICE"
HALF_PRECISION_SETTING = "SPORTSGPT_POSE_HALF_PRECISION"
FLIP_TEST_SETTING = "SPORTSGPT_POSE_FLIP_TEST"
DETECTOR_CONFIG_SETTING = "SPORTSGPT_DETECTOR_CONFIG"
DETECTOR_CHECKPOINT_SETTING = "SPORTSGPT_DETECTOR_CHECKPOINT"

# Persons in one run of a network; chosen, see docs/adr/0004-mmpose-extra.md.
BATCH_SIZE = 8


def require_packages(packages: Sequence[str], extra: str, setting: str) -> None:
    """Refuse a backend whose optional packages are not installed.

    Raises
    ------
    SettingError
        At least one package is absent; the message holds the pip command.
    """
    absent = [name for name in packages if importlib.util.find_spec(name) is None]
    if absent:
        raise SettingError(
            setting,
            f"this backend needs {', '.join(absent)}, which is not installed",
            f"pip install 'sportsgpt-platform[{extra}]' (from a checkout: "
            f"pip install -e '.[{extra}]'), or choose another backend; "
            f"see {DOCUMENTED_IN}",
        )


def require_file(path: str | Path | None, setting: str, expected: str) -> Path:
    """Return the path of a file that exists and is not empty.

    Raises
    ------
    SettingError
        The setting is empty, names no file, or names an empty one.
    """
    if path is None or not str(path).strip():
        found = "it is not set"
    elif not Path(path).is_file():
        found = f"there is no file {path}"
    elif Path(path).stat().st_size == 0:
        found = f"the file {path} is empty"
    else:
        return Path(path)
    raise SettingError(
        setting, found, f"set it to the path of {expected}; see {DOCUMENTED_IN}"
    )


def compute_file_sha256(path: Path) -> str:
    """Compute the SHA-256 of a file, in lower-case hexadecimal digits."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def validate_torch_device(device: str, setting: str) -> None:
    """Refuse a device that torch does not offer on this machine.

    Raises
    ------
    SettingError
        The name is not ``cpu``, ``cuda`` or ``cuda:N``, or there is no such GPU.
    """
    import torch

    kind, _, index = device.partition(":")
    is_known = device == "cpu" or (
        kind == "cuda" and (device == kind or index.isdigit())
    )
    if not is_known:
        found = f"the device {device!r} is unknown; cpu, cuda or cuda:N are allowed"
    elif kind == "cuda" and not torch.cuda.is_available():
        found = f"{device!r} was asked for, but torch {torch.__version__} sees no GPU"
    elif kind == "cuda" and int(index or 0) >= torch.cuda.device_count():
        found = f"{device!r} was asked for, but there are {torch.cuda.device_count()}"
    else:
        return
    raise SettingError(
        setting,
        found,
        "set it to cpu, or install the CUDA build of torch as described in "
        f"{DOCUMENTED_IN}",
    )


class ReloadedElsewhere:
    """Base of adapters whose network cannot be pickled.

    Such an adapter goes to another process as the arguments it was made with, and is
    loaded there once, however often it is sent. Subclasses set ``weights_sha256`` and
    ``_arguments``, both hashable.
    """

    weights_sha256: str
    _arguments: tuple[tuple[str, Any], ...]

    def __reduce__(self) -> tuple[Callable[..., Any], tuple[Any, ...]]:
        """Go as class, arguments and the hash that the weights must have."""
        return _reload, (type(self), self._arguments, self.weights_sha256)


@functools.lru_cache(maxsize=4)
def _reload(
    kind: type[ReloadedElsewhere],
    arguments: tuple[tuple[str, Any], ...],
    weights_sha256: str,
) -> ReloadedElsewhere:
    adapter = kind(**dict(arguments))
    if adapter.weights_sha256 != weights_sha256:
        raise SettingError(
            kind.__name__,
            "the file of its weights changed while they were in use",
            "let the file be and run again",
        )
    return adapter
