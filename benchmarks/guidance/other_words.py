"""Says what a report says in other words, as a language model would.

Facts are put into sentences that the report's own wording does not have; statements of
cards come from ``paraphrases.toml``. Everything said here is true of its case.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np

from sportsgpt_lib.guidance.case import GuidanceCase, IssueCase
from sportsgpt_lib.guidance.report import Fact, Sentence
from sportsgpt_lib.guidance.report_text import FindingText, ReportText
from sportsgpt_lib.guidance.wording import load_wording
from sportsgpt_lib.language import Language

_FILE = Path(__file__).with_name("paraphrases.toml")

_SHORT = {
    "en": (
        "In {place}, {label} measured {value}, which is {way} below the target of "
        "{target}.",
        "{Label} reached only {value} in {place} (target: {target}).",
        "With {value} in {place}, {label} lies below its target of {target}.",
        "The video shows {label} at {value} in {place}; the target is {target}, so it "
        "should rise by {way}.",
        "{Label} was {value} in {place} and needs to increase by {way} to reach its "
        "target of {target}.",
    ),
    "zh": (
        "{place}的{label}为 {value}，比目标（{target}）低 {way}。",
        "{label}在{place}只有 {value}，低于目标（{target}）。",
        "{place}中{label}仅为 {value}，目标为{target}，还差 {way}。",
        "测得{place}的{label}为 {value}，需要增加 {way} 才能达到目标（{target}）。",
    ),
}
_OVER = {
    "en": (
        "In {place}, {label} measured {value}, which is {way} above the target of "
        "{target}.",
        "{Label} went up to {value} in {place} (target: {target}).",
        "With {value} in {place}, {label} exceeds its target of {target}.",
        "The video shows {label} at {value} in {place}; the target is {target}, so it "
        "should fall by {way}.",
        "{Label} was {value} in {place} and needs to decrease by {way} to reach its "
        "target of {target}.",
    ),
    "zh": (
        "{place}的{label}为 {value}，比目标（{target}）高 {way}。",
        "{label}在{place}达到 {value}，高于目标（{target}）。",
        "测得{place}的{label}为 {value}，需要减少 {way} 才能达到目标（{target}）。",
        "{place}中{label}为 {value}，超过目标（{target}）{way}。",
    ),
}
_INSIDE = {
    "en": (
        "{Label} stays inside its target of {target}, with {value} in {place}.",
        "A strength: {label} was {value} in {place}, within the target of {target}.",
        "At {value} in {place}, {label} meets its target of {target}.",
    ),
    "zh": (
        "{label}保持在目标范围内（{target}），{place}为 {value}。",
        "优点：{place}的{label}为 {value}，符合目标（{target}）。",
    ),
}
_COUNT: Mapping[Language, Mapping[str, tuple[str, ...]]] = {
    "en": {
        "habit": (
            "{Issue} showed up in {shown} of the {total} repetitions, so it is a "
            "habit.",
            "{shown} out of {total} repetitions show {issue}, which makes it a habit.",
            "{Issue} is a habit: it was visible in {shown} of {total} repetitions.",
        ),
        "slip": (
            "Only {shown} of {total} repetitions showed {issue}, so it is a slip and "
            "not a habit.",
            "{Issue} appeared in {shown} of the {total} repetitions, an occasional "
            "slip.",
        ),
        "undecided": (
            "{Issue} appeared in {shown} of {total} repetitions, which is too few to "
            "say whether it is a habit or a slip.",
            "{shown} of {total} repetitions showed {issue}; it cannot yet be told "
            "whether this is a habit or a slip.",
        ),
    },
    "zh": {
        "habit": (
            "{total} 次中有 {shown} 次出现{issue}，因此属于习惯。",
            "{issue}是一个习惯：{total} 次中出现了 {shown} 次。",
        ),
        "slip": (
            "{total} 次中只有 {shown} 次出现{issue}，属于偶然失误，不是习惯。",
            "{issue}在 {total} 次中仅出现 {shown} 次，是偶然失误。",
        ),
        "undecided": (
            "{total} 次中有 {shown} 次出现{issue}，次数太少，"
            "还不能区分习惯与偶然失误。",
        ),
    },
}
_SCORE = {
    "en": (
        "The technique score was {value} out of {most}.",
        "The middle repetition scored {value} out of {most} points.",
    ),
    "zh": ("技术得分为 {value}（满分 {most} 分）。", "得分 {value}，满分 {most} 分。"),
}


@dataclass(frozen=True)
class CardWords:
    """True and false statements of one card in other words, in each language."""

    clean: Mapping[Language, tuple[str, ...]]
    wrong: Mapping[Language, tuple[str, ...]]


@cache
def load_card_words() -> Mapping[str, CardWords]:
    """Load the statements, by the ids of cards."""
    cards = tomllib.loads(_FILE.read_text(encoding="utf-8"))["card"]
    return {
        card["id"]: CardWords(
            {"en": tuple(card["en_clean"]), "zh": tuple(card["zh_clean"])},
            {"en": tuple(card["en_wrong"]), "zh": tuple(card["zh_wrong"])},
        )
        for card in cards
    }


def say_fact(fact: Fact, language: Language, generator: np.random.Generator) -> str:
    """Say a measured fact with a target, or a score, in other words."""
    wording = load_wording(language)
    if fact.kind == "score":
        text = _pick(_SCORE[language], generator)
        return text.format(value=wording.value(fact), most=fact.total)
    low, value = fact.target_low, fact.value or 0.0
    if not fact.wanted_change:
        words = _INSIDE[language]
    else:
        words = (_SHORT if low is not None and value < low else _OVER)[language]
    label = wording.inside(fact.label)
    way = wording.quantity(fact.wanted_change or 0.0, fact.unit)
    return _pick(words, generator).format(
        label=label,
        Label=label[:1].upper() + label[1:],
        value=_write_value(fact, language, generator),
        place=wording.place(fact),
        target=wording.target(fact),
        way=way,
    )


def say_count(
    issue: IssueCase, fact: Fact, language: Language, generator: np.random.Generator
) -> str:
    """Say in how many repetitions an issue was seen, and what that makes of it."""
    name = load_wording(language).inside(issue.issue_name)
    return _pick(_COUNT[language][issue.session.pattern], generator).format(
        issue=name,
        Issue=name[:1].upper() + name[1:],
        shown=f"{fact.value:.0f}",
        total=fact.total,
    )


def say_otherwise(
    text: ReportText, case: GuidanceCase, generator: np.random.Generator
) -> ReportText:
    """Put a report into other words, as far as there are any for its statements."""
    facts = case.facts

    def change(sentence: Sentence) -> Sentence:
        cited = [facts[name] for name in sentence.facts]
        if len(cited) == 1 and _can_be_said(cited[0]):
            said = say_fact(cited[0], case.language, generator)
            return sentence.model_copy(update={"text": said})
        return sentence

    issues = {(issue.issue, issue.movement): issue for issue in case.issues}
    findings = tuple(
        _change_finding(part, issues[part.issue, part.movement], case, generator)
        for part in text.findings
    )
    strengths = tuple(
        change(one.model_copy(update={"facts": one.facts[:1]}))
        for one in text.strengths
    )
    return text.model_copy(update={"findings": findings, "strengths": strengths})


def find_card_words(issue: IssueCase) -> tuple[str, CardWords] | None:
    """Find the statements of a finding's card, with its technique passage's id."""
    for passage in issue.passages:
        words = load_card_words().get(passage.payload.get("card", ""))
        if passage.kind == "technique" and words is not None:
            return passage.passage_id, words
    return None


def _change_finding(
    part: FindingText,
    issue: IssueCase,
    case: GuidanceCase,
    generator: np.random.Generator,
) -> FindingText:
    language = case.language
    count = case.facts[issue.count]
    seen = []
    if count.total != 1:
        text = say_count(issue, count, language, generator)
        seen.append(Sentence(text=text, facts=(count.id,)))
    for name in issue.metrics:
        if _can_be_said(case.facts[name]):
            text = say_fact(case.facts[name], language, generator)
            seen.append(Sentence(text=text, facts=(name,)))
    found = find_card_words(issue)
    if found is None:
        return part.model_copy(update={"seen": tuple(seen)})
    passage_id, words = found
    why = tuple(
        Sentence(text=text, passages=(passage_id,)) for text in words.clean[language]
    )
    return part.model_copy(update={"seen": tuple(seen), "why": why})


def _can_be_said(fact: Fact) -> bool:
    has_target = fact.target_low is not None or fact.target_high is not None
    return fact.kind == "metric" and fact.value is not None and has_target


def _write_value(fact: Fact, language: Language, generator: np.random.Generator) -> str:
    """Write a value with its error, or without, or with a decimal more."""
    wording = load_wording(language)
    way = generator.integers(3)
    if way == 0 or fact.value is None:
        return wording.value(fact)
    if way == 1:
        return wording.quantity(fact.value, fact.unit)
    plain = wording.quantity(1.0, fact.unit)
    digits = 1 if fact.unit in ("deg", "deg_s", "pct") else 3
    written = f"{fact.value:.{digits}f}".replace("-", "\N{MINUS SIGN}")
    unit = plain.split(" ", 1)[1] if " " in plain else ""
    return f"{written} {unit}".strip()


def _pick(words: tuple[str, ...], generator: np.random.Generator) -> str:
    return words[int(generator.integers(len(words)))]
