"""A folder's place is read from names alone, through links and relative paths."""

from datetime import date
from pathlib import Path

import pytest

from sportsgpt_lib.session.folder_place import (
    find_empty_clips,
    is_in_inbox,
    name_place,
    read_place,
)


@pytest.mark.parametrize(
    ("folder", "team", "day"),
    [
        ("inbox/blue/2026-01-15", "blue", date(2026, 1, 15)),
        ("inbox/blue/2026-01-15/../2026-01-16", "blue", date(2026, 1, 16)),
        ("Blue Team/2026-01-15", None, date(2026, 1, 15)),
        ("inbox/blue/20260115", None, None),
        ("inbox/blue/2026-02-30", None, None),
        ("blue/clips", None, None),
    ],
)
def test_names_tell_what_they_tell(folder, team, day):
    assert read_place(Path(folder)) == (team, day)


def test_linked_session_has_the_place_of_its_link(tmp_path):
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "inbox" / "blue").mkdir(parents=True)
    link = tmp_path / "inbox" / "blue" / "2026-01-15"
    link.symlink_to(tmp_path / "elsewhere")
    assert name_place(link) == "blue/2026-01-15"
    assert is_in_inbox(link, str(tmp_path / "inbox"))
    assert not is_in_inbox(link.resolve(), str(tmp_path / "inbox"))


def test_folder_that_one_stands_in_has_a_place_too(tmp_path, monkeypatch):
    folder = tmp_path / "inbox" / "blue" / "2026-01-15"
    folder.mkdir(parents=True)
    monkeypatch.chdir(folder)
    assert read_place(Path()) == ("blue", date(2026, 1, 15))
    assert is_in_inbox(Path(), str(tmp_path / "inbox"))


def test_nothing_on_this_machine_lies_in_a_remote_inbox(tmp_path):
    assert not is_in_inbox(tmp_path / "blue" / "2026-01-15", f"memory://{tmp_path}")


def test_only_clips_without_content_are_empty(tmp_path):
    (tmp_path / "a.mp4").touch()
    (tmp_path / "b.mp4").write_bytes(b"x")
    assert find_empty_clips(tmp_path, ["a.mp4", "b.mp4"]) == ["a.mp4"]
