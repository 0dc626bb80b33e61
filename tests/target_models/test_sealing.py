import shutil

import pytest

from sportsgpt_lib.errors import MovementFileError
from sportsgpt_lib.sports.loader import (
    REFERENCES_FOLDER,
    SPORTS_FOLDER,
    load_movement,
)
from sportsgpt_lib.target_models.files import load_reference_file
from sportsgpt_lib.target_models.sealing import seal_reference, write_whole

STORED = SPORTS_FOLDER / "walking_stride" / REFERENCES_FOLDER
WALKING = load_movement("walking_stride")


@pytest.fixture
def changed(tmp_path):
    """A copy of a packaged target model with another level."""
    for suffix in (".toml", ".csv"):
        shutil.copy(STORED / f"schwartz2008_free{suffix}", tmp_path / f"mine{suffix}")
    path = tmp_path / "mine.toml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("typically developing", "made-up"), encoding="utf-8")
    return path


def test_only_version_and_digest_are_written(changed):
    before = changed.read_text(encoding="utf-8").splitlines()
    assert seal_reference(changed, WALKING).version == 2
    after = changed.read_text(encoding="utf-8").splitlines()
    different = [new for old, new in zip(before, after, strict=True) if old != new]
    assert [line.split(" = ")[0] for line in different] == ["version", "content_sha256"]


def test_a_spreadsheets_byte_order_mark_does_not_count(changed):
    sealed = seal_reference(changed, WALKING)
    csv_path = changed.with_suffix(".csv")
    csv_path.write_bytes(b"\xef\xbb\xbf" + csv_path.read_bytes())
    assert load_reference_file(changed, WALKING).sha256 == sealed.sha256
    assert seal_reference(changed, WALKING).version == 2


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("version = 1", '"version" = 1'),
        # A line that looks like the key, inside a text before it.
        ("version = 1", 'recorded_by = """\nversion = 7"""\nversion = 1'),
    ],
)
def test_a_key_that_cannot_be_changed_in_its_place_changes_nothing(changed, old, new):
    text = changed.read_text(encoding="utf-8")
    assert f"\n{old}\n" in text
    changed.write_text(text.replace(f"\n{old}\n", f"\n{new}\n"), encoding="utf-8")
    before = changed.read_bytes()
    with pytest.raises(MovementFileError, match="a line of its own"):
        seal_reference(changed, WALKING)
    assert changed.read_bytes() == before


def test_a_file_is_written_whole_and_nothing_is_left_beside_it(tmp_path):
    path = tmp_path / "a.toml"
    write_whole(path, b"old")
    write_whole(path, b"new")
    assert path.read_bytes() == b"new"
    assert list(tmp_path.iterdir()) == [path]
