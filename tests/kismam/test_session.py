import json

import polars as pl

from sportsgpt_lib.kismam.session import summarise_findings

KNEE, TIME = "peak_knee_flexion", "absorption_time"


def finding(
    probability: float,
    *,
    issue: str = "stiff_landing",
    side: str | None = None,
    knee_share: float = 1.0,
    **changes: object,
) -> dict[str, object]:
    return {
        "athlete_id": "A1",
        "movement": "drop_landing",
        "recording_id": "r1",
        "issue": issue,
        "issue_name": issue,
        "dimension": "legs_knees",
        "movement_sha256": "m",
        "probability_ratio": probability,
        "severity_ratio": 0.5,
        "is_reported": probability >= 0.5,
        "evidence": json.dumps(
            [
                {"indicator": KNEE, "contribution_ratio": knee_share},
                {"indicator": TIME, "contribution_ratio": 1.0 - knee_share},
            ]
        ),
        "side": side,
        **changes,
    }


def summarise(*rows: dict[str, object]) -> dict[str, dict[str, object]]:
    frame = pl.DataFrame(rows, schema_overrides={"side": pl.String})
    return {
        str(row["issue"]): row
        for row in summarise_findings(frame).iter_rows(named=True)
    }


def test_one_slip_among_clean_repetitions_is_not_reported() -> None:
    row = summarise(finding(0.95), *[finding(0.0)] * 7)["stiff_landing"]
    assert row["pattern"] == "slip"
    assert row["is_reported"] is False
    assert (row["shown_count"], row["repetition_count"]) == (1, 8)


def test_a_habit_is_reported_although_one_repetition_was_clean() -> None:
    row = summarise(finding(0.0), *[finding(0.9)] * 7)["stiff_landing"]
    assert row["pattern"] == "habit"
    assert row["is_reported"] is True


def test_rank_is_by_the_medians_and_not_by_the_worst_repetition() -> None:
    found = summarise(
        finding(1.0, issue="once"),
        *[finding(0.0, issue="once")] * 2,
        *[finding(0.6, issue="always")] * 3,
    )
    assert (found["always"]["rank"], found["once"]["rank"]) == (1, 2)


def test_what_is_reported_ranks_before_a_graver_issue_that_is_not() -> None:
    found = summarise(
        *[finding(0.55, issue="slight", severity_ratio=0.25)] * 3,
        *[finding(0.45, issue="grave", severity_ratio=0.9)] * 3,
    )
    assert (found["slight"]["is_reported"], found["slight"]["rank"]) == (True, 1)
    assert (found["grave"]["is_reported"], found["grave"]["rank"]) == (False, 2)


def test_evidence_is_that_of_the_repetitions_which_show_the_issue() -> None:
    row = summarise(
        finding(0.9, knee_share=0.8),
        finding(0.9, knee_share=0.4),
        finding(0.0, knee_share=0.0),
    )["stiff_landing"]
    evidence = json.loads(str(row["evidence"]))
    assert [item["indicator"] for item in evidence] == [KNEE, TIME]
    assert [item["contribution_ratio"] for item in evidence] == [0.6, 0.4]


def test_an_issue_of_one_leg_is_told() -> None:
    row = summarise(
        *[finding(0.9, side="left")] * 5, *[finding(0.0, side="right")] * 5
    )["stiff_landing"]
    assert row["side_pattern"] == "left"
    assert (row["left_shown_count"], row["left_count"]) == (5, 5)
    assert (row["right_shown_count"], row["right_count"]) == (0, 5)


def test_repetitions_of_no_side_have_no_side_pattern() -> None:
    row = summarise(finding(0.9), finding(0.9, side="both"))["stiff_landing"]
    assert row["side_pattern"] is None


def test_athletes_are_kept_apart() -> None:
    frame = pl.DataFrame(
        [finding(0.9), finding(0.0, athlete_id="A2")],
        schema_overrides={"side": pl.String},
    )
    found = summarise_findings(frame).sort("athlete_id")
    assert found["shown_count"].to_list() == [1, 0]
    assert found["rank"].to_list() == [1, 1]
