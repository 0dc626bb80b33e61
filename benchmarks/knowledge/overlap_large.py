"""Measures overlap and size of passages on 40 chapters: ten minutes and more."""

from benchmarks.figures import Figure
from benchmarks.knowledge.overlap import measure_modules

_MODULES = 40


def measure() -> list[Figure]:
    """Measure recall on the reported half for each size of passages."""
    return measure_modules(_MODULES)
