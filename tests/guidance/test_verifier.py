import pytest

from sportsgpt_lib.guidance.report import Sentence
from sportsgpt_lib.guidance.verification.means import RULES_ONLY
from sportsgpt_lib.guidance.verification.scope import scope_of_report
from sportsgpt_lib.guidance.verification.sentences import check_sentence
from sportsgpt_lib.guidance.verifier import verify_text
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
    """Give the reason why a sentence of the summary may not stay; None = it may."""
    sentence = Sentence(text=text, facts=facts, passages=passages)
    scope = scope_of_report(case, "summary")
    fault = check_sentence(sentence, case, scope, RULES_ONLY).fault
    return None if fault is None else f"{fault.check}: {fault.reason}"


@pytest.mark.parametrize(
    "text",
    [
        "Greatest knee flexion was 62.3 deg.",
        "Greatest knee flexion was 62 ± 5 degrees in repetition 1.",
        "Greatest knee flexion should rise by 27.7 deg, to at least 90.0 deg.",
        "Greatest knee flexion was 62 deg, seen at 2.31 s in the clip.",
        "The greatest flexion of the knee was 62.34°.",
    ],
)
def test_numbers_of_the_fact_pass_in_any_rounding(stiff_case, text):
    assert fault_of(stiff_case, text, facts=("M1",)) is None


@pytest.mark.parametrize(
    ("text", "check"),
    [
        ("Greatest knee flexion was 72.3 deg.", "number"),
        ("Greatest knee flexion was 62.4 deg.", "number"),
        ("Greatest knee flexion was 62.3 s.", "unit"),
        ("Greatest knee flexion was 62.3 deg/s.", "unit"),
        ("Greatest knee flexion was 62.3.", "unit"),
        ("Greatest knee flexion was -62.3 deg.", "number"),
        ("Greatest knee flexion was 90 deg.", "number"),
        ("Greatest knee flexion was 5 deg.", "number"),
        ("Greatest knee flexion was 62.3 ± 28 deg.", "number"),
        ("Greatest knee flexion was 62 deg in repetition 2.", "repetition"),
        ("Greatest knee flexion was 62 deg; the target is 62 deg.", "number"),
        ("Train it in twelve sessions.", "number"),
    ],
)
def test_numbers_that_are_not_the_facts_fail(stiff_case, text, check):
    assert fault_of(stiff_case, text, facts=("M1",)).startswith(f"{check}: ")


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
    claim = "Eat more before breakfast and dream longer at home."
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
    assert {v.result.passed_by for v in verified.verdicts} == {
        *("facts", "quotation", "card"),
    }


def test_the_same_words_with_a_made_up_source_do_not_hide_behind_the_true_ones(
    stiff_case, written
):
    """A sentence is judged with what it cites, not by its words."""
    true = written.findings[0].why[0]
    made_up = true.model_copy(update={"passages": ("feedbeef",)})
    finding = written.findings[0].model_copy(update={"why": (made_up, true)})
    verified = verify_text(
        written.model_copy(update={"findings": (finding,)}), stiff_case
    )
    assert verified.text.findings[0].why == (true,)
    assert [part.check for part in verified.dropped] == ["reference"]


def test_a_finding_cites_its_own_facts_and_passages_only(stiff_case, written):
    strength = stiff_case.strengths[0].metric
    foreign = Sentence(text="Forward lean was 31 deg.", facts=(strength,))
    finding = written.findings[0].model_copy(update={"seen": (foreign,)})
    verified = verify_text(
        written.model_copy(update={"findings": (finding,)}), stiff_case
    )
    assert "of something else" in verified.dropped[0].reason


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"exercise": "Triple backflip"}, "the card calls the exercise"),
        ({"passage": "feedbeef"}, "no exercise was retrieved"),
        ({"contraindications": ()}, "contraindications are not the card's"),
        ({"age_limits": ()}, "age limits are not the card's"),
        ({"issues": ("uneven_landing",)}, "finding that was not reported"),
        ({"issues": ()}, "finding that was not reported"),
        ({"language": "zh"}, "quoted in 'en'"),
        ({"measure": None}, "not the facts'"),
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
    said = "It would show in {} to 100 % of repetitions."
    assert fault_of(case, said.format(67), facts=(count,)) is None
    assert fault_of(case, said.format(66), facts=(count,))
