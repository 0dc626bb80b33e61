"""Measures whether passages that overlap, or are smaller, are found better.

Questions are the definitions of a textbook's glossary, which is left out of the texts;
the right passage is the one that holds the sentence in which the term first stands.
Questions on even places were used to choose the sizes, those on odd places to report.
Few chapters, in a minute or two; ``overlap_large.py`` takes as many as the manual's
figures rest on.
"""

import random
import tarfile
import tempfile
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from lxml import etree

from benchmarks.figures import Figure
from benchmarks.pose.motions import find_shared_data
from kb_ingest.chunking.documents import chunk_document
from kb_ingest.chunking.sentences import find_sentences
from kb_ingest.chunking.tokens import ChunkSizes
from kb_ingest.parsing import Document, parse_file
from sportsgpt_lib.knowledge.embedder import MiniLmEmbedder
from sportsgpt_lib.knowledge.sources import Source

_SEED = 7
_MODULES = 10
_QUESTIONS = 600
_SIZES = {
    "256 tokens": ChunkSizes(256),
    "256 tokens, overlap 32": ChunkSizes(256, overlap_tokens=32),
    "256 tokens, overlap 64": ChunkSizes(256, overlap_tokens=64),
    "256 tokens, three quarters full": ChunkSizes(256, least_ratio=0.75),
    "128 tokens": ChunkSizes(128),
}
_NEAREST = 10
# What guidance may quote: four passages of 256 tokens, or eight of 128.
_READ_TOKENS = 1000
_NAMESPACE = "{http://cnx.rice.edu/cnxml}"
_SOURCE = Source(
    id="anatomy",
    title="Anatomy and Physiology",
    authors=("see SOURCE.txt",),
    year=2022,
    licence="CC BY 4.0",
    owner="see SOURCE.txt",
    trust_level="high",
    topics=(),
    sport="all",
    language="en",
    kind="document",
    file="index.cnxml",
    sha256="0" * 64,
    admitted_by="the benchmark",
)


@dataclass(frozen=True)
class _Question:
    """A definition, and where its term first stands."""

    text: str
    document_no: int
    char_start: int
    char_end: int


def measure() -> list[Figure]:
    """Measure recall on the reported half for each size of passages."""
    return measure_modules(_MODULES)


def measure_modules(module_count: int) -> list[Figure]:
    """Measure on as many chapters of the textbook, drawn at random."""
    documents, questions = _load(module_count)
    embedder = MiniLmEmbedder()
    asked = embedder.embed([question.text for question in questions])
    return [
        figure
        for name, sizes in _SIZES.items()
        for figure in _measure_sizes(
            name,
            sizes,
            documents=documents,
            questions=questions,
            asked=asked,
            embedder=embedder,
        )
    ]


def _load(module_count: int) -> tuple[list[Document], list[_Question]]:
    archives = sorted((find_shared_data() / "kb_openstax_ap_ccby").glob("*.tar.gz"))
    documents: list[Document] = []
    questions: list[_Question] = []
    draw = random.Random(_SEED)  # noqa: S311 - repeatable, nothing secret
    with tempfile.TemporaryDirectory() as folder, tarfile.open(archives[0]) as archive:
        archive.extractall(folder, filter="data")
        modules = sorted(Path(folder).rglob("*.cnxml"))
        for path in draw.sample(modules, module_count):
            document = parse_file(path)
            blocks = [b for b in document.blocks if b.kind != "question_answer"]
            documents.append(replace(document, blocks=tuple(blocks)))
            questions += _find_questions(path, documents[-1], len(documents) - 1)
    return documents, draw.sample(questions, min(_QUESTIONS, len(questions)))


def _find_questions(
    path: Path, document: Document, document_no: int
) -> list[_Question]:
    questions = []
    for definition in etree.parse(path).iter(f"{_NAMESPACE}definition"):
        term, meaning = (
            " ".join("".join(definition.find(f"{_NAMESPACE}{name}").itertext()).split())
            for name in ("term", "meaning")
        )
        for block in document.blocks:
            place = block.text.lower().find(term.lower())
            if block.kind != "paragraph" or place < 0:
                continue
            start, end = next(
                span for span in find_sentences(block.text) if place < span[1]
            )
            end = start + len(block.text[start:end].rstrip())
            offset = block.char_start
            questions.append(
                _Question(meaning, document_no, offset + start, offset + end)
            )
            break
    return questions


def _measure_sizes(
    name: str,
    sizes: ChunkSizes,
    *,
    documents: list[Document],
    questions: list[_Question],
    asked: np.ndarray,
    embedder: MiniLmEmbedder,
) -> list[Figure]:
    cut = [
        (number, passage)
        for number, document in enumerate(documents)
        for passage in chunk_document(document, _SOURCE, embedder.tokenizer, sizes)
    ]
    vectors = embedder.embed([passage.embedded_text for _, passage in cut])
    near, affordable = [], []
    for question, similarities in zip(
        questions[1::2], asked[1::2] @ vectors.T, strict=True
    ):
        order = np.argsort(-similarities)
        is_right = np.array(
            [
                cut[place][0] == question.document_no
                and (cut[place][1].char_start or 0) <= question.char_start
                and (cut[place][1].char_end or 0) >= question.char_end
                for place in order[: 4 * _NEAREST]
            ]
        )
        read = np.cumsum([cut[place][1].token_count for place in order[: 4 * _NEAREST]])
        near.append(is_right[:_NEAREST].any())
        affordable.append(is_right[read <= _READ_TOKENS].any())
    return [
        Figure(f"{name}: passages", len(cut), ""),
        Figure(f"{name}: recall at {_NEAREST}", float(np.mean(near)), "ratio"),
        Figure(
            f"{name}: recall in {_READ_TOKENS} tokens",
            float(np.mean(affordable)),
            "ratio",
            note=f"{len(near)} questions of the reported half",
        ),
    ]
