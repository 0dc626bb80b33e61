import json

import pytest

from sportsgpt_lib.errors import FeedbackError
from sportsgpt_lib.feedback.files import LARGEST_FILE_BYTES, load_answers

CONTENT = {
    "schema_version": "1.0",
    "report_id": "0123456789abcdef",
    "given_by": None,
    "answered_at": "2026-01-16T12:00:00.000Z",
    "answers": [{"item_kind": "finding", "item_id": "a/b", "answer": "agree"}],
}
HEAD = "report_id,item_kind,item_id,answer,reason,given_by,answered_at_utc\n"
LINE = "0123456789abcdef,finding,a/b,disagree,not_seen,coach-1,2026-01-16T12:00:00Z\n"


def write(folder, text, name="answers.json"):
    file = folder / name
    file.write_bytes(text if isinstance(text, bytes) else text.encode("utf-8"))
    return file


def test_a_file_says_who_or_whoever_imports_it_does(tmp_path):
    file = write(tmp_path, json.dumps(CONTENT))
    (answer,) = load_answers(file, "coach-1")
    assert (answer.given_by, answer.report_id) == ("coach-1", "0123456789abcdef")
    named = write(tmp_path, json.dumps(CONTENT | {"given_by": "coach-2"}), "named.json")
    assert load_answers(named, "coach-1")[0].given_by == "coach-2"
    with pytest.raises(FeedbackError, match="--by"):
        load_answers(file)


def test_a_table_says_the_same_as_a_sheets_file(tmp_path):
    # As spreadsheet programs write it, with a mark in front.
    file = write(tmp_path, "\ufeff" + HEAD + LINE, "answers.csv")
    (answer,) = load_answers(file)
    assert (answer.answer, answer.reason, answer.given_by) == (
        *("disagree", "not_seen"),
        "coach-1",
    )
    assert answer.answered_at.isoformat() == "2026-01-16T12:00:00+00:00"


def test_every_wrong_line_of_a_table_is_told(tmp_path):
    wrong = LINE.replace("disagree", "perhaps")
    file = write(tmp_path, HEAD + LINE + wrong + wrong, "answers.csv")
    with pytest.raises(FeedbackError) as caught:
        load_answers(file)
    assert [problem[:6] for problem in caught.value.problems] == ["line 3", "line 4"]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.json", ""),
        ("a.json", "[]"),
        ("a.json", "{"),
        ("a.json", b"\xff\xfe\x00"),
        ("a.json", json.dumps(CONTENT | {"schema_version": "9.0"})),
        ("a.json", json.dumps(CONTENT | {"answers": []})),
        ("a.json", json.dumps(CONTENT | {"answered_at": "2026-01-16T12:00:00"})),
        ("a.json", json.dumps(CONTENT | {"report_id": "../../etc"})),
        ("a.json", json.dumps(CONTENT | {"comment": "his knee hurts"})),
        ("a.json", "x" * (LARGEST_FILE_BYTES + 1)),
        ("a.csv", ""),
        ("a.csv", HEAD),
        ("a.csv", "who,what\n1,2\n"),
        ("a.csv", HEAD + '"' + LINE),
        ("a.txt", json.dumps(CONTENT)),
    ],
)
def test_what_is_no_such_file_is_refused_with_a_fix(tmp_path, name, text):
    with pytest.raises(FeedbackError) as caught:
        load_answers(write(tmp_path, text, name), "coach-1")
    assert caught.value.fix


def test_what_was_written_is_not_repeated_where_it_may_be_a_name(tmp_path):
    file = write(tmp_path, json.dumps(CONTENT | {"given_by": "Maria Berg"}))
    with pytest.raises(FeedbackError) as caught:
        load_answers(file)
    assert "Maria" not in str(caught.value)


@pytest.mark.parametrize(
    ("kind", "answer", "reason", "is_allowed"),
    [
        ("finding", "disagree", "not_seen", True),
        ("finding", "disagree", None, True),
        ("finding", "agree", "not_seen", False),
        ("finding", "disagree", "too_hard", False),
        ("exercise", "disagree", "too_hard", True),
        ("exercise", "no_opinion", "too_hard", False),
    ],
)
def test_a_reason_goes_with_disagreeing_and_its_kind(
    tmp_path, kind, answer, reason, is_allowed
):
    part = {"item_kind": kind, "item_id": "x", "answer": answer, "reason": reason}
    file = write(tmp_path, json.dumps(CONTENT | {"answers": [part]}))
    if is_allowed:
        assert load_answers(file, "coach-1")[0].reason == reason
    else:
        with pytest.raises(FeedbackError):
            load_answers(file, "coach-1")
