"""Each gate passes what is right and catches what is wrong."""

import dagster as dg
import polars as pl
import pytest

import assets.checks
from assets.checks import (
    build_contract_check,
    completeness,
    every_sentence_verified,
    sentences_match_reports,
)
from assets.stage_asset import table_asset
from sportsgpt_lib.stages.publishing import collect_verdicts
from sportsgpt_lib.storage.contract import Table
from sportsgpt_lib.storage.tables import (
    FINDINGS,
    GUIDANCE_REPORTS,
    GUIDANCE_SENTENCES,
    QUALITY_VERDICTS,
    TABLES,
)
from tests.stages.walking_session import BLUE

Check = dg.AssetCheckEvaluation


@pytest.fixture
def judge(materialise):
    """Run one check, after an asset that leaves its table as it is."""

    def run(table: Table, check: dg.AssetChecksDefinition) -> Check:
        @table_asset(table, group="tests", reads=[], code_version="1")
        def untouched() -> None:
            return None

        result = materialise(untouched, check)
        (evaluation,) = result.get_asset_check_evaluations()
        return evaluation

    return run


def shown(evaluation: Check) -> dict[str, object]:
    return {name: value.value for name, value in evaluation.metadata.items()}


def test_every_table_has_a_gate_that_stops_its_run():
    gates = {
        check.check_key.asset_key.path[-1]: check
        for check in assets.checks.CHECKS
        if check.check_key.name == "contract"
    }
    assert set(gates) == {table.name for table in TABLES}
    for check in gates.values():
        (spec,) = check.check_specs
        assert spec.blocking


def test_complete_day_passes(judge, workshop):
    verdicts = collect_verdicts(workshop.lake, BLUE)
    good = verdicts.filter(pl.col("clip_file") == "morning/walk.mp4")
    workshop.lake.write(QUALITY_VERDICTS, BLUE, good)
    evaluation = judge(QUALITY_VERDICTS, completeness)
    assert evaluation.passed
    assert shown(evaluation)["completeness_ratio"] == 1.0


def test_stopped_recordings_are_a_warning(judge, workshop):
    collect_verdicts(workshop.lake, BLUE)
    evaluation = judge(QUALITY_VERDICTS, completeness)
    assert not evaluation.passed
    assert evaluation.severity is dg.AssetCheckSeverity.WARN
    assert shown(evaluation) == {
        "published_recordings": 2,
        "recordings_handed_in": 4,
        "completeness_ratio": 0.5,
    }


def test_verified_reports_pass(judge, workshop):
    workshop.guidance().write(BLUE)
    evaluation = judge(GUIDANCE_REPORTS, every_sentence_verified)
    assert evaluation.passed
    assert shown(evaluation) == {"unverified_reports": [], "dropped_sentences": 0}


def test_report_that_is_not_verified_is_an_error_by_name(judge, workshop):
    rows = workshop.guidance().write(BLUE).rows
    bad = rows["report_id"][1]
    workshop.lake.write(
        GUIDANCE_REPORTS,
        BLUE,
        rows.with_columns(
            is_verified=pl.col("report_id") != bad, dropped_count=pl.lit(2)
        ),
    )
    evaluation = judge(GUIDANCE_REPORTS, every_sentence_verified)
    assert not evaluation.passed
    assert evaluation.severity is dg.AssetCheckSeverity.ERROR
    assert shown(evaluation) == {"unverified_reports": [bad], "dropped_sentences": 4}


def test_sentences_match_the_reports_that_they_are_of(judge, workshop):
    report = workshop.guidance().write(BLUE)
    evaluation = judge(GUIDANCE_SENTENCES, sentences_match_reports)
    assert evaluation.passed
    count = report.side_rows["guidance_sentences"].height
    assert shown(evaluation) == {
        "reports_that_do_not_match": [],
        "sentences": count,
        "taken_out_by_check": {},
    }
    assert count > 10


@pytest.mark.parametrize(
    "change",
    [
        lambda rows: rows[1:],
        lambda rows: rows.with_columns(sentence=pl.lit("Something else.")),
        lambda rows: rows.with_columns(failed_check=pl.lit("number")),
        lambda rows: rows.with_columns(passed_by=pl.lit(None, pl.String)),
        lambda rows: rows.with_columns(is_kept=pl.lit(value=False)),
        lambda rows: rows.with_columns(report_id=pl.lit("0" * 16)),
    ],
)
def test_verdicts_that_are_not_of_the_report_stop_the_run(judge, workshop, change):
    report = workshop.guidance().write(BLUE)
    sentences = report.side_rows["guidance_sentences"]
    workshop.lake.write(GUIDANCE_SENTENCES, BLUE, change(sentences))
    evaluation = judge(GUIDANCE_SENTENCES, sentences_match_reports)
    assert not evaluation.passed
    assert evaluation.severity is dg.AssetCheckSeverity.ERROR


def test_rows_that_keep_their_contract_pass_without_a_page(judge, workshop):
    evaluation = judge(FINDINGS, build_contract_check(FINDINGS))
    assert evaluation.passed
    facts = shown(evaluation)
    assert facts["problems"] == []
    assert facts["keys_of_failing_rows"] == []
    assert facts["statistics"]["row_count"] > 0
    assert not (workshop.root / "docs").exists()


def test_rows_that_break_their_contract_are_shown_and_written_down_at_once(
    judge, workshop
):
    rows = workshop.lake.read(FINDINGS, BLUE)
    is_first = pl.int_range(pl.len()) == 0
    workshop.lake.write(
        FINDINGS,
        BLUE,
        rows.with_columns(
            probability_ratio=pl.when(is_first)
            .then(pl.lit(1.5))
            .otherwise(pl.col("probability_ratio"))
        ),
    )
    evaluation = judge(FINDINGS, build_contract_check(FINDINGS))
    assert not evaluation.passed
    assert evaluation.severity is dg.AssetCheckSeverity.ERROR
    facts = shown(evaluation)
    (problem,) = facts["problems"]
    assert "probability_ratio" in problem
    (row,) = facts["keys_of_failing_rows"]
    assert row == rows.select(FINDINGS.key).row(0, named=True)
    assert list((workshop.root / "docs").rglob("index.html"))


def test_row_that_comes_twice_breaks_the_contract(judge, workshop):
    rows = workshop.lake.read(FINDINGS, BLUE)
    workshop.lake.write(FINDINGS, BLUE, pl.concat([rows, rows.head(1)]))
    evaluation = judge(FINDINGS, build_contract_check(FINDINGS))
    assert not evaluation.passed
    assert len(shown(evaluation)["keys_of_failing_rows"]) == 2


def test_names_of_files_never_reach_the_page_of_dagster(judge, workshop):
    rows = collect_verdicts(workshop.lake, BLUE)
    workshop.lake.write(QUALITY_VERDICTS, BLUE, pl.concat([rows, rows]))
    evaluation = judge(QUALITY_VERDICTS, build_contract_check(QUALITY_VERDICTS))
    assert not evaluation.passed
    named = shown(evaluation)["keys_of_failing_rows"]
    assert named
    assert "walk.mp4" not in str(named)
    (problem,) = shown(evaluation)["problems"]
    assert "is not unique" in problem
    assert "walk.mp4" not in problem
