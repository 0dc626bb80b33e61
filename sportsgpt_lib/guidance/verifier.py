"""Takes out of a report's text whatever its facts and passages do not bear out.

Runs after every writer. A sentence stays if its references exist, every number in it is
a number of a cited fact or passage in the same unit, and its words are those of what it
cites. An exercise stays if its card was retrieved and dose and limits are the card's.
What a model may be asked to do better is in ``model_writer.py``.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sportsgpt_lib.guidance.case import GuidanceCase
from sportsgpt_lib.guidance.numbers import Number, find_numbers
from sportsgpt_lib.guidance.report import DroppedSentence, Fact, PlanItem, Sentence
from sportsgpt_lib.guidance.report_text import FindingText, ReportText, parse_dose
from sportsgpt_lib.knowledge.retrieval import EvidencePassage
from sportsgpt_lib.sports.number_format import UNIT_WORDS

# Chosen: half of a sentence's content words may be the writer's own. Sentences of the
# deterministic writer that cite a passage are quotations and reach 1.
_LEAST_SUPPORT_RATIO = 0.5
# Words are compared by their beginning, so that "bends" supports "bend".
_STEM_LETTERS = 5
_CONTENT_WORD = re.compile(r"[a-z]{4,}")
# What only a health professional may say; allowed where the cited passage says it.
_DIAGNOSTIC = re.compile(
    r"\b(diagnos\w+|torn|tear|ruptur\w+|sprain\w*|fractur\w+|arthritis|tendin\w+|"
    r"patholog\w+|disorder|disease|syndrome|injur\w+)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class VerifiedText:
    """The text that may stay, and what was taken out of it."""

    text: ReportText
    dropped: tuple[DroppedSentence, ...]


def verify_text(text: ReportText, case: GuidanceCase) -> VerifiedText:
    """Verify all sentences and exercises of a text against its case."""
    dropped: list[DroppedSentence] = []

    def keep(section: str, sentences: Iterable[Sentence]) -> tuple[Sentence, ...]:
        kept = []
        for sentence in sentences:
            reason = find_fault(sentence, case)
            if reason is None:
                kept.append(sentence)
            else:
                dropped.append(
                    DroppedSentence(section=section, text=sentence.text, reason=reason)
                )
        return tuple(kept)

    known = {(issue.issue, issue.movement) for issue in case.issues}
    findings = []
    for finding in text.findings:
        section = f"finding {finding.issue}"
        if (finding.issue, finding.movement) not in known:
            dropped.extend(_drop_finding(section, finding))
            continue
        findings.append(
            finding.model_copy(
                update={
                    "seen": keep(section, finding.seen),
                    "why": keep(section, finding.why),
                    "cause": keep(section, finding.cause),
                }
            )
        )
    plan = []
    for item in text.plan:
        section = f"exercise {item.exercise}"
        reason = _find_fault_of_exercise(item, case)
        if reason is not None:
            dropped.append(
                DroppedSentence(section=section, text=item.exercise, reason=reason)
            )
            continue
        update = {part: keep(section, getattr(item, part)) for part in _PLAN_SENTENCES}
        plan.append(item.model_copy(update=update))
    verified = ReportText(
        summary=keep("summary", text.summary),
        strengths=keep("strengths", text.strengths),
        findings=tuple(findings),
        plan=tuple(plan),
    )
    return VerifiedText(verified, tuple(dropped))


_PLAN_SENTENCES = (
    "how",
    "progression",
    "cue",
    "contraindications",
    "age_limits",
    "success",
)


def find_fault(sentence: Sentence, case: GuidanceCase) -> str | None:
    """Find the reason why a sentence may not stay; None = it may."""
    if not sentence.facts and not sentence.passages:
        return "it cites neither a measurement nor a passage"
    unknown = [name for name in sentence.facts if name not in case.facts]
    unknown += [name for name in sentence.passages if name not in case.passages]
    if unknown:
        return f"it cites {', '.join(unknown)}, which was not given"
    facts = [case.facts[name] for name in sentence.facts]
    passages = [case.passages[name] for name in sentence.passages]
    for number in find_numbers(sentence.text):
        if not _is_grounded(number, facts, passages):
            return f"the number {number.text!r} is in nothing that it cites"
    return _find_unsupported_words(sentence.text, facts, passages)


def _find_fault_of_exercise(item: PlanItem, case: GuidanceCase) -> str | None:
    passage = case.passages.get(item.passage)
    if passage is None or passage.kind != "exercise":
        return f"no exercise was retrieved as {item.passage}"
    card = passage.payload
    if item.exercise != card["exercise"]:
        return f"the card calls the exercise {card['exercise']!r}"
    if item.dose != parse_dose(card["dose"]):
        return "the dose is not the card's"
    for part, wanted in (
        ("progression", card["progression"]),
        ("contraindications", card["contraindications"]),
        ("age_limits", [card["age_limits"]]),
    ):
        if [sentence.text for sentence in getattr(item, part)] != list(wanted):
            return f"its {part.replace('_', ' ')} are not the card's"
    return _find_fault_of_answer(item, case)


def _find_fault_of_answer(item: PlanItem, case: GuidanceCase) -> str | None:
    reported = {issue.issue for issue in case.issues}
    if not item.issues or not set(item.issues) <= reported:
        return "it answers a finding that was not reported"
    # One issue may be a habit in one movement and a slip in another.
    if not set(item.issues) <= {i.issue for i in case.issues if i.is_trained}:
        return "it answers a slip, which needs no exercise"
    return None


def _drop_finding(section: str, finding: FindingText) -> list[DroppedSentence]:
    return [
        DroppedSentence(
            section=section, text=sentence.text, reason="this finding was not reported"
        )
        for sentence in (*finding.seen, *finding.why, *finding.cause)
    ]


def _is_grounded(
    number: Number, facts: Sequence[Fact], passages: Sequence[EvidencePassage]
) -> bool:
    for fact in facts:
        for value, unit in _list_numbers(fact):
            if _is_same(number, value) and number.unit in (None, unit):
                return True
    return any(
        _is_same(number, said.value) and number.unit in (None, said.unit)
        for said in _find_said(facts, passages)
    )


def _find_said(
    facts: Sequence[Fact], passages: Sequence[EvidencePassage]
) -> list[Number]:
    """Find the numbers that cited passages and the words of cited facts say."""
    texts = [f"{passage.title}. {passage.text}" for passage in passages]
    texts += [f"{fact.label}. {fact.reason or ''}" for fact in facts]
    return [number for text in texts for number in find_numbers(text)]


def _list_numbers(fact: Fact) -> list[tuple[float, str | None]]:
    unit = fact.unit if UNIT_WORDS.get(fact.unit, fact.unit) else None
    values = (
        fact.value,
        fact.error,
        fact.target_low,
        fact.target_high,
        fact.detectable_change,
        fact.wanted_change,
    )
    numbers: list[tuple[float, str | None]] = [
        (value, unit) for value in values if value is not None
    ]
    if fact.total is not None:
        is_median = fact.kind == "median"
        numbers.append((float(fact.total), "repetitions" if is_median else unit))
    numbers += [
        (share, "pct")
        for share in (fact.share_low_pct, fact.share_high_pct)
        if share is not None
    ]
    if fact.repetition_no is not None:
        numbers.append((float(fact.repetition_no), None))
    if fact.picture is not None:
        numbers.append((fact.picture.time_s, "s"))
    return numbers


def _is_same(number: Number, value: float) -> bool:
    """Whether a written number is a value, rounded to the decimals it is written in."""
    half_of_last_digit = 0.5 * 10.0**-number.decimals
    return abs(number.value - value) <= half_of_last_digit * (1 + 1e-9)


def _find_unsupported_words(
    text: str, facts: Sequence[Fact], passages: Sequence[EvidencePassage]
) -> str | None:
    said = " ".join(
        [f"{passage.title} {passage.text}" for passage in passages]
        + [f"{fact.label} {fact.issue or ''} {fact.reason or ''}" for fact in facts]
    )
    for word in _DIAGNOSTIC.findall(text):
        if word.lower() not in said.lower():
            return f"it speaks of {word!r}, which nothing it cites does"
    if not passages:
        return None
    stems = _find_stems(text)
    shared = stems & _find_stems(said)
    if stems and len(shared) < _LEAST_SUPPORT_RATIO * len(stems):
        return "its words are not those of the passage it cites"
    return None


def _find_stems(text: str) -> set[str]:
    return {word[:_STEM_LETTERS] for word in _CONTENT_WORD.findall(text.lower())}
