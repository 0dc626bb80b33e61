import re

import pytest

from sportsgpt_lib.errors import KnowledgeError
from sportsgpt_lib.knowledge.store_ingests import list_source_states
from sportsgpt_lib.knowledge.store_quarantine import list_open_findings
from tests.kb_ingest.library import (
    HANDBOOK,
    NOTES,
    POISONED,
    Library,
    WordEmbedder,
    read_rows,
    run_ingest,
)

pytestmark = [pytest.mark.integration, pytest.mark.usefixtures("parsed_here")]


def outcome_of(ingest, source_id):
    return next(one for one in ingest.made if one.source_id == source_id)


@pytest.fixture
def ingested(url, library, embedder):
    return run_ingest(url, library.folder, embedder=embedder)


def test_every_chunk_is_a_passage_or_a_link(ingested, url):
    states = {state.source_id: state for state in list_source_states(url)}
    for source_id in ("handbook", "notes", "advice", "questions"):
        state = states[source_id]
        assert state.chunk_count == state.passage_count + state.link_count > 0
    assert states["notes"].link_count == 1
    assert states["handbook"].link_count == 0


def test_one_bad_document_is_one_row_and_the_rest_goes_on(ingested, url, library):
    assert outcome_of(ingested, "broken").step == "quarantined"
    (found,) = [f for f in list_open_findings(url) if f.file_name == "broken.pdf"]
    assert found.fix
    assert found.owner == "a librarian"
    library.add("broken", "broken.pdf", HANDBOOK.replace("Landing", "Jumping"))
    again = run_ingest(url, library.folder)
    assert outcome_of(again, "broken").step == "made"
    assert [f for f in list_open_findings(url) if f.file_name == "broken.pdf"] == []


def test_findings_are_solved_when_their_file_is_used_no_more(ingested, url, library):
    library.entries["broken"]["withdrawn_reason"] = "cannot be read"
    del library.entries["questions"]
    library.write()
    run_ingest(url, library.folder)
    assert list_open_findings(url) == ()


def test_a_question_without_an_answer_is_named_and_the_others_are_kept(ingested, url):
    assert outcome_of(ingested, "questions").passages == 2
    (found,) = [f for f in list_open_findings(url) if f.file_name == "questions.csv"]
    assert "answer" in found.finding


def test_what_reads_like_instructions_is_held_until_a_person_releases_it(
    ingested, store, url, library
):
    (held,) = store.list_held()
    assert held.source_id == "advice"
    assert "instructions to a model" in held.reasons[0]
    in_use = [text.passage_id for text in store.iter_passage_texts()]
    assert held.passage_id not in in_use
    store.release(held.passage_id, "a reviewer")
    again = run_ingest(url, library.folder)
    assert held.passage_id in [t.passage_id for t in store.iter_passage_texts()]
    assert again.embedded.coverage.embedded == again.embedded.coverage.readable


def test_a_second_ingest_parses_and_embeds_nothing(
    ingested, url, library, embedder, monkeypatch
):
    before = read_rows(url)
    embedder.embedded.clear()
    again = run_ingest(url, library.folder, embedder=embedder)
    assert embedder.embedded == []
    steps = {one.source_id: one.step for one in again.made}
    assert steps.pop("broken") == "quarantined"
    assert set(steps.values()) == {"kept"}
    assert read_rows(url) == before


def test_one_changed_paragraph_embeds_one_passage(ingested, url, library, embedder):
    changed = HANDBOOK.replace("Listen to the landing", "Listen to every landing")
    library.add("handbook", "handbook.md", changed)
    embedder.embedded.clear()
    again = run_ingest(url, library.folder, embedder=embedder)
    (text,) = embedder.embedded
    assert "Listen to every landing" in text
    assert outcome_of(again, "handbook").saved.superseded == 1
    assert outcome_of(again, "notes").step == "kept"


def test_a_new_statement_in_the_manifest_is_read_without_parsing(
    ingested, url, library, embedder
):
    library.entries["handbook"]["owner"] = "Another owner"
    library.sign()
    again = run_ingest(url, library.folder)
    assert outcome_of(again, "handbook").step == "kept"
    states = {state.source_id: state for state in list_source_states(url)}
    assert states["handbook"].owner == "Another owner"


def test_a_more_trusted_source_that_comes_later_takes_the_text_over(
    url, bare_library, store
):
    bare_library.add("notes", "notes.md", NOTES, trust_level="low")
    run_ingest(url, bare_library.folder)
    bare_library.add("handbook", "handbook.md", HANDBOOK)
    run_ingest(url, bare_library.folder)
    states = {state.source_id: state for state in list_source_states(url)}
    assert (states["handbook"].link_count, states["notes"].link_count) == (0, 1)
    assert states["notes"].chunk_count == states["notes"].passage_count + 1


def test_a_withdrawn_source_stays_away_and_who_shared_its_text_gets_its_own(
    ingested, url, library, store
):
    assert store.withdraw("handbook", "recalled").due_sources == ("notes",)
    again = run_ingest(url, library.folder)
    states = {state.source_id: state for state in list_source_states(url)}
    assert states["handbook"].withdrawn_reason == "recalled"
    assert states["notes"].link_count == 0
    assert outcome_of(again, "notes").step == "made"
    assert "handbook" not in {t.source_id for t in store.iter_passage_texts()}


def test_a_corrected_file_brings_a_withdrawn_source_back(ingested, url, library, store):
    store.withdraw("handbook", "wrong dose")
    library.add("handbook", "handbook.md", HANDBOOK.replace("ten", "twelve"))
    run_ingest(url, library.folder)
    states = {state.source_id: state for state in list_source_states(url)}
    assert states["handbook"].withdrawn_reason is None
    assert states["notes"].link_count == 1


def test_a_wrong_manifest_stops_its_collection_only_with_all_problems(
    url, library, tmp_path
):
    other = Library(tmp_path / "research")
    other.add(
        "thesis",
        "thesis.md",
        NOTES.replace("Landing", "Running").replace("knee", "foot"),
    )
    run_ingest(url, library.folder, other.folder)
    before = read_rows(url)["passages"]
    library.entries["handbook"]["licence"] = "unknown"
    library.entries["notes"]["trust_level"] = "some"
    library.sign()
    other.add(
        "thesis",
        "thesis.md",
        NOTES.replace("Landing", "Fast running").replace("knee", "foot"),
    )
    ingest = run_ingest(url, library.folder, other.folder)
    assert list(ingest.stopped) == ["federation"]
    found = list_open_findings(url, "federation")
    problems = [f.finding for f in found if f.file_name == "kb_sources.toml"]
    assert len(problems) == 2
    assert re.search("licence.*trust_level", " ".join(problems))
    after = read_rows(url)["passages"]
    assert [r for r in after if r[0]["source_id"] != "thesis"] == [
        r for r in before if r[0]["source_id"] != "thesis"
    ]
    assert outcome_of(ingest, "thesis").step == "made"
    library.entries["handbook"]["licence"] = "CC-BY-4.0"
    library.entries["notes"]["trust_level"] = "low"
    library.sign()
    run_ingest(url, library.folder, other.folder)
    left = [f.file_name for f in list_open_findings(url)]
    assert "kb_sources.toml" not in left


def test_no_collection_in_order_stops_the_ingest(url, library):
    library.entries["handbook"]["licence"] = "unknown"
    library.sign()
    with pytest.raises(KnowledgeError, match="1 problem"):
        run_ingest(url, library.folder)
    assert read_rows(url)["sources"] == []


def test_two_collections_cannot_claim_one_source(url, library, tmp_path):
    other = Library(tmp_path / "research")
    other.add("notes", "notes.md", NOTES)
    ingest = run_ingest(url, library.folder, other.folder)
    (error,) = ingest.stopped.values()
    assert "'notes' belongs to the collection 'federation'" in error.problems[0]


def test_a_document_in_another_language_than_stated_is_refused(url, bare_library):
    text = "落地时膝盖应当弯曲，身体重心慢慢下降。" * 30
    bare_library.add("chinese", "chinese.md", f"# 落地\n\n{text}")
    bare_library.add("notes", "notes.md", NOTES)
    run_ingest(url, bare_library.folder)
    (found,) = list_open_findings(url)
    assert "'zh'" in found.finding
    bare_library.entries["chinese"]["language"] = "zh"
    bare_library.sign()
    embedder = WordEmbedder("english@1", frozenset({"en"}))
    again = run_ingest(url, bare_library.folder, embedder=embedder)
    assert list_open_findings(url) == ()
    assert again.embedded.coverage.text_channel_only > 0
    assert not any("落地" in text for text in embedder.embedded)


def test_text_that_was_decoded_wrongly_is_held(url, bare_library, store):
    broken = POISONED.partition("# More")[0].replace("elbows", "elbows at 90\ufffd")
    bare_library.add("advice", "advice.md", broken)
    bare_library.add("notes", "notes.md", NOTES)
    run_ingest(url, bare_library.folder)
    (held,) = store.list_held()
    assert "decoded wrongly" in held.reasons[0]


def test_a_swapped_file_stops_its_own_source_only_and_what_was_admitted_stays(
    ingested, url, library, store
):
    before = [t for t in store.iter_passage_texts() if t.source_id == "handbook"]
    path = library.folder / "handbook.md"
    path.write_text(HANDBOOK.replace("softly", "loudly"))
    library.entries["notes"]["licence"] = "CC0-1.0"
    admitted = library.entries["handbook"] | {}
    library.sign()
    library.entries["handbook"] = admitted
    library.write()
    again = run_ingest(url, library.folder)
    assert again.stopped == {}
    assert outcome_of(again, "handbook").step == "quarantined"
    assert outcome_of(again, "handbook").passages == len(before) > 0
    after = [t for t in store.iter_passage_texts() if t.source_id == "handbook"]
    assert after == before
    (found,) = [f for f in list_open_findings(url) if f.file_name == "handbook.md"]
    assert (found.place, found.owner) == ("its admission", "a librarian")
    assert "not the file that was admitted" in found.finding
    states = {state.source_id: state for state in list_source_states(url)}
    assert states["notes"].licence == "CC0-1.0"
    path.write_text(HANDBOOK)
    restored = run_ingest(url, library.folder)
    assert outcome_of(restored, "handbook").step == "kept"
    left = {found.file_name for found in list_open_findings(url)}
    assert left == {"broken.pdf", "questions.csv"}


def test_an_edition_that_was_admitted_but_is_not_there_gives_nothing(
    ingested, url, library, store
):
    library.add("handbook", "handbook.md", HANDBOOK.replace("softly", "quietly"))
    (library.folder / "handbook.md").unlink()
    again = run_ingest(url, library.folder)
    assert outcome_of(again, "handbook").step == "quarantined"
    in_use = {text.source_id for text in store.iter_passage_texts()}
    assert "handbook" not in in_use
    assert "notes" in in_use
    states = {state.source_id: state for state in list_source_states(url)}
    assert states["notes"].link_count == 0
