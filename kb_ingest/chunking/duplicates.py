"""Finds passages that another source already holds, so that they are kept once.

MinHash and locality-sensitive hashing (Broder 1997, doi 10.1109/SEQUEN.1997.666900)
propose candidates; the exact sets of shingles decide. A copy is a passage whose words
all stand in the other one, or nearly all, with the same numbers and negations. Passages
of one source are never linked with each other: its own repetitions are its own.

Of two copies the one from the more trusted source is kept, then the one of the source
admitted earlier. A kept passage that is withdrawn, held or superseded leaves links that
lead nowhere: the sources of such links are ingested again, and find another copy or
keep their own.
"""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from kb_ingest.chunking.shingles import (
    compute_jaccard_ratio,
    find_shingles,
    follows_in_order,
    is_contained,
)
from sportsgpt_lib.knowledge.passages import Passage, PassageLink
from sportsgpt_lib.knowledge.sources import Source
from sportsgpt_lib.knowledge.store import PassageText

if TYPE_CHECKING:
    from datasketch import MinHash

# Measured, see docs/knowledge.md: below 0.9 variants of one exercise look like copies.
LEAST_SIMILARITY_RATIO = 0.9
# Chosen: about two sentences; shorter texts repeat by chance and cost little.
_LEAST_SHINGLES = 20
_PERMUTATIONS = 64
# 16 bands of 4 rows propose a pair of similarity 0.8 in 99.98 % of all cases, and one
# of 0.9 all but always.
_BANDS = (16, 4)
_TRUST_ORDER = ("high", "medium", "low")
# What guidance reads in parts cannot be replaced by another source's text.
_NEVER_LINKED = frozenset({"technique", "exercise"})


Comparable = Passage | PassageText
"""A passage built now, or one that the store holds."""


@dataclass(frozen=True, slots=True)
class _Signature:
    """All that is kept of a passage to compare it with others."""

    passage_id: str
    source_id: str
    chunk_no: int
    page_first: int | None
    page_last: int | None
    is_linkable: bool
    text_sha256: bytes
    shingles: np.ndarray
    facts: np.ndarray


def rank_sources(sources: Sequence[Source]) -> dict[str, int]:
    """Rank sources by trust, then by place, the one admitted first being first."""
    ordered = sorted(sources, key=lambda source: _TRUST_ORDER.index(source.trust_level))
    return {source.id: rank for rank, source in enumerate(ordered)}


class SignatureIndex:
    """Signatures of the passages in use, by which near copies of a text are found.

    Lives in memory and is filled again from the stored passages at each ingest: that is
    cheaper than embedding by far, see docs/knowledge.md for time and memory.
    """

    def __init__(self, source_ranks: Mapping[str, int]) -> None:
        """Begin empty; ``source_ranks`` as ``rank_sources`` gives them."""
        self._ranks = source_ranks
        self._signatures: dict[str, _Signature] = {}
        self._ids_by_source: dict[str, set[str]] = {}
        # Loads SciPy's integration, which would delay every command.
        from datasketch import MinHash, MinHashLSH

        self._buckets = MinHashLSH(num_perm=_PERMUTATIONS, params=_BANDS)
        self._seed = MinHash(num_perm=_PERMUTATIONS, hashfunc=int)

    def __len__(self) -> int:
        return len(self._signatures)

    def add(self, passages: Iterable[Comparable]) -> None:
        """Add passages that are in use; one without any word is left out."""
        for passage in passages:
            signature = _sign(passage)
            if len(signature.shingles):
                self._insert(signature, self._compute_minhash(signature.shingles))

    def remove_source(self, source_id: str) -> None:
        """Forget all passages of a source, before its new edition comes in."""
        for passage_id in list(self._ids_by_source.get(source_id, ())):
            self._remove(passage_id)

    def place(self, passage: Comparable) -> list[PassageLink]:
        """Add a new passage, or link it; return the links that this makes.

        Either one link of the new passage, or links of passages of less trusted
        sources, which the new one replaces.
        """
        new = _sign(passage)
        if not len(new.shingles):
            return []
        minhash = self._compute_minhash(new.shingles)
        similar = self._find_similar(new, minhash)
        rank = self._ranks[new.source_id]
        kept = [
            (self._ranks[other.source_id], -ratio, other)
            for ratio, other in similar
            if self._ranks[other.source_id] < rank and _is_copy(new, other, ratio)
        ]
        if kept:
            _, ratio, best = min(kept, key=lambda copy: copy[:2])
            return [_build_link(new, best, -ratio)]
        self._insert(new, minhash)
        replaced = [
            (ratio, other)
            for ratio, other in similar
            if self._ranks[other.source_id] > rank and _is_copy(other, new, ratio)
        ]
        for _, copy in replaced:
            self._remove(copy.passage_id)
        return [_build_link(copy, new, ratio) for ratio, copy in replaced]

    def _find_similar(
        self, new: _Signature, minhash: "MinHash"
    ) -> list[tuple[float, _Signature]]:
        candidates = [
            self._signatures[passage_id]
            for passage_id in sorted(self._buckets.query(minhash))
        ]
        return [
            (compute_jaccard_ratio(new.shingles, candidate.shingles), candidate)
            for candidate in candidates
            if candidate.source_id != new.source_id
        ]

    def _insert(self, signature: _Signature, minhash: "MinHash") -> None:
        if signature.passage_id in self._signatures:
            return
        self._signatures[signature.passage_id] = signature
        self._ids_by_source.setdefault(signature.source_id, set()).add(
            signature.passage_id
        )
        self._buckets.insert(signature.passage_id, minhash, check_duplication=False)

    def _remove(self, passage_id: str) -> None:
        signature = self._signatures.pop(passage_id)
        self._ids_by_source[signature.source_id].discard(passage_id)
        self._buckets.remove(passage_id)

    def _compute_minhash(self, shingles: np.ndarray) -> "MinHash":
        from datasketch import MinHash

        minhash = MinHash(
            num_perm=_PERMUTATIONS,
            hashfunc=int,
            permutations=self._seed.permutations,
            scheme=self._seed.scheme,
        )
        minhash.update_batch(shingles)
        return minhash


def find_near_duplicates(
    new: Iterable[Comparable], index: SignatureIndex
) -> tuple[PassageLink, ...]:
    """Find which passages another source already holds; add the others to the index.

    Returns
    -------
    One link for each passage that is not to be stored as text: mostly of ``new``, but
    of a passage stored before where the new source is the more trusted one.
    """
    return tuple(link for passage in new for link in index.place(passage))


def _is_copy(copy: _Signature, kept: _Signature, ratio: float) -> bool:
    """Tell whether nothing is lost when a passage is replaced by a link to another."""
    if not copy.is_linkable or len(copy.shingles) < _LEAST_SHINGLES:
        return False
    if is_contained(copy.shingles, kept.shingles):
        return follows_in_order(copy.facts, kept.facts)
    return ratio >= LEAST_SIMILARITY_RATIO and np.array_equal(copy.facts, kept.facts)


def _sign(passage: Comparable) -> _Signature:
    # The title of an answer is its question; other titles differ between sources.
    is_answer = passage.kind == "answer"
    text = f"{passage.title}\n{passage.text}" if is_answer else passage.text
    shingles, facts = find_shingles(text)
    return _Signature(
        passage.passage_id,
        passage.source_id,
        passage.chunk_no,
        passage.page_first,
        passage.page_last,
        passage.kind not in _NEVER_LINKED,
        hashlib.sha256(f"{passage.title}. {passage.text}".encode()).digest(),
        shingles,
        facts,
    )


def _build_link(copy: _Signature, kept: _Signature, ratio: float) -> PassageLink:
    return PassageLink(
        source_id=copy.source_id,
        chunk_no=copy.chunk_no,
        page_first=copy.page_first,
        page_last=copy.page_last,
        kept_passage_id=kept.passage_id,
        similarity_ratio=ratio,
        text_sha256=copy.text_sha256.hex(),
    )
