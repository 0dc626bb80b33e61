import polars as pl
import pytest
from pydantic import SecretStr

from sportsgpt_lib.errors import MissingTableError, ModelServiceError, SettingError
from sportsgpt_lib.evaluation.ablation import VARIANTS
from sportsgpt_lib.evaluation.aspects import ASPECTS
from sportsgpt_lib.evaluation.guidance_evaluation import GuidanceEvaluation
from sportsgpt_lib.evaluation.harness import EvaluationPlan, run_evaluation
from sportsgpt_lib.evaluation.judge import ModelJudge
from sportsgpt_lib.evaluation.plot import plot_summary
from sportsgpt_lib.evaluation.results import (
    SCORE_COLUMNS,
    SUMMARY_COLUMNS,
    EvaluationResults,
    build_frame_schema,
)
from sportsgpt_lib.evaluation.rubric import RUBRIC
from sportsgpt_lib.evaluation.rule_measures import MEASURES
from sportsgpt_lib.evaluation.summary import compute_mean_interval, summarise_scores
from sportsgpt_lib.guidance.model_writer import ModelWriter
from sportsgpt_lib.guidance.report import WriterInfo
from sportsgpt_lib.guidance.report_text import WrittenText
from sportsgpt_lib.guidance.writer import DeterministicWriter
from sportsgpt_lib.model_service.client import ModelClient
from sportsgpt_lib.model_service.settings import ModelSettings
from tests.evaluation.conftest import STARTER_FOLDER
from tests.evaluation.test_judge import FakeModel
from tests.guidance.model_server import ModelServer, answer_truly

PNG = b"\x89PNG"
KEY = ["language", "writer", "variant", "judge", "name", "repeat", "case_name"]


class FallingBack:
    """A model's writer whose server is away."""

    def write(self, case):
        written = DeterministicWriter().write(case)
        info = WriterInfo(name="deterministic", fallback_reason="it is away")
        return WrittenText(written.text, info)


class Keeping:
    """Keeps the cases that it is given."""

    def __init__(self):
        self.cases = []

    def write(self, case):
        self.cases.append(case)
        return DeterministicWriter().write(case)


def plan(**changes):
    return EvaluationPlan(**{"run": "try", "repeats": 1, "most_cases": 3, **changes})


@pytest.fixture(scope="module")
def scores(shelf):
    return run_evaluation(
        plan(languages=("en", "zh"), repeats=2),
        shelf,
        DeterministicWriter(),
        ModelJudge(FakeModel()),
    )


def score_row(value, *, variant="full", case="a", repeat=0, name="accuracy"):
    return {
        "run": "try",
        "language": "en",
        "writer": "deterministic",
        "variant": variant,
        "judge": "rules",
        "kind": "rubric",
        "name": name,
        "repeat": repeat,
        "case_name": case,
        "case_kind": "habit",
        "is_fallback": False,
        "value": value,
    }


def summarise(*rows):
    return summarise_scores(
        pl.DataFrame(list(rows), schema=build_frame_schema(SCORE_COLUMNS))
    )


def test_every_report_has_every_score_once(scores):
    assert scores.select(KEY).is_duplicated().sum() == 0
    reports = 2 * 2 * len(VARIANTS) * 3
    by_rules = len(RUBRIC) + len(ASPECTS) + len(MEASURES)
    by_judge = len(RUBRIC) + len(ASPECTS)
    assert scores.height == reports * (by_rules + by_judge)


def test_values_lie_in_their_ranges(scores):
    known = scores.drop_nulls("value")
    points = known.filter(pl.col("kind") == "rubric")["value"]
    shares = known.filter(pl.col("kind") != "rubric")["value"]
    assert points.is_between(1.0, 5.0).all()
    assert shares.is_between(0.0, 1.0).all()
    assert not known["value"].is_nan().any()


def test_a_run_is_the_same_again(shelf):
    wanted = plan(most_cases=2)
    first, second = (
        run_evaluation(wanted, shelf, DeterministicWriter()) for _ in range(2)
    )
    assert first.equals(second)


def test_many_workers_write_the_same(shelf):
    writer = DeterministicWriter()
    one = run_evaluation(plan(), shelf, writer)
    assert run_evaluation(plan(workers=4), shelf, writer).equals(one)


def test_a_writer_that_fell_back_is_marked(shelf):
    rows = run_evaluation(plan(most_cases=1), shelf, FallingBack())
    assert rows["is_fallback"].all()


def test_a_judge_that_is_away_leaves_its_points_empty(shelf, caplog):
    error = ModelServiceError("model", "is away", "start it")
    judge = ModelJudge(FakeModel(error=error))
    rows = run_evaluation(plan(most_cases=1), shelf, DeterministicWriter(), judge)
    judged = rows.filter(pl.col("judge") == judge.name)
    assert judged.height == len(VARIANTS) * (len(RUBRIC) + len(ASPECTS))
    assert judged["value"].null_count() == judged.height
    assert rows.filter(pl.col("judge") == "rules")["value"].null_count() < rows.height
    assert "is away" in caplog.text


def test_repetitions_draw_other_values(shelf):
    writer = Keeping()
    wanted = plan(most_cases=1, repeats=2, variants=("full",))
    run_evaluation(wanted, shelf, writer)
    first, second = writer.cases
    assert first.facts != second.facts
    assert [issue.issue for issue in first.issues] == [i.issue for i in second.issues]


def test_progress_is_told_for_every_report(shelf):
    told = []
    run_evaluation(
        plan(variants=("full",)),
        shelf,
        DeterministicWriter(),
        report_progress=lambda *words: told.append(words),
    )
    assert told == [("en", 1, 3), ("en", 2, 3), ("en", 3, 3)]


def test_means_are_over_cases_and_differences_over_the_same_cases():
    rows = summarise(
        score_row(5.0, case="a"),
        score_row(3.0, case="b"),
        score_row(2.0, case="a", variant="neither"),
        score_row(None, case="b", variant="neither"),
    )
    full, neither = rows.iter_rows(named=True)
    assert (full["mean"], full["case_count"], full["difference"]) == (4.0, 2, None)
    assert full["low"] <= 4.0 <= full["high"]
    assert (neither["mean"], neither["case_count"], neither["difference"]) == (2, 1, -3)


def test_the_spread_between_repetitions_is_that_of_their_means():
    rows = summarise(score_row(3.0, repeat=0), score_row(5.0, repeat=1))
    assert rows["repeat_spread"][0] == pytest.approx(2.0**0.5)
    assert rows["mean"][0] == 4.0
    assert summarise(score_row(3.0))["repeat_spread"][0] is None


def test_what_has_no_value_is_kept_as_such():
    row = summarise(score_row(None)).row(0, named=True)
    assert (row["mean"], row["case_count"]) == (None, 0)


def test_an_interval_holds_the_mean_and_shrinks_with_more_cases():
    few = pl.Series([1.0, 5.0] * 4).to_numpy()
    many = pl.Series([1.0, 5.0] * 64).to_numpy()
    low, high = compute_mean_interval(few)
    narrow_low, narrow_high = compute_mean_interval(many)
    assert low < narrow_low < 3.0 < narrow_high < high


def test_a_run_is_saved_summed_up_and_read_again(tmp_path):
    evaluation = GuidanceEvaluation(
        STARTER_FOLDER, DeterministicWriter(), EvaluationResults(tmp_path)
    )
    scores = evaluation.score(plan(most_cases=1))
    summary = evaluation.summarise("try")
    assert evaluation.results.load_scores("try").equals(scores)
    assert evaluation.results.load_summary("try").equals(summary.rows)
    assert summary.plot.startswith(PNG)
    assert {path.name for path in summary.folder.iterdir()} == {
        "scores.parquet",
        "summary.parquet",
        "summary.png",
    }
    assert tuple(summary.rows.columns) == tuple(c.name for c in SUMMARY_COLUMNS)


def test_a_plot_is_drawn_of_both_languages_and_judges(scores):
    assert plot_summary(summarise_scores(scores)).startswith(PNG)
    assert plot_summary(summarise(score_row(None))).startswith(PNG)


@pytest.mark.parametrize("name", ["../elsewhere", "", "A run", "a/b"])
def test_a_run_that_cannot_name_a_folder_is_refused(tmp_path, name):
    with pytest.raises(SettingError, match="cannot name a folder"):
        EvaluationResults(tmp_path).run_folder(name)


def test_a_run_that_is_not_there_is_said(tmp_path):
    with pytest.raises(MissingTableError, match="sportsgpt evaluate"):
        EvaluationResults(tmp_path).load_summary("none")


def test_a_model_over_http_is_evaluated_as_the_writer(shelf):
    server = ModelServer().speak(answer_truly)
    client = ModelClient(
        ModelSettings(server.url, "tiny", SecretStr("key"), attempts=1)
    )
    try:
        rows = run_evaluation(
            plan(most_cases=1, variants=("full",)),
            shelf,
            ModelWriter(client, DeterministicWriter()),
        )
    finally:
        server.stop()
    assert rows["writer"].unique().to_list() == ["tiny"]
    assert not rows["is_fallback"].any()
    grounding = rows.filter(pl.col("name") == "numeric_grounding")
    assert grounding["value"].to_list() == [1.0]
