"""Runs one benchmark by name: ``python -m benchmarks NAME``."""

import importlib
import sys
from pathlib import Path

from benchmarks.figures import print_figures, write_result

_NOT_BENCHMARKS = {"__init__", "__main__", "figures"}


def main(arguments: list[str]) -> int:
    """Run the benchmark that the first argument names."""
    folder = Path(__file__).parent
    names = sorted({p.stem for p in folder.glob("*.py")} - _NOT_BENCHMARKS)
    if len(arguments) != 1 or arguments[0] not in names:
        print(f"Usage: ./bench NAME, where NAME is one of: {', '.join(names)}")
        return 2
    name = arguments[0]
    figures = importlib.import_module(f"benchmarks.{name}").measure()
    path = write_result(name, figures)
    print_figures(name, figures)
    print(f"Written to {path.relative_to(Path.cwd())}")
    return 0 if all(figure.holds is not False for figure in figures) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
