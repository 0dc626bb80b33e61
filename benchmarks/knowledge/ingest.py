"""What an ingest of all openly licensed texts costs, stage by stage, and once more.

The share of embedding is of processor time, so that it holds on a machine that is busy
with other work too; Postgres' own time is left out of it.
"""

import resource
import tempfile
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from benchmarks.figures import Figure
from benchmarks.knowledge.open_collection import COLLECTION, lay_out_collection
from kb_ingest.ingest import KnowledgeIngest
from kb_ingest.outcomes import STAGES, SourceOutcome
from kb_ingest.source_making import KnowledgeFolder
from sportsgpt_lib.knowledge.embedder import MiniLmEmbedder
from sportsgpt_lib.knowledge.postgres import open_knowledge_base
from sportsgpt_lib.knowledge.store import KnowledgeStore
from sportsgpt_lib.storage.embedded_postgres import EmbeddedPostgres
from sportsgpt_lib.storage.migrations import migrate

_LEAST_SHARE = 0.85
_MIB = 1024
_COUNT_TOKENS = (
    "select sum(token_count) from knowledge.passages_in_use where collection = $1"
)


@dataclass(frozen=True)
class _Cost:
    """Seconds of one step on the clock, and of processors in all its processes."""

    clock_s: float
    processor_s: float


def measure() -> list[Figure]:
    """Ingest the collection into a fresh database, then once more."""
    with tempfile.TemporaryDirectory() as folder:
        collection = lay_out_collection(Path(folder))
        server = EmbeddedPostgres(Path(folder) / "home")
        try:
            migrate(server.start())
            return _measure(server.url("owner"), collection)
        finally:
            server.remove()


def _measure(url: str, collection: Path) -> list[Figure]:
    folders = [KnowledgeFolder(COLLECTION, collection)]
    ingest = KnowledgeIngest(KnowledgeStore(url), MiniLmEmbedder(), folders)
    ingest.save_sources()
    started = _read_clocks()
    made = ingest.save_passages()
    making = _spend_since(started)
    memory_mib = _read_peak_mib()
    started = _read_clocks()
    embedded = ingest.embed()
    embedding = _spend_since(started)
    with open_knowledge_base(url) as connection:
        tokens = int(connection.execute(_COUNT_TOKENS, [COLLECTION]).fetchall()[0][0])
    started = _read_clocks()
    again = KnowledgeIngest(KnowledgeStore(url), MiniLmEmbedder(), folders)
    again.save_sources()
    again.save_passages()
    again.embed()
    second = _spend_since(started)
    share = embedding.processor_s / (embedding.processor_s + making.processor_s)
    return [
        *_count(made, tokens),
        *_rate_stages(made, tokens),
        Figure("tokens embedded", tokens / embedding.clock_s, "1/s"),
        Figure("passages embedded", embedded.passages / embedding.clock_s, "1/s"),
        Figure("all but embedding", making.processor_s, "processor s"),
        Figure("embedding", embedding.processor_s, "processor s"),
        Figure(
            "share of embedding", share, "ratio", must=_LEAST_SHARE, is_at_least=True
        ),
        Figure("memory before the network is loaded, peak", memory_mib, "MiB"),
        Figure("second ingest", second.clock_s, "s"),
    ]


def _count(made: tuple[SourceOutcome, ...], tokens: int) -> list[Figure]:
    steps = Counter(one.step for one in made)
    counts = {
        "sources": len(made),
        "sources in the quarantine": steps["quarantined"],
        "parts left out": sum(one.left_out for one in made),
        "passages": sum(one.passages for one in made),
        "links": sum(one.links for one in made),
        "passages held": sum(one.held for one in made),
        "tokens": tokens,
    }
    return [Figure(name, count, "1") for name, count in counts.items()]


def _rate_stages(made: tuple[SourceOutcome, ...], tokens: int) -> list[Figure]:
    return [
        Figure(
            f"tokens in the stage {stage!r}",
            tokens / sum(one.seconds.get(stage, 0.0) for one in made),
            "1/s",
        )
        for stage in STAGES
    ]


def _read_clocks() -> _Cost:
    own = resource.getrusage(resource.RUSAGE_SELF)
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    spent = own.ru_utime + own.ru_stime + children.ru_utime + children.ru_stime
    return _Cost(time.perf_counter(), spent)


def _spend_since(started: _Cost) -> _Cost:
    now = _read_clocks()
    return _Cost(now.clock_s - started.clock_s, now.processor_s - started.processor_s)


def _read_peak_mib() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / _MIB
