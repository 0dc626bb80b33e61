"""Measures what lies between parsing and embedding, on all shared collections.

Time and memory of cutting, of the search for copies and of that for instructions; how
many passages an edit changes; which altered copies are known again.
"""

import random
import time
import tracemalloc
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TypeVar

from benchmarks.figures import Figure
from benchmarks.knowledge.collections import load_documents
from kb_ingest.chunking.documents import chunk_document
from kb_ingest.chunking.duplicates import (
    SignatureIndex,
    find_near_duplicates,
    rank_sources,
)
from kb_ingest.chunking.instructions import find_instructions
from kb_ingest.parsing import Block, Document
from sportsgpt_lib.knowledge.embedder_tokens import MiniLmTokenizer
from sportsgpt_lib.knowledge.passages import Passage
from sportsgpt_lib.knowledge.sources import Source

_Result = TypeVar("_Result")
_SEED = 20261121
_EDITS = 60
# A book of megabytes is cut in many seconds, thrice for each edit.
_LARGEST_EDITED_CHARACTERS = 300_000
_COPIES = 500
# 100 passages a second are embedded with AMX; the rest may take a tenth of that time.
_EMBEDDING_MS = 10.0
_MOST_MS = 1.0
_LEAST_COPY_WORDS = 60
_LEAST_PARAGRAPH_WORDS = 20
_MISPRINT_RATIO = 0.01
_NEW_SENTENCE = "This sentence is new in the second edition of the book. "


def measure() -> list[Figure]:
    """Measure everything on the passages of all collections."""
    pairs = list(load_documents())
    tokenizer = MiniLmTokenizer()
    tokenizer.count_tokens(["load it"])
    cut, cut_s = _time(
        lambda: [chunk_document(doc, source, tokenizer) for source, doc in pairs]
    )
    passages = _number_within_sources([p for part in cut for p in part])
    sources = list({source.id: source for source, _ in pairs}.values())
    index = SignatureIndex(rank_sources(sources))
    links, copies_s = _time(lambda: find_near_duplicates(passages, index))
    reasons, reading_s = _time(lambda: [find_instructions(p.text) for p in passages])
    tokens = sum(p.token_count or 0 for p in passages)
    per_passage_ms = 1e3 * (cut_s + copies_s + reading_s) / len(passages)
    return [
        Figure("passages", len(passages), ""),
        Figure("tokens of titles and texts", tokens, ""),
        _rate("cutting", tokens, cut_s),
        _rate("search for copies", tokens, copies_s),
        _rate("search for instructions", tokens, reading_s),
        Figure(
            "all three",
            per_passage_ms,
            "ms per passage of processor time",
            must=_MOST_MS,
            note=f"{per_passage_ms / _EMBEDDING_MS:.1%} of {_EMBEDDING_MS:g} ms",
        ),
        Figure("memory of a signature", _measure_signature_kib(passages), "KiB"),
        Figure("copies found in other sources", len(links), ""),
        Figure("passages held as instructions", sum(map(bool, reasons)), "", must=5),
        *_measure_edits(pairs, tokenizer),
        *_measure_altered_copies(passages),
    ]


def _time(work: Callable[[], _Result]) -> tuple[_Result, float]:
    start = time.process_time()
    result = work()
    return result, time.process_time() - start


def _rate(name: str, tokens: int, seconds: float) -> Figure:
    return Figure(name, tokens / seconds, "tokens/s of processor time")


def _number_within_sources(passages: Sequence[Passage]) -> list[Passage]:
    """Give passages new numbers where several files are one source."""
    counts: dict[str, int] = {}
    numbered = []
    for passage in passages:
        number = counts.get(passage.source_id, 0)
        counts[passage.source_id] = number + 1
        numbered.append(replace(passage, chunk_no=number))
    return numbered


def _measure_signature_kib(passages: Sequence[Passage]) -> float:
    tracemalloc.start()
    index = SignatureIndex({passage.source_id: 0 for passage in passages})
    index.add(passages)
    size = tracemalloc.get_traced_memory()[0]
    tracemalloc.stop()
    return size / 1024 / len(index)


def _measure_edits(
    pairs: Sequence[tuple[Source, Document]], tokenizer: MiniLmTokenizer
) -> list[Figure]:
    """Edit one paragraph of a document and count the passages that are then new."""
    draw = random.Random(_SEED)  # noqa: S311 - repeatable, nothing secret
    edits: dict[str, Callable[[list[str], int], list[str]]] = {
        "a word changed": lambda words, at: [*words[:at], "changed", *words[at + 1 :]],
        "a sentence added": lambda words, at: [*words[:at], _NEW_SENTENCE, *words[at:]],
    }
    new_counts: dict[str, list[int]] = {name: [] for name in edits}
    small = [p for p in pairs if len(p[1].text) <= _LARGEST_EDITED_CHARACTERS]
    for _ in range(_EDITS):
        source, document = draw.choice(small)
        paragraphs = [
            number
            for number, block in enumerate(document.blocks)
            if block.kind == "paragraph"
            and len(block.text.split()) >= _LEAST_PARAGRAPH_WORDS
        ]
        if not paragraphs:
            continue
        number = draw.choice(paragraphs)
        known = {p.content_sha256 for p in chunk_document(document, source, tokenizer)}
        words = document.blocks[number].text.split(" ")
        at = draw.randrange(len(words))
        for name, edit in edits.items():
            changed = _change_block(document, number, " ".join(edit(words, at)))
            after = chunk_document(changed, source, tokenizer)
            new = {passage.content_sha256 for passage in after} - known
            new_counts[name].append(len(new))
    return [
        figure
        for name, counts in new_counts.items()
        for figure in (
            Figure(
                f"{name}: one passage is new",
                100 * sum(count <= 1 for count in counts) / len(counts),
                "% of edits",
            ),
            Figure(f"{name}: new passages", sum(counts) / len(counts), "on average"),
        )
    ]


def _change_block(document: Document, number: int, text: str) -> Document:
    old = document.blocks[number]
    shift = len(text) - len(old.text)
    moved: list[Block] = [
        replace(
            block,
            char_start=block.char_start + shift,
            char_end=block.char_end + shift,
        )
        for block in document.blocks[number + 1 :]
    ]
    new = replace(old, text=text, char_end=old.char_end + shift)
    return replace(
        document,
        text=document.text[: old.char_start] + text + document.text[old.char_end :],
        blocks=(*document.blocks[:number], new, *moved),
    )


def _measure_altered_copies(passages: Sequence[Passage]) -> list[Figure]:
    """Alter passages as another edition might, or in what they say; count the links."""
    draw = random.Random(_SEED)  # noqa: S311 - repeatable, nothing secret
    long = [p for p in passages if len(p.text.split()) >= _LEAST_COPY_WORDS]
    chosen = draw.sample(long, _COPIES)
    with_number = [p for p in long if any(word.isdecimal() for word in p.text.split())]
    numbered = draw.sample(with_number, min(_COPIES, len(with_number)))
    return [
        _count_links("copies with 1 % of words misprinted: linked", chosen, _misprint),
        _count_links("copies in other lines and letters: linked", chosen, _reformat),
        _count_links("copies with another number: linked", numbered, _change_number),
    ]


def _count_links(
    name: str,
    originals: Sequence[Passage],
    alter: Callable[[str, random.Random], str],
) -> Figure:
    draw = random.Random(_SEED)  # noqa: S311 - repeatable, nothing secret
    index = SignatureIndex({"original": 0, "copy": 1})
    index.add([replace(passage, source_id="original") for passage in originals])
    copies = [
        replace(passage, source_id="copy", text=alter(passage.text, draw))
        for passage in originals
    ]
    linked = len(find_near_duplicates(copies, index))
    return Figure(name, 100 * linked / len(copies), f"% of {len(copies)}")


def _misprint(text: str, draw: random.Random) -> str:
    words = text.split(" ")
    for _ in range(max(1, round(_MISPRINT_RATIO * len(words)))):
        place = draw.randrange(len(words))
        words[place] = f"x{words[place]}"
    return " ".join(words)


def _reformat(text: str, _draw: random.Random) -> str:
    return "\n".join(text.upper().split())


def _change_number(text: str, _draw: random.Random) -> str:
    words = text.split()
    place = next(n for n, word in enumerate(words) if word.isdecimal())
    words[place] = str(int(words[place]) + 1)
    return " ".join(words)
