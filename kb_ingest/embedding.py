"""Embeds what is missing: the passages, and the questions that findings ask.

Who embeds, and how a killed run goes on, is in ``sportsgpt_lib/knowledge``.
"""

from kb_ingest.outcomes import EmbeddingCounts
from kb_ingest.progress import Tell, tell_nobody
from kb_ingest.source_making import Stopwatch
from sportsgpt_lib.knowledge.embedder import Embedder
from sportsgpt_lib.knowledge.embedding_run import embed_passages
from sportsgpt_lib.knowledge.retrieval import build_issue_question
from sportsgpt_lib.knowledge.store import KnowledgeStore
from sportsgpt_lib.sports.loader import load_movement, movement_names


def embed_missing(
    store: KnowledgeStore, embedder: Embedder, *, tell: Tell = tell_nobody
) -> EmbeddingCounts:
    """Embed the passages and the movements' questions that are not embedded yet.

    The questions of all issues are embedded here, so that a training run never loads
    the network for them.
    """
    watch = Stopwatch()
    model = embedder.model_name
    with watch.time("words"):
        store.refresh_word_counts()
    outcome = embed_passages(
        store.url,
        embedder,
        report=lambda stage, done, total: tell(stage, done, total, model),
    )
    with watch.time("questions"):
        questions = store.find_unknown_questions(model, list_questions())
        if questions:
            vectors = embedder.embed(questions)
            store.save_questions(model, dict(zip(questions, vectors, strict=True)))
    return EmbeddingCounts(
        model,
        outcome.embedded_now,
        len(questions),
        outcome.pruned,
        outcome.coverage,
        outcome.recall_ratio,
        outcome.is_active,
        {
            "embed": outcome.embed_s,
            "index": outcome.index_s,
            "recall": outcome.recall_s,
            **watch.seconds,
        },
    )


def list_questions() -> list[str]:
    """List the questions that findings of any movement can ask, each once.

    Two movements may share a fault, and so its question.
    """
    return list(
        dict.fromkeys(
            build_issue_question(issue)
            for name in movement_names()
            for issue in load_movement(name).issues
        )
    )
