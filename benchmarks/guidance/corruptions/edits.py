"""Changes one sentence or exercise of a report, drawn by chance.

What it is changed to is said by the modules of the kinds of fault.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

import numpy as np

from sportsgpt_lib.guidance.case import GuidanceCase
from sportsgpt_lib.guidance.limits import AthleteLimits
from sportsgpt_lib.guidance.report import PlanItem, Sentence
from sportsgpt_lib.guidance.report_text import ReportText
from sportsgpt_lib.knowledge.retrieval_evidence import EvidencePassage

_Option = TypeVar("_Option")


@dataclass(frozen=True)
class Corrupted:
    """A report with one fault: what the verifier must take out of it.

    ``fault`` is the text of the sentence, or the name of the exercise, that is wrong.
    """

    kind: str
    text: ReportText
    case: GuidanceCase
    fault: str


@dataclass(frozen=True)
class Seed:
    """What a corruption may draw on.

    ``others`` are passages of other issues; ``half`` 0 = the part that is tuned on, 1 =
    the part that is reported on.
    """

    generator: np.random.Generator
    others: Sequence[EvidencePassage]
    half: int

    def pick(self, options: Sequence[_Option]) -> _Option:
        """Pick one of some options."""
        return options[int(self.generator.integers(len(options)))]

    def tosses_heads(self) -> bool:
        """Toss a coin."""
        return bool(self.generator.integers(2))

    def pick_of_half(self, options: Sequence[str]) -> str:
        """Pick one of the half of a list that belongs to this part."""
        middle = len(options) // 2
        own = options[:middle] if self.half == 0 else options[middle:]
        return str(self.pick(own))


Corruption = Callable[[ReportText, GuidanceCase, Seed], Corrupted | None]


@dataclass(frozen=True)
class _Place:
    """Where a sentence stands: the section, the entry in it, its part, its number."""

    section: str
    entry: int
    part: str
    number: int
    sentence: Sentence


def _list_places(text: ReportText) -> Iterator[_Place]:
    for section in ("summary", "strengths"):
        for number, sentence in enumerate(getattr(text, section)):
            yield _Place(section, 0, "", number, sentence)
    for entry, finding in enumerate(text.findings):
        for part in ("seen", "why", "cause"):
            for number, sentence in enumerate(getattr(finding, part)):
                yield _Place("findings", entry, part, number, sentence)
    for entry, item in enumerate(text.plan):
        for part in ("how", "success"):
            for number, sentence in enumerate(getattr(item, part)):
                yield _Place("plan", entry, part, number, sentence)


def _put(text: ReportText, place: _Place, sentence: Sentence) -> ReportText:
    if not place.part:
        sentences = list(getattr(text, place.section))
        sentences[place.number] = sentence
        return text.model_copy(update={place.section: tuple(sentences)})
    entries = list(getattr(text, place.section))
    entry = entries[place.entry]
    sentences = list(getattr(entry, place.part))
    sentences[place.number] = sentence
    entries[place.entry] = entry.model_copy(update={place.part: tuple(sentences)})
    return text.model_copy(update={place.section: tuple(entries)})


def change_sentence(
    text: ReportText,
    case: GuidanceCase,
    seed: Seed,
    change: Callable[[Sentence], Sentence | None],
    *,
    sections: tuple[str, ...] = ("summary", "strengths", "findings", "plan"),
) -> Corrupted | None:
    """Change one sentence for which there is a change, drawn by chance."""
    places = [place for place in _list_places(text) if place.section in sections]
    for index in seed.generator.permutation(len(places)):
        place = places[int(index)]
        changed = change(place.sentence)
        if changed is not None and changed.text + str(changed.facts) + str(
            changed.passages
        ) != place.sentence.text + str(place.sentence.facts) + str(
            place.sentence.passages
        ):
            return Corrupted("", _put(text, place, changed), case, changed.text)
    return None


def say_instead(sentence: Sentence, text: str) -> Sentence:
    """Say something else with the same citations."""
    return sentence.model_copy(update={"text": text})


def replace_once(
    pairs: Sequence[tuple[str, str]], seed: Seed
) -> Callable[[Sentence], Sentence | None]:
    """Change a sentence by one of the pairs of words of which it has the first."""

    def change(sentence: Sentence) -> Sentence | None:
        fitting = [pair for pair in pairs if pair[0] in sentence.text]
        if not fitting:
            return None
        old, new = seed.pick(fitting)
        return say_instead(sentence, sentence.text.replace(old, new, 1))

    return change


def change_item(
    text: ReportText,
    case: GuidanceCase,
    seed: Seed,
    change: Callable[[PlanItem], PlanItem | None],
    *,
    limits: AthleteLimits | None = None,
) -> Corrupted | None:
    """Change one exercise, drawn by chance; ``limits`` make the athlete another."""
    if not text.plan:
        return None
    index = int(seed.generator.integers(len(text.plan)))
    changed = change(text.plan[index])
    if changed is None:
        return None
    plan = (*text.plan[:index], changed, *text.plan[index + 1 :])
    own = case if limits is None else replace(case, limits=limits)
    return Corrupted("", text.model_copy(update={"plan": plan}), own, changed.exercise)
