"""Faults in what a sentence says of its facts: leg, direction, habit."""

import re
from collections.abc import Mapping

from benchmarks.guidance.corruptions.edits import (
    Corrupted,
    Corruption,
    Seed,
    change_sentence,
    replace_once,
    say_instead,
)
from benchmarks.guidance.corruptions.wording import DIRECTIONS, PATTERNS
from sportsgpt_lib.guidance.case import GuidanceCase
from sportsgpt_lib.guidance.report import Sentence
from sportsgpt_lib.guidance.report_text import ReportText


def _wrong_leg(text: ReportText, case: GuidanceCase, seed: Seed) -> Corrupted | None:
    def change(sentence: Sentence) -> Sentence | None:
        if not any(case.facts[name].side for name in sentence.facts):
            return None
        words = ("left", "right") if case.language == "en" else ("左", "右")
        found = [word for word in words if word in sentence.text]
        counts = {
            (case.facts[name].value, case.facts[name].total)
            for name in sentence.facts
            if case.facts[name].kind == "count"
        }
        if not found or (len(found) > 1 and len(counts) < len(words)):
            return None
        swapped = sentence.text.replace(words[0], "\0").replace(words[1], words[0])
        return say_instead(sentence, swapped.replace("\0", words[1]))

    return change_sentence(text, case, seed, change, sections=("findings", "strengths"))


def _wrong_direction(
    text: ReportText, case: GuidanceCase, seed: Seed
) -> Corrupted | None:
    names = [fact.label for fact in case.facts.values()]
    names += [issue.issue_name for issue in case.issues]
    names += [issue.issue_name for issue in case.absent]
    words = re.compile("|".join(re.escape(name) for name in names), re.IGNORECASE)
    change = replace_once(DIRECTIONS[case.language], seed)

    def change_outside_names(sentence: Sentence) -> Sentence | None:
        """Leave names as they are, since a changed name is another fault."""
        kept = words.findall(sentence.text)
        if sentence.passages:
            return None
        changed = change(say_instead(sentence, words.sub("\0", sentence.text)))
        if changed is None:
            return None
        parts = changed.text.split("\0")
        said = "".join(
            part + name for part, name in zip(parts, [*kept, ""], strict=True)
        )
        return say_instead(sentence, said)

    return change_sentence(text, case, seed, change_outside_names)


def _habit_slip(text: ReportText, case: GuidanceCase, seed: Seed) -> Corrupted | None:
    return change_sentence(
        text, case, seed, replace_once(PATTERNS[case.language], seed)
    )


CLAIM_FAULTS: Mapping[str, Corruption] = {
    "wrong leg": _wrong_leg,
    "wrong direction": _wrong_direction,
    "habit and slip swapped": _habit_slip,
}
