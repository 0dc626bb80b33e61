import re
from dataclasses import replace

import pytest

from sportsgpt_lib.guidance.assembly import assemble_report, list_sentences
from sportsgpt_lib.guidance.report import GuidanceReport
from sportsgpt_lib.guidance.report_text import FindingText, ReportText
from sportsgpt_lib.guidance.writer import DeterministicWriter
from sportsgpt_lib.language import ENGLISH_ONLY_MARK
from sportsgpt_lib.stages.guidance_reports import GuidanceReportStage

from .conftest import ATHLETE, DAY, TEAM, Rows, ShelfRetriever

LATIN_WORD = re.compile(r"[A-Za-z]{3,}")
NUMBER = re.compile(r"\d+(?:\.\d+)?")


def write(rows: Rows, language) -> GuidanceReport:
    stage = GuidanceReportStage(ShelfRetriever(), DeterministicWriter(), language)
    case = stage.build_case(TEAM, DAY, ATHLETE, rows.tables())
    return assemble_report(
        case,
        DeterministicWriter().write(case),
        knowledge_version="a" * 64,
        embedding_model="shelf@1",
    )


def read_texts(report: GuidanceReport) -> list[str]:
    text = ReportText(
        summary=report.summary,
        strengths=report.strengths,
        close_to_limit=report.close_to_limit,
        findings=[
            FindingText(**{n: getattr(part, n) for n in FindingText.model_fields})
            for part in report.findings
        ],
        plan=report.plan,
    )
    return [sentence.text for sentence in list_sentences(text)]


@pytest.fixture
def both(stiff_rows: Rows) -> dict[str, GuidanceReport]:
    stiff_rows.repeat(3)
    return {language: write(stiff_rows, language) for language in ("en", "zh")}


def test_a_chinese_report_says_the_same_numbers_of_the_same_facts(both):
    for part in ("summary", "strengths", "close_to_limit"):
        english, chinese = (getattr(both[name], part) for name in ("en", "zh"))
        assert [s.facts for s in chinese] == [s.facts for s in english]
        for one, other in zip(english, chinese, strict=True):
            assert sorted(NUMBER.findall(one.text)) == sorted(
                NUMBER.findall(other.text)
            )
    english, chinese = (both[name].findings[0].seen for name in ("en", "zh"))
    for one, other in zip(english, chinese, strict=True):
        assert sorted(NUMBER.findall(one.text)) == sorted(NUMBER.findall(other.text))


def test_a_chinese_report_is_in_chinese_or_says_where_it_is_not(both):
    report = both["zh"]
    assert report.language == "zh"
    assert report.movement_names == {"drop_landing": "跳落着地"}
    texts = [
        *read_texts(report),
        *(fact.label for fact in report.facts),
        *(part.issue_name for part in (*report.findings, *report.absent)),
        *(gap.what for gap in report.not_judged),
        *(item.exercise for item in report.plan),
        *(item.dose.load for item in report.plan),
        *report.film_next,
        report.plan_note or "",
    ]
    for text in texts:
        assert not LATIN_WORD.search(text.partition(ENGLISH_ONLY_MARK)[0]), text


def test_the_dose_is_the_same_in_both(both):
    for english, chinese in zip(both["en"].plan, both["zh"].plan, strict=True):
        changed = {"load": chinese.dose.load}
        assert english.dose.model_copy(update=changed) == chinese.dose
        assert english.measure == chinese.measure
        assert english.passage == chinese.passage


def test_nothing_of_a_chinese_report_is_refused(both):
    assert both["zh"].dropped == ()


def test_a_card_without_translation_is_quoted_in_english_and_marked(stiff_rows: Rows):
    stage = GuidanceReportStage(ShelfRetriever(), DeterministicWriter(), "zh")
    case = stage.build_case(TEAM, DAY, ATHLETE, stiff_rows.tables())
    bare = {
        name: replace(
            passage,
            payload={k: v for k, v in passage.payload.items() if k != "translations"},
        )
        for name, passage in case.passages.items()
    }
    issues = tuple(
        replace(issue, passages=tuple(bare[p.passage_id] for p in issue.passages))
        for issue in case.issues
    )
    case = replace(case, passages=bare, issues=issues)
    item = DeterministicWriter().write(case).text.plan[0]
    assert item.exercise == f"{ENGLISH_ONLY_MARK}Quiet drop landing"
    assert item.language == "en"
    assert item.dose.load.startswith(ENGLISH_ONLY_MARK)
    for part in (item.how, item.cue, item.progression, item.contraindications):
        assert all(s.text.startswith(ENGLISH_ONLY_MARK) for s in part)


def test_a_reason_without_chinese_words_is_marked(stiff_rows: Rows):
    gaps = write(stiff_rows, "zh").not_judged
    assert [gap.reason for gap in gaps] == [f"{ENGLISH_ONLY_MARK}far leg hidden"]


def test_a_movement_that_is_defined_no_more_is_named_in_english(stiff_rows: Rows):
    for rows in stiff_rows.rows.values():
        for row in rows:
            row.update({"movement": "moon_walk"} if "movement" in row else {})
    report = write(stiff_rows, "zh")
    assert report.movement_names == {"moon_walk": f"{ENGLISH_ONLY_MARK}moon walk"}
    assert report.findings[0].issue_name == f"{ENGLISH_ONLY_MARK}Stiff landing"


def test_sources_of_a_chinese_report_have_titles_of_their_own(both):
    titles = [source.title for source in both["zh"].sources]
    assert len(set(titles)) == len(titles)
    assert any("针对：落地僵硬" in title for title in titles)
