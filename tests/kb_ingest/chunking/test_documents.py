import random
from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kb_ingest.chunking.documents import TARGET_TOKENS, chunk_document
from kb_ingest.chunking.tokens import MOST_CHARACTERS, ChunkSizes
from tests.kb_ingest.chunking.made_up_documents import build_document, build_source

WORDS = "the knee hip bends slowly while force rises after landing. Then it stops"
SENTENCE = "The knee bends slowly while the hip follows it down. "
CHINESE = "落地时膝关节屈曲，躯干保持直立。"


def chunk(blocks, tokenizer, language="en", sizes=None, **source):
    document = build_document(blocks, language)
    return document, chunk_document(document, build_source(**source), tokenizer, sizes)


def count_embedded(passage, tokenizer):
    return tokenizer.count_tokens([passage.embedded_text])[0] + 2


def find_lost(document, passages):
    """Find characters of blocks that no passage has, in its title or its text."""
    lost = set()
    for block in document.blocks:
        lost |= {
            place
            for place in range(block.char_start, block.char_end)
            if not document.text[place].isspace()
        }
    for passage in passages:
        inside = document.text[passage.char_start : passage.char_end]
        said = "".join((passage.title + passage.text).split())
        whole = "".join(inside.split())
        assert whole in said or "".join(passage.text.split()).endswith(
            whole[-len(passage.text) // 2 :]
        )
        lost -= set(range(passage.char_start, passage.char_end))
    return lost


def test_a_short_section_is_one_passage_with_its_heading(tokenizer):
    document, passages = chunk(
        [
            ("heading", "Knee", ("Leg", "Knee"), 7),
            ("paragraph", SENTENCE * 2, ("Leg", "Knee"), 7),
            ("paragraph", SENTENCE, ("Leg", "Knee"), 8),
        ],
        tokenizer,
        movements=("drop_landing",),
    )
    (passage,) = passages
    assert passage.text == document.text.strip()
    assert passage.title == "Leg › Knee"
    assert passage.section_path == ("Leg", "Knee")
    assert (passage.page_first, passage.page_last) == (7, 8)
    assert (passage.kind, passage.language) == ("text", "en")
    assert passage.movements == ("drop_landing",)
    assert passage.token_count + 2 == count_embedded(passage, tokenizer)


def test_sections_never_share_a_passage(tokenizer):
    _, passages = chunk(
        [
            ("heading", "A", ("A",)),
            ("paragraph", SENTENCE.strip(), ("A",)),
            ("heading", "B", ("B",)),
            ("paragraph", "Two.", ("B",)),
        ],
        tokenizer,
    )
    assert [passage.text for passage in passages] == [
        f"A\n\n{SENTENCE.strip()}",
        "B\n\nTwo.",
    ]


def test_a_scrap_goes_to_the_part_that_follows(tokenizer):
    _, passages = chunk(
        [
            ("heading", "Sports", ("Sports",)),
            ("paragraph", "Article", ("Sports",)),
            ("heading", "Aims", ("Aims",)),
            ("paragraph", SENTENCE.strip(), ("Aims",)),
        ],
        tokenizer,
    )
    (passage,) = passages
    assert passage.title == "Aims"
    assert passage.text == f"Sports\n\nArticle\n\nAims\n\n{SENTENCE.strip()}"


def test_a_heading_is_never_left_at_the_end_of_a_passage(tokenizer):
    long_sentence = " ".join(["force"] * 200) + "."
    _, passages = chunk(
        [
            ("heading", "Part", ("Part",)),
            ("heading", "Chapter", ("Part", "Chapter")),
            ("paragraph", long_sentence, ("Part", "Chapter")),
            ("heading", "Next", ("Next",)),
            ("paragraph", SENTENCE * 40, ("Next",)),
        ],
        tokenizer,
    )
    assert passages[0].text.startswith("Part\n\nChapter\n\nforce")
    assert not any(p.text.endswith(("Chapter", "Next")) for p in passages)


def test_long_headings_are_not_parted_from_their_text(tokenizer):
    headings = [" ".join([word] * 45) for word in ("part", "chapter", "section")]
    path = tuple(headings)
    blocks = [("heading", text, path[: n + 1]) for n, text in enumerate(headings)]
    _, passages = chunk([*blocks, ("paragraph", SENTENCE * 30, path)], tokenizer)
    assert len(passages) > 1
    assert "section\n\nThe knee" in passages[0].text


def test_a_list_stays_with_its_lead_in(tokenizer):
    items = "\n".join(f"- item {number} of the list" for number in range(8))
    blocks = []
    for _ in range(6):
        blocks += [("paragraph", SENTENCE * 3 + "Watch for these:"), ("list", items)]
    _, passages = chunk(blocks, tokenizer)
    assert len(passages) > 2
    for passage in passages:
        assert not passage.text.endswith("Watch for these:")
        assert not passage.text.startswith("- item 0")


@pytest.mark.parametrize("caption_first", [True, False])
def test_a_small_table_is_whole_with_its_caption(tokenizer, caption_first):
    table = ("table", "Load | Sets\n60 % | 3\n80 % | 5", ("Dose",), 3)
    caption = ("caption", "Table 1. Loads.", ("Dose",), 3)
    pair = [caption, table] if caption_first else [table, caption]
    _, passages = chunk(
        [("paragraph", SENTENCE, ("Dose",), 3), *pair, ("paragraph", SENTENCE)],
        tokenizer,
    )
    assert [passage.kind for passage in passages] == ["text", "table", "text"]
    assert "Table 1" in passages[1].text
    assert "80 % | 5" in passages[1].text
    assert passages[1].page_first == 3


def test_a_large_table_repeats_its_header_and_says_which_part_it_is(tokenizer):
    rows = [f"athlete {n} | {n} kg | jumps well on both legs" for n in range(60)]
    document, passages = chunk(
        [("table", "\n".join(["Name | Load | Remark", *rows]), ("Data",))], tokenizer
    )
    assert len(passages) > 2
    for number, passage in enumerate(passages, 1):
        assert passage.text.startswith("Name | Load | Remark\n")
        assert passage.text.count("Name | Load") == 1
        assert passage.title == f"Data (part {number})"
        assert passage.payload["part"] == number
        assert passage.payload["whole"] == passages[0].payload["whole"]
        assert count_embedded(passage, tokenizer) <= TARGET_TOKENS
    lines = [line for passage in passages for line in passage.text.split("\n")[1:]]
    assert lines == rows
    assert not find_lost(document, passages)


def test_parts_of_each_table_have_a_name_that_outlives_other_edits(tokenizer):
    rows = [f"athlete {n} | {n} kg | jumps well on both legs" for n in range(60)]
    table = ("table", "\n".join(["Name | Load | Remark", *rows]), ("Data",))
    longer = ("table", "\n".join([table[1], "athlete 60 | 60 kg | new"]), ("Data",))
    small = ("table", "Name | Load\nA | 1", ("Data",))

    def names(blocks):
        passages = chunk(blocks, tokenizer)[1]
        return list(
            dict.fromkeys(p.payload["whole"] for p in passages if "whole" in p.payload)
        )

    first, second = names([table, ("paragraph", SENTENCE, ("Data",)), table])
    assert first != second
    assert names([("paragraph", SENTENCE, ("Data",)), longer]) == [first]
    assert names([small]) == []


def test_headings_at_the_end_go_to_the_text_before_them(tokenizer):
    blocks = [
        ("paragraph", SENTENCE, ("Squat",)),
        ("heading", "Notes", ("Squat", "Notes")),
        ("heading", "Index", ("Index",)),
    ]
    document, passages = chunk(blocks, tokenizer)
    assert len(passages) == 1
    assert passages[0].section_path == ("Squat",)
    assert passages[0].text.endswith("Notes\n\nIndex")
    assert not find_lost(document, passages)


def test_a_question_stays_with_its_answer_and_is_repeated_over_a_long_one(tokenizer):
    answers = ["Because it is safe.", SENTENCE * 60]
    blocks = [
        (
            "question_answer",
            f"Why land softly?\n\n{answer.strip()}",
            (),
            None,
            {
                "question": "Why land softly?",
                "answer": answer.strip(),
                "url": "u",
                "row": f"row {number}",
            },
        )
        for number, answer in enumerate(answers)
    ]
    document, passages = chunk(blocks, tokenizer)
    assert passages[0].title == "Why land softly?"
    assert passages[0].text == answers[0]
    assert passages[0].payload == {"url": "u"}
    assert {passage.kind for passage in passages} == {"answer"}
    assert [p.title for p in passages[1:]] == [
        f"Why land softly? (part {number})" for number in range(1, len(passages))
    ]
    assert all(count_embedded(p, tokenizer) <= TARGET_TOKENS for p in passages)
    assert not find_lost(document, passages)


def test_an_exercise_is_one_passage_named_after_it(tokenizer):
    steps = "\n".join(["Stand tall.", "Drop from the box.", "Land softly."])
    payload = {"name": "Depth jump", "fields": {"level": "expert"}}
    _, (passage,) = chunk(
        [("exercise", f"Depth jump\nLevel: expert.\n\n{steps}", (), None, payload)],
        tokenizer,
    )
    assert (passage.kind, passage.title) == ("text", "Depth jump")
    assert passage.text == f"Level: expert.\n\n{steps}"
    assert passage.payload == {"fields": {"level": "expert"}}


def test_chinese_is_cut_at_its_own_sentences(tokenizer):
    document, passages = chunk(
        [("heading", "落地", ("落地",)), ("paragraph", CHINESE * 60, ("落地",))],
        tokenizer,
        language="zh",
    )
    assert len(passages) > 2
    assert {passage.language for passage in passages} == {"zh"}
    assert all(passage.text.endswith("。") for passage in passages)
    assert not find_lost(document, passages)


def test_language_is_told_for_each_passage(tokenizer):
    _, passages = chunk(
        [
            ("paragraph", SENTENCE, ("English",)),
            ("heading", "中文", ("中文",)),
            ("paragraph", CHINESE + "ACL", ("中文",)),
            ("heading", "1", ("1",)),
            ("paragraph", "12.5 ± 3.1", ("1",)),
        ],
        tokenizer,
        language="zh",
    )
    assert [passage.language for passage in passages] == ["en", "zh", "zh"]


@pytest.mark.parametrize("text", ["x" * 200_000, "知" * 5_000, "a b " * 3_000])
def test_text_without_sentences_gives_no_giant_passage(tokenizer, text):
    document, passages = chunk([("paragraph", text)], tokenizer)
    assert all(len(passage.text) <= MOST_CHARACTERS for passage in passages)
    assert all(count_embedded(p, tokenizer) <= TARGET_TOKENS for p in passages)
    assert not find_lost(document, passages)


def test_a_long_heading_is_cut_in_the_title_only(tokenizer):
    heading = " ".join(["endless"] * 300)
    _, passages = chunk(
        [("heading", heading, (heading,)), ("paragraph", SENTENCE, (heading,))],
        tokenizer,
    )
    assert " ".join(p.text.replace("\n\n", " ") for p in passages).startswith(heading)
    assert all(passage.title.endswith("…") for passage in passages)
    assert all(count_embedded(p, tokenizer) <= TARGET_TOKENS for p in passages)


def test_overlap_repeats_whole_sentences(tokenizer):
    numbered = " ".join(f"Sentence number {n} is here." for n in range(80))
    _, plain = chunk([("paragraph", numbered)], tokenizer)
    _, overlapping = chunk(
        [("paragraph", numbered)], tokenizer, sizes=ChunkSizes(256, 0.5, 16)
    )
    assert plain[0].char_end < plain[1].char_start + 1
    for before, after in pairwise(overlapping):
        assert after.char_start < before.char_end < after.char_end


def change_paragraph(blocks, index, text):
    changed = list(blocks)
    changed[index] = (changed[index][0], text, *changed[index][2:])
    return changed


def list_paragraphs(count, section_size=40):
    draw = random.Random(20261121)  # noqa: S311 - repeatable, nothing secret
    vocabulary = (WORDS + " joint ankle trunk load jump step arm speed").split()
    return [
        (
            "paragraph",
            " ".join(
                " ".join(draw.choices(vocabulary, k=12)).capitalize() + "."
                for _ in range(draw.randint(2, 6))
            ),
            (f"Section {number // section_size}",),
        )
        for number in range(count)
    ]


def test_one_changed_word_changes_one_passage(tokenizer):
    blocks = list_paragraphs(80)
    _, before = chunk(blocks, tokenizer)
    for index in (5, 20, 33, 47):
        words = blocks[index][1].split()
        text = " ".join([*words[:12], "changed", *words[13:]])
        _, after = chunk(change_paragraph(blocks, index, text), tokenizer)
        known = {passage.content_sha256 for passage in before}
        assert sum(passage.content_sha256 not in known for passage in after) == 1


def count_changed(blocks, index, tokenizer, sizes):
    _, before = chunk(blocks, tokenizer, sizes=sizes)
    new = ("paragraph", SENTENCE * 4, blocks[index][2])
    _, after = chunk([*blocks[:index], new, *blocks[index:]], tokenizer, sizes=sizes)
    known = {passage.content_sha256 for passage in before}
    changed = [p for p in after if p.content_sha256 not in known]
    assert {passage.section_path for passage in changed} == {blocks[index][2]}
    return len(changed)


def test_cuts_fall_on_the_same_places_again_after_a_new_paragraph(tokenizer):
    blocks = list_paragraphs(120, section_size=60)
    late = ChunkSizes(TARGET_TOKENS, least_ratio=1.0)
    places = (3, 9, 15, 62, 71)
    counts = [count_changed(blocks, index, tokenizer, None) for index in places]
    late_counts = [count_changed(blocks, index, tokenizer, late) for index in places]
    # Cutting as late as possible shifts what follows until two cuts meet by chance.
    assert sum(counts) < sum(late_counts) / 1.5


def test_moved_text_keeps_its_content_sha256(tokenizer):
    blocks = list_paragraphs(24)
    _, before = chunk(blocks, tokenizer)
    intro = [("paragraph", SENTENCE * 30, ("Preface",))]
    _, after = chunk([*intro, *blocks], tokenizer)
    moved = after[-len(before) :]
    assert [p.content_sha256 for p in moved] == [p.content_sha256 for p in before]
    assert not {p.passage_id for p in moved} & {p.passage_id for p in before}


BLOCK_KINDS = st.sampled_from(
    ["heading", "paragraph", "list", "table", "caption", "formula", "exercise"]
)
TEXTS = st.one_of(
    st.lists(st.sampled_from([*WORDS.split(), "落地。", "3.5", "\n", "x" * 90, "|"]))
    .map(" ".join)
    .filter(str.strip)
    .map(str.strip),
    st.integers(1, 60).map(lambda count: (SENTENCE * count).strip()),
)
BLOCKS = st.lists(
    st.tuples(
        BLOCK_KINDS,
        TEXTS,
        st.sampled_from([(), ("A",), ("A", "B"), ("C",)]),
        st.integers(1, 9),
    ),
    max_size=8,
)


@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(BLOCKS)
def test_nothing_is_lost_empty_giant_or_left_to_chance(tokenizer, blocks):
    document, passages = chunk(blocks, tokenizer)
    assert not find_lost(document, passages)
    assert chunk(blocks, tokenizer)[1] == passages
    assert [passage.chunk_no for passage in passages] == list(range(len(passages)))
    for passage in passages:
        assert passage.text.strip()
        assert count_embedded(passage, tokenizer) <= TARGET_TOKENS
        assert len(passage.text) <= MOST_CHARACTERS
        pages = [
            block.page_first
            for block in document.blocks
            if block.char_start < passage.char_end
            and block.char_end > passage.char_start
        ]
        assert (passage.page_first, passage.page_last) == (min(pages), max(pages))
    starts = [passage.char_start for passage in passages]
    assert starts == sorted(starts)


def test_a_list_of_references_is_marked_and_kept(tokenizer):
    entry = "Bosch A, Klomp B. Running in balance. J Sports Sci 2005; 23(4): 401-409."
    _, passages = chunk(
        [
            ("paragraph", SENTENCE + "See J Sports Sci 2005; 23(4): 401-409.", ("A",)),
            ("heading", "7. References", ("7. References",)),
            ("paragraph", entry, ("7. References",)),
            ("heading", "[CrossRef]", ("[CrossRef]",)),
            ("paragraph", f"{entry} " * 4, ("[CrossRef]",)),
        ],
        tokenizer,
    )
    assert [p.payload.get("part_of") for p in passages] == [
        None,
        "references",
        "references",
    ]


def test_passages_compare_by_content(tokenizer):
    _, (passage,) = chunk([("paragraph", SENTENCE)], tokenizer)
    assert replace(passage, page_first=9).content_sha256 == passage.content_sha256
    assert replace(passage, text="Other.").content_sha256 != passage.content_sha256
