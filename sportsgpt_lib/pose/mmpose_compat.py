"""Makes mmpose 1.3 and mmdet 3.3 importable beside today's torch and numpy.

Each repair stands in a function of its own that names the failure it prevents; the
pins that belong to them are in ``docs/adr/0004-mmpose-extra.md``. The repairs touch
the running process only, never an installed file, and stand aside where the real part
works (a CUDA machine with the full mmcv). Loading of weights is in
``openmmlab_network.py``; no network is built here.
"""

import importlib
import importlib.util
import sys
import threading
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import Any

from sportsgpt_lib.pose.network_files import require_packages
from sportsgpt_lib.torch_runtime import prepare_torchvision

PACKAGES = ("mmpose", "mmengine", "mmcv", "mmdet", "pycocotools", "six")
EXTRA = "mmpose"

_lock = threading.Lock()

# (category, start of the message, module): noise of third parties that a reader of our
# logs can do nothing about.
_KNOWN_WARNINGS: tuple[tuple[type[Warning], str, str], ...] = (
    # torchvision and mmpose still use TorchScript
    (DeprecationWarning, r"`torch\.jit\.", r"torch\.jit"),
    # mmengine still imports pkg_resources, and reloads it
    (UserWarning, "pkg_resources is deprecated", r"mmengine\.|importlib"),
    # mmcv's old import path, used inside mmcv itself
    (ImportWarning, "``MultiScaleDeformableAttention`` has been moved", r"mmcv\."),
    # mmpose finds its data-set description in the wheel, as it should
    (UserWarning, "The metainfo config file", r"mmpose\."),
    # mmdet's layers use the old spelling of torch.amp.autocast
    (FutureWarning, r"`torch\.cuda\.amp\.autocast", r"mmdet\."),
    # torch announces a keyword of meshgrid that mmdet's anchors do not give yet
    (UserWarning, r"torch\.meshgrid: in an upcoming release", r"torch\."),
)


def import_mmpose_apis(setting: str) -> Any:
    """Import ``mmpose.apis`` with every repair in place.

    Parameters
    ----------
    setting
        The setting to name when the extra is absent.

    Raises
    ------
    SettingError
        The ``mmpose`` extra is not installed.
    """
    return _import_repaired("mmpose.apis", setting)


def import_mmdet_apis(setting: str) -> Any:
    """Import ``mmdet.apis`` with every repair in place; see import_mmpose_apis."""
    return _import_repaired("mmdet.apis", setting)


@contextmanager
def quiet_openmmlab() -> Iterator[None]:
    """Silence the known warnings of OpenMMLab's packages, and no others."""
    with warnings.catch_warnings():
        for category, message, module in _KNOWN_WARNINGS:
            warnings.filterwarnings("ignore", message, category, module)
        yield


def _import_repaired(name: str, setting: str) -> Any:
    require_packages(PACKAGES, EXTRA, setting)
    with _lock, quiet_openmmlab():
        prepare_torchvision()
        _provide_mmcv_operators()
        _provide_coco_tools()
        return importlib.import_module(name)


def _provide_mmcv_operators() -> None:
    """Stand in for mmcv's compiled operators, which mmcv-lite leaves out.

    Without it ``import mmpose.models`` ends in ``ModuleNotFoundError: No module named
    'mmcv._ext'``: one head that RTMPose never uses imports ``mmcv.ops`` unguarded.
    Non-maximum suppression is the one operator that RTMDet needs, so it is real; any
    other says what is missing when it is called.
    """
    if "mmcv._ext" in sys.modules or importlib.util.find_spec("mmcv._ext"):
        return
    operators = ModuleType("mmcv._ext")
    operators.__spec__ = ModuleSpec("mmcv._ext", None)
    operators.__dict__["__getattr__"] = _refuse_operator
    operators.__dict__["nms"] = suppress_overlapping_boxes
    sys.modules["mmcv._ext"] = operators


def _refuse_operator(name: str) -> Callable[..., None]:
    if name.startswith("__"):
        raise AttributeError(name)

    def refuse(*_args: Any, **_options: Any) -> None:
        message = (
            f"mmcv's operator {name} is compiled and not part of mmcv-lite; "
            "install the full mmcv 2.1.0 for networks that need it"
        )
        raise NotImplementedError(message)

    return refuse


def suppress_overlapping_boxes(
    boxes: Any, scores: Any, iou_threshold: float = 0.5, offset: int = 0
) -> Any:
    """Keep the best box of each heap of overlapping ones.

    Parameters
    ----------
    boxes
        torch tensor ``(N, 4)``: x0, y0, x1, y1 in pixels.
    scores
        torch tensor ``(N,)``.
    iou_threshold
        Boxes whose intersection over union with a better box is larger are dropped.
    offset
        1 where x1 and y1 name the last pixel, 0 where they name the edge.

    Returns
    -------
    Indices of the kept boxes, best first, as mmcv's compiled operator gives them.
    """
    import torch

    widths_heights = boxes[:, 2:] - boxes[:, :2] + offset
    areas = widths_heights.prod(dim=1)
    waiting = scores.argsort(descending=True, stable=True)
    kept = []
    while len(waiting):
        best, waiting = waiting[0], waiting[1:]
        kept.append(best)
        shared = (
            torch.minimum(boxes[best, 2:], boxes[waiting, 2:])
            - torch.maximum(boxes[best, :2], boxes[waiting, :2])
            + offset
        ).clamp(min=0)
        intersection = shared.prod(dim=1)
        union = areas[best] + areas[waiting] - intersection
        waiting = waiting[intersection <= iou_threshold * union]
    return torch.stack(kept) if kept else scores.new_zeros(0, dtype=torch.long)


def _provide_coco_tools() -> None:
    """Let pycocotools answer for xtcocotools where that does not load.

    The wheel of xtcocotools 1.14.3 is built on numpy 1: beside numpy 2 its import ends
    in ``ValueError: numpy.dtype size changed, may indicate binary incompatibility``.
    mmpose imports it for its data sets and never calls it to estimate a pose.
    """
    try:
        importlib.import_module("xtcocotools._mask")
    except (ImportError, ValueError):
        for name in [name for name in sys.modules if name.startswith("xtcocotools")]:
            del sys.modules[name]
        for part in ("", ".mask", ".coco", ".cocoeval"):
            stand_in = importlib.import_module(f"pycocotools{part}")
            sys.modules[f"xtcocotools{part}"] = stand_in
