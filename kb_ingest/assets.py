"""The knowledge graph's assets and checks: load, one library call, save, report.

Steps are in ``ingest.py``; nothing is parsed, embedded or searched here.
"""

from pathlib import Path
from typing import Any

import dagster as dg

from kb_ingest.ingest import (
    STARTER_COLLECTION,
    build_current_passages,
    embed_missing,
    load_checked_collection,
    save_passages,
)
from sportsgpt_lib.knowledge.embedder import Embedder
from sportsgpt_lib.knowledge.store import KnowledgeStore

GROUP = "knowledge"
OWNERS = ["team:knowledge"]

# Chosen: what issue texts and cards need, and what a report can still quote.
MOST_PASSAGE_CHARACTERS = 4000
# The index is allowed to miss one passage in twenty of the exact search.
LEAST_RECALL_RATIO = 0.95


def _describe_columns(columns: dict[str, tuple[str, str]]) -> dg.TableSchema:
    return dg.TableSchema(
        columns=[
            dg.TableColumn(name, type=kind, description=meaning)
            for name, (kind, meaning) in columns.items()
        ]
    )


_SOURCE_COLUMNS = _describe_columns(
    {
        "source_id": ("text", "Name of the source in its manifest."),
        "collection": ("text", "Folder of knowledge that the source came with."),
        "licence": ("text", "Licence under which it may be used; never empty."),
        "rights_owner": ("text", "Who owns it."),
        "trust_level": ("text", "How far it is trusted: high, medium or low."),
        "file_sha256": ("text", "SHA-256 of the file as it was admitted."),
        "admitted_by": ("text", "Who admitted it."),
        "withdrawn_reason": ("text", "Why it is not used any more; null = in use."),
    }
)
_PASSAGE_COLUMNS = _describe_columns(
    {
        "passage_id": ("text", "Name of this content in this place of its source."),
        "source_id": ("text", "Source that the passage is from."),
        "chunk_no": ("integer", "Place in the source, from 0."),
        "content_sha256": ("text", "SHA-256 over everything a reader may see."),
        "kind": ("text", "technique, exercise or answer."),
        "passage_text": ("text", "The text that is searched and quoted."),
        "movements": ("text[]", "Movements that the passage is about."),
        "issues": ("text[]", "Technique faults that it answers; empty = general."),
        "payload": ("jsonb", "The same content in parts, with its citations."),
        "is_current": ("boolean", "Part of the source's present edition."),
    }
)
_EMBEDDING_COLUMNS = _describe_columns(
    {
        "passage_id": ("text", "Passage that was embedded."),
        "embedding_model": ("text", "Model, with the first digits of its SHA-256."),
        "embedding": ("halfvec(384)", "Vector of unit length."),
    }
)


@dg.asset(
    key=["knowledge", "sources"],
    group_name=GROUP,
    owners=OWNERS,
    kinds={"postgres"},
    metadata={"dagster/column_schema": _SOURCE_COLUMNS},
)
def sources(
    store: dg.ResourceParam[KnowledgeStore], starter_folder: dg.ResourceParam[Path]
) -> dg.MaterializeResult[Any]:
    """One row per admitted source: licence, owner, trust level, who admitted it.

    A source without a licence, or whose file is not the one that was admitted, stops
    the ingest with every problem of the folder named. A source that is no longer in the
    manifest is withdrawn: its passages vanish from retrieval at once.
    """
    collection = load_checked_collection(starter_folder)
    counts = store.save_sources(STARTER_COLLECTION, collection.sources)
    return dg.MaterializeResult(
        metadata={
            "dagster/row_count": len(collection.sources),
            "new": counts.new,
            "withdrawn": counts.superseded,
            "cards": len(collection.all_cards),
            "answers": len(collection.all_answers),
            "publications_cited": len(collection.references),
        }
    )


@dg.asset(
    key=["knowledge", "passages"],
    deps=[sources],
    group_name=GROUP,
    owners=OWNERS,
    kinds={"postgres"},
    metadata={"dagster/column_schema": _PASSAGE_COLUMNS},
)
def passages(
    store: dg.ResourceParam[KnowledgeStore], starter_folder: dg.ResourceParam[Path]
) -> dg.MaterializeResult[Any]:
    """One row per passage: a technique, an exercise, or a question with its answer.

    A passage that changed gets a new row; the old one stays, no longer current, so that
    past reports can still be walked back to what they quoted.
    """
    built = build_current_passages(load_checked_collection(starter_folder))
    counts = save_passages(store, built)
    return dg.MaterializeResult(
        metadata={
            "dagster/row_count": sum(map(len, built.values())),
            "new": counts.new,
            "unchanged": counts.unchanged,
            "superseded": counts.superseded,
        }
    )


@dg.asset(
    key=["knowledge", "embeddings"],
    deps=[passages],
    group_name=GROUP,
    owners=OWNERS,
    kinds={"postgres", "pytorch"},
    metadata={"dagster/column_schema": _EMBEDDING_COLUMNS},
)
def embeddings(
    store: dg.ResourceParam[KnowledgeStore], embedder: dg.ResourceParam[Embedder]
) -> dg.MaterializeResult[Any]:
    """One row per passage and embedding model; also the questions of all issues.

    Only what is missing is embedded: a second run loads no network.
    """
    counts = embed_missing(store, embedder)
    return dg.MaterializeResult(
        metadata={
            "dagster/row_count": store.count_rows(embedder.model_name)["embeddings"],
            "embedded_now": counts.passages,
            "questions_embedded_now": counts.questions,
            "embedding_model": embedder.model_name,
            "knowledge_version": store.compute_version(),
        }
    )


@dg.asset_check(asset=sources, blocking=True)
def every_source_has_a_licence(
    store: dg.ResourceParam[KnowledgeStore],
) -> dg.AssetCheckResult:
    """Every source in use names a licence and an owner."""
    unlicensed = store.list_unlicensed_sources()
    return dg.AssetCheckResult(
        passed=not unlicensed, metadata={"sources_without_licence": unlicensed}
    )


@dg.asset_check(asset=passages, blocking=True)
def no_passage_is_lost(
    store: dg.ResourceParam[KnowledgeStore], starter_folder: dg.ResourceParam[Path]
) -> dg.AssetCheckResult:
    """N passages in the folder are N rows of their sources."""
    built = build_current_passages(load_checked_collection(starter_folder))
    expected = {source_id: len(part) for source_id, part in built.items()}
    found = {source_id: store.count_passages(source_id) for source_id in built}
    return dg.AssetCheckResult(
        passed=found == expected, metadata={"expected": expected, "found": found}
    )


@dg.asset_check(asset=passages, blocking=True)
def no_passage_is_empty_or_giant(
    starter_folder: dg.ResourceParam[Path],
) -> dg.AssetCheckResult:
    """Every passage has text, and not more than a report can quote."""
    built = build_current_passages(load_checked_collection(starter_folder))
    wrong = [
        f"{passage.source_id} {passage.chunk_no}"
        for part in built.values()
        for passage in part
        if not 0 < len(passage.text) <= MOST_PASSAGE_CHARACTERS
    ]
    return dg.AssetCheckResult(passed=not wrong, metadata={"passages": wrong})


@dg.asset_check(asset=embeddings, blocking=True)
def every_passage_is_embedded(
    store: dg.ResourceParam[KnowledgeStore], embedder: dg.ResourceParam[Embedder]
) -> dg.AssetCheckResult:
    """Every passage in use has a vector of the model in use."""
    counts = store.count_rows(embedder.model_name)
    return dg.AssetCheckResult(
        passed=counts["embeddings"] == counts["passages"] > 0, metadata=counts
    )


@dg.asset_check(asset=embeddings, blocking=True)
def index_agrees_with_exact_search(
    store: dg.ResourceParam[KnowledgeStore], embedder: dg.ResourceParam[Embedder]
) -> dg.AssetCheckResult:
    """Compare the index with exact search: it must find 95 % of the same passages."""
    probe = store.probe_recall(embedder.model_name)
    return dg.AssetCheckResult(
        passed=probe.recall_ratio >= LEAST_RECALL_RATIO,
        metadata={
            "recall_ratio": probe.recall_ratio,
            "questions": probe.question_count,
            "nearest": probe.nearest_count,
        },
    )
