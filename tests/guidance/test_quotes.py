from dataclasses import replace

import pytest

from sportsgpt_lib.guidance.quotes import read_quotes
from sportsgpt_lib.knowledge.collection import Collection, load_collection
from sportsgpt_lib.knowledge.passages import build_passages
from sportsgpt_lib.knowledge.retrieval_evidence import EvidencePassage
from tests.knowledge.conftest import STARTER_FOLDER


@pytest.fixture(scope="module")
def starter() -> Collection:
    return load_collection(STARTER_FOLDER)


@pytest.fixture
def passages(starter: Collection) -> dict[str, EvidencePassage]:
    """The first passage of each kind."""
    found: dict[str, EvidencePassage] = {}
    for source in starter.sources:
        for passage in build_passages(starter, source):
            evidence = EvidencePassage(
                passage.passage_id,
                passage.source_id,
                passage.chunk_no,
                passage.kind,
                passage.title,
                passage.text,
                passage.payload,
                source.title,
                source.licence,
                source.trust_level,
                1.0,
                None,
                None,
                None,
            )
            found.setdefault(passage.kind, evidence)
    return found


def test_english_quotes_are_the_words_of_the_card(passages, starter: Collection):
    card = starter.cards["cards-drop-landing"][0]
    technique = read_quotes(passages["technique"], "en")
    assert (technique.language, technique.title) == ("en", card.title)
    assert technique.cause == card.cause.text
    assert technique.exercise is None
    exercise = read_quotes(passages["exercise"], "en")
    assert exercise.exercise == card.exercise
    assert exercise.load == card.dose.load
    assert exercise.basis == card.dose.basis
    assert exercise.success == card.success.text
    assert exercise.progression == tuple(part.text for part in card.progression)
    answer = read_quotes(passages["answer"], "en")
    own = starter.answers[passages["answer"].source_id][0]
    assert (answer.question, answer.answer) == (own.question, own.answer.text)


@pytest.mark.parametrize("kind", ["technique", "exercise", "answer"])
def test_chinese_quotes_have_all_the_parts_that_the_english_ones_have(passages, kind):
    english = read_quotes(passages[kind], "en")
    chinese = read_quotes(passages[kind], "zh")
    assert chinese.language == "zh"
    for name in vars(english):
        own, other = getattr(english, name), getattr(chinese, name)
        assert (own is None) == (other is None), name
        if isinstance(own, tuple):
            assert len(own) == len(other), name
        elif name != "language" and own is not None:
            assert own != other, name


@pytest.mark.parametrize("kind", ["technique", "exercise", "answer"])
def test_without_a_translation_the_english_words_are_quoted_and_said_to_be(
    passages, kind
):
    own = passages[kind]
    payload = {k: v for k, v in own.payload.items() if k != "translations"}
    bare = replace(own, payload=payload)
    assert read_quotes(bare, "zh") == read_quotes(own, "en")
    assert read_quotes(bare, "zh").language == "en"
