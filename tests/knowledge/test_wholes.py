from collections.abc import Callable

import pytest

from sportsgpt_lib.knowledge.passages import Passage, PassageLink
from sportsgpt_lib.knowledge.sources import Source
from sportsgpt_lib.knowledge.store import KnowledgeStore
from sportsgpt_lib.knowledge.store_wholes import (
    WholePart,
    find_missing_parts,
    join_parts,
    load_whole,
)

TABLE = ("Load | Sets\n20 kg | 3", "Load | Sets\n40 kg | 2", "Load | Sets\n60 kg | 1")


def build_part(
    chunk_no: int,
    text: str,
    start: int | None = None,
    *,
    kind: str = "text",
    part_no: int | None = None,
) -> WholePart:
    end = None if start is None else start + len(text)
    return WholePart(
        f"{chunk_no}", chunk_no, kind, text, None, None, start, end, part_no
    )


@pytest.mark.parametrize(
    ("first", "second", "joined"),
    [
        (("One. Two.", 0), ("Three.", 10), "One. Two. Three."),
        (("一句。", 0), ("二句。", 3), "一句。二句。"),
        (("A block.", 0), ("Another.", 10), "A block.\n\nAnother."),
        (("Unplaced.", None), ("Too.", None), "Unplaced.\n\nToo."),
    ],
)
def test_white_space_between_parts_of_a_section_is_put_back(first, second, joined):
    parts = [build_part(0, *first), build_part(1, *second)]
    assert join_parts(parts) == joined


def test_the_header_of_a_table_stands_once_and_missing_parts_are_known():
    parts = [
        build_part(n, text, 30 * n, kind="table", part_no=n + 1)
        for n, text in enumerate(TABLE)
    ]
    assert join_parts(parts) == "Load | Sets\n20 kg | 3\n40 kg | 2\n60 kg | 1"
    assert find_missing_parts(parts) == ()
    assert find_missing_parts([parts[0], parts[2]]) == (2,)
    assert join_parts([]) == ""


@pytest.mark.integration
def test_a_passage_leads_to_all_parts_of_its_whole_and_no_others(
    store: KnowledgeStore,
    build_source: Callable[..., Source],
    build_passage: Callable[..., Passage],
):
    tables = [
        build_passage(
            "book", n, text, kind="table", payload={"whole": "t-1", "part": n + 1}
        )
        for n, text in enumerate(TABLE)
    ]
    texts = [
        build_passage("book", 3, "Land softly.", section_path=("Landing",)),
        build_passage("book", 4, "Bend the knees.", section_path=("Landing",)),
        build_passage("book", 5, "Run fast.", section_path=("Sprint",)),
    ]
    card = build_passage("book", 6, "A card.", kind="technique")
    store.save_sources("books", [build_source("book"), build_source("other")])
    store.save_passages("other", [build_passage("other", 0, TABLE[1])])
    kept = build_passage("other", 0, TABLE[1])
    link = PassageLink("book", 1, 1, 1, kept.passage_id, 1.0)
    store.save_passages("book", [tables[0], tables[2], *texts, card], [link])
    whole = load_whole(store.url, tables[0].passage_id)
    assert [part.part_no for part in whole] == [1, 3]
    assert find_missing_parts(whole) == (2,)
    section = load_whole(store.url, texts[1].passage_id)
    assert [part.text for part in section] == ["Land softly.", "Bend the knees."]
    assert [part.text for part in load_whole(store.url, card.passage_id)] == ["A card."]
    store.save_passages("book", [])
    assert load_whole(store.url, texts[1].passage_id) == ()
