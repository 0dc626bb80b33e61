"""The steps of an ingest, on plain objects; a second one does only what is missing.

A source is worked on for itself, the most trusted ones first, and counts as ingested
when all of it is saved: a killed ingest goes on at the source it was at. Memory holds
one document, and a signature of every passage. How one source is saved is in
``source_saving.py``.
"""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from kb_ingest.audit_pages import KnowledgePages
from kb_ingest.chunking.duplicates import SignatureIndex
from kb_ingest.embedding import embed_missing
from kb_ingest.folders import load_checked_collection, validate_ids
from kb_ingest.outcomes import EmbeddingCounts, SourceOutcome, SourcesOutcome
from kb_ingest.progress import Tell, tell_nobody
from kb_ingest.quarantine import ADMISSION, describe_manifest
from kb_ingest.source_making import KnowledgeFolder, describe_making
from kb_ingest.source_saving import (
    AdmittedSource,
    quarantine_changed_file,
    save_source,
)
from sportsgpt_lib.errors import KnowledgeError
from sportsgpt_lib.knowledge.collection import MANIFEST_FILE, Collection
from sportsgpt_lib.knowledge.embedder import Embedder
from sportsgpt_lib.knowledge.store import KnowledgeStore
from sportsgpt_lib.knowledge.store_ingests import (
    SourceState,
    list_source_states,
    mark_ingested,
)
from sportsgpt_lib.knowledge.store_quarantine import (
    list_open_findings,
    record_findings,
)

STARTER_COLLECTION = "starter"
_TRUST_ORDER = ("high", "medium", "low")
# A source whose text another one held is made again when that one is withdrawn; each
# round can only free links to sources of a lower rank.
_MOST_ROUNDS = 5


class KnowledgeIngest:
    """One ingest of some folders into one knowledge base.

    Parameters
    ----------
    store
        The knowledge base.
    embedder
        The model that embeds.
    folders
        Folders of knowledge, each with its manifest; names of collections differ.
    tell
        Told how far the ingest is.
    pages_folder
        Folder of the Data Docs on its tables; None = none are written.
    """

    def __init__(
        self,
        store: KnowledgeStore,
        embedder: Embedder,
        folders: Sequence[KnowledgeFolder],
        *,
        tell: Tell = tell_nobody,
        pages_folder: Path | None = None,
    ) -> None:
        self.store = store
        self.embedder = embedder
        self._folders = folders
        self._tell = tell
        self._collections: dict[str, Collection] | None = None
        self.stopped: dict[str, KnowledgeError] = {}
        self.made: list[SourceOutcome] = []
        self.embedded: EmbeddingCounts | None = None
        self.pages = KnowledgePages(pages_folder)

    def save_sources(self) -> SourcesOutcome:
        """Save the sources of every collection whose manifest is in order.

        Raises
        ------
        KnowledgeError
            No collection's is.
        """
        collections = self._load_collections()
        new = withdrawn = 0
        for name, collection in collections.items():
            counts = self.store.save_sources(name, collection.sources)
            new, withdrawn = new + counts.new, withdrawn + counts.superseded
            record_findings(self.store.url, name, MANIFEST_FILE, ())
        for name, error in self.stopped.items():
            found = describe_manifest(error)
            record_findings(self.store.url, name, MANIFEST_FILE, found)
        if not collections:
            raise next(iter(self.stopped.values()))
        loaded = collections.values()
        return SourcesOutcome(
            source_count=sum(len(part.sources) for part in loaded),
            new=new,
            withdrawn=withdrawn,
            cards=sum(len(part.all_cards) for part in loaded),
            answers=sum(len(part.all_answers) for part in loaded),
            publications=sum(len(part.references) for part in loaded),
            stopped=tuple(self.stopped),
        )

    def save_passages(self) -> tuple[SourceOutcome, ...]:
        """Make and save the passages of every source that is not as it was."""
        admitted = self._list_admitted()
        self._solve_findings_of_unused_files(admitted)
        outcomes = {o.source_id: o for o in self._quarantine_changed(admitted)}
        admitted = [one for one in admitted if one.file_fault is None]
        index: SignatureIndex | None = None
        for round_no in range(_MOST_ROUNDS):
            states = {s.source_id: s for s in list_source_states(self.store.url)}
            again = self.store.list_due_sources()
            due = [
                one
                for one in admitted
                if one.source.id in again or not _is_made(one, states)
            ]
            if round_no == 0:
                outcomes |= {o.source_id: o for o in self._list_kept(admitted, due)}
            else:
                due = [one for one in due if one.source.id in again]
            if not due:
                break
            index = index or self._build_index(admitted, states)
            for number, one in enumerate(due):
                self._tell("sources", number, len(due), one.source.title)
                outcomes[one.source.id] = save_source(
                    self.store, one, index, states[one.source.id]
                )
            self._tell("sources", len(due), len(due), "")
        self.made = list(outcomes.values())
        return tuple(self.made)

    def embed(self) -> EmbeddingCounts:
        """Embed what is not embedded yet, and the questions of all issues."""
        self.embedded = embed_missing(self.store, self.embedder, tell=self._tell)
        return self.embedded

    def _load_collections(self) -> dict[str, Collection]:
        if self._collections is not None:
            return self._collections
        self._collections = {}
        known = {s.source_id: s.collection for s in list_source_states(self.store.url)}
        for folder in self._folders:
            try:
                collection = load_checked_collection(
                    folder.path,
                    must_cover_issues=folder.collection == STARTER_COLLECTION,
                )
                validate_ids(folder, collection, known)
            except KnowledgeError as error:
                self.stopped[folder.collection] = error
                continue
            known |= dict.fromkeys(
                (s.id for s in collection.sources), folder.collection
            )
            self._collections[folder.collection] = collection
        return self._collections

    def _list_admitted(self) -> list[AdmittedSource]:
        """List the sources in use, the most trusted ones first."""
        loaded = self._load_collections()
        withdrawn = {
            state.source_id
            for state in list_source_states(self.store.url)
            if state.withdrawn_reason is not None
        }
        for source_id in withdrawn:
            # When it comes back it is compared with what came in meanwhile.
            mark_ingested(self.store.url, source_id, None)
        found = [
            AdmittedSource(folder, loaded[folder.collection], source)
            for folder in self._folders
            if folder.collection in loaded
            for source in loaded[folder.collection].sources
            if source.id not in withdrawn
        ]
        return sorted(found, key=lambda one: _TRUST_ORDER.index(one.source.trust_level))

    def _quarantine_changed(
        self, admitted: Sequence[AdmittedSource]
    ) -> Iterator[SourceOutcome]:
        """Name the files that are not the admitted ones; the others go on."""
        url = self.store.url
        states = {s.source_id: s for s in list_source_states(url)}
        named = {
            (found.collection, found.file_name)
            for found in list_open_findings(url)
            if found.place == ADMISSION
        }
        for one in admitted:
            file = one.folder.collection, one.source.file
            if one.file_fault is not None:
                state = states[one.source.id]
                yield quarantine_changed_file(self.store, one, one.file_fault, state)
            elif file in named:
                record_findings(url, *file, (), place=ADMISSION)

    def _solve_findings_of_unused_files(
        self, admitted: Sequence[AdmittedSource]
    ) -> None:
        """Solve what was found in files that no source in use is of any more."""
        used = {(one.folder.collection, one.source.file) for one in admitted}
        for found in list_open_findings(self.store.url):
            file = found.collection, found.file_name
            is_loaded = found.collection in self._load_collections()
            if is_loaded and file not in used and found.file_name != MANIFEST_FILE:
                record_findings(self.store.url, *file, ())

    def _list_kept(
        self, admitted: Sequence[AdmittedSource], due: Sequence[AdmittedSource]
    ) -> Iterator[SourceOutcome]:
        due_ids = {one.source.id for one in due}
        states = {s.source_id: s for s in list_source_states(self.store.url)}
        for one in admitted:
            if one.source.id not in due_ids:
                state = states[one.source.id]
                yield SourceOutcome(
                    state.source_id,
                    state.collection,
                    "kept",
                    passages=state.passage_count,
                    links=state.link_count,
                    held=state.held_count,
                )

    def _build_index(
        self, admitted: Sequence[AdmittedSource], states: Mapping[str, SourceState]
    ) -> SignatureIndex:
        """Build the index of all passages in use, with the ranks of all sources."""
        place = {one.source.id: number for number, one in enumerate(admitted)}
        ordered = sorted(
            states.values(),
            key=lambda s: (
                _TRUST_ORDER.index(s.trust_level),
                place.get(s.source_id, len(place)),
                s.source_id,
            ),
        )
        index = SignatureIndex({s.source_id: n for n, s in enumerate(ordered)})
        index.add(self.store.iter_passage_texts())
        return index


def _is_made(one: AdmittedSource, states: Mapping[str, SourceState]) -> bool:
    state = states[one.source.id]
    return state.made_from == describe_making(one.folder.path, one.source)
