"""How good the guidance is: a fixed set of cases, the ablation, the expert rubric.

Not partitioned: no athlete's data are read. What is scored is decided in
``sportsgpt_lib/evaluation``.
"""

import base64
from collections.abc import Sequence
from typing import Any, get_args

import dagster as dg
import polars as pl
from pydantic import Field

from assets.describe import describe_columns
from sportsgpt_lib.errors import SettingError
from sportsgpt_lib.evaluation.guidance_evaluation import GuidanceEvaluation
from sportsgpt_lib.evaluation.harness import EvaluationPlan
from sportsgpt_lib.evaluation.results import RULES, SCORE_COLUMNS, SUMMARY_COLUMNS
from sportsgpt_lib.evaluation.rubric import RUBRIC
from sportsgpt_lib.language import Language
from sportsgpt_lib.storage.contract import Column

LANGUAGES: tuple[Language, ...] = get_args(Language)
CODE_VERSION = "evaluation-1"
EVALUATION_STEPS = ("evaluation__guidance_scores", "evaluation__guidance_summary")
"""Names of both steps, as a run's configuration has them."""

_GROUP = "evaluation"
_OWNERS = ["team:guidance"]
_TOLD_EVERY = 100


class EvaluationConfig(dg.Config):
    """What is evaluated; the same for both assets of a run."""

    run: str = Field("latest", description="Name of the run: a folder's name.")
    languages: list[str] = Field(
        list(LANGUAGES), description="Languages of the reports: en, zh."
    )
    repeats: int = Field(3, ge=1, description="How often all values are drawn anew.")
    workers: int = Field(1, ge=1, description="Reports written at the same time.")
    most_cases: int | None = Field(None, ge=1, description="None = the whole set.")


def _read_languages(names: Sequence[str]) -> tuple[Language, ...]:
    unknown = sorted(set(names) - set(LANGUAGES))
    if unknown or not names:
        raise SettingError(
            "languages of the evaluation",
            f"{', '.join(unknown) or 'none is named'}",
            f"name at least one of: {', '.join(LANGUAGES)}",
        )
    return tuple(language for language in LANGUAGES if language in names)


def _describe(columns: Sequence[Column]) -> dict[str, Any]:
    return {"dagster/column_schema": describe_columns(columns)}


@dg.asset(
    key=["evaluation", "guidance_scores"],
    group_name=_GROUP,
    owners=_OWNERS,
    kinds={"python", "parquet"},
    code_version=CODE_VERSION,
    metadata=_describe(SCORE_COLUMNS),
)
def guidance_scores(
    context: dg.AssetExecutionContext,
    config: EvaluationConfig,
    guidance_evaluation: dg.ResourceParam[GuidanceEvaluation],
) -> dg.MaterializeResult[Any]:
    """One row per score: the ablation's reports on a fixed set of synthetic cases.

    Points from 1 to 5 of the expert rubric, CoachMe's six aspects and shares from 0 to
    1, by rules and, where one is set, by a judge model. Rules are no experts.
    """
    plan = EvaluationPlan(
        run=config.run,
        languages=_read_languages(config.languages),
        repeats=config.repeats,
        workers=config.workers,
        most_cases=config.most_cases,
    )

    def tell(language: str, done: int, total: int) -> None:
        if done % _TOLD_EVERY == 0 or done == total:
            context.log.info("%s: %d of %d reports", language, done, total)

    scores = guidance_evaluation.score(plan, tell)
    fallback_count = scores.filter("is_fallback").height
    judged = scores.filter(pl.col("judge") != RULES, pl.col("name") == RUBRIC[0])
    unjudged_count = judged["value"].null_count()
    return dg.MaterializeResult(
        metadata={
            "dagster/row_count": scores.height,
            "writers": sorted(scores["writer"].unique()),
            "judges": sorted(scores["judge"].unique()),
            "cases": scores["case_name"].n_unique(),
            "fallback_ratio": fallback_count / max(scores.height, 1),
            "unjudged_ratio": unjudged_count / max(judged.height, 1),
        }
    )


@dg.asset(
    key=["evaluation", "guidance_summary"],
    deps=[guidance_scores],
    group_name=_GROUP,
    owners=_OWNERS,
    kinds={"python", "parquet"},
    code_version=CODE_VERSION,
    metadata=_describe(SUMMARY_COLUMNS),
)
def guidance_summary(
    config: EvaluationConfig,
    guidance_evaluation: dg.ResourceParam[GuidanceEvaluation],
) -> dg.MaterializeResult[Any]:
    """One row per variant and score: mean, 95 % interval, spread between repetitions.

    With the difference to the full system on the same cases, and a plot.
    """
    summary = guidance_evaluation.summarise(config.run)
    encoded = base64.b64encode(summary.plot).decode("ascii")
    rubric = summary.rows.filter(pl.col("kind") == "rubric")
    return dg.MaterializeResult(
        metadata={
            "dagster/row_count": summary.rows.height,
            "folder": dg.MetadataValue.path(str(summary.folder)),
            "plot": dg.MetadataValue.md(f"![points](data:image/png;base64,{encoded})"),
            "rubric": dg.MetadataValue.md(_write_table(rubric)),
        }
    )


def _write_table(rubric: pl.DataFrame) -> str:
    scope = ("language", "writer", "variant", "judge", "name")
    lines = [" | ".join((*scope, "mean", "95 %")), "|".join(["---"] * 7)]
    for row in rubric.drop_nulls("mean").iter_rows(named=True):
        names = (row[name] for name in scope)
        numbers = f"{row['mean']:.2f} | {row['low']:.2f} to {row['high']:.2f}"
        lines.append(" | ".join([*names, numbers]))
    return "\n".join(lines)
