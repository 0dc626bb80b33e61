"""The gates of the knowledge graph: contracts by Great Expectations, and counts.

A blocking check stops the run: what comes after it is not made. Rules for the columns
of a table are in ``knowledge_tables.py``.
"""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

import dagster as dg

from kb_ingest.assets import embeddings, passages, sources
from kb_ingest.audits import (
    TableAudit,
    audit_passages,
    audit_sources,
    audit_vectors,
)
from kb_ingest.ingest import KnowledgeIngest
from sportsgpt_lib.knowledge.embedding_models import (
    LEAST_RECALL_RATIO,
    EmbeddingModel,
    ModelRegistry,
)
from sportsgpt_lib.knowledge.embedding_vectors import VectorStore
from sportsgpt_lib.knowledge.store_audit import list_duplicated_texts
from sportsgpt_lib.knowledge.store_ingests import list_source_states
from sportsgpt_lib.knowledge.store_quarantine import list_open_findings

_MOST_SHOWN = 20


@dg.asset_check(asset=sources, name="contract", blocking=True)
def sources_contract(
    ingest: dg.ResourceParam[KnowledgeIngest],
) -> dg.AssetCheckResult:
    """Great Expectations: every source in use states licence, owner and trust."""
    return _report(ingest, audit_sources(ingest.store.url))


@dg.asset_check(asset=sources)
def every_manifest_is_in_order(
    ingest: dg.ResourceParam[KnowledgeIngest],
) -> dg.AssetCheckResult:
    """Every collection could be read; those that could not stay as they were."""
    stopped = {
        name: list(error.problems) or [error.found]
        for name, error in ingest.stopped.items()
    }
    return dg.AssetCheckResult(
        passed=not stopped, metadata={"stopped_collections": stopped}
    )


@dg.asset_check(asset=passages, name="contract", blocking=True)
def passages_contract(
    ingest: dg.ResourceParam[KnowledgeIngest],
) -> dg.AssetCheckResult:
    """Great Expectations: no passage in use is empty, giant, garbled or an instruction.

    Also: kind and language are allowed ones, the script is the language's, and every
    page is one of the source's. What a person released is not judged again.
    """
    return _report(ingest, audit_passages(ingest.store.url))


@dg.asset_check(asset=passages, blocking=True)
def no_passage_is_lost(
    ingest: dg.ResourceParam[KnowledgeIngest],
) -> dg.AssetCheckResult:
    """N chunks of a source are N rows: passages and links together."""
    wrong = {
        state.source_id: {
            "chunks": state.chunk_count,
            "passages": state.passage_count,
            "links": state.link_count,
        }
        for state in list_source_states(ingest.store.url)
        if state.made_from is not None
        and state.chunk_count != state.passage_count + state.link_count
    }
    return dg.AssetCheckResult(passed=not wrong, metadata={"sources": wrong})


@dg.asset_check(asset=passages, blocking=True)
def every_source_gave_passages(
    ingest: dg.ResourceParam[KnowledgeIngest],
) -> dg.AssetCheckResult:
    """Every source of the manifests is ingested to the end, or in the quarantine."""
    quarantined = {o.source_id for o in ingest.made if o.step == "quarantined"}
    missing = [
        state.source_id
        for state in list_source_states(ingest.store.url)
        if state.withdrawn_reason is None
        and state.collection not in ingest.stopped
        and state.source_id not in quarantined
        and (state.made_from is None or not state.chunk_count)
    ]
    return dg.AssetCheckResult(
        passed=not missing, metadata={"sources_without_passages": missing}
    )


@dg.asset_check(asset=passages, blocking=True)
def no_text_is_stored_twice(
    ingest: dg.ResourceParam[KnowledgeIngest],
) -> dg.AssetCheckResult:
    """Find no text in two sources: one of them must be a link."""
    twice = list_duplicated_texts(ingest.store.url)
    return dg.AssetCheckResult(passed=not twice, metadata={"passages": twice})


@dg.asset_check(asset=passages)
def nothing_is_quarantined(
    ingest: dg.ResourceParam[KnowledgeIngest],
) -> dg.AssetCheckResult:
    """Warn, without stopping anything, where a document or a part was left out."""
    found = list_open_findings(ingest.store.url)
    shown = [f"{one.collection}/{one.file_name}: {one.finding}" for one in found]
    return dg.AssetCheckResult(
        passed=not found,
        severity=dg.AssetCheckSeverity.WARN,
        metadata={"findings": len(found), "first": shown[:_MOST_SHOWN]},
    )


@dg.asset_check(asset=embeddings, name="contract", blocking=True)
def embeddings_contract(
    ingest: dg.ResourceParam[KnowledgeIngest],
) -> dg.AssetCheckResult:
    """Great Expectations: every vector has the model's dimension and unit length."""
    model = _load_model(ingest)
    audit = audit_vectors(ingest.store.url, model.vectors, model.dimension)
    return _report(ingest, audit, {"dimension": model.dimension})


@dg.asset_check(asset=embeddings, blocking=True)
def every_passage_is_embedded(
    ingest: dg.ResourceParam[KnowledgeIngest],
) -> dg.AssetCheckResult:
    """Every passage in use that the model can read has a vector of it."""
    coverage = VectorStore(ingest.store.url, _load_model(ingest)).count_coverage()
    return dg.AssetCheckResult(
        passed=coverage.embedded == coverage.readable > 0,
        metadata={**asdict(coverage), "text_channel_only": coverage.text_channel_only},
    )


@dg.asset_check(asset=embeddings, blocking=True)
def index_agrees_with_exact_search(
    ingest: dg.ResourceParam[KnowledgeIngest],
) -> dg.AssetCheckResult:
    """Compare the index with exact search: it must find 95 % of the same passages."""
    probe = VectorStore(ingest.store.url, _load_model(ingest)).probe_recall()
    return dg.AssetCheckResult(
        passed=probe.recall_ratio >= LEAST_RECALL_RATIO,
        metadata={
            "recall_ratio": probe.recall_ratio,
            "questions": probe.question_count,
            "nearest": probe.nearest_count,
            "search_ef": probe.search_ef,
        },
    )


def _load_model(ingest: KnowledgeIngest) -> EmbeddingModel:
    return ModelRegistry(ingest.store.url).register(ingest.embedder)


def _report(
    ingest: KnowledgeIngest,
    audit: TableAudit,
    extra: Mapping[str, Any] | None = None,
) -> dg.AssetCheckResult:
    index_page = ingest.pages.add(audit)
    pages = {} if index_page is None else {"pages": dg.MetadataValue.path(index_page)}
    return dg.AssetCheckResult(
        passed=audit.success,
        severity=dg.AssetCheckSeverity.ERROR,
        metadata={
            "problems": dg.MetadataValue.json(audit.problems),
            "keys_of_failing_rows": dg.MetadataValue.json(audit.keys),
            "rows": audit.row_count,
            "evaluated_expectations": audit.evaluated_expectations,
            **pages,
            **(extra or {}),
        },
    )
