"""Runs one benchmark by name: ``python -m benchmarks NAME``."""

import sys
from pathlib import Path

from benchmarks.figures import print_figures, write_result
from benchmarks.runner import list_benchmarks, run_benchmark


def main(arguments: list[str]) -> int:
    """Run the benchmark that the first argument names; 1 where a limit is broken."""
    benchmarks = list_benchmarks()
    if len(arguments) != 1 or arguments[0] not in benchmarks:
        print("Usage: ./bench NAME, where NAME is one of:")
        print("\n".join(f"  {name}" for name in benchmarks))
        return 2
    name = arguments[0]
    figures = run_benchmark(benchmarks[name])
    path = write_result(name, figures)
    print_figures(name, figures)
    print(f"Written to {path.relative_to(Path.cwd())}")
    return 0 if all(figure.holds is not False for figure in figures) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
