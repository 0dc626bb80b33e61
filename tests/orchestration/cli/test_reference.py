import shutil
import tomllib

import pytest

from tests.stages.exemplar_lake import fill_exemplar_lake
from tests.target_models.recorded_stride import write_annotation


@pytest.fixture
def processed(home, build_rows):
    """A home whose lake holds a processed recording of an exemplar."""
    fill_exemplar_lake(home / "lake", build_rows)
    return home


def _join(result):
    return " ".join((result.stdout + result.stderr).split())


def test_packaged_target_models_are_listed_with_their_source(call):
    listed = call("reference", "list")
    assert listed.exit_code == 0
    assert "schwartz2008_free@1" in listed.output
    assert "drop_landing: none" in listed.output
    assert "doi:10.1016/j.jbiomech.2008.03.015" in listed.output


def test_an_annotated_recording_becomes_a_target_model(call, processed, tmp_path):
    path = write_annotation(tmp_path)
    added = call("reference", "add", str(path))
    assert added.exit_code == 0, added.output
    assert "club_stride@1 is a target model of walking_stride now" in added.stdout
    assert (processed / "references" / "walking_stride" / "club_stride.csv").is_file()
    listed = call("reference", "list", "walking_stride")
    assert "club_stride@1" in listed.stdout
    assert "own" in listed.stdout
    assert "from: a club" in listed.stdout
    again = call("reference", "add", str(write_annotation(tmp_path, ("2.1", "2.11"))))
    assert "club_stride@2" in again.stdout


def test_problems_of_annotation_and_recording_are_told_together(
    call, processed, tmp_path
):
    path = write_annotation(
        tmp_path,
        ('"next_foot_strike"', '"next_foot_strik"'),
        ('clip = "coach.mp4"', 'clip = "coch.mp4"'),
    )
    result = call("reference", "add", str(path))
    assert result.exit_code == 1
    told = _join(result)
    assert "nearest is 'next_foot_strike'" in told
    assert "nearest is 'coach.mp4'" in told
    assert "Fix:" in told
    assert not (processed / "references").exists()


def test_an_unknown_movement_is_told(call, home, tmp_path):
    path = write_annotation(tmp_path, ('"walking_stride"', '"walking_strid"'))
    result = call("reference", "add", str(path))
    assert result.exit_code == 1
    assert "annotation.toml line 2" in _join(result)
    assert "nearest is 'walking_stride'" in _join(result)


def test_a_template_names_the_movements_keyframes_and_the_recording(call, tmp_path):
    printed = call(
        *("reference", "template", "walking_stride", "--team", "blue"),
        *("--day", "2026-01-15", "--clip", "coach.mp4"),
    )
    assert printed.exit_code == 0
    for words in ('name = "mid_swing"', "day = 2026-01-15", 'clip = "coach.mp4"'):
        assert words in printed.stdout
    path = tmp_path / "template.toml"
    path.write_text(printed.stdout, encoding="utf-8")
    refused = call("reference", "add", str(path))
    # It is valid but for what a person must fill in.
    assert refused.stderr.count("is empty") == refused.stderr.count("\n  - ")


def test_a_file_or_all_are_checked(call, processed, tmp_path):
    assert "3 target model(s) checked" in call("reference", "check").stdout
    call("reference", "add", str(write_annotation(tmp_path)))
    folder = processed / "references"
    file = folder / "walking_stride" / "club_stride.toml"
    for path in (file, folder):
        checked = call("reference", "check", str(path))
        assert "1 target model(s) checked" in checked.stdout
    file.write_text(file.read_text().replace('"recreational"', '"elite"'))
    (folder / "walkin").mkdir()
    refused = call("reference", "check")
    assert refused.exit_code == 1
    assert "changed after version 1" in _join(refused)
    assert "walkin/ is no movement" in _join(refused)
    sealed = call("reference", "seal", str(file))
    assert "club_stride@2" in sealed.stdout
    assert call("reference", "check", str(file)).exit_code == 0


@pytest.mark.parametrize("command", ["check", "seal"])
@pytest.mark.parametrize(
    ("text", "found"),
    [('movement = "walk"', "line 1: movement = 'walk'"), ("kind = ", "no valid TOML")],
)
def test_a_file_of_no_movement_is_told(call, tmp_path, command, text, found):
    path = tmp_path / "some.toml"
    path.write_text(text, encoding="utf-8")
    result = call("reference", command, str(path))
    assert result.exit_code == 1
    assert found in _join(result)


def test_a_folder_that_is_not_there_is_told(call, tmp_path):
    result = call("reference", "check", str(tmp_path / "nowhere"))
    assert result.exit_code == 1
    assert "give its right path" in _join(result)


def test_a_folder_without_target_models_is_told(call, tmp_path):
    (tmp_path / "former").mkdir()
    (tmp_path / "former" / "old@1.toml").touch()
    result = call("reference", "check", str(tmp_path))
    assert result.exit_code == 1
    assert "there is no .toml file in it" in _join(result)


def test_a_folder_of_any_place_is_checked(call, processed, tmp_path):
    """Its own place may be called as the folder of replaced versions is."""
    call("reference", "add", str(write_annotation(tmp_path)))
    copied = shutil.copytree(processed / "references", tmp_path / "former")
    checked = call("reference", "check", str(copied))
    assert "1 target model(s) checked" in checked.stdout


def test_a_template_is_valid_for_any_clips_name(call):
    printed = call(
        *("reference", "template", "drop_landing", "--team", "blue"),
        *("--clip", 'a "b"\\c.mp4'),
    )
    assert tomllib.loads(printed.stdout)["recording"]["clip"] == 'a "b"\\c.mp4'


def test_a_picture_that_cannot_be_written_is_told(call, processed, tmp_path):
    shown = call(
        "reference", "show", "schwartz2008_free", "--picture", str(tmp_path / "a" / "b")
    )
    assert shown.exit_code == 1
    assert "the picture cannot be written" in _join(shown)


def test_one_that_cannot_be_used_does_not_hide_the_others(call, processed):
    folder = processed / "references" / "drop_landing"
    folder.mkdir(parents=True)
    (folder / "bad.toml").write_text("kind = 1", encoding="utf-8")
    assert call("reference", "show", "schwartz2008_free").exit_code == 0
    assert "reference check" in _join(call("reference", "show", "bad"))


def test_a_target_model_is_shown_and_drawn(call, processed, tmp_path):
    call("reference", "add", str(write_annotation(tmp_path)))
    picture = tmp_path / "shown.png"
    shown = call("reference", "show", "club_stride@1", "--picture", str(picture))
    assert shown.exit_code == 0
    assert "right_to_use  consent" in shown.stdout
    assert "0.600 s  foot_strike (other)" in shown.stdout
    assert picture.read_bytes().startswith(b"\x89PNG")
    missing = call("reference", "show", "club_strid")
    assert "nearest is 'club_stride'" in _join(missing)


def test_the_folder_of_own_ones_is_a_setting(
    call, processed, tmp_path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("SPORTSGPT_REFERENCES", str(tmp_path / "federation"))
    call("reference", "add", str(write_annotation(tmp_path)))
    folder = tmp_path / "federation" / "walking_stride"
    assert (folder / "club_stride.toml").is_file()
