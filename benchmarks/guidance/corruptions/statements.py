"""Faults in what a sentence cites, and statements that nothing cited bears out."""

from collections.abc import Callable, Mapping, Sequence

from benchmarks.guidance.corruptions.edits import (
    Corrupted,
    Corruption,
    Seed,
    change_sentence,
    say_instead,
)
from benchmarks.guidance.corruptions.wording import ADVICE, CAUSES, DIAGNOSES, GOOD
from benchmarks.guidance.other_words import load_card_words
from sportsgpt_lib.guidance.case import GuidanceCase
from sportsgpt_lib.guidance.report import Sentence
from sportsgpt_lib.guidance.report_text import ReportText
from sportsgpt_lib.language import Language


def _invented_citation(
    text: ReportText, case: GuidanceCase, seed: Seed
) -> Corrupted | None:
    made_up = f"{int(seed.generator.integers(2**62)):016x}"

    def change(sentence: Sentence) -> Sentence | None:
        if sentence.passages:
            return sentence.model_copy(update={"passages": (made_up,)})
        return sentence.model_copy(update={"facts": (*sentence.facts, "M97")})

    return change_sentence(text, case, seed, change)


def _foreign_citation(
    text: ReportText, case: GuidanceCase, seed: Seed
) -> Corrupted | None:
    """Cite a real passage that was retrieved for nothing here."""
    other = seed.pick(seed.others)

    def change(sentence: Sentence) -> Sentence | None:
        if not sentence.passages:
            return None
        return sentence.model_copy(update={"passages": (other.passage_id,)})

    return change_sentence(text, case, seed, change)


def _wrong_citation(
    text: ReportText, case: GuidanceCase, seed: Seed
) -> Corrupted | None:
    """Cite another passage of the same finding, which says something else."""

    def change(sentence: Sentence) -> Sentence | None:
        for issue in case.issues:
            ids = [passage.passage_id for passage in issue.passages]
            kinds = {passage.passage_id: passage.kind for passage in issue.passages}
            if not sentence.passages or sentence.passages[0] not in ids:
                continue
            own = kinds[sentence.passages[0]]
            # An answer may say what the card says; an exercise says what to do.
            others = [name for name in ids if kinds[name] == "exercise"]
            if others and own == "technique":
                return sentence.model_copy(
                    update={"passages": (str(seed.pick(others)),)}
                )
        return None

    return change_sentence(text, case, seed, change, sections=("findings",))


def _swap_statement(
    wanted: Callable[[GuidanceCase, Seed, str], str | None],
) -> Corruption:
    """Replace a statement that cites a technique passage by another one."""

    def make(text: ReportText, case: GuidanceCase, seed: Seed) -> Corrupted | None:
        technique = {
            passage.passage_id: passage.payload["card"]
            for passage in case.passages.values()
            if passage.kind == "technique"
        }

        def change(sentence: Sentence) -> Sentence | None:
            if len(sentence.passages) != 1 or sentence.passages[0] not in technique:
                return None
            said = wanted(case, seed, technique[sentence.passages[0]])
            return None if said is None else say_instead(sentence, said)

        return change_sentence(text, case, seed, change, sections=("findings",))

    return make


def _pick_wrong(case: GuidanceCase, seed: Seed, card: str) -> str | None:
    words = load_card_words().get(card)
    return None if words is None else str(seed.pick(words.wrong[case.language]))


def _pick_other_card(case: GuidanceCase, seed: Seed, card: str) -> str | None:
    """Say what another card says, true or not of this one."""
    cards = load_card_words()
    others = [name for name in cards if name != card]
    return str(seed.pick(cards[str(seed.pick(others))].clean[case.language]))


def _pick_advice(case: GuidanceCase, seed: Seed, card: str) -> str | None:  # noqa: ARG001
    return seed.pick_of_half(ADVICE[case.language])


def _appended(words: Mapping[Language, Sequence[str]]) -> Corruption:
    """Append a clause or sentence to what is true."""

    def make(text: ReportText, case: GuidanceCase, seed: Seed) -> Corrupted | None:
        def change(sentence: Sentence) -> Sentence | None:
            more = seed.pick_of_half(words[case.language])
            if more[0] in ",，":
                return say_instead(sentence, sentence.text.rstrip(".。") + more)
            joint = " " if case.language == "en" else ""
            return say_instead(sentence, f"{sentence.text}{joint}{more}")

        return change_sentence(text, case, seed, change)

    return make


def _alone(words: Mapping[Language, Sequence[str]]) -> Corruption:
    """Say a sentence of its own in place of one, with its citations."""

    def make(text: ReportText, case: GuidanceCase, seed: Seed) -> Corrupted | None:
        return change_sentence(
            text,
            case,
            seed,
            lambda one: say_instead(one, seed.pick_of_half(words[case.language])),
        )

    return make


def _unmeasured(text: ReportText, case: GuidanceCase, seed: Seed) -> Corrupted | None:
    missing = [part.what for part in case.not_judged if part.recording_id is None]
    if not missing:
        return None
    what = str(seed.pick(missing))
    said = seed.pick_of_half(GOOD[case.language] * 2).format(what=what)
    return change_sentence(
        text,
        case,
        seed,
        lambda one: say_instead(one, said) if one.facts else None,
        sections=("strengths", "findings", "summary"),
    )


def _false_strength(
    text: ReportText, case: GuidanceCase, seed: Seed
) -> Corrupted | None:
    """Praise what lies outside its target."""
    outside = [
        fact
        for fact in case.facts.values()
        if fact.kind == "metric" and fact.wanted_change and fact.value is not None
    ]
    if not outside or not text.strengths:
        return None
    fact = seed.pick(outside)
    said = {
        "en": f"A strength: {fact.label} is good.",
        "zh": f"优点：{fact.label}良好。",
    }[case.language]
    return change_sentence(
        text,
        case,
        seed,
        lambda one: one.model_copy(update={"text": said, "facts": (fact.id,)}),
        sections=("strengths",),
    )


STATEMENT_FAULTS: Mapping[str, Corruption] = {
    "invented citation": _invented_citation,
    "citation of another finding": _foreign_citation,
    "citation that says something else": _wrong_citation,
    "turned or changed statement": _swap_statement(_pick_wrong),
    "statement of another card": _swap_statement(_pick_other_card),
    "generic advice": _swap_statement(_pick_advice),
    "advice appended": _appended(ADVICE),
    "invented cause": _appended(CAUSES),
    "diagnosis": _alone(DIAGNOSES),
    "diagnosis appended": _appended(DIAGNOSES),
    "unmeasured asserted": _unmeasured,
    "false strength": _false_strength,
}
