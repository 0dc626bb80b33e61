"""Checks one sentence: what it cites, its numbers, its claims, and what bears it out.

The order matters: what is cheap and sure comes first, and a quotation is done at once.
"""

import unicodedata
from collections.abc import Sequence

from sportsgpt_lib.guidance.case import GuidanceCase
from sportsgpt_lib.guidance.report import Fact, Sentence
from sportsgpt_lib.guidance.verification.cited_facts import collect_facts
from sportsgpt_lib.guidance.verification.claims import find_claim_fault
from sportsgpt_lib.guidance.verification.count_pairs import find_pair_fault
from sportsgpt_lib.guidance.verification.diagnosis import find_diagnosis
from sportsgpt_lib.guidance.verification.fact_words import (
    blank_names,
    find_subject_fault,
    find_word_fault,
    list_own_names,
)
from sportsgpt_lib.guidance.verification.grounding import find_number_fault
from sportsgpt_lib.guidance.verification.means import Means
from sportsgpt_lib.guidance.verification.passage_texts import PassageText, read_passage
from sportsgpt_lib.guidance.verification.scope import Scope
from sportsgpt_lib.guidance.verification.support import (
    Support,
    judge_support,
    read_fact_words,
)
from sportsgpt_lib.guidance.verification.verdicts import (
    CheckResult,
    Fault,
    SentenceVerdict,
)
from sportsgpt_lib.guidance.verification.words import find_language, strip_mark
from sportsgpt_lib.language import ENGLISH_ONLY_MARK, Language

# Chosen: three times the longest text of a card, which may be quoted whole.
_LONGEST_SENTENCE = 1000
_QUOTATION = CheckResult(passed_by="quotation", support_ratio=1.0)
_ON_FACTS = CheckResult(passed_by="facts", support_ratio=1.0)


def check_sentence(
    sentence: Sentence, case: GuidanceCase, scope: Scope, means: Means
) -> CheckResult:
    """Check one sentence against what it cites."""
    fault = _find_unreadable(sentence.text)
    fault = fault or _find_wrong_reference(sentence, case, scope)
    if fault is not None:
        return CheckResult(fault)
    facts = [case.facts[name] for name in sentence.facts]
    passages = [
        read_passage(case.passages[name], case.language) for name in sentence.passages
    ]
    text = strip_mark(sentence.text)
    if _is_quotation(sentence.text, text, passages, case.language):
        return _QUOTATION
    cited = collect_facts(facts, case)
    names = list_own_names(cited, case) if facts else []
    said = blank_names(text, names)
    fault = (
        _find_wrong_language(sentence.text, case.language)
        or find_number_fault(said, facts, passages)
        or find_pair_fault(said, facts)
        or find_diagnosis(said, _list_said(facts, passages))
    )
    if fault is None and facts:
        section = scope.section.partition(":")[0]
        fault = find_claim_fault(text, said, cited, section)
        fault = fault or find_subject_fault(said, cited, case)
    if fault is None and not passages:
        fault = find_word_fault(said, names, case.language)
    if fault is not None:
        return CheckResult(fault)
    return _check_support(text, passages, names, case, means) if passages else _ON_FACTS


def list_evidence(verdict: SentenceVerdict, case: GuidanceCase) -> tuple[str, ...]:
    """List what a sentence cites, in words, for a judge."""
    passages = [
        " ".join(read_passage(case.passages[name], case.language).parts)
        for name in verdict.passages
    ]
    facts = [
        f"{fact.label}: {fact.value:g} {fact.unit}"
        for fact in (case.facts[name] for name in verdict.facts)
        if fact.value is not None
    ]
    return (*passages, *facts)


def _find_unreadable(text: str) -> Fault | None:
    """Find what hides words from the checks, or from whoever reads the report."""
    if not any(letter.isalnum() for letter in text):
        return Fault("words", "it says nothing")
    if len(text) > _LONGEST_SENTENCE:
        return Fault("words", f"it is longer than {_LONGEST_SENTENCE} letters")
    if not text.isprintable() and any(
        unicodedata.category(letter).startswith("C") for letter in text
    ):
        return Fault("words", "it holds characters that cannot be seen")
    return None


def _find_wrong_reference(
    sentence: Sentence, case: GuidanceCase, scope: Scope
) -> Fault | None:
    if not sentence.facts and not sentence.passages:
        return Fault("reference", "it cites neither a measurement nor a passage")
    unknown = [name for name in sentence.facts if name not in case.facts]
    unknown += [name for name in sentence.passages if name not in case.passages]
    if unknown:
        return Fault("reference", f"it cites {', '.join(unknown)}, which was not given")
    foreign = [name for name in sentence.facts if name not in scope.facts]
    foreign += [name for name in sentence.passages if name not in scope.passages]
    if foreign:
        return Fault(
            "reference", f"it cites {', '.join(foreign)}, which is of something else"
        )
    return None


def _is_quotation(
    written: str, text: str, passages: Sequence[PassageText], language: Language
) -> bool:
    """Whether a sentence quotes what it cites; English words in Chinese are marked."""
    is_marked = written.startswith(ENGLISH_ONLY_MARK)
    return any(
        passage.holds(text) and is_marked == (passage.language != language)
        for passage in passages
    )


def _find_wrong_language(text: str, language: Language) -> Fault | None:
    if text.startswith(ENGLISH_ONLY_MARK):
        return Fault("support", "it is marked as a quotation and is none")
    has_letters = any(letter.isalpha() for letter in text)
    if has_letters and find_language(text) != language:
        return Fault("language", "it is not in the language of the report")
    return None


def _list_said(facts: Sequence[Fact], passages: Sequence[PassageText]) -> str:
    labels = [f"{fact.label} {fact.reason or ''}" for fact in facts]
    return " ".join([*(passage.whole.text for passage in passages), *labels])


def _check_support(
    text: str,
    passages: Sequence[PassageText],
    names: Sequence[str],
    case: GuidanceCase,
    means: Means,
) -> CheckResult:
    language = case.language
    same = [passage for passage in passages if passage.language == language]
    if not same:
        return CheckResult(
            Fault(
                "support",
                "what it cites has no words in the language of the report: quote it",
            )
        )
    own = read_fact_words(tuple(names), language) if names else None
    support = judge_support(text, language, same, own, None)
    similarity = _measure_similarity(text, support, language, means)
    if similarity is not None:
        support = judge_support(text, language, same, own, similarity)
    if support.fault is not None:
        return CheckResult(support.fault, None, support.ratio, similarity)
    return CheckResult(None, "passage", support.ratio, similarity)


def _measure_similarity(
    text: str, support: Support, language: Language, means: Means
) -> float | None:
    if means.similarity is None or not support.nearest:
        return None
    others = [window.text for window in support.nearest]
    return means.similarity.measure(text, others, language)
