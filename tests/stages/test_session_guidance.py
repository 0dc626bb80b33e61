from dataclasses import replace

import polars as pl
import pytest

from sportsgpt_lib.errors import DatabaseError
from sportsgpt_lib.guidance.case import GuidanceCase
from sportsgpt_lib.guidance.report import GuidanceReport, Sentence
from sportsgpt_lib.guidance.report_text import WrittenText
from sportsgpt_lib.guidance.writer import DeterministicWriter
from sportsgpt_lib.stages.publishing import keep_published
from sportsgpt_lib.stages.verdict_rows import verdict_table
from tests.guidance.conftest import ShelfRetriever
from tests.stages.walking_session import (
    ATHLETES,
    BLUE,
    find_recording,
    stop_recording,
)

GUIDANCE = verdict_table("guidance_reports")


class CountingWriter:
    """Writes as the deterministic writer and remembers for whom."""

    def __init__(self) -> None:
        self.wrote_for: list[str] = []

    def write(self, case: GuidanceCase) -> WrittenText:
        self.wrote_for.append(case.athlete_id)
        return self.change(DeterministicWriter().write(case), case)

    def change(self, written: WrittenText, case: GuidanceCase) -> WrittenText:
        return written


class BreaksOnOne(CountingWriter):
    def change(self, written, case):
        if case.athlete_id == "walker-02":
            raise RuntimeError("bug")
        return written


class FallsBack(CountingWriter):
    """A model that did not answer, so that its fallback wrote."""

    def change(self, written, case):
        info = written.writer.model_copy(update={"fallback_reason": "no answer"})
        return replace(written, writer=info)


class Invents(CountingWriter):
    def change(self, written, case):
        lie = Sentence(text="The knee bends 99.9 deg less than it should.")
        text = written.text.model_copy(update={"summary": (*written.text.summary, lie)})
        return replace(written, text=text)


class ClosedShelf(ShelfRetriever):
    def compute_knowledge_version(self) -> str:
        raise DatabaseError("knowledge base", "it is down", "start it")


class LostShelf(ShelfRetriever):
    def retrieve(self, *args, **kwargs):
        raise DatabaseError("knowledge base", "it was lost", "start it")


class LaterShelf(ShelfRetriever):
    def compute_knowledge_version(self) -> str:
        return "b" * 64


def verdict_words(workshop) -> dict[str, tuple[str, str | None]]:
    return {
        row["athlete_id"]: (row["verdict"], row["reason_code"])
        for row in workshop.lake.read(GUIDANCE, BLUE).iter_rows(named=True)
    }


def test_every_athlete_gets_one_report_and_one_verdict_per_recording(workshop):
    report = workshop.guidance().write(BLUE)
    assert sorted(report.rows["athlete_id"]) == list(ATHLETES)
    assert (report.computed_count, report.reused_count) == (2, 0)
    assert verdict_words(workshop) == dict.fromkeys(ATHLETES, ("PASS", None))
    leaning = report.rows.row(1, named=True)
    text = GuidanceReport.model_validate_json(leaning["report"])
    assert [finding.issue for finding in text.findings] == ["forward_lean"]
    assert text.plan
    assert leaning["is_verified"]


def test_second_run_asks_the_writer_for_nothing(workshop):
    first = workshop.guidance().write(BLUE)
    writer = CountingWriter()
    second = workshop.guidance(writer=writer).write(BLUE)
    assert writer.wrote_for == []
    assert (second.computed_count, second.reused_count) == (0, 2)
    assert second.rows.equals(first.rows)


@pytest.mark.parametrize(
    "changed",
    [{"fingerprint": "another model"}, {"retriever": LaterShelf()}],
    ids=["writer", "knowledge base"],
)
def test_changed_writer_or_knowledge_writes_again(workshop, changed):
    workshop.guidance().write(BLUE)
    writer = CountingWriter()
    workshop.guidance(writer=writer, **changed).write(BLUE)
    assert writer.wrote_for == list(ATHLETES)


def test_changed_rows_of_one_athlete_write_that_report_only(workshop):
    workshop.guidance().write(BLUE)
    scores = workshop.lake.read("technique_scores", BLUE)
    workshop.lake.write(
        "technique_scores",
        BLUE,
        scores.filter(
            (pl.col("athlete_id") == "walker-01") | (pl.col("repetition_idx") == 0)
        ),
    )
    writer = CountingWriter()
    workshop.guidance(writer=writer).write(BLUE)
    assert writer.wrote_for == ["walker-02"]


def test_report_that_breaks_is_quarantined_and_the_others_are_written(workshop):
    report = workshop.guidance(writer=BreaksOnOne()).write(BLUE)
    assert report.rows["athlete_id"].to_list() == ["walker-01"]
    assert report.stopped_count == 1
    assert verdict_words(workshop) == {
        "walker-01": ("PASS", None),
        "walker-02": ("QUARANTINE", "stage_failed"),
    }
    recordings = workshop.lake.read("recordings", BLUE)
    through = keep_published(workshop.lake, BLUE, recordings)
    assert through["athlete_id"].to_list() == ["walker-01"]


def test_broken_report_is_tried_again_by_the_next_run(workshop):
    workshop.guidance(writer=BreaksOnOne()).write(BLUE)
    again = BreaksOnOne()
    workshop.guidance(writer=again).write(BLUE)
    assert again.wrote_for == ["walker-02"]
    assert verdict_words(workshop)["walker-02"] == ("QUARANTINE", "stage_failed")
    mended = CountingWriter()
    report = workshop.guidance(writer=mended).write(BLUE)
    assert mended.wrote_for == ["walker-02"]
    assert report.rows.height == 2
    assert verdict_words(workshop)["walker-02"] == ("PASS", None)


def test_text_of_a_fallback_is_published_but_the_model_is_asked_again(workshop):
    first = workshop.guidance(writer=FallsBack()).write(BLUE)
    assert first.rows.height == 2
    again = FallsBack()
    workshop.guidance(writer=again).write(BLUE)
    assert again.wrote_for == list(ATHLETES)
    answered = CountingWriter()
    workshop.guidance(writer=answered).write(BLUE)
    workshop.guidance(writer=answered).write(BLUE)
    assert answered.wrote_for == list(ATHLETES)


def test_dropped_sentences_are_a_warning_that_stops_nothing(workshop):
    report = workshop.guidance(writer=Invents()).write(BLUE)
    assert report.rows["dropped_count"].to_list() == [1, 1]
    assert report.stopped_count == 0
    assert set(verdict_words(workshop).values()) == {("WARN", "sentences_dropped")}
    assert "99.9" not in report.rows["report"][0].partition('"dropped"')[0]


def test_knowledge_base_that_is_down_leaves_marked_reports_that_are_not_kept(workshop):
    report = workshop.guidance(retriever=ClosedShelf()).write(BLUE)
    assert report.rows.height == 2
    assert set(verdict_words(workshop).values()) == {("WARN", "knowledge_base_down")}
    verdicts = workshop.lake.read(GUIDANCE, BLUE)
    assert verdicts["fix"].str.contains("sportsgpt doctor").all()
    for text in report.rows["report"]:
        read = GuidanceReport.model_validate_json(text)
        assert read.knowledge_fault is not None
        assert read.plan == ()
    mended = CountingWriter()
    assert workshop.guidance(writer=mended).write(BLUE).reused_count == 0
    assert set(verdict_words(workshop).values()) == {("PASS", None)}


def test_knowledge_base_lost_in_the_middle_marks_only_what_it_was_needed_for(workshop):
    workshop.guidance(retriever=LostShelf()).write(BLUE)
    assert verdict_words(workshop) == {
        "walker-01": ("PASS", None),
        "walker-02": ("WARN", "knowledge_base_down"),
    }
    writer = CountingWriter()
    workshop.guidance(writer=writer).write(BLUE)
    assert writer.wrote_for == ["walker-02"]


def test_several_faults_of_a_report_are_all_told(workshop):
    class FallsBackAndInvents(Invents, FallsBack):
        def change(self, written, case):
            return Invents.change(self, FallsBack.change(self, written, case), case)

    workshop.guidance(writer=FallsBackAndInvents()).write(BLUE)
    verdicts = workshop.lake.read(GUIDANCE, BLUE)
    assert set(verdicts["reason_code"]) == {"written_without_model"}
    assert verdicts["reason"].str.contains("no answer").all()
    assert verdicts["reason"].str.contains("took 1 sentence").all()


def test_a_fault_of_the_service_is_logged_once_and_names_nobody(workshop, caplog):
    with caplog.at_level("WARNING"):
        workshop.guidance(writer=FallsBack()).write(BLUE)
    told = [r.message for r in caplog.records if "reports:" in r.message]
    assert len(told) == 1
    assert "2 of 2 reports" in told[0]
    assert not any(name in told[0] for name in ATHLETES)


def test_another_language_writes_again(workshop):
    workshop.guidance().write(BLUE)
    writer = CountingWriter()
    replace(workshop.guidance(writer=writer), language="zh").write(BLUE)
    assert writer.wrote_for == list(ATHLETES)


def test_athlete_whose_recording_was_stopped_gets_no_report(workshop):
    stop_recording(workshop, "keyframes", find_recording(workshop, "walker-02"))
    report = workshop.guidance().write(BLUE)
    assert report.rows["athlete_id"].to_list() == ["walker-01"]
    assert list(verdict_words(workshop)) == ["walker-01"]


def test_session_of_exemplars_only_has_an_empty_table(workshop):
    recordings = workshop.lake.read("recordings", BLUE)
    exemplars = recordings.with_columns(role=pl.lit("reference"))
    workshop.lake.write("recordings", BLUE, exemplars)
    report = workshop.guidance().write(BLUE)
    assert report.rows.is_empty()
    assert workshop.lake.read("guidance_reports", BLUE).is_empty()
