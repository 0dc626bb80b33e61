"""Runs an evaluation: every case, variant, language and repetition, scored.

Any writer, any judge. What is scored is in ``rule_measures.py``, ``rubric.py``,
``aspects.py`` and ``judge.py``; results are kept by ``results.py``.
"""

import logging
import math
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import polars as pl

from sportsgpt_lib.errors import ModelServiceError
from sportsgpt_lib.evaluation.ablation import VARIANTS, Variant, ablate
from sportsgpt_lib.evaluation.aspects import ASPECTS, find_aspects
from sportsgpt_lib.evaluation.cases import CASES_SEED, EvaluationCase, build_cases_on
from sportsgpt_lib.evaluation.judge import ModelJudge
from sportsgpt_lib.evaluation.results import RULES, SCORE_COLUMNS, build_frame_schema
from sportsgpt_lib.evaluation.rubric import RUBRIC, score_by_rules
from sportsgpt_lib.evaluation.rule_measures import compute_measures
from sportsgpt_lib.evaluation.shelf import Shelf
from sportsgpt_lib.guidance.assembly import assemble_report
from sportsgpt_lib.guidance.case import GuidanceCase
from sportsgpt_lib.guidance.report import GuidanceReport
from sportsgpt_lib.guidance.report_text import Writer
from sportsgpt_lib.language import DEFAULT_LANGUAGE, Language
from sportsgpt_lib.model_service.answers import UnusableAnswerError

_LOGGER = logging.getLogger(__name__)

Progress = Callable[[str, int, int], None]
"""Called with the language, the reports done and all reports of that language."""

ScoreRow = dict[str, str | int | float | bool | None]


@dataclass(frozen=True)
class EvaluationPlan:
    """What is evaluated.

    ``repeats`` draws all values anew so many times. ``workers`` reports are written at
    the same time. ``most_cases`` None = all; fewer are taken evenly from the set.
    """

    run: str
    languages: tuple[Language, ...] = (DEFAULT_LANGUAGE,)
    variants: tuple[Variant, ...] = VARIANTS
    repeats: int = 3
    workers: int = 1
    most_cases: int | None = None


def run_evaluation(
    plan: EvaluationPlan,
    shelf: Shelf,
    writer: Writer,
    judge: ModelJudge | None = None,
    report_progress: Progress | None = None,
) -> pl.DataFrame:
    """Write and score all reports of a plan.

    Parameters
    ----------
    plan
        What is evaluated.
    shelf
        The knowledge that the evidence comes from.
    writer
        Writes all reports.
    judge
        A model that gives points as well; None = rules alone.
    report_progress
        Hears of every report; None = nobody does.

    Returns
    -------
    Rows as ``results.SCORE_COLUMNS``. Where the judge gave no usable answer, its values
    are null.
    """
    scorer = _Scorer(plan.run, writer, judge)
    rows: list[ScoreRow] = []
    for language in plan.languages:
        work = list(_list_work(plan, shelf, language))
        with ThreadPoolExecutor(plan.workers) as pool:
            for done, scored in enumerate(pool.map(scorer.score, work), start=1):
                rows += scored
                if report_progress is not None:
                    report_progress(language, done, len(work))
    return pl.DataFrame(rows, schema=build_frame_schema(SCORE_COLUMNS))


def write_report(
    case: GuidanceCase, one: EvaluationCase, writer: Writer
) -> GuidanceReport:
    """Write and verify the report on a case, as the platform does."""
    return assemble_report(
        case,
        writer.write(case),
        knowledge_version=one.shelf.compute_knowledge_version(),
        embedding_model=one.shelf.embedding_model,
    )


@dataclass(frozen=True)
class _Work:
    one: EvaluationCase
    variant: Variant
    repeat: int


def _list_work(
    plan: EvaluationPlan, shelf: Shelf, language: Language
) -> Iterator[_Work]:
    for repeat in range(plan.repeats):
        cases = build_cases_on(
            shelf,
            seed=CASES_SEED + repeat,
            language=language,
            most_cases=plan.most_cases,
        )
        for one in cases:
            for variant in plan.variants:
                yield _Work(one, variant, repeat)


@dataclass(frozen=True)
class _Scorer:
    run: str
    writer: Writer
    judge: ModelJudge | None

    def score(self, work: _Work) -> list[ScoreRow]:
        """Write one report and score it by rules, and by the judge if there is one."""
        case = ablate(work.one, work.variant)
        report = write_report(case, work.one, self.writer)
        scores = {RULES: _score_by_rules(report, work.one, case)}
        if self.judge is not None:
            scores[self.judge.name] = _ask_judge(self.judge, report, work)
        shared: ScoreRow = {
            "run": self.run,
            "language": work.one.language,
            "writer": report.writer.model or report.writer.name,
            "variant": work.variant,
            "repeat": work.repeat,
            "case_name": work.one.name,
            "case_kind": work.one.kind,
            "is_fallback": report.writer.fallback_reason is not None,
        }
        return [
            {**shared, "judge": by, "kind": kind, "name": name, "value": _none(value)}
            for by, groups in scores.items()
            for kind, values in groups.items()
            for name, value in values.items()
        ]


def _score_by_rules(
    report: GuidanceReport, one: EvaluationCase, given: GuidanceCase
) -> dict[str, Mapping[str, float]]:
    measures = compute_measures(report, one, given)
    return {
        "rubric": {
            str(name): points
            for name, points in score_by_rules(
                measures,
                must_cite=bool(report.findings) and not one.is_evidence_missing,
            ).items()
        },
        "aspect": {str(k): v for k, v in find_aspects(report, one).items()},
        "measure": measures,
    }


def _ask_judge(
    judge: ModelJudge, report: GuidanceReport, work: _Work
) -> dict[str, Mapping[str, float]]:
    """Ask for points; where none come, every value is missing."""
    try:
        said = judge.judge(report, work.one, repeat=work.repeat)
    except (ModelServiceError, UnusableAnswerError) as error:
        _LOGGER.warning("no points for %s: %s", work.one.name, error)
        return {
            "rubric": dict.fromkeys(map(str, RUBRIC), math.nan),
            "aspect": dict.fromkeys(map(str, ASPECTS), math.nan),
        }
    return {
        "rubric": {str(name): float(getattr(said, name)) for name in RUBRIC},
        "aspect": {
            name: float(is_told) for name, is_told in said.aspects.model_dump().items()
        },
    }


def _none(value: float) -> float | None:
    return None if math.isnan(value) else value
