"""Builds the parts of the knowledge base that the settings choose.

Which settings there are is in ``settings.py``; Dagster's resources are in
``resources.py``.
"""

from collections import Counter
from pathlib import Path
from typing import get_args

from pydantic import SecretStr

from kb_ingest.ingest import STARTER_COLLECTION, KnowledgeIngest
from kb_ingest.progress import Tell, tell_nobody
from kb_ingest.source_making import KnowledgeFolder
from orchestration.environment import start_databases
from orchestration.settings import PROJECT_ROOT, Settings
from sportsgpt_lib.errors import SettingError
from sportsgpt_lib.knowledge.embedder import (
    Embedder,
    MiniLmEmbedder,
    SentenceTransformerEmbedder,
)
from sportsgpt_lib.knowledge.retrieval import PostgresRetriever
from sportsgpt_lib.knowledge.retrieval_rerank import (
    CrossEncoderReranker,
    Reranker,
    TokenReranker,
)
from sportsgpt_lib.knowledge.sources import SourceLanguage
from sportsgpt_lib.knowledge.store import KnowledgeStore

STARTER_FOLDER = PROJECT_ROOT / "kb_ingest" / "starter"
LATE_INTERACTION = "tokens"
"""The setting that names the embedding model's own token vectors."""

CALIBRATION_FILE = PROJECT_ROOT / "kb_ingest" / "calibration_questions.toml"


def build_folders(settings: Settings) -> tuple[KnowledgeFolder, ...]:
    """Build the list of folders of knowledge: the starter, then one's own.

    Raises
    ------
    SettingError
        One is no folder, or two have the same name.
    """
    own = settings.knowledge_folders
    folders = (
        KnowledgeFolder(STARTER_COLLECTION, STARTER_FOLDER),
        *(KnowledgeFolder(path.name, path) for path in own),
    )
    names = Counter(folder.collection for folder in folders)
    problems = [f"{path} is no folder" for path in own if not path.is_dir()]
    problems += [
        f"{count} folders are named {name!r}"
        for name, count in names.items()
        if count > 1
    ]
    if problems:
        raise SettingError(
            "SPORTSGPT_KNOWLEDGE",
            f"{len(problems)} problem(s) with the folders of knowledge",
            "name existing folders with different names, parted by ':'; "
            f"{STARTER_COLLECTION!r} is taken",
            problems=problems,
        )
    return folders


def build_embedder(settings: Settings, model: str | None = None) -> Embedder:
    """Build the model that embeds; nothing is loaded before the first text.

    ``model`` replaces the one of the settings; None = that one.

    Raises
    ------
    SettingError
        A server is named without its model, or a language is unknown.
    """
    named = model or settings.embedding_model
    languages = _parse_languages(settings.embedding_languages)
    if settings.embedding_url is None:
        if named is None:
            return MiniLmEmbedder()
        return SentenceTransformerEmbedder(named, languages=languages)
    if named is None:
        raise SettingError(
            "SPORTSGPT_EMBEDDING_MODEL",
            "it is not set, though SPORTSGPT_EMBEDDING_URL is",
            "name the model that the server embeds with",
        )
    from sportsgpt_lib.knowledge.embedder_endpoint import (
        EndpointEmbedder,
        EndpointSettings,
    )

    return EndpointEmbedder(
        EndpointSettings(
            settings.embedding_url,
            named,
            settings.embedding_key or SecretStr("none"),
            revision=settings.embedding_revision,
            dimension=settings.embedding_dimension,
            languages=languages,
            batch_texts=settings.embedding_batch_size,
            requests_per_minute=settings.embedding_requests_per_minute,
        )
    )


def build_reranker(settings: Settings, embedder: Embedder) -> Reranker | None:
    """Build the re-ranker; None where none is named.

    Raises
    ------
    SettingError
        What is named is no folder, or the model has no vectors of tokens.
    """
    if settings.reranker is None:
        return None
    if settings.reranker == LATE_INTERACTION:
        if not isinstance(embedder, SentenceTransformerEmbedder):
            raise SettingError(
                "SPORTSGPT_RERANKER",
                f"{LATE_INTERACTION!r} needs vectors of tokens, which an embeddings "
                "server does not give",
                "name the folder of a cross-encoder, or unset it",
            )
        return TokenReranker(embedder)
    folder = Path(settings.reranker)
    if not folder.is_dir():
        raise SettingError(
            "SPORTSGPT_RERANKER",
            f"{folder} is no folder",
            f"write {LATE_INTERACTION!r}, or give the folder of a cross-encoder of "
            "sentence-transformers, or unset it",
        )
    return CrossEncoderReranker(folder)


def build_ingest(settings: Settings, tell: Tell = tell_nobody) -> KnowledgeIngest:
    """Build an ingest of all folders; ``tell`` hears how far it is."""
    return KnowledgeIngest(
        build_store(settings),
        build_embedder(settings),
        build_folders(settings),
        tell=tell,
        pages_folder=settings.knowledge_docs_folder,
    )


def build_store(settings: Settings) -> KnowledgeStore:
    """Build the knowledge base."""
    return KnowledgeStore(start_databases(settings).pipeline_url)


def build_retriever(settings: Settings) -> PostgresRetriever:
    """Build the retriever on the knowledge base."""
    embedder = build_embedder(settings)
    return PostgresRetriever(
        start_databases(settings).pipeline_url,
        embedder,
        reranker=build_reranker(settings, embedder),
    )


def _parse_languages(named: str | None) -> frozenset[str] | None:
    if named is None:
        return None
    languages = frozenset(part.strip() for part in named.split(",") if part.strip())
    unknown = sorted(languages - set(get_args(SourceLanguage)))
    if unknown:
        raise SettingError(
            "SPORTSGPT_EMBEDDING_LANGUAGES",
            f"{', '.join(unknown)} is no language of a source",
            f"name some of {', '.join(get_args(SourceLanguage))}, or leave it empty",
        )
    return languages or None
