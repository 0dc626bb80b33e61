"""The shape of a benchmark's result, its file and its table."""

import json
import math
import os
import platform
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from rich.console import Console
from rich.markup import escape
from rich.table import Table

_LOAD_BEFORE = round(os.getloadavg()[0], 1)

OUT = Path(__file__).with_name("out")
_PACKAGES = (
    "av",
    "dagster",
    "dtaidistance",
    "dtw-python",
    "duckdb",
    "fastdtw",
    "great-expectations",
    "mediapipe",
    "mmdet",
    "mmpose",
    "numba",
    "numpy",
    "onnxruntime",
    "onnxruntime-gpu",
    "openai",
    "opencv-contrib-python",
    "polars",
    "rtmlib",
    "scipy",
    "torch",
    "transformers",
    "tslearn",
)


@dataclass(frozen=True)
class Figure:
    """One measured number.

    ``must`` and ``aim`` are upper limits, or lower ones where ``is_at_least``; None =
    no limit. ``value`` None = not measured on this machine; ``note`` then says why.
    """

    name: str
    value: float | None
    unit: str
    must: float | None = None
    aim: float | None = None
    is_at_least: bool = False
    note: str = ""

    @property
    def holds(self) -> bool | None:
        """Whether the value keeps its ``must``; None where there is none or no value.

        NaN keeps no limit.
        """
        if self.must is None or self.value is None:
            return None
        if self.is_at_least:
            return self.value >= self.must
        return self.value <= self.must

    def write_limit(self, limit: float | None) -> str:
        """Write a limit with its sign; empty where there is none."""
        if limit is None:
            return ""
        return f"{'≥' if self.is_at_least else '≤'} {limit:g}"


def write_result(name: str, figures: Sequence[Figure]) -> Path:
    """Write ``benchmarks/out/<name>.json``."""
    OUT.mkdir(exist_ok=True)
    path = OUT / f"{name}.json"
    result = {
        "machine": describe_machine(),
        "versions": _list_versions(),
        "figures": [
            {**asdict(figure), "value": _write_number(figure), "holds": figure.holds}
            for figure in figures
        ],
    }
    path.write_text(json.dumps(result, indent=2) + "\n", encoding="utf-8")
    return path


def print_figures(name: str, figures: Sequence[Figure]) -> None:
    """Print machine, versions and figures as a table."""
    table = Table("figure", "value", "unit", "must", "aim", "holds", "note", title=name)
    words = {True: "yes", False: "NO", None: ""}
    for figure in figures:
        table.add_row(
            escape(figure.name),
            "–" if figure.value is None else f"{figure.value:.3g}",
            figure.unit,
            figure.write_limit(figure.must),
            figure.write_limit(figure.aim),
            words[figure.holds],
            escape(figure.note),
        )
    console = Console()
    machine = describe_machine()
    console.print(", ".join(f"{key} {value}" for key, value in machine.items()))
    console.print(
        ", ".join(f"{key} {value}" for key, value in _list_versions().items())
    )
    console.print(table)


def describe_machine() -> dict[str, str | int | float | None]:
    """Describe the machine by what decides its speed; no name, no path.

    ``load_before`` is how many processes wanted a core in the minute before the
    benchmark began: well above 0, times were disturbed.
    """
    model = next(
        (
            line.split(":", 1)[1].strip()
            for line in Path("/proc/cpuinfo").read_text().splitlines()
            if line.startswith("model name")
        ),
        platform.processor(),
    )
    return {
        "processor": model,
        "cores": os.cpu_count(),
        "gpu": _describe_gpu(),
        "load_before": _LOAD_BEFORE,
        "system": platform.system(),
        "python": platform.python_version(),
    }


def _describe_gpu() -> str | None:
    import torch

    return torch.cuda.get_device_name() if torch.cuda.is_available() else None


def _list_versions() -> dict[str, str]:
    """List the versions of the packages that are installed."""
    found = {}
    for package in _PACKAGES:
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            continue
    return found


def _write_number(figure: Figure) -> float | None:
    """Give the value as JSON can hold it: a number that is none becomes null."""
    if figure.value is None or not math.isfinite(figure.value):
        return None
    return figure.value
