"""The commands of the knowledge base, on a small library and a real Postgres."""

import json
import re
from pathlib import Path

import pytest

import kb_ingest.source_making
from orchestration import knowledge_backend
from sportsgpt_lib.knowledge.collection import load_collection
from sportsgpt_lib.knowledge.embedding_run import embed_passages
from sportsgpt_lib.knowledge.passages import build_passages
from sportsgpt_lib.knowledge.store import KnowledgeStore
from tests.kb_ingest.library import (
    NOTES,
    Library,
    WordEmbedder,
    empty,
    fill,
    parse_here,
    run_ingest,
)

pytestmark = pytest.mark.integration


@pytest.fixture(autouse=True)
def parsed_here(monkeypatch) -> None:
    """Parse in this process: a process for each file costs most of a test's time."""
    monkeypatch.setattr(kb_ingest.source_making, "parse_file", parse_here)


@pytest.fixture(scope="module")
def shelf(tmp_path_factory) -> Library:
    library = Library(tmp_path_factory.mktemp("kb") / "federation")
    fill(library)
    return library


@pytest.fixture
def words(monkeypatch) -> WordEmbedder:
    """Counts words in place of the network."""
    embedder = WordEmbedder()
    monkeypatch.setattr(knowledge_backend, "MiniLmEmbedder", lambda: embedder)
    return embedder


@pytest.fixture
def url(own_server) -> str:
    return empty(own_server.url("owner"))


@pytest.fixture
def stored(url, shelf, words) -> KnowledgeStore:
    return run_ingest(url, shelf.folder, embedder=words).store


@pytest.fixture
def wrong(tmp_path, shelf, monkeypatch) -> Library:
    """A collection whose manifest is wrong, beside the library as the starter."""
    library = Library(tmp_path / "wrong")
    library.add("thesis", "thesis.md", NOTES, licence="unknown")
    monkeypatch.setattr(knowledge_backend, "STARTER_FOLDER", shelf.folder)
    monkeypatch.setenv("SPORTSGPT_KNOWLEDGE", str(library.folder))
    return library


@pytest.mark.usefixtures("url", "words", "wrong")
def test_a_wrong_manifest_is_told_and_ends_with_1(call, monkeypatch):
    result = call("kb", "ingest")
    assert result.exit_code == 1
    assert "Stopped collection wrong: 1 problem" in result.stderr
    assert "'unknown' is not a licence" in result.stderr
    status = call("kb", "status")
    assert status.exit_code == 1
    assert "wrong/kb_sources.toml" in status.stdout
    monkeypatch.delenv("SPORTSGPT_KNOWLEDGE")
    assert call("kb", "ingest").exit_code == 0


def test_status_shows_sources_models_and_what_to_do(call, stored):
    result = call("kb", "status")
    assert result.exit_code == 0
    (line,) = [x for x in result.stdout.splitlines() if x.strip().startswith("notes")]
    assert re.split(r"\s{2,}", line.strip()) == [
        *("notes", "CC-BY-4.0", "The owner", "low", "1", "1", "1", "0", "in use"),
    ]
    (left,) = [x for x in result.stdout.splitlines() if x.strip().startswith("broken")]
    assert left.endswith("quarantined")
    assert "words@1" in result.stdout
    assert "federation/broken.pdf" in result.stdout
    assert "to do: " in result.stdout
    assert "federation is in no folder of SPORTSGPT_KNOWLEDGE" in result.stdout


def test_status_of_an_empty_knowledge_base_says_what_to_do(call, url, words):
    result = call("kb", "status")
    assert result.exit_code == 1
    assert "sportsgpt kb ingest" in result.stdout


def test_a_passage_is_found_with_scores_licence_and_source(call, stored):
    question = "box landing quiet ankles knees hips bend together stop body slowly"
    result = call("kb", "search", question, "--json")
    found = json.loads(result.stdout)["passages"][0]
    assert found["source_id"] == "handbook"
    assert found["licence"] == "CC-BY-4.0"
    shown = call("kb", "search", question, "--limit", "1").stdout
    assert "CC-BY-4.0 · trust high" in shown
    assert re.search(
        r"similarity 0\.\d+ \(place 1\) · words place 1 · fused 0\.", shown
    )
    one = call("kb", "show", found["passage_id"])
    assert one.exit_code == 0
    assert "in use" in one.stdout
    assert "admitted by a librarian" in one.stdout


def test_a_chinese_question_finds_an_english_card_and_shows_its_chinese_words(
    call, url, monkeypatch
):
    words = WordEmbedder(languages=frozenset({"en"}))
    monkeypatch.setattr(knowledge_backend, "MiniLmEmbedder", lambda: words)
    starter = load_collection(knowledge_backend.STARTER_FOLDER)
    store = KnowledgeStore(url)
    store.save_sources("starter", starter.sources)
    squat = next(one for one in starter.sources if one.id == "cards-squat")
    store.save_passages(squat.id, build_passages(starter, squat))
    embed_passages(url, words)
    shown = call("kb", "search", "深蹲时脚跟离地怎么办", "--limit", "1").stdout
    assert "1. 深蹲时脚跟离地" in shown
    assert "no vector · words place 1" in shown
    assert "Heels" not in shown
    result = call("kb", "search", "深蹲时脚跟离地怎么办", "--json")
    best = json.loads(result.stdout)["passages"][0]
    assert best["title"] == "Heels come off the floor in the squat"


def test_a_question_without_an_answer_and_an_unknown_passage_are_said(call, stored):
    result = call("kb", "search", "interest rates of central banks")
    assert result.exit_code == 0
    assert "Nothing found" in result.stdout
    unknown = call("kb", "show", "0000")
    assert unknown.exit_code == 1
    assert "there is no passage '0000'" in unknown.stderr


@pytest.mark.parametrize(
    ("option", "wrong", "near"),
    [("--movement", "sqat", "squat"), ("--issue", "stif_landing", "stiff_landing")],
)
def test_a_filter_by_a_name_that_does_not_exist_is_refused(
    call, stored, option, wrong, near
):
    result = call("kb", "search", "quiet landing", option, wrong)
    assert result.exit_code == 1
    assert f"{wrong!r} is not known" in result.stderr
    assert near in result.stderr


def test_a_held_passage_is_reviewed_and_released(call, stored):
    (held,) = stored.list_held()
    shown = call("kb", "review").stdout
    assert held.passage_id in shown
    assert "reads like instructions to a model" in shown
    nameless = call("kb", "review", "--release", held.passage_id)
    assert (nameless.exit_code, "--by" in nameless.stderr) == (1, True)
    assert (
        call("kb", "review", "--release", held.passage_id, "--by", "A").exit_code == 0
    )
    assert "Nothing is held" in call("kb", "review").stdout
    assert "released by A" in call("kb", "show", held.passage_id).stdout


def test_a_source_is_withdrawn_with_a_reason_and_brought_back(call, stored):
    assert call("kb", "withdraw", "handbook").exit_code == 1
    done = call("kb", "withdraw", "handbook", "--reason", "recalled")
    assert done.exit_code == 0
    assert "No past report cites it." in done.stdout
    sources = {text.source_id for text in stored.iter_passage_texts()}
    assert "handbook" not in sources
    assert "withdrawn: recalled" in call("kb", "status").stdout
    assert call("kb", "withdraw", "handbook", "--undo").exit_code == 0
    assert call("kb", "withdraw", "handbook", "--undo").exit_code == 1
    assert call("kb", "withdraw", "nothing", "--reason", "x").exit_code == 1


def test_a_draft_has_the_digest_and_leaves_the_rest_to_a_person(call, shelf, tmp_path):
    result = call("kb", "admit", str(shelf.folder / "notes.md"))
    assert result.exit_code == 0
    assert 'file = "notes.md"' in result.stdout
    assert str(shelf.entries["notes"]["sha256"]) in result.stdout
    assert 'licence = "TODO"' in result.stdout
    assert 'language = "en"' in result.stdout
    lonely = Path(tmp_path / "lonely.md")
    lonely.write_text("text")
    outside = call("kb", "admit", str(lonely))
    assert outside.exit_code == 1
    assert "no folder above it has a kb_sources.toml" in outside.stderr


def test_another_model_takes_over_and_back(call, stored, monkeypatch):
    other = WordEmbedder("other@1")
    monkeypatch.setattr(
        knowledge_backend, "SentenceTransformerEmbedder", lambda *_, **__: other
    )
    result = call("kb", "reembed", "--model", "other")
    assert result.exit_code == 0
    assert "other@1 is active now" in result.stdout
    assert "the settings name words@1, to which the next ingest" in result.stderr
    back = call("kb", "reembed", "--roll-back")
    assert "words@1 is active again" in back.stdout
    assert not back.stderr
    assert "Nothing to do" in call("kb", "reembed").stdout


def test_a_draft_says_the_language_and_what_cannot_be_read(call, shelf):
    chinese = shelf.folder / "chinese.md"
    chinese.write_text("# 落地\n\n" + "落地时膝盖应当弯曲，身体重心慢慢下降。" * 30)
    try:
        assert 'language = "zh"' in call("kb", "admit", str(chinese)).stdout
    finally:
        chinese.unlink()
    broken = call("kb", "admit", str(shelf.folder / "broken.pdf"))
    assert broken.exit_code == 0
    assert 'language = "TODO"' in broken.stdout
    assert "cut off" in broken.stderr
    cards = shelf.folder / "landing.toml"
    cards.write_text("")
    try:
        drafted = call("kb", "admit", str(cards))
    finally:
        cards.unlink()
    assert 'kind = "cards"' in drafted.stdout
    assert "leave it out" not in drafted.stderr


def test_a_passage_is_shown_in_its_whole_section(url, words, tmp_path, call):
    library = Library(tmp_path / "long")
    lines = [
        f"In the landing of jump {n} the knees bend with the hips and the ankles."
        for n in range(60)
    ]
    library.add("long", "long.md", "# Landing\n\n" + " ".join(lines))
    store = run_ingest(url, library.folder, embedder=words).store
    first, second = [t.passage_id for t in store.iter_passage_texts()][:2]
    shown = call("kb", "show", first).stdout
    assert "--whole shows them joined" in shown
    whole = " ".join(call("kb", "show", second, "--whole").stdout.split())
    assert " ".join(lines) in whole


def test_a_search_keeps_what_shows_at_an_event(call, stored):
    result = call("kb", "search", "quiet landing", "--event", "toe_off")
    assert result.exit_code == 1
    assert "belongs to no movement" in result.stderr
    unknown = ("--movement", "walking_stride", "--event", "tea_time")
    result = call("kb", "search", "quiet landing", *unknown)
    assert "walking_stride has no event 'tea_time'" in result.stderr


def test_limits_are_fitted_and_shown_for_a_model_that_has_none(call, stored, tmp_path):
    assert "not fitted" in call("kb", "status").stdout
    few = tmp_path / "few.toml"
    few.write_text('answered = ["a"]\nunanswered = []\n')
    refused = call("kb", "calibrate", str(few))
    assert refused.exit_code == 1
    assert "unanswered: fewer than 10" in refused.stderr
    file = tmp_path / "questions.toml"
    answered = [f"quiet landing knees hips bend together {n}" for n in range(10)]
    unlike = [f"interest rates of central banks {n}" for n in range(10)]
    file.write_text(f"answered = {answered}\nunanswered = {unlike}\n")
    result = call("kb", "calibrate", str(file))
    assert result.exit_code == 0
    assert "0% of the answered ones get nothing, and 0% of the others" in result.stdout
    assert "fitted here" in call("kb", "status").stdout
    assert "is needed" in call("kb", "search", "interest rates").stdout
