"""Makes torchvision importable beside any torch, before anything imports it.

The ``mmpose`` extra installs torchvision. Beside a CPU build of torch its compiled
operators do not load; its import then fails on an operator that was never declared,
and takes ``transformers``, ``sentence_transformers`` and ``mmpose`` down with it.
Declaring the schemas first cures all of them. Every module of this library that
imports one of these calls :func:`prepare_torchvision` before.

No model and no tensor work lives here.
"""

import importlib.util
import threading
from collections.abc import Iterable
from pathlib import Path
from typing import Any

# The two operators that torchvision's Python files register something for even when
# its compiled library did not load. Signatures: torchvision 0.28,
# torchvision/csrc/ops/nms.cpp and quantized/cpu/qnms_kernel.cpp.
_SCHEMAS = (
    "nms(Tensor dets, Tensor scores, float iou_threshold) -> Tensor",
    "qnms(Tensor dets, Tensor scores, float iou_threshold) -> Tensor",
)

_lock = threading.Lock()
# torch drops a library's schemas when the object is collected, so it must stay alive.
_declared: list[Any] = []


def prepare_torchvision() -> bool:
    """Declare torchvision's operators where they are missing, at most once.

    Imports torch, but only where torchvision is installed.

    Returns
    -------
    True where this process now holds declarations of ours. False where none are
    needed: torchvision is absent, or its own compiled operators load.
    """
    with _lock:
        if _declared:
            return True
        found = importlib.util.find_spec("torchvision")
        if found is None:
            return False
        import torch

        if _load_compiled_operators(torch, found.submodule_search_locations or ()):
            return False
        library = torch.library.Library("torchvision", "DEF")
        for schema in _SCHEMAS:
            library.define(schema)
        _declared.append(library)
        return True


def _load_compiled_operators(torch: Any, folders: Iterable[str]) -> bool:
    """Load torchvision's own shared library, as its import would."""
    for folder in folders:
        for compiled in Path(folder).glob("_C*.so"):
            try:
                torch.ops.load_library(str(compiled))
            except OSError:
                return False
            return True
    return False
