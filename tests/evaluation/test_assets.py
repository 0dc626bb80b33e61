import dagster as dg

from assets import evaluation
from orchestration import training
from orchestration.jobs import EVALUATION_JOB_NAME
from orchestration.settings import Settings
from sportsgpt_lib.evaluation.guidance_evaluation import GuidanceEvaluation
from sportsgpt_lib.evaluation.results import (
    SCORE_COLUMNS,
    SUMMARY_COLUMNS,
    EvaluationResults,
)
from sportsgpt_lib.guidance.writer import DeterministicWriter
from tests.evaluation.conftest import STARTER_FOLDER

CONFIG = {"run": "nightly", "languages": ["en"], "repeats": 1, "most_cases": 2}


def test_the_job_scores_a_run_and_sums_it_up(tmp_path):
    results = EvaluationResults(tmp_path)
    job = training.build_defs(
        Settings(home=tmp_path / "home"),
        guidance_evaluation=GuidanceEvaluation(
            STARTER_FOLDER, DeterministicWriter(), results
        ),
    ).resolve_job_def(EVALUATION_JOB_NAME)
    ops = {name: {"config": CONFIG} for name in evaluation.EVALUATION_STEPS}
    with dg.DagsterInstance.ephemeral() as instance:
        ran = job.execute_in_process(instance=instance, run_config={"ops": ops})
    assert ran.success
    assert results.load_scores("nightly")["case_name"].n_unique() == 2
    metadata = {
        event.asset_key.path[
            -1
        ]: event.step_materialization_data.materialization.metadata
        for event in ran.get_asset_materialization_events()
    }
    assert metadata["guidance_scores"]["judges"].value == ["rules"]
    assert metadata["guidance_scores"]["unjudged_ratio"].value == 0.0
    assert (
        "en | deterministic | full | rules | accuracy"
        in metadata["guidance_summary"]["rubric"].value
    )
    assert "data:image/png" in metadata["guidance_summary"]["plot"].value


def test_columns_are_shown_and_described():
    for asset, columns in (
        (evaluation.guidance_scores, SCORE_COLUMNS),
        (evaluation.guidance_summary, SUMMARY_COLUMNS),
    ):
        (spec,) = asset.specs
        shown = spec.metadata["dagster/column_schema"].columns
        assert [column.name for column in shown] == [one.name for one in columns]
        assert spec.group_name == "evaluation"
        assert len(spec.description) > 40
