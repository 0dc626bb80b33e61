"""The figures of one trial of an index, printed as they are measured."""

import time
from collections.abc import Sequence

import numpy as np

from benchmarks.figures import Figure
from sportsgpt_lib.knowledge.postgres import KnowledgeConnection


class TrialFigures:
    """Figures on one knowledge base, named by its number of passages."""

    def __init__(self, connection: KnowledgeConnection, count: int) -> None:
        self._connection = connection
        self._count = count
        self.figures: list[Figure] = []

    def time(self, name: str, statement: str) -> None:
        """Run a statement and add how long it took."""
        started = time.perf_counter()
        self._connection.execute(statement.encode())
        self.add(name, time.perf_counter() - started, "s")

    def add_latency(self, name: str, seconds: Sequence[float]) -> None:
        """Add median and 95th percentile of some searches."""
        for percent in (50, 95):
            value = float(np.percentile(seconds, percent)) * 1000
            self.add(f"{name}: p{percent}", value, "ms")

    def add_size(self, name: str, pattern: str) -> None:
        """Add the size of all relations whose name is like a pattern."""
        rows = self._connection.execute(
            "select sum(pg_total_relation_size(oid)) from pg_class"
            " where relnamespace = 'knowledge'::regnamespace and relkind in ('r', 'i')"
            " and relname like $1",
            (f"{pattern}\\_%" if pattern == "passages" else pattern,),
        ).fetchall()
        self.add(f"{name}: size", float(rows[0][0] or 0) / 1024**2, "MiB")

    def add(
        self,
        name: str,
        value: float,
        unit: str,
        *,
        must: float | None = None,
        aim: float | None = None,
    ) -> None:
        """Add a figure, and print it at once: a trial takes long."""
        named = f"{self._count // 1000}k: {name}"
        self.figures.append(Figure(named, value, unit, must=must, aim=aim))
        print(f"{named}: {value:.4g} {unit}", flush=True)
