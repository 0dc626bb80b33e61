import re

import pytest

from sportsgpt_lib.guidance.report import Citation, SourceEntry, WriterInfo
from sportsgpt_lib.reporting.figures import PageFrame, PagePicture
from sportsgpt_lib.reporting.plan_sheet import (
    load_sheet_words,
    name_plan_sheet,
    render_plan_sheet,
)
from sportsgpt_lib.reporting.plan_sheet_views import build_sheet
from sportsgpt_lib.storage.feedback_tables import EXERCISE_REASONS, FINDING_REASONS
from tests.reporting.session_rows import RECORDING, build_report

EVIL = '<script>alert(1)</script>" onfocus="x\' --><img src=x>'


def render(pictures=None, **changes):
    report = build_report(**changes)
    return render_plan_sheet(report, report.report_id, pictures or {})


def view(**changes):
    report = build_report(**changes)
    return build_sheet(report, "a" * 16, {}, load_sheet_words(report.language))


def take_texts(html):
    return re.sub(r"<style>.*?</style>|<script>.*?</script>", "", html, flags=re.S)


def test_sheet_holds_what_is_trained_and_by_what_it_is_measured():
    html = take_texts(render())
    for part in (
        *(
            "walker-a",
            "15 January 2026",
            "Walking stride",
            "46 ± 3 deg",
            "55 to 70 deg",
        ),
        *("The knee stays stiff in swing", "habit, 3 / 3", "Marching with a high knee"),
        *("3 × 10", "60 s", "body weight", "Knee up, heel under.", "ankle weight"),
        *("Not with pain", "should change by 8.9 deg", "Perry J, Burnfield JM (2010)"),
        *("without a language model", build_report().report_id, "efefefefefef"),
    ):
        assert part in html, part


def test_sheet_in_chinese_has_no_fixed_word_in_english():
    html = render(language="zh")
    assert '<html lang="zh-Hans">' in html
    assert "46 ± 3 度" in html
    assert "2026 年 1 月 15 日" in html
    english = load_sheet_words("en")
    shown = take_texts(html)
    for name, words in english.items():
        is_word = isinstance(words, str) and len(words) > 4
        if is_word and name not in ("title", "schema"):
            assert f">{words}<" not in shown, name


def test_both_languages_have_the_same_words_and_none_is_empty():
    english, chinese = load_sheet_words("en"), load_sheet_words("zh")
    assert english.keys() == chinese.keys()
    reasons = {*FINDING_REASONS, *EXERCISE_REASONS}
    assert set(english["reasons"]) == set(chinese["reasons"]) == reasons
    for words in (english, chinese):
        assert all(words.values())
        assert all(words["reasons"].values())


def test_every_finding_and_exercise_has_its_answer_boxes():
    first = build_report().findings[0]
    many = tuple(
        first.model_copy(update={"issue": f"issue_{number}"}) for number in range(6)
    )
    html = render(findings=many)
    items = re.findall(r'data-kind="(\w+)" data-item="([^"]+)"', html)
    wanted = [("finding", f"walking_stride/issue_{n}") for n in range(6)]
    assert items == [*wanted, ("exercise", "card-marching")]
    names = re.findall(r'name="(\w+-\d+)" value="agree"', html)
    assert len(set(names)) == len(items)


def test_whatever_names_and_texts_hold_is_text():
    report = build_report(athlete_id=EVIL, team_id=EVIL, plan_note=EVIL)
    item = report.plan[0].model_copy(
        update={"exercise": EVIL, "passage": EVIL, "issues": (EVIL,)}
    )
    finding = report.findings[0].model_copy(
        update={"issue_name": EVIL, "issue": EVIL, "movement": EVIL}
    )
    source = SourceEntry(
        passage=EVIL,
        title=EVIL,
        source_id=EVIL,
        source_title=EVIL,
        licence=EVIL,
        trust_level=EVIL,
        evidence_level=EVIL,
        citations=(Citation(key=EVIL, text=EVIL),),
    )
    writer = WriterInfo(name=EVIL, model=EVIL, prompt_version=EVIL)
    html = render(
        athlete_id=EVIL,
        team_id=EVIL,
        plan_note=EVIL,
        plan=(item,),
        findings=(finding,),
        sources=(source,),
        writer=writer,
        movement_names={EVIL: EVIL},
    )
    assert html.count("<script>") == 1
    assert "<img" not in html
    assert 'onfocus="' not in html
    assert "&lt;script&gt;" in html


def test_nothing_but_the_own_script_and_style_is_allowed():
    html = render()
    policy = re.search(r'Policy" content="([^"]+)"', html)[1]
    assert "default-src &#39;none&#39;" in policy
    assert policy.count("sha256-") == 2
    assert "unsafe" not in policy
    assert re.findall(r"(?:src|href)=\"(?!data:)", html) == []


def test_a_sheet_without_findings_and_exercises_asks_nothing_and_runs_no_script():
    html = render(findings=(), plan=(), plan_note="Nothing to train.")
    assert "<script>" not in html
    assert "script-src" not in html
    assert "Nothing to train." in html
    assert "No technique fault was reported." in html


def test_the_picture_is_that_of_the_measured_value():
    frame = PageFrame(b"jpeg", 30, 40, "words")
    key = (RECORDING, 0, "swing_knee_flexion")
    html = render({key: PagePicture(*key, "caption", (frame,))})
    assert html.count("<img") == 1
    assert 'alt="picture: The knee stays stiff in swing"' in html


def test_a_fallback_and_a_missing_knowledge_base_are_said():
    writer = WriterInfo(name="deterministic", fallback_reason="the server is down")
    html = take_texts(render(writer=writer, knowledge_fault="Postgres is down"))
    assert "language model was not available" in html
    assert "could not be asked" in html


@pytest.mark.parametrize(
    ("words", "density"), [(10, ""), (600, "dense"), (1000, "densest")]
)
def test_longer_exercises_are_set_more_tightly_and_lose_nothing(words, density):
    item = build_report().plan[0]
    how = item.how[0].model_copy(update={"text": "word " * words})
    sheet = view(plan=(item.model_copy(update={"how": (how,)}),))
    assert sheet.exercises[0].how == (how.text,)
    assert sheet.density == density
    assert sheet.strengths
    assert not sheet.is_shortened


def test_of_long_findings_what_matters_least_goes_first_and_never_the_exercises():
    section = build_report().findings[0]
    sizes = {}
    for words in (10, 1155, 1400):
        why = section.why[0].model_copy(update={"text": "word " * words})
        sheet = view(findings=(section.model_copy(update={"why": (why,)}),))
        assert sheet.exercises[0].cautions
        assert sheet.findings[0].values
        assert sheet.is_shortened == (words > 10)
        sizes[words] = (bool(sheet.not_judged), bool(sheet.findings[0].why))
    assert sizes == {10: (True, True), 1155: (False, True), 1400: (False, False)}


def test_every_sentence_from_the_knowledge_base_names_its_sources():
    report = build_report()
    book = report.sources[0].citations[0]
    other = book.model_copy(update={"key": "lee_2020", "text": "Lee A (2020). Swing."})
    card, exercise = report.sources
    card = card.model_copy(update={"citations": (other, book)})
    sheet = view(sources=(card, exercise))
    assert sheet.sources == ((1, book.text), (2, other.text))
    assert sheet.exercises[0].sources == (1,)
    assert [one.sources for one in sheet.findings[0].why] == [(1, 2)]
    assert [one.sources for one in sheet.strengths] == [()]
    html = take_texts(render(sources=(card, exercise)))
    assert "The foot clears the floor by less.<sup>1,2</sup>" in html
    assert "<sup>2</sup>Lee A (2020). Swing." in html


def test_a_reason_that_is_left_out_takes_its_sources_along():
    report = build_report()
    book = report.sources[0].citations[0]
    other = book.model_copy(update={"key": "lee_2020", "text": "Lee A (2020). Swing."})
    card, exercise = report.sources
    section = report.findings[0]
    why = section.why[0].model_copy(update={"text": "word " * 1400})
    sheet = view(
        findings=(section.model_copy(update={"why": (why,)}),),
        sources=(card.model_copy(update={"citations": (other,)}), exercise),
    )
    assert not sheet.findings[0].why
    assert sheet.sources == ((1, book.text),)


@pytest.mark.parametrize(
    ("language", "count", "shown"),
    [
        ("en", 3, "clearest of 3; median 49 ± 2 deg"),
        ("zh", 3, "3 次中最明显；中位数 49 ± 2 度"),
        ("en", 1, ""),
    ],
)
def test_the_median_of_the_session_stands_beside_the_worst_repetition(
    language, count, shown
):
    report = build_report()
    worst = next(fact for fact in report.facts if fact.id == "M1")
    median = worst.model_copy(
        update={
            "id": "T1",
            "kind": "median",
            "value": 49.2,
            "error": 2.1,
            "total": count,
        }
    )
    section = report.findings[0].model_copy(update={"facts": ("M1", "T1")})
    changes = {
        "findings": (section,),
        "facts": (*report.facts, median),
        "language": language,
    }
    assert [value.median for value in view(**changes).findings[0].values] == [shown]
    assert shown in take_texts(render(**changes))


@pytest.mark.parametrize("language", ["en", "zh"])
def test_one_sheet_writes_a_unit_one_way(language):
    assert "°" not in take_texts(render(language=language))


def test_a_file_name_is_safe_whatever_the_pseudonym_holds():
    assert name_plan_sheet("runner-07") == "plan.runner-07.html"
    odd = name_plan_sheet("../../etc/passwd")
    assert "/" not in odd
    assert odd != name_plan_sheet("..-..-etc-passwd")
