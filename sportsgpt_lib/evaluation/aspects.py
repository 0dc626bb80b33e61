"""CoachMe's six aspects of a coach's words, looked up by words.

Source
------
CoachMe (ACL 2025, arXiv 2509.11698): error, time, body part, cause, method and
coordination, which a model judges there. A word that is there may still be wrong.
"""

import re
from collections.abc import Sequence
from typing import Literal, get_args

from sportsgpt_lib.evaluation.cases import EvaluationCase
from sportsgpt_lib.evaluation.rule_measures import (
    NOT_APPLICABLE,
    find_finding,
    list_plan_of,
    list_trainable,
)
from sportsgpt_lib.evaluation.statements import join_texts, list_finding_sentences
from sportsgpt_lib.evaluation.synthetic_sessions import InjectedFault
from sportsgpt_lib.guidance.report import GuidanceReport, Sentence
from sportsgpt_lib.sports.translations import load_words

Aspect = Literal["error", "time", "body_part", "cause", "method", "coordination"]
ASPECTS: tuple[Aspect, ...] = get_args(Aspect)

# What a report can only take from the knowledge base.
_OF_EVIDENCE: frozenset[Aspect] = frozenset({"cause", "method", "coordination"})
_BODY_WORDS = re.compile(
    r"\b(head|neck|trunk|torso|back|shoulder|arm|elbow|wrist|hand|hip|pelvis|thigh|knee"
    r"|shank|shin|calf|ankle|foot|feet|heel|toe|leg|body)s?\b"
    r"|(头|颈|躯干|背|肩|手臂|上臂|前臂|肘|手腕|手|髋|骨盆|大腿|膝|小腿|踝|脚跟|脚尖|脚|足|腿"
    r"|身体|重心)"
)
_TIME_WORDS = re.compile(
    r"\b(at|during|before|after|when|while|until|phase|instant|first|last)\b"
    r"|(时|期间|之前|之后|阶段|瞬间|过程)"
)


def find_aspects(report: GuidanceReport, one: EvaluationCase) -> dict[Aspect, float]:
    """Find the share of a case's faults on which each aspect is spoken of.

    Returns
    -------
    0 to 1 by aspect; NaN where no fault calls for it: a slip needs no method, and where
    the knowledge base holds nothing, cause and method are not due. A fault that the
    report does not name counts 0.
    """
    found = [(fault, _find_aspects_of(report, fault)) for fault in one.faults]
    trainable = list_trainable(one)
    shares: dict[Aspect, float] = {}
    for aspect in ASPECTS:
        due = [
            aspect in told
            for fault, told in found
            if (aspect not in _OF_EVIDENCE or not one.is_evidence_missing)
            and (aspect != "method" or fault in trainable)
        ]
        shares[aspect] = sum(due) / len(due) if due else NOT_APPLICABLE
    return shares


def _find_aspects_of(report: GuidanceReport, fault: InjectedFault) -> set[Aspect]:
    finding = find_finding(report, fault)
    if finding is None:
        return set()
    plan = list_plan_of(report, fault)
    sentences = list_finding_sentences(finding)
    taught = [sentence for item in plan for sentence in (*item.how, *item.cue)]
    has: dict[Aspect, bool] = {
        "error": bool(finding.seen),
        "time": _names_a_time(report, fault, sentences),
        "body_part": bool(_BODY_WORDS.search(join_texts(sentences))),
        "cause": bool(finding.cause),
        "method": any(item.how for item in plan),
        "coordination": any(
            _joins_parts(sentence)
            for sentence in (*finding.why, *finding.cause, *taught)
        ),
    }
    return {aspect for aspect, is_there in has.items() if is_there}


def _names_a_time(
    report: GuidanceReport, fault: InjectedFault, sentences: Sequence[Sentence]
) -> bool:
    """Whether a keyframe or phase is named, or when in the movement something was."""
    words = load_words(fault.movement, report.language)
    named = [*words.keyframes.values(), *words.phases.values()]
    text = join_texts(sentences)
    return any(name.lower() in text for name in named) or bool(_TIME_WORDS.search(text))


def _joins_parts(sentence: Sentence) -> bool:
    """Whether one sentence speaks of two parts of the body."""
    parts = {match.group() for match in _BODY_WORDS.finditer(sentence.text.lower())}
    return len({part.rstrip("s") for part in parts}) > 1
