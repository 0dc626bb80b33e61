from dataclasses import replace

import pytest

from sportsgpt_lib.guidance.assembly import assemble_report, is_verified
from sportsgpt_lib.guidance.verifier import verify_text
from sportsgpt_lib.guidance.writer import DeterministicWriter
from sportsgpt_lib.stages.guidance_reports import GuidanceReportStage

from .conftest import ATHLETE, DAY, TEAM, Rows, ShelfRetriever


def write(case):
    return assemble_report(
        case,
        DeterministicWriter().write(case),
        knowledge_version="a" * 64,
        embedding_model="shelf@1",
    )


def texts(sentences) -> str:
    return " ".join(sentence.text for sentence in sentences)


def test_a_finding_says_what_was_seen_why_it_matters_and_where_it_comes_from(
    stiff_case,
):
    finding = write(stiff_case).findings[0]
    seen = texts(finding.seen)
    assert "Greatest knee flexion was 62 ± 5 deg in repetition 1" in seen
    assert "the target is at least 90 deg" in seen
    assert "larger ground reaction forces" in texts(finding.why)
    assert "matter of technique" in texts(finding.cause)
    assert finding.picture.time_s == 2.31
    assert finding.facts[1] == "M1"


def test_the_plan_is_the_cards_exercise_with_its_whole_dose(stiff_rows, build_case):
    stiff_rows.repeat(3)
    item = write(build_case(stiff_rows)).plan[0]
    assert item.exercise == "Quiet drop landing"
    assert (item.dose.sets, item.dose.repetitions, item.dose.rest_s) == (3, 8, 90)
    assert (item.dose.sessions_per_week, item.dose.weeks) == (2, 6)
    assert len(item.progression) == 3
    assert "pain" in texts(item.contraindications)
    assert "Children" in texts(item.age_limits)
    success = texts(item.success)
    assert "62 ± 5 deg as the median of 4 repetitions" in success
    assert "should rise by 28 deg, into the target of at least 90 deg" in success
    assert "below 14 deg cannot be told from error" in success


def test_everything_written_stands_up_to_the_verifier(stiff_case):
    report = write(stiff_case)
    assert report.dropped == ()
    assert is_verified(report, stiff_case)


def test_every_sentence_on_training_is_cited_in_full(stiff_case):
    report = write(stiff_case)
    listed = {source.passage for source in report.sources}
    for sentence in (*report.plan[0].how, *report.findings[0].why):
        assert set(sentence.passages) <= listed
    for source in report.sources:
        assert source.licence == "CC-BY-4.0"
        assert source.citations


def test_strengths_and_gaps_are_named(stiff_case):
    report = write(stiff_case)
    assert "Forward lean was inside its target" in texts(report.strengths)
    assert "31 ± 5 deg" in texts(report.strengths)
    assert [(gap.what, gap.reason) for gap in report.not_judged] == [
        ("Difference between the knees", "far leg hidden")
    ]


def test_a_good_session_gets_a_useful_report(stiff_rows: Rows, build_case):
    stiff_rows.rows["findings"][0]["is_reported"] = False
    report = write(build_case(stiff_rows))
    assert report.findings == ()
    assert report.plan == ()
    assert "No technique fault reached the reporting threshold." in texts(
        report.summary
    )
    assert "6.4 ± 0.8 points out of 10" in texts(report.summary)
    assert "Keep as it is: forward lean." in texts(report.summary)
    assert report.strengths
    assert report.film_next
    assert (
        report.plan_note
        == "No technique fault was reported, so no exercise is proposed."
    )


def test_without_evidence_it_says_so_and_proposes_nothing(stiff_rows: Rows, build_case):
    retriever = ShelfRetriever(missing=frozenset({"stiff_landing"}))
    report = write(build_case(stiff_rows, retriever))
    assert report.plan == ()
    assert not report.findings[0].is_answered
    assert report.findings[0].seen
    assert report.findings[0].why == ()
    assert "holds nothing close enough on: stiff landing" in report.plan_note


def test_a_session_without_any_repetition_says_what_is_missing(build_case):
    rows = Rows()
    rows.add_recording(verdict="REJECT", reason_code="nobody_seen")
    report = write(build_case(rows))
    assert report.summary == ()
    assert report.not_judged[0].what == "a recording of drop landing"
    assert report.not_judged[0].reason == "nobody seen"
    assert "Nothing could be judged" in report.plan_note


def test_an_exemplars_recording_is_not_a_gap(build_case):
    rows = Rows()
    rows.add_recording(role="reference")
    assert write(build_case(rows)).not_judged == ()


def test_the_worst_repetition_speaks_and_the_others_are_counted(build_case):
    rows = Rows("walking_stride")
    rows.add_recording()
    for number, (side, value, probability) in enumerate(
        [("left", 41.0, 0.6), ("right", 38.0, 0.9), ("left", 55.0, 0.1)]
    ):
        rows.add_repetition(number, side=side, score=5.0 + number)
        rows.add_metric(
            "swing_knee_flexion",
            "Greatest knee flexion in swing",
            value,
            number,
            target_low=50.0,
            target_high=70.0,
            deviation=min(0.0, (value - 50.0) / 8.0),
        )
        rows.add_finding(
            "stiff_swing_knee",
            "Knee bends too little in swing",
            {"swing_knee_flexion": 1.0},
            repetition_idx=number,
            probability_ratio=probability,
            is_reported=probability > 0.5,
        )
    report = write(build_case(rows))
    seen = texts(report.findings[0].seen)
    assert "seen in 2 of 3 repetitions" in seen
    assert "38 ± 5 deg in repetition 2 (right leg)" in seen
    assert "The middle one of them scored 6.0 ± 0.8 points" in texts(report.summary)
    assert report.dropped == ()


def test_two_repetitions_have_no_middle_one(build_case):
    rows = Rows("walking_stride")
    rows.add_recording()
    inside = {"target_low": 50.0, "target_high": 70.0, "deviation": 0.0}
    for number in range(2):
        rows.add_repetition(number, score=6.0 + 2 * number)
        rows.add_metric("swing_knee_flexion", "Knee", 60.0, number, **inside)
    report = write(build_case(rows))
    assert "The weaker one scored 6.0 ± 0.8 points" in texts(report.summary)
    assert "inside its target in both repetitions" in texts(report.strengths)
    assert report.dropped == ()


@pytest.mark.parametrize(
    ("scores", "said"),
    [
        ((None, 6.0, None), "Only one of them could be scored: 6.0 ± 0.8 points"),
        ((5.0, 6.0, None), "Of those that could be scored, the weaker one scored 5.0"),
        ((5.0, 6.0, None, 7.0), "Of those that could be scored, the middle one"),
    ],
)
def test_repetitions_without_a_score_are_not_counted_as_scored(
    build_case, writer, scores, said
):
    rows = Rows()
    rows.add_recording()
    for number, score in enumerate(scores):
        rows.add_repetition(number, score=score)
    for language in ("en", "zh"):
        case = replace(build_case(rows), language=language)
        written = writer.write(case)
        assert verify_text(written.text, case).dropped == ()
        if language == "en":
            assert said in texts(written.text.summary)


def test_a_way_shorter_than_the_measurement_error_is_said_openly(
    stiff_rows: Rows, build_case
):
    stiff_rows.repeat(3)
    for row in stiff_rows.rows["kismam_metrics"]:
        row["error"] = 15.0 if row["value"] is not None else None
    success = texts(write(build_case(stiff_rows)).plan[0].success)
    assert "Only a change of at least 42 deg shows success" in success


@pytest.mark.parametrize(
    ("language", "unknown"),
    [
        ("en", "How large that change must be cannot be said yet"),
        ("zh", "多大的变化才超过测量误差，目前还不能确定"),
    ],
)
def test_one_repetition_does_not_say_which_change_counts(
    stiff_rows: Rows, language, unknown
):
    stage = GuidanceReportStage(ShelfRetriever(), DeterministicWriter(), language)
    case = stage.build_case(TEAM, DAY, ATHLETE, stiff_rows.tables())
    written = DeterministicWriter().write(case)
    assert written.text.plan[0].measure.detectable_change is None
    assert written.text.plan[0].success[-1].text.startswith(unknown)
    assert verify_text(written.text, case).dropped == ()


def test_a_limited_number_carries_its_reason(stiff_rows: Rows, build_case):
    metric = stiff_rows.rows["kismam_metrics"][0]
    metric["validity"], metric["reason"] = (
        "limited",
        "an oblique camera distorts the angle",
    )
    seen = texts(write(build_case(stiff_rows)).findings[0].seen)
    assert "Take this number with care: an oblique camera distorts the angle." in seen


def test_the_same_case_gives_the_same_bytes(stiff_case):
    first, second = write(stiff_case), write(stiff_case)
    assert first.to_json() == second.to_json()
    assert first.report_id == second.report_id
    assert len(first.report_id) == 16


def test_a_report_survives_json(stiff_case):
    report = write(stiff_case)
    assert type(report).model_validate_json(report.to_json()) == report


def test_a_habit_says_its_share_and_is_answered_by_an_exercise(stiff_rows, build_case):
    stiff_rows.repeat(5)
    report = write(build_case(stiff_rows))
    finding = report.findings[0]
    assert (finding.pattern, finding.shown_count, finding.repetition_count) == (
        "habit",
        6,
        6,
    )
    seen = texts(finding.seen)
    assert "seen in 6 of 6 repetitions that could show it, a habit." in seen
    assert "it would show in 67 to 100 % of repetitions" in seen
    assert "seen in 6 of 6 repetitions" in texts(report.summary)
    assert report.plan[0].issues == ("stiff_landing",)
    assert report.plan_note is None
    assert report.knowledge_fault is None
    assert report.dropped == ()


def test_a_slip_is_named_as_one_and_gets_no_exercise(stiff_rows, build_case):
    stiff_rows.repeat(9, reported=0)
    report = write(build_case(stiff_rows))
    assert report.findings[0].pattern == "slip"
    seen = texts(report.findings[0].seen)
    assert "seen in 1 of 10 repetitions that could show it, a slip" in seen
    assert "No exercise is proposed for a slip." in seen
    assert (
        "Greatest knee flexion: the median of 10 repetitions was 62 ± 5 deg, 28 deg "
        "outside the target" in seen
    )
    assert report.plan == ()
    assert report.plan_note == (
        "No exercise is proposed: what was seen were slips, no habits."
    )
    assert "No fault is a habit" in texts(report.summary)
    assert report.dropped == ()


def test_too_few_repetitions_get_an_exercise_and_a_note(stiff_rows, build_case):
    stiff_rows.repeat(3, reported=1)
    report = write(build_case(stiff_rows))
    assert report.findings[0].pattern == "undecided"
    assert "2 of 4 repetitions that could show it, too few to tell" in texts(
        report.findings[0].seen
    )
    assert report.plan
    assert "Too few repetitions to tell for: stiff landing." in report.plan_note


def test_habits_come_before_a_slip_that_was_larger(stiff_rows, build_case):
    stiff_rows.add_finding(
        "uneven_landing",
        "One knee bends more",
        {"peak_knee_flexion": 1.0},
        probability_ratio=0.6,
        severity_ratio=0.3,
    )
    stiff_rows.repeat(9)
    for row in stiff_rows.rows["findings"]:
        if row["issue"] == "stiff_landing":
            row["is_reported"] = row["repetition_idx"] == 4
    report = write(build_case(stiff_rows))
    assert [(part.issue, part.pattern) for part in report.findings] == [
        ("uneven_landing", "habit"),
        ("stiff_landing", "slip"),
    ]
    assert "To work on first: one knee bends more" in texts(report.summary)
    assert "Slips, which need no exercise: stiff landing." in texts(report.summary)


def _walk(build_case, *, left: int, right: int):
    """Six strides of each leg, of which so many show the fault."""
    rows = Rows("walking_stride")
    rows.add_recording()
    for number in range(12):
        side, place = ("left", number) if number < 6 else ("right", number - 6)
        is_shown = place < (left if side == "left" else right)
        rows.add_repetition(number, side=side)
        rows.add_metric(
            "swing_knee_flexion",
            "Knee in swing",
            40.0,
            number,
            target_low=50.0,
            deviation=-1.25,
        )
        rows.add_finding(
            "stiff_swing_knee",
            "Knee bends too little in swing",
            {"swing_knee_flexion": 1.0},
            repetition_idx=number,
            is_reported=is_shown,
        )
    return write(build_case(rows))


def test_legs_are_compared_and_a_sure_side_comes_with_its_caution(build_case):
    report = _walk(build_case, left=6, right=0)
    assert report.findings[0].side_pattern == "left"
    seen = texts(report.findings[0].seen)
    assert "6 of 6 repetitions of the left leg and in 0 of 6 of the right leg" in seen
    assert "surely more often on the left." in seen
    assert "film from the other side" in seen
    assert report.dropped == ()


def test_legs_that_cannot_be_told_apart_are_said_to_be_so(build_case):
    seen = texts(_walk(build_case, left=4, right=3).findings[0].seen)
    assert "too few to tell the legs apart" in seen


def test_what_was_looked_for_and_never_seen_is_listed_with_how_sure(
    stiff_rows, build_case
):
    stiff_rows.rows["findings"][0]["is_reported"] = False
    once = write(build_case(stiff_rows)).absent
    stiff_rows.repeat(5)
    often = write(build_case(stiff_rows)).absent
    assert [part.is_sure for part in (*once, *often)] == [False, True]
    assert often[0].repetition_count == 6
    assert often[0].shown_high_ratio == pytest.approx(0.33, abs=0.01)


def test_a_good_session_names_what_is_surely_no_habit(stiff_rows: Rows, build_case):
    stiff_rows.rows["findings"][0]["is_reported"] = False
    stiff_rows.repeat(5)
    summary = texts(write(build_case(stiff_rows)).summary)
    assert "Looked for, and surely no habit: stiff landing." in summary


def test_a_median_nearer_to_its_limit_than_its_error_is_no_strength(
    stiff_rows: Rows, build_case
):
    lean = next(
        row
        for row in stiff_rows.rows["kismam_metrics"]
        if row["indicator"] == "trunk_lean_at_deepest"
    )
    lean["value"] = 13.0
    stiff_rows.repeat(3)
    report = write(build_case(stiff_rows))
    assert texts(report.close_to_limit) == (
        "Forward lean: the median of 4 repetitions was 13 ± 5 deg, only 3 deg inside "
        "the target of 10 to 60 deg; with its error it may lie outside, so keep an eye "
        "on it."
    )
    assert report.strengths == ()
    assert report.dropped == ()


def test_without_a_knowledge_base_findings_stand_alone_and_are_marked(
    stiff_rows: Rows, build_case
):
    case = build_case(stiff_rows)
    issues = tuple(replace(issue, passages=()) for issue in case.issues)
    down = replace(case, issues=issues, passages={}, has_knowledge=False)
    report = assemble_report(
        down,
        DeterministicWriter().write(down),
        knowledge_version=None,
        embedding_model="shelf@1",
    )
    assert report.is_provisional
    assert "could not be asked" in report.knowledge_fault
    assert report.findings[0].seen
    assert report.plan == ()
    assert "holds nothing" not in (report.plan_note or "")
    assert report.dropped == ()


def test_what_is_on_training_is_measured_in_the_plan(stiff_rows: Rows, build_case):
    stiff_rows.repeat(3)
    report = write(build_case(stiff_rows))
    measure = report.plan[0].measure
    fact = next(fact for fact in report.facts if fact.id == measure.fact)
    assert (fact.kind, fact.indicator) == ("median", "peak_knee_flexion")
    assert measure.expected_change > measure.detectable_change


def test_one_repetition_is_said_to_be_the_only_one(stiff_case):
    report = write(stiff_case)
    said = "seen in the only repetition that could show it, too few to tell"
    assert said in texts(report.summary)
    assert said in texts(report.findings[0].seen)
