"""What a sentence says of its facts besides numbers, in English and Chinese."""

from dataclasses import replace

import pytest

from sportsgpt_lib.guidance.report import Sentence
from sportsgpt_lib.guidance.verification.means import RULES_ONLY
from sportsgpt_lib.guidance.verification.scope import scope_of_report
from sportsgpt_lib.guidance.verification.sentences import check_sentence
from sportsgpt_lib.guidance.verifier import verify_text
from sportsgpt_lib.guidance.writer import DeterministicWriter
from sportsgpt_lib.stages.guidance_reports import GuidanceReportStage

from .conftest import ATHLETE, DAY, TEAM, ShelfRetriever


def check_of(case, text: str, *facts: str, section: str = "summary") -> str | None:
    """Name the check that a sentence on facts fails; None = it passes."""
    sentence = Sentence(text=text, facts=facts)
    scope = scope_of_report(case, section)
    fault = check_sentence(sentence, case, scope, RULES_ONLY).fault
    return None if fault is None else fault.check


@pytest.fixture
def habit_case(stiff_rows, build_case):
    stiff_rows.repeat(5)
    return build_case(stiff_rows)


@pytest.fixture
def slip_case(stiff_rows, build_case):
    stiff_rows.repeat(9, reported=0)
    return build_case(stiff_rows)


@pytest.mark.parametrize(
    "text",
    [
        "Greatest knee flexion was 62 deg, below the target of at least 90 deg.",
        "Greatest knee flexion lies 28 deg short of its target.",
        "Greatest knee flexion should increase by 28 deg.",
        "In repetition 1, greatest knee flexion reached only 62 deg.",
    ],
)
def test_what_the_fact_bears_out_passes(stiff_case, text):
    assert check_of(stiff_case, text, "M1") is None


@pytest.mark.parametrize(
    ("text", "check"),
    [
        ("Greatest knee flexion was 62 deg, above the target.", "direction"),
        ("Greatest knee flexion should fall by 28 deg.", "direction"),
        ("Greatest knee flexion is inside its target.", "direction"),
        ("Greatest knee flexion was 62 deg on the left leg.", "leg"),
        ("Greatest knee flexion was 62 deg: a good value.", "strength"),
        ("Greatest knee flexion was 62 deg because of weak glutes.", "words"),
        ("Greatest knee flexion was 62 deg, so drink more water.", "words"),
        ("Greatest knee flexion was 62 deg; your tendon is torn.", "diagnosis"),
        ("Knee bend was 62 deg.", "subject"),
        ("Greatest knee flexion could not be measured.", "unmeasured"),
        ("Difference between the knees was inside its target.", "unmeasured"),
    ],
)
def test_what_no_fact_bears_out_fails(stiff_case, text, check):
    found = check_of(stiff_case, text, "M1")
    # A name that could not be judged also stands outside what is cited.
    assert found == check or (check == "unmeasured" and found == "direction")


def test_a_strength_lies_inside_its_target(stiff_case):
    said = "Greatest knee flexion was 62 deg."
    assert check_of(stiff_case, said, "M1", section="strengths") == "strength"


@pytest.mark.parametrize(
    ("text", "check"),
    [
        ("Stiff landing: seen in 6 of 6 repetitions, a habit.", None),
        ("Stiff landing is a slip and not a habit.", "pattern"),
        ("Stiff landing: too few to tell a habit from a slip.", "pattern"),
        ("Stiff landing was seen in 5 of 6 repetitions.", "number"),
        ("Stiff landing was seen in 6 of 7 repetitions.", "number"),
        ("Stiff landing was seen in none of the repetitions.", "number"),
        ("Stiff landing was seen in all repetitions.", None),
    ],
)
def test_a_habit_is_called_one(habit_case, text, check):
    assert check_of(habit_case, text, habit_case.issues[0].count) == check


@pytest.mark.parametrize(
    ("text", "check"),
    [
        ("Stiff landing was a slip, not a habit: 1 of 10 repetitions.", None),
        ("Stiff landing is a habit.", "pattern"),
        ("Stiff landing shows every time, a regular fault.", "pattern"),
        ("Most repetitions show stiff landing.", "number"),
    ],
)
def test_a_slip_is_called_one(slip_case, text, check):
    assert check_of(slip_case, text, slip_case.issues[0].count) == check


def test_what_was_not_measured_is_not_spoken_of_as_measured(stiff_case):
    missing = stiff_case.facts["M1"].model_copy(
        update={"value": None, "error": None, "wanted_change": None}
    )
    case = replace(stiff_case, facts={**stiff_case.facts, "M1": missing})
    said = "Greatest knee flexion was seen in repetition 1."
    assert check_of(case, said, "M1") == "unmeasured"
    assert check_of(case, "Greatest knee flexion was not measurable.", "M1") is None


def test_legs_are_not_swapped(stiff_case):
    count = stiff_case.facts[stiff_case.issues[0].count]
    legs = {
        side: count.model_copy(
            update={"id": name, "side": side, "value": value, "total": 8}
        )
        for side, name, value in (("left", "C8", 6.0), ("right", "C9", 1.0))
    }
    case = replace(
        stiff_case,
        facts={**stiff_case.facts, "C8": legs["left"], "C9": legs["right"]},
    )
    said = "Seen in {} of 8 repetitions of the left leg and in {} of 8 of the right."
    assert check_of(case, said.format(6, 1), "C8", "C9") is None
    assert check_of(case, said.format(1, 6), "C8", "C9") == "leg"
    written = "左腿 8 次中出现 {} 次,右腿 8 次中出现 {} 次。"
    chinese = replace(case, language="zh")
    assert check_of(chinese, written.format(6, 1), "C8", "C9") is None
    assert check_of(chinese, written.format(1, 6), "C8", "C9") == "leg"


@pytest.fixture
def chinese_case(stiff_case):
    label = {"M1": "最大膝屈曲角"}
    facts = {
        name: fact.model_copy(update={"label": label.get(name, fact.label)})
        for name, fact in stiff_case.facts.items()
    }
    return replace(stiff_case, facts=facts, language="zh")


@pytest.mark.parametrize(
    ("text", "check"),
    [
        ("最大膝屈曲角在第 1 次为 62 ± 5 度，目标为至少 90 度。", None),
        ("第 1 次的最大膝屈曲角为 62 度，低于目标，应增加 28 度。", None),
        ("最大膝屈曲角为 72 度。", "number"),
        ("最大膝屈曲角为 62 度/秒。", "unit"),
        ("最大膝屈曲角为 62。", "unit"),
        ("最大膝屈曲角在第 2 次为 62 度。", "repetition"),
        ("最大膝屈曲角为 90 度。", "number"),
        ("最大膝屈曲角为六十二度。", None),
        ("最大膝屈曲角为七十二度。", "number"),
        ("最大膝屈曲角高于目标。", "direction"),
        ("最大膝屈曲角应减少 28 度。", "direction"),
        ("左腿的最大膝屈曲角为 62 度。", "leg"),
        ("最大膝屈曲角为 62 度，因为臀肌无力。", "words"),
        ("最大膝屈曲角为 62 度，每天多喝水。", "words"),
        ("最大膝屈曲角为 62 度，提示半月板损伤。", "diagnosis"),
        ("Greatest flexion was 62 deg.", "language"),
    ],
)
def test_chinese_is_checked_alike(chinese_case, text, check):
    assert check_of(chinese_case, text, "M1") == check


def test_the_writers_own_chinese_report_loses_nothing(stiff_rows):
    stage = GuidanceReportStage(ShelfRetriever(), DeterministicWriter(), "zh")
    case = stage.build_case(TEAM, DAY, ATHLETE, stiff_rows.tables())
    verified = verify_text(DeterministicWriter().write(case).text, case)
    assert verified.dropped == ()
    assert len(verified.verdicts) > 10
