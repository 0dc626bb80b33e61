"""One source into the knowledge base: its passages, its links, or why it has none.

What its passages are is in ``source_making.py``; which sources are worked on, and in
which order, in ``ingest.py``.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from kb_ingest.chunking.duplicates import SignatureIndex, find_near_duplicates
from kb_ingest.outcomes import SourceOutcome
from kb_ingest.quarantine import (
    describe_document,
    describe_fault,
    describe_unreadable,
)
from kb_ingest.source_making import (
    KnowledgeFolder,
    MadeSource,
    Stopwatch,
    describe_making,
    make_source,
)
from sportsgpt_lib.errors import DocumentError
from sportsgpt_lib.knowledge.collection import Collection
from sportsgpt_lib.knowledge.passages import PassageLink
from sportsgpt_lib.knowledge.sources import Source
from sportsgpt_lib.knowledge.store import KnowledgeStore
from sportsgpt_lib.knowledge.store_ingests import SourceState, mark_ingested
from sportsgpt_lib.knowledge.store_quarantine import record_findings


@dataclass(frozen=True)
class AdmittedSource:
    """A source in use with the folder and the collection it is from."""

    folder: KnowledgeFolder
    collection: Collection
    source: Source

    @property
    def file_fault(self) -> str | None:
        """Why its file is not the one that was admitted; None = it is."""
        return self.collection.file_faults.get(self.source.id)


def save_source(
    store: KnowledgeStore,
    one: AdmittedSource,
    index: SignatureIndex,
    state: SourceState,
) -> SourceOutcome:
    """Make and save a source, or put it into the quarantine.

    A document that cannot be used is tried again by every ingest.
    """
    watch = Stopwatch()
    try:
        made = make_source(one.folder.path, one.collection, one.source, watch)
    except DocumentError as error:
        found = describe_unreadable(one.source, error)
        record_findings(store.url, one.folder.collection, one.source.file, found)
        if not _is_of_admitted_file(one, state):
            index.remove_source(one.source.id)
        return replace(_quarantine(store, one, state), seconds=watch.seconds)
    mark_ingested(store.url, one.source.id, None)
    with watch.time("compare"):
        index.remove_source(one.source.id)
        links = find_near_duplicates(
            (p for p in made.passages if p.passage_id not in made.held), index
        )
    with watch.time("save"):
        outcome = _save(store, one, made, links)
    return replace(outcome, seconds=watch.seconds)


def quarantine_changed_file(
    store: KnowledgeStore, one: AdmittedSource, fault: str, state: SourceState
) -> SourceOutcome:
    """Put a source whose file is not the admitted one into the quarantine.

    What the admitted file gave stays in use.
    """
    found = describe_fault(one.source, fault)
    record_findings(store.url, one.folder.collection, one.source.file, found)
    return _quarantine(store, one, state)


def _save(
    store: KnowledgeStore,
    one: AdmittedSource,
    made: MadeSource,
    links: Sequence[PassageLink],
) -> SourceOutcome:
    """Save a source whole; what it was made from is remembered last."""
    source, url = one.source, store.url
    own = [link for link in links if link.source_id == source.id]
    linked = {link.chunk_no for link in own}
    passages = [p for p in made.passages if p.chunk_no not in linked]
    counts = store.save_passages(source.id, passages, own, made.held)
    for link in links:
        if link.source_id != source.id:
            store.replace_by_link(link)
    left_out = describe_document(source, made.findings)
    record_findings(url, one.folder.collection, source.file, left_out)
    mark_ingested(
        url,
        source.id,
        describe_making(one.folder.path, source),
        chunk_count=len(made.passages),
        page_count=made.page_count,
    )
    return SourceOutcome(
        source.id,
        one.folder.collection,
        "made",
        passages=len(passages),
        links=len(own),
        held=len(made.held),
        left_out=len(left_out),
        warnings=len(made.findings) - len(left_out),
        saved=counts,
    )


def _quarantine(
    store: KnowledgeStore, one: AdmittedSource, state: SourceState
) -> SourceOutcome:
    """Take out what an earlier edition gave: it is not what was admitted."""
    source, collection = one.source, one.folder.collection
    outcome = SourceOutcome(source.id, collection, "quarantined", left_out=1)
    if _is_of_admitted_file(one, state):
        return replace(
            outcome,
            passages=state.passage_count,
            links=state.link_count,
            held=state.held_count,
        )
    store.save_passages(source.id, ())
    mark_ingested(store.url, source.id, None, chunk_count=0)
    return outcome


def _is_of_admitted_file(one: AdmittedSource, state: SourceState) -> bool:
    """Whether what the knowledge base has is of the file that was admitted."""
    return (state.made_from or "").startswith(one.source.sha256)
