"""Asks a language model to write; falls back to the deterministic writer.

A server may ignore the schema, answer prose, fail or hang: an answer is validated and
verified, asked for again with the reasons, and where none comes the fallback's text
goes out with the reason. What is asked is in ``prompt.py``, what is answered in
``model_answer.py``, how a server is reached in ``sportsgpt_lib/model_service``.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from sportsgpt_lib.errors import ModelServiceError
from sportsgpt_lib.guidance.case import GuidanceCase
from sportsgpt_lib.guidance.model_answer import Answer, build_text
from sportsgpt_lib.guidance.offered import (
    FindOrders,
    find_no_orders,
    narrow_to_offered,
)
from sportsgpt_lib.guidance.prompt import PROMPT_VERSION, build_question
from sportsgpt_lib.guidance.report import WriterInfo
from sportsgpt_lib.guidance.report_text import ReportText, Writer, WrittenText
from sportsgpt_lib.guidance.verification.means import RULES_ONLY, Means
from sportsgpt_lib.guidance.verifier import verify_text
from sportsgpt_lib.model_service.answers import UnusableAnswerError, parse_answer
from sportsgpt_lib.model_service.port import ChatModel
from sportsgpt_lib.model_service.token_budget import TokenBudget

WRITER_NAME = "model"


@dataclass(frozen=True)
class _Draft:
    """A usable answer, and what is wrong with it in words that a model understands."""

    written: WrittenText
    faults: tuple[str, ...]
    is_empty: bool


class ModelWriter:
    """Writes by a language model; what it cannot, the fallback writes.

    Parameters
    ----------
    model
        Who is asked.
    fallback
        Writes where no usable answer comes, and where there is nothing to write about.
    budget
        What all reports of this writer may cost together.
    find_orders
        Knows texts that speak to a model; such passages are not shown to it.
    means
        What the verifier may ask besides its rules.
    """

    def __init__(
        self,
        model: ChatModel,
        fallback: Writer,
        budget: TokenBudget | None = None,
        find_orders: FindOrders = find_no_orders,
        means: Means = RULES_ONLY,
    ) -> None:
        self._model = model
        self._fallback = fallback
        self._budget = budget or TokenBudget()
        self._find_orders = find_orders
        self._means = means

    def write(self, case: GuidanceCase) -> WrittenText:
        """Write the report's text; verified once, so that faults can be repaired."""
        if not case.movements:
            return self._fallback.write(case)
        offered = narrow_to_offered(case, self._find_orders)
        try:
            draft = self._ask_until_usable(offered)
        except ModelServiceError as error:
            return self._fall_back(case, error.found)
        if draft.faults:
            draft = self._ask_again(offered, draft)
        if draft.is_empty:
            return self._fall_back(case, "none of its sentences could be kept")
        return draft.written

    def _ask_until_usable(self, case: GuidanceCase) -> _Draft:
        """Ask, and once more with the reason where the answer is of no use."""
        try:
            return self._ask(case, (), seed_step=0)
        except UnusableAnswerError as error:
            reason = error.reason
        try:
            return self._ask(case, (reason,), seed_step=1)
        except UnusableAnswerError as error:
            raise ModelServiceError(
                f"model {self._model.name}",
                f"{error.reason}, twice",
                "see what the model answers and which limits it needs: docs/model.md",
            ) from error

    def _ask_again(self, case: GuidanceCase, draft: _Draft) -> _Draft:
        """Regenerate once with the reasons; keep whichever has fewer faults."""
        try:
            again = self._ask(case, draft.faults, seed_step=2)
        except (ModelServiceError, UnusableAnswerError):
            return draft
        is_better = len(again.faults) < len(draft.faults) and not again.is_empty
        return again if is_better or draft.is_empty else draft

    def _ask(
        self, case: GuidanceCase, faults: Sequence[str], *, seed_step: int
    ) -> _Draft:
        question = build_question(case, faults, seed_step=seed_step)
        answer = parse_answer(self._model.ask(question, self._budget), Answer)
        writer = WriterInfo(
            name=WRITER_NAME, model=self._model.name, prompt_version=PROMPT_VERSION
        )
        return _judge(build_text(answer, case, writer), case, self._means)

    def _fall_back(self, case: GuidanceCase, reason: str) -> WrittenText:
        written = self._fallback.write(case)
        writer = written.writer.model_copy(update={"fallback_reason": reason})
        return WrittenText(written.text, writer, written.dropped)


def _judge(written: WrittenText, case: GuidanceCase, means: Means) -> _Draft:
    """List what the verifier would drop and what the answer leaves out."""
    verified = verify_text(written.text, case, means)
    dropped = (*written.dropped, *verified.dropped)
    faults = [f"{part.text} ({part.reason})" for part in dropped]
    return _Draft(
        written,
        (*faults, *_list_omissions(written.text, case)),
        is_empty=not (verified.text.summary or any(_list_seen(verified.text))),
    )


def _list_seen(text: ReportText) -> list[int]:
    return [len(finding.seen) for finding in text.findings]


def _list_omissions(text: ReportText, case: GuidanceCase) -> list[str]:
    """List what should have been written and was not."""
    told = {(part.issue, part.movement) for part in text.findings if part.seen}
    omissions = [
        f"findings: nothing was said of what was seen of {issue.issue} "
        f"in {issue.movement}"
        for issue in case.issues
        if (issue.issue, issue.movement) not in told
    ]
    if not text.summary:
        omissions.append("summary: it is empty")
    if not text.plan and any(
        passage.kind == "exercise"
        for issue in case.issues
        if issue.is_trained
        for passage in issue.passages
    ):
        omissions.append("plan: no exercise was chosen, though some were given")
    return omissions
