"""Faults in the numbers of a sentence: value, unit, sign, count, repetition."""

import re
from collections.abc import Mapping

from benchmarks.guidance.corruptions.edits import (
    Corrupted,
    Corruption,
    Seed,
    change_sentence,
    say_instead,
)
from benchmarks.guidance.corruptions.wording import UNITS
from sportsgpt_lib.guidance.case import GuidanceCase
from sportsgpt_lib.guidance.report import Fact, Sentence
from sportsgpt_lib.guidance.report_text import ReportText

# Numbers of which the sign is changed are written in whole units or finer.
_SAME_VALUE = 0.5
_TOKEN = re.compile(r"[\N{MINUS SIGN}-]?\d+(?:\.\d+)?")


def _list_values(fact: Fact) -> list[float]:
    values = (
        *(fact.value, fact.error, fact.target_low, fact.target_high),
        *(fact.detectable_change, fact.wanted_change, fact.margin),
        *(fact.share_low_pct, fact.share_high_pct, fact.repetition_no, fact.total),
        fact.picture.time_s if fact.picture else None,
    )
    return [float(value) for value in values if value is not None]


def _wrong_number(text: ReportText, case: GuidanceCase, seed: Seed) -> Corrupted | None:
    def change(sentence: Sentence) -> Sentence | None:
        facts = [case.facts[name] for name in sentence.facts]
        tokens = list(_TOKEN.finditer(sentence.text))
        if not tokens:
            return None
        token = seed.pick(tokens)
        old = token.group().replace("\N{MINUS SIGN}", "-")
        decimals = len(old.partition(".")[2])
        factor = 1.0 + float(seed.generator.uniform(0.08, 0.6)) * (
            1 if seed.tosses_heads() else -1
        )
        step = 10.0**-decimals
        value = float(old) * factor
        if abs(value - float(old)) < step:
            value = float(old) + step
        new = f"{value:.{decimals}f}"
        said = [v for fact in facts for v in _list_values(fact)]
        is_true = any(abs(v - float(new)) <= 0.5 * step for v in said)
        if is_true or new == old:
            return None
        new = new.replace("-", "\N{MINUS SIGN}")
        start, end = token.span()
        return say_instead(sentence, sentence.text[:start] + new + sentence.text[end:])

    return change_sentence(text, case, seed, change)


def _wrong_rounding(
    text: ReportText, case: GuidanceCase, seed: Seed
) -> Corrupted | None:
    def change(sentence: Sentence) -> Sentence | None:
        for name in sentence.facts:
            fact = case.facts[name]
            if fact.kind not in ("metric", "median") or fact.value is None:
                continue
            for token in _TOKEN.finditer(sentence.text):
                written = token.group().replace("\N{MINUS SIGN}", "-")
                decimals = len(written.partition(".")[2])
                step = 10.0**-decimals
                if abs(float(written) - fact.value) > 0.5 * step:
                    continue
                sign = 1 if float(written) < fact.value else -1
                new = f"{float(written) + sign * step:.{decimals}f}"
                if any(abs(v - float(new)) <= 0.5 * step for v in _list_values(fact)):
                    continue
                new = new.replace("-", "\N{MINUS SIGN}")
                start, end = token.span()
                return say_instead(
                    sentence, sentence.text[:start] + new + sentence.text[end:]
                )
        return None

    return change_sentence(text, case, seed, change)


def _swapped_unit(text: ReportText, case: GuidanceCase, seed: Seed) -> Corrupted | None:
    pairs = UNITS[case.language]

    def change(sentence: Sentence) -> Sentence | None:
        fitting = [
            (old, new)
            for old, new in pairs
            if re.search(rf"\d ?{re.escape(old)}(?![a-z/])", sentence.text)
        ]
        if not fitting or not sentence.facts:
            return None
        old, new = seed.pick(fitting)
        changed = re.sub(
            rf"(\d ?){re.escape(old)}(?![a-z/])",
            lambda match: match[1] + new,
            sentence.text,
            count=1,
        )
        return say_instead(sentence, changed)

    return change_sentence(text, case, seed, change)


def _missing_unit(text: ReportText, case: GuidanceCase, seed: Seed) -> Corrupted | None:
    unit = {"en": r" (?:deg|body heights|%)(?![a-z/])", "zh": r" ?(?:度|倍身高|%)(?!/)"}

    def change(sentence: Sentence) -> Sentence | None:
        if not sentence.facts:
            return None
        found = list(re.finditer(rf"(?<=\d){unit[case.language]}", sentence.text))
        if not found:
            return None
        match = seed.pick(found)
        return say_instead(
            sentence, sentence.text[: match.start()] + sentence.text[match.end() :]
        )

    return change_sentence(text, case, seed, change)


def _wrong_sign(text: ReportText, case: GuidanceCase, seed: Seed) -> Corrupted | None:
    def change(sentence: Sentence) -> Sentence | None:
        for name in sentence.facts:
            fact = case.facts[name]
            if fact.kind != "metric" or fact.value is None or abs(fact.value) < 1.0:
                continue
            for token in _TOKEN.finditer(sentence.text):
                written = token.group().replace("\N{MINUS SIGN}", "-")
                if abs(float(written) - fact.value) > _SAME_VALUE:
                    continue
                new = written[1:] if written[0] == "-" else f"\N{MINUS SIGN}{written}"
                start, end = token.span()
                return say_instead(
                    sentence, sentence.text[:start] + new + sentence.text[end:]
                )
        return None

    return change_sentence(text, case, seed, change)


def _target_as_value(
    text: ReportText, case: GuidanceCase, seed: Seed
) -> Corrupted | None:
    """Give the target's edge as what was measured."""

    def change(sentence: Sentence) -> Sentence | None:
        for name in sentence.facts:
            fact = case.facts[name]
            edge = fact.target_low if fact.target_low is not None else fact.target_high
            if fact.kind != "metric" or fact.value is None or not edge:
                continue
            for token in _TOKEN.finditer(sentence.text):
                written = token.group().replace("\N{MINUS SIGN}", "-")
                decimals = len(written.partition(".")[2])
                if abs(float(written) - fact.value) > 0.5 * 10.0**-decimals:
                    continue
                new = f"{edge:g}".replace("-", "\N{MINUS SIGN}")
                start, end = token.span()
                rest = re.sub(r"^ ± [\d.]+", "", sentence.text[end:])
                return say_instead(sentence, sentence.text[:start] + new + rest)
        return None

    return change_sentence(text, case, seed, change)


def _wrong_repetition(
    text: ReportText, case: GuidanceCase, seed: Seed
) -> Corrupted | None:
    pattern = {"en": r"(?<=repetition )\d+", "zh": r"(?<=第 )\d+(?= 次)"}[case.language]

    def change(sentence: Sentence) -> Sentence | None:
        match = re.search(pattern, sentence.text)
        numbers = {case.facts[name].repetition_no for name in sentence.facts}
        wrong = [n for n in range(1, 10) if n not in numbers]
        if match is None or not sentence.facts:
            return None
        start, end = match.span()
        new = str(seed.pick(wrong))
        return say_instead(sentence, sentence.text[:start] + new + sentence.text[end:])

    return change_sentence(text, case, seed, change)


def _wrong_count(text: ReportText, case: GuidanceCase, seed: Seed) -> Corrupted | None:
    pattern = {
        "en": r"(\d+)( (?:out )?of (?:the )?)(\d+)(?= repetitions)",
        "zh": r"(\d+)( 次中(?:有|只有|出现了?|仅出现)? ?(?:出现)? ?)(\d+)(?= 次)",
    }[case.language]

    def change(sentence: Sentence) -> Sentence | None:
        match = re.search(pattern, sentence.text)
        if match is None:
            return None
        which = 1 if seed.tosses_heads() else 3
        start, end = match.span(which)
        new = str(int(match[which]) + 1)
        return say_instead(sentence, sentence.text[:start] + new + sentence.text[end:])

    return change_sentence(text, case, seed, change)


NUMERIC_FAULTS: Mapping[str, Corruption] = {
    "wrong number": _wrong_number,
    "wrong rounding": _wrong_rounding,
    "swapped unit": _swapped_unit,
    "missing unit": _missing_unit,
    "wrong sign": _wrong_sign,
    "target as value": _target_as_value,
    "wrong repetition": _wrong_repetition,
    "wrong count": _wrong_count,
}
