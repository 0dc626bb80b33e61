"""Movements are listed, and a folder's problems are all told at once."""

import shutil

import pytest

from sportsgpt_lib.sports.loader import SPORTS_FOLDER, load_movement, movement_names


def told(result) -> str:
    return " ".join((result.stdout + result.stderr).split())


@pytest.fixture
def copied(tmp_path):
    """Two movement folders of a user's own, as a beginner copies them."""
    for name in ("drop_landing", "squat"):
        shutil.copytree(SPORTS_FOLDER / name, tmp_path / "mine" / name)
    return tmp_path / "mine"


def test_every_movement_is_listed_with_version_and_target_models(call):
    result = call("movements", "list")
    assert result.exit_code == 0
    for name in movement_names():
        assert f"{name} {load_movement(name).title}" in told(result)
        assert f"version {load_movement(name).sha256[:12]}" in told(result)
    assert "schwartz2008_free@1" in told(result)
    assert "every recording is stopped (no_target_model)" in told(result)


def test_movements_of_the_package_and_of_a_folder_are_checked(call, copied):
    assert f"{len(movement_names())} movement(s)" in told(call("movements", "check"))
    assert "2 movement(s)" in told(call("movements", "check", str(copied)))
    one = call("movements", "check", str(copied / "squat"))
    assert (one.exit_code, "1 movement(s)" in told(one)) == (0, True)


def test_problems_of_all_files_of_all_folders_come_in_one_error(call, copied):
    matrix = copied / "squat" / "issue_map.csv"
    matrix.write_text(matrix.read_text().replace("heel_lift,", "heel_lifts,"))
    weights = copied / "squat" / "joint_weights.csv"
    weights.write_text(weights.read_text().replace("_knee_", "_kne_"))
    (copied / "drop_landing" / "movement.toml").write_bytes(b"")
    result = call("movements", "check", str(copied))
    assert result.exit_code == 1
    assert "squat/issue_map.csv: row heel_lifts is not in movement.toml" in told(result)
    assert "nearest is 'heel_lift'" in told(result)
    assert "squat/joint_weights.csv: quantity = '{side}_kne_flexion'" in told(result)
    assert "drop_landing/movement.toml: name is missing" in told(result)


def test_wrong_chinese_words_are_told_and_missing_ones_are_no_problem(call, copied):
    (copied / "drop_landing" / "words_zh.toml").unlink()
    words = copied / "squat" / "words_zh.toml"
    words.write_text(words.read_text("utf-8").replace("bottom = ", "botom = "), "utf-8")
    result = call("movements", "check", str(copied))
    assert result.exit_code == 1
    assert "squat/words_zh.toml: keyframes.bottom is missing" in told(result)
    assert "squat/words_zh.toml: keyframes.botom is no part of squat" in told(result)
    assert "drop_landing" not in told(result)


def test_folder_without_a_movement_is_refused(call, tmp_path):
    result = call("movements", "check", str(tmp_path))
    assert result.exit_code == 1
    assert "holds a movement.toml" in told(result)


def test_a_wrong_target_model_is_told_in_the_list(call, settings):
    folder = settings.references_folder / "squat"
    folder.mkdir(parents=True)
    (folder / "mine.toml").write_text("broken =")
    result = call("movements", "list")
    assert result.exit_code == 0
    assert "target models: 1 problem; see `sportsgpt reference check`" in told(result)
