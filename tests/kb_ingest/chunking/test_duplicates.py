import random

import numpy as np
import pytest

from kb_ingest.chunking.duplicates import (
    SignatureIndex,
    find_near_duplicates,
    rank_sources,
)
from kb_ingest.chunking.shingles import compute_jaccard_ratio, find_shingles
from sportsgpt_lib.knowledge.store import PassageText
from tests.kb_ingest.chunking.made_up_documents import build_passage, build_source

LANDING = (
    "Stand on a box that is 30 cm high with the feet as wide as the hips. Step "
    "off, do not jump, and land on both feet at once. Bend the knees and the hips "
    "as the feet touch the floor, so that the landing makes little noise. Hold "
    "the end position for two seconds with the knees over the toes, then stand up "
    "and step on the box again. Rest for a minute between sets and stop when the "
    "knees fall to the inside."
)
CHINESE = (
    "站在三十厘米高的箱子上，双脚与髋同宽。迈步离开箱子，双脚同时着地。"
    "着地时屈膝屈髋，使落地声音尽量小，膝盖对准脚尖，保持两秒，"
    "然后站起来回到箱子上。组间休息一分钟。"
)


def build_index(*source_ids: str, **trust: str) -> SignatureIndex:
    return SignatureIndex(
        rank_sources(
            [
                build_source(name, trust_level=trust.get(name, "medium"))
                for name in source_ids
            ]
        )
    )


def test_sources_rank_by_trust_then_by_admission():
    sources = [
        build_source("a", trust_level="low"),
        build_source("b", trust_level="high"),
        build_source("c", trust_level="medium"),
        build_source("d", trust_level="high"),
    ]
    ranks = rank_sources(sources)
    assert sorted(ranks, key=ranks.__getitem__) == ["b", "d", "c", "a"]


@pytest.mark.parametrize("text", [LANDING, CHINESE])
def test_a_copy_in_another_source_becomes_a_link(text):
    index = build_index("first", "second")
    kept = build_passage(text, "first")
    assert find_near_duplicates([kept], index) == ()
    copy = build_passage(
        text.replace(". ", ".\n", 1), "second", chunk_no=4, page_first=9, page_last=9
    )
    (link,) = find_near_duplicates([copy], index)
    assert (link.source_id, link.chunk_no, link.page_first) == ("second", 4, 9)
    assert link.kept_passage_id == kept.passage_id
    assert link.similarity_ratio == 1.0
    assert len(link.text_sha256 or "") == 64
    assert len(index) == 1


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("30 cm", "60 cm"),
        ("do not jump", "do jump"),
        ("to the inside", "to the outside"),
    ],
)
def test_another_number_negation_or_side_is_no_copy(old, new):
    index = build_index("first", "second")
    find_near_duplicates([build_passage(LANDING * 2, "first")], index)
    other = build_passage((LANDING * 2).replace(old, new), "second")
    same_words = compute_jaccard_ratio(
        find_shingles(LANDING * 2)[0], find_shingles(other.text)[0]
    )
    assert same_words > 0.8
    assert find_near_duplicates([other], index) == ()
    assert len(index) == 2


def test_short_texts_are_never_linked():
    index = build_index("first", "second")
    text = "View the video to understand the exercise."
    find_near_duplicates([build_passage(text, "first", title="Hip stretch")], index)
    other = build_passage(text, "second", title="Calf stretch")
    assert find_near_duplicates([other], index) == ()


def test_a_copy_inside_a_longer_passage_is_linked_but_never_the_longer_one():
    longer = f"Level: expert. Equipment: box. Muscles: lower back. {LANDING}"
    for texts, expected in (((longer, LANDING), 1), ((LANDING, longer), 0)):
        index = build_index("first", "second")
        find_near_duplicates([build_passage(texts[0], "first")], index)
        links = find_near_duplicates([build_passage(texts[1], "second")], index)
        assert len(links) == expected


def test_another_question_with_the_same_answer_is_no_copy():
    index = build_index("first", "second")
    answers = [
        build_passage(LANDING, source, kind="answer", title=question)
        for source, question in (
            ("first", "How do I land softly from a box that is not too high?"),
            ("second", "Which exercise makes tendons of the knee ready for jumping?"),
        )
    ]
    assert find_near_duplicates(answers, index) == ()


def test_one_source_is_never_linked_with_itself():
    index = build_index("first")
    passages = [build_passage(LANDING, "first", chunk_no=n) for n in range(2)]
    assert find_near_duplicates(passages, index) == ()


def test_cards_are_never_replaced_by_a_link():
    index = build_index("book", "cards", book="high")
    find_near_duplicates([build_passage(LANDING, "book")], index)
    card = build_passage(LANDING, "cards", kind="exercise")
    assert find_near_duplicates([card], index) == ()


def test_a_more_trusted_source_replaces_what_is_stored():
    index = build_index("blog", "guideline", blog="low", guideline="high")
    stored = PassageText(
        "0123", "blog", 7, "text", "Title", LANDING, 3, 4, trust_level="low"
    )
    index.add([stored])
    new = build_passage(LANDING, "guideline")
    (link,) = find_near_duplicates([new], index)
    assert (link.source_id, link.chunk_no, link.page_last) == ("blog", 7, 4)
    assert link.kept_passage_id == new.passage_id
    assert len(index) == 1


def test_what_is_left_is_the_same_in_small_steps_and_at_once():
    passages = [
        build_passage(LANDING, "a"),
        build_passage(CHINESE, "a", chunk_no=1),
        build_passage(LANDING, "b"),
        build_passage("Something else.", "b", chunk_no=1),
        build_passage(CHINESE, "c"),
    ]
    at_once = find_near_duplicates(passages, build_index("a", "b", "c"))
    index = build_index("a", "b", "c")
    steps = [link for p in passages for link in find_near_duplicates([p], index)]
    assert tuple(steps) == at_once
    assert len(at_once) + len(index) == len(passages)


def test_a_removed_source_holds_no_copies_any_more():
    index = build_index("first", "second", "third")
    find_near_duplicates([build_passage(LANDING, "first")], index)
    index.remove_source("first")
    assert len(index) == 0
    assert find_near_duplicates([build_passage(LANDING, "second")], index) == ()
    (link,) = find_near_duplicates([build_passage(LANDING, "third")], index)
    assert link.source_id == "third"


def test_a_text_without_words_is_never_a_copy():
    index = build_index("first", "second")
    rules = [build_passage("———", name, title="*") for name in ("first", "second")]
    assert find_near_duplicates(rules, index) == ()
    assert len(index) == 0


def test_copies_with_a_misprint_are_found_and_others_are_not():
    draw = random.Random(20261121)  # noqa: S311 - repeatable, nothing secret
    vocabulary = [f"word{chr(97 + n // 26)}{chr(97 + n % 26)}" for n in range(400)]
    texts = [" ".join(draw.choices(vocabulary, k=150)) for _ in range(80)]
    index = build_index("first", "second")
    originals = [
        build_passage(text, "first", chunk_no=n) for n, text in enumerate(texts)
    ]
    assert find_near_duplicates(originals, index) == ()
    misprinted = []
    for number, text in enumerate(texts):
        words = text.split()
        words[draw.randrange(150)] = "misprint"
        misprinted.append(build_passage(" ".join(words), "second", chunk_no=number))
    links = find_near_duplicates(misprinted, index)
    assert [link.kept_passage_id for link in links] == [
        original.passage_id for original in originals
    ]


def test_jaccard_is_that_of_sets():
    first = np.array([1, 2, 3], dtype=np.uint32)
    second = np.array([2, 3, 4], dtype=np.uint32)
    assert compute_jaccard_ratio(first, second) == 0.5
    assert compute_jaccard_ratio(first, first) == 1.0
    assert compute_jaccard_ratio(first[:0], first[:0]) == 0.0
