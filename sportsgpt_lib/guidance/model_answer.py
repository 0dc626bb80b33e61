"""What a language model is to answer, and the report's text that is made of it.

The schema lets a model choose among what it was given: an exercise by its passage, an
issue by its name. Dose, cue and limits of an exercise stay the card's own. Whether a
sentence is true is for the verifier.
"""

from collections.abc import Iterator
from typing import Self

from pydantic import BaseModel, ConfigDict, model_validator

from sportsgpt_lib.guidance.case import GuidanceCase
from sportsgpt_lib.guidance.report import (
    DroppedSentence,
    PlanItem,
    Sentence,
    WriterInfo,
)
from sportsgpt_lib.guidance.report_text import (
    FindingText,
    ReportText,
    WrittenText,
    build_plan_item,
)
from sportsgpt_lib.model_service.answers import build_answer_shape

_MOST_SENTENCES = 200
"""Chosen: the longest report of the deterministic writer has a third of it."""
_MOST_SENTENCE_CHARACTERS = 600
"""Chosen: the longest sentence of a card has two thirds of it."""


class AnsweredExercise(BaseModel):
    """An exercise as the model chooses it: dose and limits stay the card's."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    passage: str
    issues: tuple[str, ...]
    how: tuple[Sentence, ...]
    success: tuple[Sentence, ...]


class Answer(BaseModel):
    """The JSON object that a model is asked for."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    summary: tuple[Sentence, ...]
    strengths: tuple[Sentence, ...]
    findings: tuple[FindingText, ...]
    plan: tuple[AnsweredExercise, ...]

    @model_validator(mode="after")
    def _validate_lengths(self) -> Self:
        """Refuse more than a report can be; servers do not keep limits in a schema."""
        sentences = tuple(_list_sentences(self))
        if len(sentences) > _MOST_SENTENCES:
            raise ValueError("there are too many sentences")
        if any(len(part.text) > _MOST_SENTENCE_CHARACTERS for part in sentences):
            raise ValueError("a sentence is too long")
        return self


ANSWER_SHAPE = build_answer_shape("guidance", Answer)


def build_text(answer: Answer, case: GuidanceCase, writer: WriterInfo) -> WrittenText:
    """Build the report's text of what rests on passages that the model was given.

    ``case`` is the one that the model was asked about. The report may know passages
    that the model must not have seen, so citing them is refused here.
    """
    given = _Given(case)
    text = ReportText(
        summary=given.keep("summary", answer.summary),
        strengths=given.keep("strengths", answer.strengths),
        findings=tuple(given.keep_finding(finding) for finding in answer.findings),
        plan=tuple(filter(None, map(given.build_exercise, answer.plan))),
    )
    return WrittenText(text, writer, tuple(given.dropped))


class _Given:
    """Keeps what rests on given passages, and lists the rest."""

    def __init__(self, case: GuidanceCase) -> None:
        self._case = case
        self.dropped: list[DroppedSentence] = []

    def keep(
        self, section: str, sentences: tuple[Sentence, ...]
    ) -> tuple[Sentence, ...]:
        kept = []
        for sentence in sentences:
            if set(sentence.passages) <= self._case.passages.keys():
                kept.append(sentence)
            else:
                self._drop(section, sentence.text, "it cites what was not given")
        return tuple(kept)

    def keep_finding(self, finding: FindingText) -> FindingText:
        section = f"finding {finding.issue}"
        return finding.model_copy(
            update={
                part: self.keep(f"{section}: {part}", getattr(finding, part))
                for part in ("seen", "why", "cause")
            }
        )

    def build_exercise(self, chosen: AnsweredExercise) -> PlanItem | None:
        passage = self._case.passages.get(chosen.passage)
        if passage is None or passage.kind != "exercise":
            reason = "no exercise was given under this id"
            self._drop("plan", chosen.passage, reason)
            return None
        return build_plan_item(
            self._case,
            passage,
            chosen.issues,
            how=self.keep("plan", chosen.how),
            success=self.keep("plan", chosen.success),
        )

    def _drop(self, section: str, text: str, reason: str) -> None:
        self.dropped.append(DroppedSentence(section=section, text=text, reason=reason))


def _list_sentences(answer: Answer) -> Iterator[Sentence]:
    yield from answer.summary
    yield from answer.strengths
    for finding in answer.findings:
        yield from (*finding.seen, *finding.why, *finding.cause)
    for exercise in answer.plan:
        yield from (*exercise.how, *exercise.success)
