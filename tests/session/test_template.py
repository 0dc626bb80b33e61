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
