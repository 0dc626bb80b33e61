from sportsgpt_lib.knowledge.collection import Collection
from sportsgpt_lib.knowledge.passages import Passage, build_passages, describe_dose


def build(**changes: object) -> Passage:
    parts: dict[str, object] = {
        "source_id": "s",
        "chunk_no": 0,
        "kind": "answer",
        "title": "Why?",
        "text": "Because.",
        "language": "en",
        "movements": ("walking_stride",),
        "issues": (),
        "payload": {"citations": []},
    }
    return Passage(**{**parts, **changes})  # type: ignore[arg-type]


def test_a_card_gives_technique_and_exercise_and_an_answer_stays_whole(
    starter: Collection,
):
    kinds = [
        passage.kind
        for source in starter.sources
        for passage in build_passages(starter, source)
    ]
    assert kinds.count("technique") == kinds.count("exercise") == len(starter.all_cards)
    assert kinds.count("answer") == len(starter.all_answers)


def test_nothing_of_a_card_is_lost(starter: Collection):
    for source in starter.sources:
        texts = " ".join(p.text for p in build_passages(starter, source))
        for card in starter.cards.get(source.id, ()):
            for part in (
                card.fault,
                card.cause,
                card.consequence,
                card.cue,
                card.drill,
                card.age_limits,
                *card.progression,
                *card.contraindications,
            ):
                assert part.text in texts
            assert describe_dose(card.dose) in texts
            assert card.dose.basis in texts
            assert card.success.text in texts


def test_dose_counts_one_as_one(starter: Collection):
    dose = starter.all_cards[0].dose
    once = {"sets": 1, "repetitions": 1, "sessions_per_week": 1, "weeks": 1}
    told = describe_dose(dose.model_copy(update=once | {"hold_s": None}))
    assert told.startswith("1 set of 1 repetition; ")
    assert told.endswith("; 1 session a week for 1 week.")


def test_passages_carry_their_citations_in_full(starter: Collection):
    for source in starter.sources:
        for passage in build_passages(starter, source):
            assert passage.payload["citations"]
            for citation in passage.payload["citations"]:
                assert str(starter.references[citation["key"]].year) in citation["text"]


def test_passage_id_changes_with_content_place_and_chunker():
    same = {build().passage_id, build().passage_id}
    others = {
        build(text="No.").passage_id,
        build(payload={"citations": [1]}).passage_id,
        build(chunk_no=1).passage_id,
        build(source_id="t").passage_id,
        build(chunker_version="cards-0").passage_id,
    }
    assert len(same) == 1
    assert len(others | same) == 6
