"""Finds OpenMMLab configs and loads checkpoints into networks, safely and strictly.

OpenMMLab itself unpickles a checkpoint without limits and only logs weights that do
not fit, so that a wrong file gives a network of random numbers. Here nothing but
tensors, numbers, texts and numpy arrays is unpickled, and every weight must be there.
What the networks compute is in the adapters.
"""

import difflib
import hashlib
import importlib.util
import json
import logging
import pickle
import re
import warnings
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from sportsgpt_lib.errors import SettingError
from sportsgpt_lib.pose.mmpose_compat import quiet_openmmlab
from sportsgpt_lib.pose.network_files import DOCUMENTED_IN, require_file

_logger = logging.getLogger(__name__)

_PROBLEMS_SHOWN_COUNT = 10

# torch's safe unpickler fails in any of these ways on bytes that are no checkpoint.
_UNREADABLE = (
    pickle.UnpicklingError,
    AttributeError,
    EOFError,
    LookupError,
    OSError,
    RuntimeError,
    TypeError,
    ValueError,
)

# Types that numpy gives its arrays' descriptions since 1.25, as found in data-set
# descriptions inside checkpoints.
_NUMPY_DTYPES = (
    "Float32DType",
    "Float64DType",
    "Int32DType",
    "Int64DType",
    "UInt8DType",
    "BoolDType",
)


def find_config(config: str | None, packages: Sequence[str], setting: str) -> Path:
    """Find a config file by its path, or by its name among those of some packages.

    Parameters
    ----------
    config
        Path of a config, or the stem of one that a package carries, as in
        ``rtmpose-m_8xb512-700e_body8-halpe26-256x192``.
    packages
        ``mmpose``, ``mmdet`` or both; their wheels hold configs under ``.mim``.
    setting
        The setting to name in an error.

    Raises
    ------
    SettingError
        There is no such file and no such name; the nearest names are given.
    """
    if config and not config.endswith(".py") and "/" not in config:
        carried = _list_carried_configs(packages)
        if config in carried:
            return carried[config]
        near = difflib.get_close_matches(config, carried, n=3)
        raise SettingError(
            setting,
            f"no config of {' or '.join(packages)} is named {config!r}",
            f"nearest: {', '.join(near) or 'none'}; or give the path of a .py file; "
            f"see {DOCUMENTED_IN}",
        )
    return require_file(config, setting, f"a config of {packages[0]} (.py)")


def _list_carried_configs(packages: Sequence[str]) -> dict[str, Path]:
    specs = [importlib.util.find_spec(package) for package in packages]
    folders = [
        Path(folder)
        for spec in specs
        if spec is not None
        for folder in spec.submodule_search_locations or ()
    ]
    return {
        path.stem: path
        for folder in reversed(folders)  # the first package wins
        for area in ("demo", "configs")
        for path in sorted((folder / ".mim" / area).rglob("*.py"))
    }


def load_config(path: Path, setting: str) -> Any:
    """Read an OpenMMLab config; the file is Python code and is executed.

    Raises
    ------
    SettingError
        The file cannot be executed, or describes no network with a test pipeline.
    """
    config, refusal = _execute_config(path)
    if refusal is not None:
        raise SettingError(
            setting,
            f"the config {path} cannot be read ({refusal})",
            f"give a config of OpenMMLab 1.x/3.x; see {DOCUMENTED_IN}",
        )
    absent = [key for key in ("model", "test_dataloader") if key not in config]
    if absent:
        raise SettingError(
            setting,
            f"the config {path} has no {' and no '.join(absent)}",
            f"give a complete config, not one of its bases; see {DOCUMENTED_IN}",
        )
    # The user's checkpoint replaces the backbone's, which would be downloaded.
    if "backbone" in config.model:
        config.model.backbone.init_cfg = None
    return config


def compute_config_digest(config: Any) -> str:
    """Compute a short name for a config's content; any changed value changes it."""
    content = json.dumps(config.to_dict(), sort_keys=True, default=str)
    return hashlib.sha256(content.encode()).hexdigest()[:8]


def _execute_config(path: Path) -> tuple[Any, str | None]:
    """Execute a config; the config, or why it could not be executed.

    mmengine leaves a temporary file open where that fails. The error's traceback holds
    it, so the error ends here, as text, with the warning about the file silenced.
    """
    from mmengine.config import Config

    with quiet_openmmlab(), warnings.catch_warnings():
        warnings.filterwarnings("ignore", "unclosed file", ResourceWarning)
        try:
            return Config.fromfile(str(path)), None
        except Exception as error:  # noqa: BLE001 (a config is code: it raises anything)
            return None, f"{type(error).__name__}: {error}"


def load_checkpoint(network: Any, path: Path, setting: str) -> dict[str, Any]:
    """Load all weights of a checkpoint into a network.

    Parameters
    ----------
    network
        The torch module, built from the config.
    path
        Checkpoint of mmengine: a dictionary with ``state_dict`` and perhaps ``meta``,
        or a bare dictionary of weights.
    setting
        The setting to name in an error.

    Returns
    -------
    The checkpoint's ``meta``; empty where it has none.

    Raises
    ------
    SettingError
        The file is no checkpoint, holds objects that are not safe to load, or its
        weights do not fit the network.
    """
    content = _unpickle_safely(path, setting)
    weights = content.get("state_dict", content)
    meta = content.get("meta", {})
    if not _are_weights(weights) or not isinstance(meta, Mapping):
        raise SettingError(
            setting,
            f"the file {path} holds no weights",
            f"give a checkpoint with a state_dict; see {DOCUMENTED_IN}",
        )
    weights = {name.removeprefix("module."): value for name, value in weights.items()}
    problems = _list_misfits(network.state_dict(), weights)
    if problems:
        shown = problems[:_PROBLEMS_SHOWN_COUNT]
        if len(problems) > len(shown):
            shown.append(f"… and {len(problems) - len(shown)} more")
        raise SettingError(
            setting,
            f"the weights in {path} do not fit the network of the config",
            "give the config that the checkpoint was trained with",
            problems=shown,
        )
    unused = network.load_state_dict(weights, strict=False).unexpected_keys
    if unused:
        _logger.warning("%s: %d weights are not used", path, len(unused))
    return dict(meta)


def _are_weights(weights: object) -> bool:
    import torch

    return (
        isinstance(weights, Mapping)
        and bool(weights)
        and all(torch.is_tensor(value) for value in weights.values())
    )


def _list_misfits(wanted: Mapping[str, Any], given: Mapping[str, Any]) -> list[str]:
    problems = []
    for name, weight in wanted.items():
        if name not in given:
            problems.append(f"{name} is missing")
        elif given[name].shape != weight.shape:
            problems.append(
                f"{name} has the shape {tuple(given[name].shape)}, "
                f"the network wants {tuple(weight.shape)}"
            )
    return problems


def _unpickle_safely(path: Path, setting: str) -> dict[str, Any]:
    """Unpickle with torch's allow-list, widened to numpy arrays and nothing more.

    mmengine's own loader fails on its own checkpoints since torch 2.6 (``Weights only
    load failed ... Unsupported global: numpy._core.multiarray._reconstruct``).
    """
    import torch

    try:
        with torch.serialization.safe_globals(_list_safe_globals()):
            content = torch.load(path, map_location="cpu", weights_only=True)
    except _UNREADABLE as error:
        refused = re.search(r"GLOBAL (\S+)", str(error))
        found = (
            f"the file {path} holds an object that could run code: {refused[1]}"
            if refused
            else f"the file {path} is no checkpoint of torch"
        )
        raise SettingError(
            setting,
            found,
            "where you trust the file, save its bare weights once, as shown in "
            f"{DOCUMENTED_IN}, and give that file",
        ) from error
    return content if isinstance(content, dict) else {}


def _list_safe_globals() -> Sequence[Callable[..., Any] | tuple[Any, str]]:
    import numpy as np
    from numpy._core import multiarray

    # Files written with numpy 1 name the same two functions by their old module.
    by_name = [
        (getattr(multiarray, function), f"{module}.multiarray.{function}")
        for function in ("_reconstruct", "scalar")
        for module in ("numpy.core", "numpy._core")
    ]
    dtypes = [getattr(np.dtypes, name) for name in _NUMPY_DTYPES]
    return [*by_name, np.ndarray, np.dtype, *dtypes]
