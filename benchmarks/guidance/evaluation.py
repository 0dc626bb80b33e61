"""Measures the ablation and the rubric on the fixed cases, by rules, in both languages.

The deterministic writer; a judge model or another writer goes through ``sportsgpt
evaluate``. Rules, weights and cases were fixed before the figures were read; nothing
was fitted on them.
"""

from pathlib import Path

from benchmarks.figures import OUT, Figure
from sportsgpt_lib.evaluation.guidance_evaluation import GuidanceEvaluation
from sportsgpt_lib.evaluation.harness import EvaluationPlan
from sportsgpt_lib.evaluation.results import EvaluationResults
from sportsgpt_lib.guidance.writer import DeterministicWriter

_STARTER = Path(__file__).resolve().parents[2] / "kb_ingest" / "starter"
_RUN = "benchmark"
# What the full system must keep: the issue's own figures for the deterministic writer.
_MUST = {"numeric_grounding": 1.0, "quantified_exercises": 1.0, "citation_recall": 1.0}


def measure() -> list[Figure]:
    """Run the whole set three times in English and in Chinese."""
    evaluation = GuidanceEvaluation(
        _STARTER, DeterministicWriter(), EvaluationResults(OUT / "evaluation")
    )
    plan = EvaluationPlan(run=_RUN, languages=("en", "zh"))
    scores = evaluation.score(plan)
    summary = evaluation.summarise(_RUN).rows
    reports = scores.select("language", "variant", "repeat", "case_name").n_unique()
    return [
        Figure(
            "cases",
            float(scores["case_name"].n_unique()),
            "",
            must=60,
            is_at_least=True,
        ),
        Figure("reports", float(reports), ""),
        *(
            figure
            for row in summary.sort("language", "kind", maintain_order=True).iter_rows(
                named=True
            )
            for figure in [_build_figure(row)]
        ),
    ]


def _build_figure(row: dict[str, object]) -> Figure:
    is_full = row["variant"] == "full"
    must = _MUST.get(str(row["name"])) if is_full and row["kind"] == "measure" else None
    mean = row["mean"]
    return Figure(
        f"{row['language']}, {row['variant']}: {row['name']}",
        mean if isinstance(mean, float) else None,
        "points" if row["kind"] == "rubric" else "",
        must=must,
        is_at_least=must is not None,
        note=_describe_spread(row),
    )


def _describe_spread(row: dict[str, object]) -> str:
    if row["mean"] is None:
        return "no case has a value"
    words = f"{row['low']:.2f} to {row['high']:.2f}, {row['case_count']} cases"
    if row["repeat_spread"] is not None:
        words += f"; between repetitions {row['repeat_spread']:.3f}"
    if row["difference"] is not None:
        ends = f"{row['difference_low']:+.2f} to {row['difference_high']:+.2f}"
        words += f"; to full {row['difference']:+.2f} ({ends})"
    return words
