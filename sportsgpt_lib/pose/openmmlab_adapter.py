"""What adapters on OpenMMLab's libraries share: files, device, precision, clock.

Which network it is and what its answers mean is in ``mmpose_estimator.py`` and
``rtmdet_detector.py``.
"""

import contextlib
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sportsgpt_lib.errors import SettingError
from sportsgpt_lib.pose.mmpose_compat import quiet_openmmlab
from sportsgpt_lib.pose.network_files import (
    DEVICE_SETTING,
    HALF_PRECISION_SETTING,
    ReloadedElsewhere,
    compute_file_sha256,
    require_file,
    validate_torch_device,
)
from sportsgpt_lib.pose.openmmlab_network import (
    compute_config_digest,
    find_config,
    load_config,
)


@dataclass(frozen=True)
class OpenMmlabKind:
    """One of OpenMMLab's libraries, and the settings that name a network of it.

    ``packages`` are those whose wheels carry configs, the library's own last.
    """

    library: str
    packages: tuple[str, ...]
    import_apis: Callable[[str], Any]
    backend_setting: str
    config_setting: str
    checkpoint_setting: str


class OpenMmlabAdapter(ReloadedElsewhere):
    """Base of adapters on OpenMMLab.

    Parameters
    ----------
    kind
        The library and its settings.
    arguments
        What the adapter was made with, by name; ``config``, ``checkpoint``, ``device``
        and ``has_half_precision`` at least.
    threads_count
        Threads of torch in this process; 0 leaves torch its own number.

    Raises
    ------
    SettingError
        The extra is not installed, a file is missing, the config cannot be read, there
        is no such device, or half precision was asked for on the CPU.
    """

    def __init__(
        self, kind: OpenMmlabKind, arguments: dict[str, Any], threads_count: int
    ) -> None:
        config, device = arguments["config"], arguments["device"]
        self.apis = kind.import_apis(kind.backend_setting)
        validate_torch_device(device, DEVICE_SETTING)
        if arguments["has_half_precision"]:
            _refuse_half_precision_on_cpu(device)
        config_path = find_config(config, kind.packages, kind.config_setting)
        self.checkpoint_path: Path = require_file(
            arguments["checkpoint"],
            kind.checkpoint_setting,
            f"an {kind.library} checkpoint (a .pth file)",
        )
        _bound_threads(threads_count)
        self._arguments = (*arguments.items(), ("threads_count", threads_count))
        self.network_seconds = 0.0
        self.weights_sha256 = compute_file_sha256(self.checkpoint_path)
        self.config = load_config(config_path, kind.config_setting)
        self._config_name = f"{kind.library}/{config_path.stem}"
        self._device: str = device
        self._has_half_precision: bool = arguments["has_half_precision"]

    def _name_model(self) -> str:
        """Name the config, a digest of its content, and the precision if halved."""
        half = "+half" if self._has_half_precision else ""
        return f"{self._config_name}@{compute_config_digest(self.config)}{half}"

    @contextlib.contextmanager
    def _inference(self) -> Iterator[None]:
        """Run a network: no gradients, the asked precision, no noise, on the clock."""
        import torch

        precision: Any = contextlib.nullcontext()
        if self._has_half_precision:
            precision = torch.autocast(self._device.partition(":")[0], torch.float16)
        start_s = time.perf_counter()
        with torch.inference_mode(), precision, quiet_openmmlab():
            yield
        self.network_seconds += time.perf_counter() - start_s


def _refuse_half_precision_on_cpu(device: str) -> None:
    if device == "cpu":
        raise SettingError(
            HALF_PRECISION_SETTING,
            "half precision was asked for on the CPU; it needs a GPU",
            f"set {DEVICE_SETTING} to cuda, or leave half precision off",
        )


def _bound_threads(threads_count: int) -> None:
    import torch

    if threads_count > 0:
        torch.set_num_threads(threads_count)
