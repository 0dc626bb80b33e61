"""Every sentence of a report has its row, kept or not, with what bore it out."""

import json
from dataclasses import replace

import pytest

from sportsgpt_lib.guidance.report import Sentence
from sportsgpt_lib.guidance.writer import DeterministicWriter
from sportsgpt_lib.stages.guidance_sentences import list_written
from sportsgpt_lib.storage.rows import conform_rows
from tests.stages.walking_session import BLUE


class InventingWriter:
    """Writes the deterministic report and one thing that nobody measured."""

    def write(self, case):
        written = DeterministicWriter().write(case)
        invented = Sentence(
            text="Drink more water.", facts=written.text.summary[0].facts
        )
        text = written.text.model_copy(
            update={"summary": (*written.text.summary, invented)}
        )
        return replace(written, text=text)


def test_rows_are_those_of_the_reports_sentences(workshop):
    report = workshop.guidance().write(BLUE)
    sentences = conform_rows(
        "guidance_sentences", report.side_rows["guidance_sentences"]
    )
    for row in report.rows.iter_rows(named=True):
        own = sentences.filter(sentences["report_id"] == row["report_id"])
        assert own["sentence_no"].to_list() == list(range(1, own.height + 1))
        assert sorted(own["sentence"]) == sorted(
            list_written(json.loads(row["report"]))
        )
        assert own["is_kept"].all()
        assert own["failed_check"].is_null().all()
        assert set(own["passed_by"]) <= {"facts", "quotation", "card"}


def test_what_was_taken_out_is_listed_with_the_check_that_failed(workshop):
    report = workshop.guidance(writer=InventingWriter()).write(BLUE)
    sentences = report.side_rows["guidance_sentences"]
    out = sentences.filter(~sentences["is_kept"])
    assert set(out["sentence"]) == {"Drink more water."}
    assert set(out["failed_check"]) == {"words"}
    assert out["passed_by"].is_null().all()


def test_sentences_survive_in_the_cache(workshop):
    first = workshop.guidance().write(BLUE)
    second = workshop.guidance().write(BLUE)
    assert second.reused_count == 2
    name = "guidance_sentences"
    assert second.side_rows[name].equals(first.side_rows[name])


@pytest.mark.parametrize("version", ["1.1", "2.0"])
def test_old_reports_without_sections_are_read(version):
    report = {"schema_version": version, "summary": [], "plan": []}
    assert list_written(report) == []
