"""A language model as judge: points of the expert rubric, and CoachMe's six aspects.

What is asked is a versioned file; the report goes out as fenced data, without athlete,
team or file names. Judging by rules is in ``rubric.py``.

Source
------
A model that gives points with a rubric and a fixed form: Liu Y et al. (2023) G-Eval:
NLG evaluation using GPT-4 with better human alignment. EMNLP 2023, arXiv 2303.16634.
"""

from importlib import resources
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from sportsgpt_lib.evaluation.cases import EvaluationCase
from sportsgpt_lib.evaluation.statements import list_statements
from sportsgpt_lib.guidance.report import GuidanceReport
from sportsgpt_lib.model_service.answers import build_answer_shape, parse_answer
from sportsgpt_lib.model_service.fences import fence_as_data
from sportsgpt_lib.model_service.port import ChatMessage, ChatModel, ChatQuestion
from sportsgpt_lib.model_service.token_budget import TokenBudget
from sportsgpt_lib.sports.loader import load_movement

JUDGE_PROMPT_VERSION = "judge-1"
_PROMPT_FILE = "prompts/judge_1.md"


class JudgedAspects(BaseModel):
    """Whether each of CoachMe's aspects is told."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    error: bool
    time: bool
    body_part: bool
    cause: bool
    method: bool
    coordination: bool


class Judgement(BaseModel):
    """What the judge answers."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    accuracy: int = Field(ge=1, le=5)
    comprehensiveness: int = Field(ge=1, le=5)
    professionalism: int = Field(ge=1, le=5)
    feasibility: int = Field(ge=1, le=5)
    aspects: JudgedAspects


class ModelJudge:
    """Asks a model for points.

    Parameters
    ----------
    model
        Any model behind the port.
    budget
        Tokens that all questions together may cost; None = no limit.
    """

    def __init__(self, model: ChatModel, budget: TokenBudget | None = None) -> None:
        self._model = model
        self._budget = budget

    @property
    def name(self) -> str:
        """Model and prompt, as results state them."""
        return f"{self._model.name} {JUDGE_PROMPT_VERSION}"

    def judge(
        self, report: GuidanceReport, one: EvaluationCase, *, repeat: int = 0
    ) -> Judgement:
        """Judge one report; another ``repeat`` is answered with another seed.

        Raises
        ------
        ModelServiceError
            No answer came.
        UnusableAnswerError
            An answer came that is not of the shape asked for.
        """
        data = fence_as_data(_describe(report, one))
        question = ChatQuestion(
            messages=(
                ChatMessage("system", _load_instructions()),
                ChatMessage("user", data),
            ),
            shape=build_answer_shape("judgement", Judgement),
            seed_step=repeat,
        )
        return parse_answer(self._model.ask(question, self._budget), Judgement)


def _load_instructions() -> str:
    folder = resources.files("sportsgpt_lib.evaluation")
    return (folder / _PROMPT_FILE).read_text(encoding="utf-8")


def _describe(report: GuidanceReport, one: EvaluationCase) -> dict[str, Any]:
    return {
        "truth": [
            {
                "movement": fault.movement,
                "fault": load_movement(fault.movement).issue(fault.issue).title,
                "repetitions": len(fault.repetitions),
                "of": plan.repetition_count,
            }
            for plan in one.plans
            for fault in plan.faults
        ],
        "measured": [
            fact.model_dump(
                mode="json", exclude={"recording_id", "picture"}, exclude_none=True
            )
            for fact in report.facts
        ],
        "report": {
            "language": report.language,
            "sentences": [
                {"part": statement.part, "text": statement.sentence.text}
                for statement in list_statements(report)
            ],
            "exercises": [
                {"exercise": item.exercise, "dose": item.dose.model_dump(mode="json")}
                for item in report.plan
            ],
            "not_judged": [f"{part.what}: {part.reason}" for part in report.not_judged],
            "note_on_plan": report.plan_note,
            "sources": [source.title for source in report.sources],
        },
    }
