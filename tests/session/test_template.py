"""A first manifest is guessed from file names, and never pretends to know more."""

from datetime import date

import pytest

from sportsgpt_lib.errors import SessionError
from sportsgpt_lib.session.manifest import load_manifest
from sportsgpt_lib.session.template import parse_clip_name, write_manifest_template

MOVEMENTS = ("drop_landing", "walking_stride")


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        (
            "runner-07_walking_stride_sagittal.mp4",
            ("runner-07", "walking_stride", "sagittal"),
        ),
        ("Runner-07_Drop_Landing_02.MOV", ("runner-07", "drop_landing", None)),
        ("IMG_1234.mp4", (None, None, None)),
    ],
)
def test_name_tells_what_it_tells(name, expected):
    facts = parse_clip_name(name, MOVEMENTS)
    assert (facts.athlete, facts.movement, facts.view) == expected


def test_template_asks_for_the_lawful_basis(tmp_path):
    (tmp_path / "runner-07_walking_stride_sagittal.mp4").write_bytes(b"x")
    write_manifest_template(tmp_path, "blue", date(2026, 1, 15), MOVEMENTS)
    with pytest.raises(SessionError, match="lawful_basis"):
        load_manifest(tmp_path)


def test_filled_template_is_a_good_manifest(tmp_path):
    (tmp_path / "runner-07_walking_stride_sagittal.mp4").write_bytes(b"x")
    (tmp_path / "notes.txt").write_text("no clip")
    path = write_manifest_template(tmp_path, "blue", date(2026, 1, 15), MOVEMENTS)
    path.write_text(path.read_text().replace('basis = ""', 'basis = "consent"'))
    manifest = load_manifest(tmp_path)
    assert [r.file for r in manifest.recordings] == [
        "runner-07_walking_stride_sagittal.mp4"
    ]
    assert manifest.recordings[0].movement == "walking_stride"


def test_existing_manifest_is_never_overwritten(tmp_path):
    (tmp_path / "a.mp4").write_bytes(b"x")
    (tmp_path / "session.toml").write_text("mine")
    with pytest.raises(SessionError, match="already"):
        write_manifest_template(tmp_path, "blue", date(2026, 1, 15), MOVEMENTS)
    assert (tmp_path / "session.toml").read_text() == "mine"


def test_folder_without_clips_is_refused(tmp_path):
    with pytest.raises(SessionError, match="no video file"):
        write_manifest_template(tmp_path, "blue", date(2026, 1, 15), MOVEMENTS)


def test_what_the_template_offers_is_in_order_once_it_is_taken(tmp_path):
    (tmp_path / "runner-07_walking_stride_sagittal_1.mp4").write_bytes(b"x")
    path = write_manifest_template(tmp_path, "blue", date(2026, 1, 15), MOVEMENTS)
    text = path.read_text().replace('basis = ""', 'basis = "consent"')
    words = ("[file_names]", "pattern =", "[[cameras]]", "calibration =", "id =")
    lines = [
        line.removeprefix("# ") if line.removeprefix("# ").startswith(words) else line
        for line in text.splitlines()
    ]
    path.write_text("\n".join(lines))
    manifest = load_manifest(tmp_path)
    assert manifest.file_names.pattern == "{athlete}_{movement}_{view}_{take}"
    assert manifest.camera("side").calibration.length_m == 1.0


def test_folder_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(SessionError, match="cannot be listed"):
        write_manifest_template(
            tmp_path / "nowhere", "blue", date(2026, 1, 15), MOVEMENTS
        )


@pytest.mark.parametrize(
    "name", ['o\'clock "final".mp4', "läufer é 跑步.mp4", "\N{RUNNER} 1.mp4"]
)
def test_every_name_that_may_be_is_written_so_that_it_is_read_again(tmp_path, name):
    (tmp_path / name).write_bytes(b"x")
    path = write_manifest_template(tmp_path, "blue", date(2026, 1, 15), MOVEMENTS)
    text = path.read_text().replace('basis = ""', 'basis = "consent"')
    path.write_text(text.replace('movement = ""', 'movement = "walking_stride"'))
    assert load_manifest(tmp_path).recordings[0].file == name


def test_what_movement_and_view_may_be_is_said_once(tmp_path):
    for number in range(3):
        (tmp_path / f"clip {number}.mp4").write_bytes(b"x")
    path = write_manifest_template(tmp_path, "blue", date(2026, 1, 15), MOVEMENTS)
    text = path.read_text()
    assert text.count("drop_landing, walking_stride") == 1
    assert text.count("sagittal, frontal, oblique, unknown") == 1
    assert text.count('movement = ""') == 3
