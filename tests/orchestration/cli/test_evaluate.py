import polars as pl
import pytest

from orchestration.cli.evaluate import _print_rubric
from orchestration.resources import build_guidance_evaluation
from sportsgpt_lib.errors import SettingError
from sportsgpt_lib.evaluation.rubric import RUBRIC


@pytest.mark.integration
def test_an_evaluation_prints_its_points_and_keeps_its_files(
    call, own_server, settings
):
    result = call("evaluate", "--run", "first", "--repeats", "1", "--cases", "1")
    assert result.exit_code == 0, result.stderr
    assert "accuracy" in result.stdout
    assert "without_retrieval" in result.stdout
    folder = settings.evaluation_folder / "first"
    assert f"Results: {folder}" in result.stdout
    assert (folder / "summary.png").stat().st_size > 1000


def test_a_run_that_cannot_name_a_folder_is_refused(call):
    result = call("evaluate", "--run", "../out")
    assert result.exit_code == 1
    assert "Fix:" in result.stderr


def test_without_a_server_rules_judge_alone(settings):
    assert build_guidance_evaluation(settings).judge is None


def test_the_judge_is_the_model_that_is_named(settings):
    named = settings.model_copy(
        update={"judge_url": "http://localhost:1/v1", "judge_name": "big-model"}
    )
    judge = build_guidance_evaluation(named).judge
    assert judge is not None
    assert judge.name.startswith("big-model judge-")


def test_a_judge_without_a_name_is_refused(settings):
    named = settings.model_copy(update={"judge_url": "http://localhost:1/v1"})
    with pytest.raises(SettingError, match="SPORTSGPT_JUDGE_NAME"):
        build_guidance_evaluation(named)


def test_what_was_written_in_a_models_place_is_printed_apart(capsys):
    shared = {"language": "en", "judge": "rules", "variant": "full", "kind": "rubric"}
    rows = [
        {**shared, "writer": writer, "name": name, "mean": mean}
        for writer, mean in (("tiny", 2.25), ("deterministic", 4.75))
        for name in RUBRIC
    ]
    _print_rubric(pl.DataFrame(rows))
    printed = capsys.readouterr().out
    assert "2.25" in printed
    assert "4.75" in printed
