"""What a language model is asked: versioned instructions, and the case as fenced data.

No name, athlete id, team, file name or coordinate goes out; passages and labels go out
as JSON in which no fence can be closed.
"""

import json
from importlib import resources
from typing import Any

from pydantic import BaseModel, ConfigDict

from sportsgpt_lib.guidance.case import GuidanceCase, IssueCase
from sportsgpt_lib.guidance.report import (
    DroppedSentence,
    Fact,
    Sentence,
    WriterInfo,
)
from sportsgpt_lib.guidance.report_text import (
    FindingText,
    ReportText,
    WrittenText,
    build_plan_item,
    quote_passage,
)

PROMPT_VERSION = "guidance-2"
_PROMPT_FILE = "prompts/guidance_2.md"


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


def build_messages(case: GuidanceCase, faults: tuple[str, ...]) -> list[dict[str, str]]:
    """Build the chat: instructions, the case, and the faults of an earlier answer."""
    messages = [
        {"role": "system", "content": _load_instructions()},
        {"role": "user", "content": f"<data>{_fence(_describe_case(case))}</data>"},
    ]
    if faults:
        listed = _fence(list(faults))
        messages.append(
            {
                "role": "user",
                "content": "Your last answer was refused for these reasons. Write it "
                f"again without them: <data>{listed}</data>",
            }
        )
    return messages


def build_schema() -> dict[str, Any]:
    """Build the JSON schema of the answer, as ``response_format`` carries it."""
    schema = Answer.model_json_schema()
    for part in (schema, *schema["$defs"].values()):
        # A strict server wants every property named as required, and no defaults.
        part["required"] = list(part["properties"])
        for value in part["properties"].values():
            value.pop("default", None)
    return {"name": "guidance", "strict": True, "schema": schema}


def build_text(answer: Answer, case: GuidanceCase, writer: WriterInfo) -> WrittenText:
    """Build the report's text; exercises that were not retrieved are dropped."""
    plan = []
    dropped = []
    for chosen in answer.plan:
        passage = case.passages.get(chosen.passage)
        if passage is None or passage.kind != "exercise":
            dropped.append(
                DroppedSentence(
                    section="plan",
                    text=chosen.passage,
                    reason="no exercise was retrieved under this id",
                )
            )
            continue
        plan.append(
            build_plan_item(
                passage,
                chosen.issues,
                how=chosen.how,
                cue=(quote_passage(passage.payload["cue"], passage),),
                success=chosen.success,
            )
        )
    text = ReportText(
        summary=answer.summary,
        strengths=answer.strengths,
        findings=answer.findings,
        plan=tuple(plan),
    )
    return WrittenText(text, writer, tuple(dropped))


def _load_instructions() -> str:
    folder = resources.files("sportsgpt_lib.guidance")
    return (folder / _PROMPT_FILE).read_text(encoding="utf-8")


def _fence(content: object) -> str:
    """Write JSON in which no tag can be opened or closed."""
    text = json.dumps(content, ensure_ascii=False, sort_keys=True)
    return text.replace("<", "\\u003c").replace(">", "\\u003e")


def _describe_case(case: GuidanceCase) -> dict[str, Any]:
    return {
        "facts": [_describe_fact(fact) for fact in case.facts.values()],
        "issues": [_describe_issue(issue) for issue in case.issues],
        "strengths": [[part.metric, part.count] for part in case.strengths],
        "passages": [
            {
                "id": passage.passage_id,
                "kind": passage.kind,
                "title": passage.title,
                "text": passage.text,
            }
            for passage in case.passages.values()
        ],
    }


def _describe_fact(fact: Fact) -> dict[str, Any]:
    hidden = {"recording_id", "picture", "reason"}
    return fact.model_dump(mode="json", exclude=hidden, exclude_none=True)


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
