import shutil

import pytest

from sportsgpt_lib.errors import MovementFileError
from sportsgpt_lib.sports.loader import (
    REFERENCES_FOLDER,
    SPORTS_FOLDER,
    load_movement,
)
from sportsgpt_lib.target_models.files import load_reference_file
from sportsgpt_lib.target_models.sealing import seal_reference

STORED = SPORTS_FOLDER / "walking_stride" / REFERENCES_FOLDER
WALKING = load_movement("walking_stride")


@pytest.fixture
def copied(tmp_path):
    for suffix in (".toml", ".csv"):
        shutil.copy(STORED / f"schwartz2008_free{suffix}", tmp_path / f"mine{suffix}")
    return tmp_path / "mine.toml"


def _edit(path, old, new):
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def _problems(path, movement=WALKING):
    with pytest.raises(MovementFileError) as caught:
        load_reference_file(path, movement)
    return caught.value.problems


def test_a_copy_is_the_same_target_model(copied):
    loaded = load_reference_file(copied, WALKING)
    assert (loaded.reference_id, loaded.version) == ("mine", 1)
    assert loaded.curves_deg.shape == (51, 3)


def test_a_missing_column_is_named(copied):
    _edit(copied, '"knee_flexion_deg"', '"shank_angle_deg"')
    assert "mine.csv line 1: column shank_angle_deg is missing; add it" in _problems(
        copied
    )


def test_every_schema_problem_is_listed_at_once_with_its_line(copied):
    _edit(copied, "cycle_duration_s = 1.026", "cycle_duration_s = -1.0")
    _edit(copied, 'title = "Level', 'headline = "Level')
    _edit(copied, 'licence = "', 'licence = ""  # "')
    problems = _problems(copied)
    assert len(problems) == 4
    text = copied.read_text(encoding="utf-8").splitlines()
    line = next(i for i, words in enumerate(text, 1) if words.startswith("cycle_dur"))
    assert any(f"mine.toml line {line}: cycle_duration_s = -1.0" in p for p in problems)
    assert any("headline is not a known key" in p for p in problems)
    assert any("title is missing" in p for p in problems)
    assert any("licence is empty" in p for p in problems)


def test_problems_of_both_files_are_told_together(copied):
    _edit(copied, 'name = "mid_stance"', 'name = "mid_stanse"')
    _edit(copied, 'leg = "own"\ncycle_pct = 80.0', 'leg = "other"\ncycle_pct = 70.0')
    _edit(copied.with_suffix(".csv"), "\n4,23.7,", "\n4,twenty,")
    problems = _problems(copied)
    assert any("'mid_stanse' is no keyframe" in p for p in problems)
    assert any("only the own leg has 'mid_swing'" in p for p in problems)
    assert any("mine.csv line 4: thigh_angle_deg = 'twenty'" in p for p in problems)


def test_keyframes_stand_in_the_order_of_time(copied):
    _edit(copied, "cycle_pct = 59.0", "cycle_pct = 49.0")
    (problem,) = _problems(copied)
    assert "'toe_off' is earlier than 'foot_strike'" in problem


@pytest.mark.parametrize(
    ("keep", "found"),
    [(20, "does not run from 0 to 100"), (5, "4 rows; give at least 8")],
)
def test_less_than_a_cycle_is_refused(copied, keep, found):
    csv_path = copied.with_suffix(".csv")
    lines = csv_path.read_text(encoding="utf-8").splitlines()
    csv_path.write_text("\n".join(lines[:keep]), encoding="utf-8")
    assert any(found in problem for problem in _problems(copied))


def test_rows_that_go_back_are_refused(copied):
    _edit(copied.with_suffix(".csv"), "\n6,", "\n3,")
    (problem,) = _problems(copied)
    assert "mine.csv line 5: cycle_pct does not increase" in problem


def test_what_was_changed_needs_its_next_version(copied):
    _edit(copied.with_suffix(".csv"), "\n4,23.7,", "\n4,23.8,")
    (problem,) = _problems(copied)
    assert "changed after version 1" in problem
    assert f"sportsgpt reference seal {copied}" in problem
    sealed = seal_reference(copied, WALKING)
    assert sealed.version == 2
    assert load_reference_file(copied, WALKING).sha256 == sealed.sha256
    assert seal_reference(copied, WALKING).version == 2


def test_a_published_cycle_that_does_not_close_is_refused(copied):
    csv_path = copied.with_suffix(".csv")
    *rows, last = csv_path.read_text(encoding="utf-8").splitlines()
    cells = last.split(",")
    cells[1] = str(float(cells[1]) + 12.0)
    csv_path.write_text("\n".join([*rows, ",".join(cells)]) + "\n", encoding="utf-8")
    (problem,) = _problems(copied)
    assert "thigh_angle_deg is 23.6 in the first row and 35.6 in the last" in problem


def test_what_a_terminal_would_carry_out_is_refused(copied):
    _edit(copied, 'title = "', 'title = "\\u001b[2J')
    (problem,) = _problems(copied)
    assert "title = " in problem
    assert "\x1b" not in problem


def test_the_digest_does_not_hang_on_line_endings(copied):
    csv_path = copied.with_suffix(".csv")
    content = csv_path.read_bytes().replace(b"\n", b"\r\n")
    csv_path.write_bytes(content)
    assert load_reference_file(copied, WALKING).version == 1


def test_a_target_model_of_another_movement_is_refused(copied):
    assert any(
        "it lies with the target models of 'drop_landing'" in problem
        for problem in _problems(copied, load_movement("drop_landing"))
    )


def test_nothing_is_sealed_that_cannot_be_used(copied):
    _edit(copied, 'kind = "cyclic"', 'kind = "cyclical"')
    before = copied.read_bytes()
    with pytest.raises(MovementFileError) as caught:
        seal_reference(copied, WALKING)
    assert "kind = 'cyclical'; allowed: cyclic, once; nearest is 'cyclic'" in str(
        caught.value
    )
    assert copied.read_bytes() == before


@pytest.mark.parametrize("content", [b"a = ", b"\xff\xfe", b"x" * 1_000_001])
def test_what_is_no_toml_is_one_problem(copied, content):
    copied.write_bytes(content)
    assert len(_problems(copied)) == 1


def test_a_missing_file_is_one_problem(tmp_path):
    (problem,) = _problems(tmp_path / "nobody.toml")
    assert problem.startswith("nobody.toml: cannot be read")


def test_one_legs_columns_alone_are_refused(copied):
    _edit(copied, '"thigh_angle_deg", ', '"own_thigh_angle_deg", ')
    problems = _problems(copied)
    assert any("only one leg's thigh_angle_deg" in problem for problem in problems)
    assert any("mixes" in problem for problem in problems)


def test_a_cycle_needs_to_know_the_other_leg(copied):
    _edit(copied, "other_leg_shift_pct = 50.0\n", "")
    assert any("other_leg_shift_pct is missing" in p for p in _problems(copied))
