"""The paper's ablation: guidance without KISMAM, without retrieval, without both.

Source
------
SportsGPT (arXiv 2512.14121): without KISMAM a model reads raw values; without retrieval
it has no knowledge base.
"""

from dataclasses import replace
from typing import Literal, get_args

from sportsgpt_lib.evaluation.cases import EvaluationCase, build_guidance_case
from sportsgpt_lib.evaluation.raw_reading import RawReading, read_raw_values
from sportsgpt_lib.guidance.case import GuidanceCase

Variant = Literal["full", "without_kismam", "without_retrieval", "neither"]
VARIANTS: tuple[Variant, ...] = get_args(Variant)


def ablate(one: EvaluationCase, variant: Variant) -> GuidanceCase:
    """Build the case that a writer gets in a variant.

    Parameters
    ----------
    one
        The case, with its tables and its shelf of evidence.
    variant
        ``full``: findings, and evidence by issue. ``without_kismam``: raw values, and
        evidence by a free-text question. ``without_retrieval``: findings, no passage.
        ``neither``: raw values, no passage.
    """
    if variant == "full":
        return one.case
    if variant == "without_retrieval":
        return _take_evidence(one.case)
    raw = _build_raw_case(one, read_raw_values(one.tables))
    return raw if variant == "without_kismam" else _take_evidence(raw)


def _build_raw_case(one: EvaluationCase, reading: RawReading) -> GuidanceCase:
    shelf = one.shelf.ask_in_words(reading.questions)
    return build_guidance_case(one.case.athlete_id, reading.tables, shelf, one.language)


def _take_evidence(case: GuidanceCase) -> GuidanceCase:
    issues = tuple(replace(issue, passages=()) for issue in case.issues)
    return replace(case, issues=issues, passages={})
