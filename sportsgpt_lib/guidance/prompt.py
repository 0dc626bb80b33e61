"""What a language model is asked: versioned instructions, and the case as fenced data.

No name, athlete id, team, day, file name or coordinate goes out, and nothing on what an
athlete must spare. Passages and labels go out as JSON in which no fence can be closed.
Which passages those are is decided in ``offered.py``; what the model answers is in
``model_answer.py``.
"""

from collections.abc import Sequence
from importlib import resources
from typing import Any

from sportsgpt_lib.guidance.case import GuidanceCase, IssueCase
from sportsgpt_lib.guidance.model_answer import ANSWER_SHAPE
from sportsgpt_lib.guidance.quotes import read_quotes
from sportsgpt_lib.guidance.report import Fact
from sportsgpt_lib.knowledge.retrieval import EvidencePassage
from sportsgpt_lib.language import Language
from sportsgpt_lib.model_service.fences import fence_as_data
from sportsgpt_lib.model_service.port import ChatMessage, ChatQuestion
from sportsgpt_lib.sports.number_format import format_quantity, format_range

PROMPT_VERSION = "guidance-3"
_PROMPT_FILES: dict[Language, str] = {
    "en": "prompts/guidance_3_en.md",
    "zh": "prompts/guidance_3_zh.md",
}
_AGAIN: dict[Language, str] = {
    "en": "Your last answer was refused for these reasons. Write it again without "
    "them: ",
    "zh": "你上一次的回答因以下原因被退回。请去掉这些问题，重新写一遍：",
}
# What of a fact goes out beside its numbers: nothing that leads back to a film, and no
# reason, which is free text.
_KEPT = {
    *("id", "kind", "label", "validity", "movement", "repetition_no", "side", "total"),
    *("indicator", "issue"),
}


def build_question(
    case: GuidanceCase, faults: Sequence[str] = (), *, seed_step: int = 0
) -> ChatQuestion:
    """Build the question: instructions, the case, and the faults of an earlier answer.

    ``faults`` are in our own words but may quote the model; they are fenced as well.
    """
    messages = [
        ChatMessage("system", _load_instructions(case.language)),
        ChatMessage("user", fence_as_data(_describe_case(case))),
    ]
    if faults:
        again = _AGAIN[case.language] + fence_as_data(list(faults))
        messages.append(ChatMessage("user", again))
    return ChatQuestion(tuple(messages), ANSWER_SHAPE, seed_step=seed_step)


def _load_instructions(language: Language) -> str:
    folder = resources.files("sportsgpt_lib.guidance")
    return (folder / _PROMPT_FILES[language]).read_text(encoding="utf-8")


def _describe_case(case: GuidanceCase) -> dict[str, Any]:
    return {
        "movements": [
            {
                "movement": part.movement,
                "name": case.name_movement(part.movement),
                "facts": [name for name in (part.count, part.score) if name],
            }
            for part in case.movements
        ],
        "facts": [_describe_fact(fact, case.language) for fact in case.facts.values()],
        "issues": [_describe_issue(issue) for issue in case.issues],
        "strengths": [[part.metric, part.count] for part in case.strengths],
        "passages": [
            _describe_passage(passage, case.language)
            for passage in case.passages.values()
        ],
    }


def _describe_fact(fact: Fact, language: Language) -> dict[str, Any]:
    """Describe a fact; measured numbers as a report writes them, with their unit."""
    described = fact.model_dump(mode="json", include=_KEPT, exclude_none=True)
    if fact.kind == "count":
        return described | {"value": fact.value, "unit": fact.unit}
    if fact.value is not None:
        described["value"] = format_quantity(
            fact.value, fact.unit, fact.error, language
        )
    if fact.target_low is not None or fact.target_high is not None:
        described["target"] = format_range(
            fact.target_low, fact.target_high, fact.unit, language
        )
    for name in ("wanted_change", "detectable_change"):
        change = getattr(fact, name)
        if change is not None:
            described[name] = format_quantity(change, fact.unit, language=language)
    return described


def _describe_issue(issue: IssueCase) -> dict[str, Any]:
    return {
        "issue": issue.issue,
        "issue_name": issue.issue_name,
        "movement": issue.movement,
        "pattern": issue.session.pattern,
        "more_often_on_side": issue.session.side_pattern,
        "facts": [
            *filter(None, (issue.count, issue.left_count, issue.right_count)),
            *issue.metrics,
            *issue.medians,
        ],
        "passages": [passage.passage_id for passage in issue.passages],
    }


def _describe_passage(passage: EvidencePassage, language: Language) -> dict[str, Any]:
    described = {
        "id": passage.passage_id,
        "kind": passage.kind,
        "title": passage.title,
        "text": passage.text,
    }
    quotes = read_quotes(passage, language)
    if quotes.language != "en":
        parts = {name: part for name, part in vars(quotes).items() if part}
        described |= {"title": quotes.title, "text": _join(parts)}
    return described


def _join(parts: dict[str, Any]) -> str:
    """Put the words of a translated card together, a line for each part."""
    texts: list[str] = []
    for name, part in parts.items():
        if name not in ("language", "title"):
            texts += [part] if isinstance(part, str) else part
    return "\n".join(texts)
