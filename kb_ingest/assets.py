"""The knowledge graph's assets: load, one library call, save, report.

Steps are in ``ingest.py``, checks in ``checks.py``; nothing is parsed, embedded or
searched here.
"""

from collections import Counter
from typing import Any

import dagster as dg

from kb_ingest.ingest import KnowledgeIngest
from kb_ingest.knowledge_tables import PASSAGES, SOURCES, VECTORS
from kb_ingest.outcomes import STAGES
from sportsgpt_lib.storage.contract import Table

GROUP = "knowledge"
OWNERS = ["team:knowledge"]


def _describe_columns(table: Table) -> dict[str, dg.TableSchema]:
    return {
        "dagster/column_schema": dg.TableSchema(
            columns=[
                dg.TableColumn(column.name, column.type, column.meaning)
                for column in table.columns
            ]
        )
    }


@dg.asset(
    key=["knowledge", "sources"],
    group_name=GROUP,
    owners=OWNERS,
    kinds={"postgres"},
    metadata=_describe_columns(SOURCES),
)
def sources(ingest: dg.ResourceParam[KnowledgeIngest]) -> dg.MaterializeResult[Any]:
    """One row per admitted source: licence, owner, trust level, who admitted it.

    A manifest with a source without a licence, or a file that is not the one that was
    admitted, stops its collection with every problem named; the others go on. A source
    that is no longer listed is withdrawn: its passages vanish from retrieval at once.
    """
    outcome = ingest.save_sources()
    return dg.MaterializeResult(
        metadata={
            "dagster/row_count": outcome.source_count,
            "new": outcome.new,
            "withdrawn": outcome.withdrawn,
            "cards": outcome.cards,
            "answers": outcome.answers,
            "publications_cited": outcome.publications,
            "stopped_collections": list(outcome.stopped),
        }
    )


@dg.asset(
    key=["knowledge", "passages"],
    deps=[sources],
    group_name=GROUP,
    owners=OWNERS,
    kinds={"postgres"},
    metadata=_describe_columns(PASSAGES),
)
def passages(ingest: dg.ResourceParam[KnowledgeIngest]) -> dg.MaterializeResult[Any]:
    """One row per passage of a card, an answer or a document, with its pages.

    A source is parsed, cut and saved for itself, and only when something it is made
    from changed. Near copies of another source's text are kept as links; what reads
    like instructions to a model is held for review; a document that cannot be used is
    in the quarantine, and the others go on. A passage that changed gets a new row; the
    old one stays, so that past reports can still be walked back to what they quoted.
    """
    made = ingest.save_passages()
    seconds = {
        f"{stage}_s": round(sum(one.seconds.get(stage, 0.0) for one in made), 3)
        for stage in STAGES
    }
    steps = Counter(one.step for one in made)
    return dg.MaterializeResult(
        metadata={
            "dagster/row_count": sum(one.passages for one in made),
            "links": sum(one.links for one in made),
            "held": sum(one.held for one in made),
            "new": sum(one.saved.new for one in made),
            "superseded": sum(one.saved.superseded for one in made),
            "sources_made": steps["made"],
            "sources_kept": steps["kept"],
            "sources_quarantined": steps["quarantined"],
            "parts_left_out": sum(one.left_out for one in made),
            **seconds,
        }
    )


@dg.asset(
    key=["knowledge", "embeddings"],
    deps=[passages],
    group_name=GROUP,
    owners=OWNERS,
    kinds={"postgres", "pytorch"},
    metadata=_describe_columns(VECTORS),
)
def embeddings(ingest: dg.ResourceParam[KnowledgeIngest]) -> dg.MaterializeResult[Any]:
    """One row per text and embedding model, with its index; also issues' questions.

    Only what is missing is embedded: a second run loads no network. Another model than
    the active one takes over when it has every passage and its recall passes.
    """
    counts = ingest.embed()
    return dg.MaterializeResult(
        metadata={
            "dagster/row_count": counts.coverage.embedded,
            "text_channel_only": counts.coverage.text_channel_only,
            "embedded_now": counts.passages,
            "questions_embedded_now": counts.questions,
            "embedding_model": counts.model,
            "is_active": counts.is_active,
            "recall_ratio": counts.recall_ratio,
            "knowledge_version": ingest.store.compute_version(),
            **{f"{stage}_s": round(s, 3) for stage, s in counts.seconds.items()},
        }
    )
