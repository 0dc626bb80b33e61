import pytest

from sportsgpt_lib.guidance.report import Sentence
from sportsgpt_lib.guidance.verifier import find_fault, verify_text
from sportsgpt_lib.guidance.writer import DeterministicWriter


@pytest.fixture
def written(stiff_case):
    return DeterministicWriter().write(stiff_case).text


@pytest.fixture
def technique(stiff_case):
    return next(
        p.passage_id for p in stiff_case.passages.values() if p.kind == "technique"
    )


def fault_of(case, text: str, *, facts=(), passages=()) -> str | None:
    return find_fault(Sentence(text=text, facts=facts, passages=passages), case)


@pytest.mark.parametrize(
    "text",
    [
        "Greatest knee flexion was 62.3 deg.",
        "Greatest knee flexion was 62 ± 5 degrees in repetition 1.",
        "It should rise by 27.7 deg to 90.0 deg, seen at 2.31 s.",
        "The knees bent 62.34°.",
    ],
)
def test_numbers_of_the_fact_pass_in_any_rounding(stiff_case, text):
    assert fault_of(stiff_case, text, facts=("M1",)) is None


@pytest.mark.parametrize(
    "text",
    [
        "Greatest knee flexion was 72.3 deg.",
        "Greatest knee flexion was 62.4 deg.",
        "Greatest knee flexion was 62.3 s.",
        "Greatest knee flexion was 62.3 % of the other.",
        "Greatest knee flexion was -62.3 deg.",
        "Train it in twelve sessions.",
    ],
)
def test_wrong_numbers_and_swapped_units_fail(stiff_case, text):
    assert "is in nothing that it cites" in fault_of(stiff_case, text, facts=("M1",))


def test_a_number_of_another_fact_does_not_count(stiff_case):
    assert fault_of(stiff_case, "Knee bend was 62.3 deg.", facts=("M2",))


def test_a_sentence_without_references_fails(stiff_case):
    assert "cites neither" in fault_of(stiff_case, "Good work.")


def test_invented_references_fail(stiff_case):
    assert "which was not given" in fault_of(
        stiff_case, "Land softly.", passages=("feedbeef",)
    )
    assert "which was not given" in fault_of(stiff_case, "It was high.", facts=("M99",))


def test_a_citation_that_does_not_support_the_sentence_fails(stiff_case, technique):
    claim = "Eat more protein before breakfast and sleep longer at altitude."
    assert "not those of the passage" in fault_of(
        stiff_case, claim, passages=(technique,)
    )


def test_a_supported_paraphrase_stays(stiff_case, technique):
    claim = "Stiff landings meet larger reaction forces from the ground."
    assert fault_of(stiff_case, claim, passages=(technique,)) is None


def test_a_diagnosis_fails(stiff_case, technique):
    claim = "In a stiff landing the knees bend less, you have a torn ligament."
    assert "'torn'" in fault_of(stiff_case, claim, passages=(technique,))


def test_clean_text_loses_nothing(stiff_case, written):
    verified = verify_text(written, stiff_case)
    assert verified.text == written
    assert verified.dropped == ()


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"exercise": "Triple backflip"}, "the card calls the exercise"),
        ({"passage": "feedbeef"}, "no exercise was retrieved"),
        ({"contraindications": ()}, "contraindications are not the card's"),
        ({"age_limits": ()}, "age limits are not the card's"),
        ({"issues": ("uneven_landing",)}, "finding that was not reported"),
        ({"issues": ()}, "finding that was not reported"),
    ],
)
def test_a_changed_exercise_is_dropped_and_listed(stiff_case, written, change, reason):
    item = written.plan[0].model_copy(update=change)
    verified = verify_text(written.model_copy(update={"plan": (item,)}), stiff_case)
    assert verified.text.plan == ()
    assert reason in verified.dropped[0].reason


@pytest.mark.parametrize(
    "field", ["sets", "repetitions", "rest_s", "sessions_per_week", "weeks"]
)
def test_a_changed_dose_is_dropped(stiff_case, written, field):
    item = written.plan[0]
    dose = item.dose.model_copy(update={field: getattr(item.dose, field) + 1})
    changed = item.model_copy(update={"dose": dose})
    verified = verify_text(written.model_copy(update={"plan": (changed,)}), stiff_case)
    assert verified.text.plan == ()
    assert verified.dropped[0].reason == "the dose is not the card's"


def test_a_finding_that_was_not_reported_is_dropped_with_all_it_says(
    stiff_case, written
):
    other = written.findings[0].model_copy(update={"issue": "uneven_landing"})
    verified = verify_text(
        written.model_copy(update={"findings": (other,)}), stiff_case
    )
    assert verified.text.findings == ()
    said = len(other.seen) + len(other.why) + len(other.cause)
    assert len(verified.dropped) == said


def test_an_exercise_for_a_slip_is_dropped(stiff_rows, build_case, written):
    stiff_rows.repeat(9, reported=0)
    case = build_case(stiff_rows)
    verified = verify_text(written, case)
    assert verified.text.plan == ()
    reasons = {part.text: part.reason for part in verified.dropped}
    assert reasons["Quiet drop landing"] == "it answers a slip, which needs no exercise"


def test_share_of_repetitions_is_a_number_of_its_fact(stiff_rows, build_case):
    stiff_rows.repeat(5)
    case = build_case(stiff_rows)
    count = case.issues[0].count
    assert fault_of(case, "It shows in 67 to 100 %.", facts=(count,)) is None
    assert fault_of(case, "It shows in 66 to 100 %.", facts=(count,))
