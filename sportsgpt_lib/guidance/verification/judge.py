"""Asks a language model whether passages bear sentences out.

The model only ever takes away: it sees sentences that passed every rule. What it cannot
answer, because it is away, over its budget or confused, stays as the rules left it.
"""

import functools
import threading
from collections.abc import Sequence
from importlib import resources

from pydantic import BaseModel, ConfigDict

from sportsgpt_lib.errors import ModelServiceError
from sportsgpt_lib.guidance.verification.means import Claim
from sportsgpt_lib.model_service.answers import (
    UnusableAnswerError,
    build_answer_shape,
    parse_answer,
)
from sportsgpt_lib.model_service.fences import fence_as_data
from sportsgpt_lib.model_service.port import (
    ChatMessage,
    ChatModel,
    ChatQuestion,
)
from sportsgpt_lib.model_service.token_budget import TokenBudget

JUDGE_PROMPT_VERSION = "entailment-1"
_PROMPT_FILE = "prompts/entailment_1.md"
# Chosen: a small model keeps so many sentences apart.
_CLAIMS_PER_QUESTION = 8


class Answered(BaseModel):
    """The judgement of one sentence."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    number: int
    is_supported: bool


class Answers(BaseModel):
    """The JSON object that a judge is asked for."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    judgements: tuple[Answered, ...]


class EntailmentJudge:
    """Judges by a chat model.

    Parameters
    ----------
    model
        The model.
    budget
        Tokens that a run may use; None = no limit.
    """

    def __init__(self, model: ChatModel, budget: TokenBudget | None = None) -> None:
        self._model = model
        self._budget = budget
        self._answers: dict[Claim, bool] = {}
        self._lock = threading.Lock()

    @property
    def fingerprint(self) -> str:
        """Names model and prompt."""
        return f"{self._model.fingerprint} {JUDGE_PROMPT_VERSION}"

    def judge(self, claims: Sequence[Claim]) -> tuple[bool | None, ...]:
        """Judge each claim, once ever; None = no usable answer came."""
        with self._lock:
            unknown = [c for c in dict.fromkeys(claims) if c not in self._answers]
        for start in range(0, len(unknown), _CLAIMS_PER_QUESTION):
            asked = unknown[start : start + _CLAIMS_PER_QUESTION]
            answers = zip(asked, self._ask(asked), strict=True)
            with self._lock:
                self._answers.update(
                    (c, said) for c, said in answers if said is not None
                )
        with self._lock:
            return tuple(self._answers.get(claim) for claim in claims)

    def _ask(self, claims: Sequence[Claim]) -> list[bool | None]:
        question = ChatQuestion(
            messages=(
                ChatMessage("system", _load_instructions()),
                ChatMessage("user", fence_as_data(_describe(claims))),
            ),
            shape=build_answer_shape("judgements", Answers),
        )
        try:
            answer = parse_answer(self._model.ask(question, self._budget), Answers)
        except (ModelServiceError, UnusableAnswerError):
            return [None] * len(claims)
        found = {one.number: one.is_supported for one in answer.judgements}
        return [found.get(number) for number in range(1, len(claims) + 1)]


def _describe(claims: Sequence[Claim]) -> list[dict[str, object]]:
    return [
        {"number": number, "sentence": claim.sentence, "evidence": claim.evidence}
        for number, claim in enumerate(claims, start=1)
    ]


@functools.cache
def _load_instructions() -> str:
    folder = resources.files("sportsgpt_lib.guidance.verification")
    return (folder / _PROMPT_FILE).read_text(encoding="utf-8")
