"""The shape of a benchmark's result, its file and its table."""

import json
import os
import platform
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path

from rich.console import Console
from rich.table import Table

OUT = Path(__file__).with_name("out")
_PACKAGES = ("dagster", "duckdb", "polars", "mediapipe", "torch", "great-expectations")


@dataclass(frozen=True)
class Figure:
    """One measured number; ``must`` and ``aim`` are upper limits, None = no limit."""

    name: str
    value: float
    unit: str
    must: float | None = None
    aim: float | None = None

    @property
    def holds(self) -> bool | None:
        """Whether the value keeps its ``must``; None where there is none."""
        return None if self.must is None else self.value <= self.must


def write_result(name: str, figures: Sequence[Figure]) -> Path:
    """Write ``benchmarks/out/<name>.json``."""
    OUT.mkdir(exist_ok=True)
    path = OUT / f"{name}.json"
    result = {
        "machine": describe_machine(),
        "versions": {package: version(package) for package in _PACKAGES},
        "figures": [{**asdict(figure), "holds": figure.holds} for figure in figures],
    }
    path.write_text(json.dumps(result, indent=2) + "\n", encoding="utf-8")
    return path


def print_figures(name: str, figures: Sequence[Figure]) -> None:
    """Print the figures as a table."""
    table = Table("figure", "value", "unit", "must", "aim", "holds", title=name)
    words = {True: "yes", False: "NO", None: ""}
    for figure in figures:
        table.add_row(
            figure.name,
            f"{figure.value:.3g}",
            figure.unit,
            "" if figure.must is None else f"≤ {figure.must:g}",
            "" if figure.aim is None else f"≤ {figure.aim:g}",
            words[figure.holds],
        )
    Console().print(table)


def describe_machine() -> dict[str, str | int | None]:
    """Describe the machine by what decides its speed; no name, no path."""
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
        "system": platform.system(),
        "python": platform.python_version(),
    }
