import json
from pathlib import Path

import pytest

from sportsgpt_lib.errors import ReportVersionError
from sportsgpt_lib.guidance.report import SCHEMA_VERSION
from sportsgpt_lib.guidance.report_versions import read_report

STORED = Path(__file__).parent / "stored_reports"


def load(name: str) -> str:
    return (STORED / f"{name}.json").read_text(encoding="utf-8")


def test_a_report_of_1_1_keeps_all_that_it_said():
    stored = json.loads(load("report_1_1"))
    report = json.loads(read_report(load("report_1_1")).to_json())
    assert report["schema_version"] == SCHEMA_VERSION
    assert report["movement_names"] == {"drop_landing": "drop landing"}
    assert report["findings"] == stored["findings"]
    assert report["summary"] == stored["summary"]
    assert report["sources"] == stored["sources"]
    assert report["plan"][0]["dose"] == stored["plan"][0]["dose"]
    assert report["plan"][0]["measure"] is None
    assert report["knowledge_fault"] is None


def test_a_report_of_1_0_without_findings_is_upgraded():
    report = read_report(load("report_1_0_without_findings"))
    assert report.schema_version == SCHEMA_VERSION
    assert report.findings == ()
    assert report.strengths


def test_a_finding_of_1_0_is_not_guessed_to_be_a_habit():
    with pytest.raises(ReportVersionError, match=r"1\.0.*pattern.*Fix: run the"):
        read_report(load("report_1_0_with_findings"))


def test_todays_report_is_read_as_it_is():
    report = read_report(load("report_1_1"))
    assert read_report(report.to_json()) == report


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"schema_version": "3.0"}, "'3.0'; this release reads"),
        ({"schema_version": None}, "None; this release reads"),
        ({"summary": 5}, "summary"),
        ({"surprise": 1}, "surprise"),
    ],
)
def test_what_cannot_be_read_says_so(change, said):
    content = {**json.loads(load("report_1_1")), **change}
    with pytest.raises(ReportVersionError, match=said):
        read_report(json.dumps(content))


@pytest.mark.parametrize("text", ["", "{", "[]", "null", '"report"'])
def test_what_is_no_report_says_so(text):
    with pytest.raises(ReportVersionError, match="the report is"):
        read_report(text)
