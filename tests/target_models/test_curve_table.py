import numpy as np
import pytest

from sportsgpt_lib.target_models.curve_table import (
    read_curve_table,
    write_curve_table,
)

NAMES = ("time_s", "knee_deg", "hip_deg")
TEXT = "time_s,knee_deg,note,hip_deg\n0,1.5,a,2\n0.5,,b,-3e1\n"


def _read(tmp_path, text, *, may_have_gaps=True):
    path = tmp_path / "mine.csv"
    path.write_bytes(text.encode())
    return read_curve_table(path, NAMES, may_have_gaps=may_have_gaps)


@pytest.mark.parametrize(
    "text",
    [
        TEXT,
        TEXT.replace("\n", "\r\n"),
        "\ufeff" + TEXT,
        TEXT.replace("\n0.5", "\n\n0.5") + "\n",
    ],
)
def test_the_wanted_columns_are_read_in_their_order(tmp_path, text):
    table = _read(tmp_path, text)
    assert table.problems == ()
    np.testing.assert_array_equal(table.rows, [[0, 1.5, 2], [0.5, np.nan, -30]])
    assert table.text.startswith("time_s")


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("1.5", "x", "line 2: knee_deg = 'x' is no number"),
        ("1.5", "nan", "knee_deg = 'nan'"),
        ("1.5", "inf", "knee_deg = 'inf'"),
        ("1.5", "1e308", "knee_deg = '1e308' is no number from -3600 to 3600"),
        ("\n0.5", "\n", "line 3: time_s = ''"),
        ("\n0.5,", "\n\n0.5,7,", "line 4: 5 cells, but 4 columns"),
        (",b,-3e1", "", "line 3: 2 cells, but 4 columns"),
        ("note", "knee_deg", "column knee_deg stands there twice"),
        ("hip_deg", "hipp_deg", "line 1: column hip_deg is missing"),
        (TEXT, "", "line 1: column time_s is missing"),
        (TEXT, TEXT.replace(",", ";"), "separated by ;, write commas"),
        (TEXT, "x" * 20_000_001, "longer than 20000000 bytes"),
        ("1.5", '"1.5', "cannot be read"),
    ],
)
def test_what_cannot_be_used_is_told_with_its_line(tmp_path, old, new, told):
    assert old in TEXT
    problems = _read(tmp_path, TEXT.replace(old, new, 1)).problems
    assert any(told in problem for problem in problems), problems
    assert all(problem.startswith("mine.csv") for problem in problems)


def test_a_cycle_has_no_gaps(tmp_path):
    (problem,) = _read(tmp_path, TEXT, may_have_gaps=False).problems
    assert "line 3: knee_deg = '' is no number" in problem


def test_a_file_of_another_kind_does_not_fill_the_screen(tmp_path):
    problems = _read(tmp_path, "time_s,knee_deg,hip_deg\n" + "a,b,c\n" * 500).problems
    assert len(problems) == 21
    assert problems[-1] == "mine.csv: and 1480 more problems like these"


def test_a_file_that_is_not_there_is_one_problem(tmp_path):
    table = read_curve_table(tmp_path / "no.csv", NAMES, may_have_gaps=True)
    assert "no.csv: cannot be read" in table.problems[0]


def test_gaps_are_written_as_empty_cells():
    rows = np.array([[0.0, 1.234, np.nan], [0.5, np.nan, -2.0]])
    text = write_curve_table(("time_s", "a_deg", "b_deg"), rows)
    assert text == "time_s,a_deg,b_deg\n0.0000,1.23,\n0.5000,,-2.00\n"
