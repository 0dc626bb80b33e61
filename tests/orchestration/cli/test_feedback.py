"""The commands of coaches' answers, on a real Postgres and a real DuckDB file."""

import json
from uuid import uuid4

import polars as pl
import psycopg
import pytest

from sportsgpt_lib.storage.duckdb_marts import DuckDbMarts, read_duckdb
from sportsgpt_lib.storage.lake import Lake
from sportsgpt_lib.storage.partition import PartitionKey
from sportsgpt_lib.storage.postgres_marts import PostgresMarts
from tests.reporting.session_rows import (
    ATHLETE,
    DAY,
    build_guidance_row,
    build_report,
    table,
)

pytestmark = pytest.mark.integration
FINDING = "walking_stride/stiff_swing_knee"
EXERCISE = "card-marching"


@pytest.fixture
def report_id(own_server, settings):
    """Publish a report with its thresholds, and an analysts' file, of a fresh team."""
    team_id = f"cli-{uuid4().hex[:8]}"
    report = build_report(team_id=team_id)
    margin = {
        "athlete_id": ATHLETE,
        "movement": "walking_stride",
        "issue": "stiff_swing_knee",
        "movement_sha256": "ab" * 32,
        "unit": "ratio",
        "indicator": "all",
    }
    margins = [
        margin
        | {"threshold": "reported_probability", "current_value": 0.5}
        | {"needed_value": 0.91, "needed_move": 0.41},
        margin
        | {"threshold": "target_low", "indicator": "swing_knee_flexion", "unit": "deg"}
        | {"current_value": 55.0, "needed_value": 46.5, "needed_move": 8.5},
    ]
    own = pl.lit(team_id).alias("team_id")
    key = PartitionKey(team_id, DAY)
    PostgresMarts(own_server.url("pipeline")).publish(
        key,
        {
            "guidance_reports": table(
                "guidance_reports", [build_guidance_row(report)]
            ).with_columns(own),
            "finding_margins": table("finding_margins", margins).with_columns(own),
        },
    )
    DuckDbMarts(settings.duckdb_file, Lake(settings.lake_root)).publish(key, {})
    yield report.report_id
    with psycopg.connect(own_server.url("owner")) as connection:
        for place in ("training.coach_feedback", "feedback.report_items"):
            connection.execute(
                f"delete from {place} where team_id = %s",  # noqa: S608
                [team_id],
            )


def write_file(folder, report_id, **changes):
    content = {
        "schema_version": "1.0",
        "report_id": report_id,
        "given_by": "coach-7",
        "answered_at": "2026-01-16T12:00:00.000Z",
        "answers": [
            {"item_kind": "finding", "item_id": FINDING, "answer": "agree"},
            {
                "item_kind": "exercise",
                "item_id": EXERCISE,
                "answer": "disagree",
                "reason": "no_time",
            },
        ],
    }
    file = folder / "answers.json"
    file.write_text(json.dumps(content | changes), encoding="utf-8")
    return str(file)


def test_what_may_be_answered_to_is_listed_by_report(call, report_id):
    result = call("feedback", "list", "--report", report_id)
    assert result.exit_code == 0
    assert FINDING in result.stdout
    assert "Marching with a high knee" in result.stdout


def test_an_answer_that_is_given_is_stored_and_copied_for_analysts(
    call, report_id, settings
):
    given = call(
        *("feedback", "give", report_id, FINDING, "disagree"),
        *("--by", "head-coach", "--reason", "target_too_strict"),
    )
    assert given.exit_code == 0, given.output
    assert "head-coach, disagree, The knee stays stiff in swing" in given.stdout
    rows = read_duckdb(
        settings.duckdb_file,
        "select answer, reason, given_by from training.coach_feedback "  # noqa: S608
        f"where report_id = '{report_id}'",
    )
    assert rows.rows() == [("disagree", "target_too_strict", "head-coach")]


def test_a_later_answer_counts_and_the_earlier_one_is_listed_still(call, report_id):
    team = build_team(call, report_id)
    for word in ("disagree", "agree"):
        call("feedback", "give", report_id, FINDING, word, "--by", "coach-7")
    listed = call("feedback", "list", "--team", team).stdout
    assert listed.index(" agree ") < listed.index(" disagree ")
    summary = call("feedback", "summary", "--team", team).stdout
    assert "1 agree, 0 disagree; share that agrees 100%, 21% to 100%" in summary


def build_team(call, report_id):
    title = call("feedback", "list", "--report", report_id).stdout.splitlines()[0]
    return title.split(": ")[1].split(",")[0]


def test_the_summary_says_how_far_thresholds_would_have_to_move(call, report_id):
    team = build_team(call, report_id)
    call("feedback", "give", report_id, FINDING, "disagree", "--by", "coach-7")
    summary = call("feedback", "summary", "--team", team).stdout
    assert "0 agree, 1 disagree; share that agrees 0%, 0% to 79%" in summary
    assert "reported_probability, now 0.5 ratio: above 0.91 drops 1 of 1" in summary
    assert "target_low of swing_knee_flexion, now 55 deg: below 46.5 drops" in summary
    assert "No threshold moves by itself" in summary


def test_a_file_is_imported_once_however_often_it_is_handed_over(
    call, report_id, tmp_path
):
    file = write_file(tmp_path, report_id)
    assert "2 answer(s) stored, 0 known" in call("feedback", "import", file).stdout
    assert "0 answer(s) stored, 2 known" in call("feedback", "import", file).stdout


def test_nothing_is_stored_of_a_wrong_file_and_every_problem_is_told(
    call, report_id, tmp_path
):
    team = build_team(call, report_id)
    file = write_file(tmp_path, report_id, given_by="Maria Berg", note="hurts")
    result = call("feedback", "import", file)
    assert result.exit_code == 1
    assert "given_by" in result.stderr
    assert "note" in result.stderr
    assert "Maria" not in result.output
    assert team not in call("feedback", "list").stdout


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("0" * 16, FINDING, "agree", "--by", "coach-7"), "was never published"),
        (("{report}", "walking_stride/none", "agree"), "has no finding or exercise"),
        (("{report}", FINDING, "maybe", "--by", "coach-7"), "answer:"),
        (("{report}", FINDING, "agree"), "--by"),
        (("{report}", FINDING, "agree", "--by", "Maria Berg"), "pseudonym"),
        (
            (
                *("{report}", FINDING, "disagree", "--by", "coach-7"),
                *("--reason", "too_hard"),
            ),
            "not_seen",
        ),
    ],
)
def test_a_wrong_answer_is_refused_with_what_is_allowed(call, report_id, words, told):
    result = call(
        "feedback", "give", *(word.format(report=report_id) for word in words)
    )
    assert result.exit_code == 1
    assert told in result.stderr
    assert "Fix:" in result.stderr
