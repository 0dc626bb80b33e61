"""Finds benchmarks by name and runs them; what they measure is in their modules."""

import ast
import importlib
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from benchmarks.figures import Figure

FOLDER = Path(__file__).parent
_FUNCTION = "measure"


def list_benchmarks(folder: Path = FOLDER) -> dict[str, tuple[str, ...]]:
    """List every benchmark below a folder, without importing any.

    Returns
    -------
    For each name the modules it runs, as dotted names below the folder: one for a
    module, all of a package's, in alphabetical order, for the package.
    """
    modules = sorted(_find_modules(folder))
    packages = sorted({name.rpartition(".")[0] for name in modules} - {""})
    benchmarks: dict[str, tuple[str, ...]] = {name: (name,) for name in modules}
    for package in packages:
        benchmarks[package] = tuple(
            name for name in modules if name.startswith(f"{package}.")
        )
    return dict(sorted(benchmarks.items()))


def run_benchmark(module_names: tuple[str, ...]) -> list[Figure]:
    """Run modules one after the other into one list of figures.

    Where there are several, each figure's name starts with its module's.
    """
    figures: list[Figure] = []
    for name in module_names:
        measured = importlib.import_module(f"benchmarks.{name}").measure()
        area = name.rpartition(".")[2]
        figures += (
            measured
            if len(module_names) == 1
            else [replace(figure, name=f"{area}: {figure.name}") for figure in measured]
        )
    return figures


def _find_modules(folder: Path) -> Iterator[str]:
    for path in folder.rglob("*.py"):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        if any(
            isinstance(n, ast.FunctionDef) and n.name == _FUNCTION for n in tree.body
        ):
            yield ".".join(path.relative_to(folder).with_suffix("").parts)
