"""Nothing in a session folder is opened or followed that could lead elsewhere."""

import os

import pytest

from sportsgpt_lib.session.clips import find_clips
from sportsgpt_lib.session.folder_files import list_reported, look_through, show_name
from tests.privileges import without_privileges


@pytest.fixture
def folder(tmp_path):
    folder = tmp_path / "session"
    (folder / "morning").mkdir(parents=True)
    return folder


def code_of(folder, name):
    refusal = look_through(folder).refused[name]
    assert refusal.reason
    assert refusal.fix
    return refusal.reason_code


def test_clips_of_all_subfolders_are_found(folder):
    for name in ("b.MP4", "morning/a.mov", "notes.txt", "._b.mp4", ".hidden.mp4"):
        (folder / name).touch()
    assert find_clips(folder) == ("b.MP4", "morning/a.mov")


@pytest.mark.parametrize(
    "name",
    [
        "with space.mp4",
        'o\'clock "quoted".mp4',
        "läufer-é.mp4",
        "跑步.mp4",
        "CON.mp4",
        "-rf.mp4",
        "a..mp4",
        "$(reboot);.mp4",
        "%s%n.mp4",
    ],
)
def test_odd_but_honest_names_are_clips(folder, name):
    (folder / name).touch()
    assert find_clips(folder) == (name,)


@pytest.mark.parametrize(
    "name", ["line\nbreak.mp4", "\x1b[31mred.mp4", "clips\\a.mp4", "raw\udcff.mp4"]
)
def test_names_that_cannot_be_printed_or_named_are_refused(folder, name):
    (folder / name).touch()
    assert code_of(folder, name) == "unusable_name"
    shown = look_through(folder).refused[name].reason
    assert shown.isprintable()
    shown.encode("utf-8")
    assert show_name(name).isprintable()


@pytest.mark.parametrize("target", ["../secret.mp4", "/etc/passwd", "../gone.mp4"])
def test_link_out_of_the_folder_is_refused(folder, target):
    (folder.parent / "secret.mp4").write_bytes(b"secret")
    (folder / "clip.mp4").symlink_to(target)
    assert code_of(folder, "clip.mp4") == "outside_session_folder"
    assert find_clips(folder) == ()


def test_chain_of_links_is_judged_by_its_end(folder):
    (folder.parent / "secret.mp4").write_bytes(b"secret")
    (folder / "first.mp4").symlink_to("second.mp4")
    (folder / "second.mp4").symlink_to("../secret.mp4")
    assert code_of(folder, "first.mp4") == "outside_session_folder"


def test_folder_that_leads_out_is_never_entered(folder):
    other = folder.parent / "other-team"
    other.mkdir()
    (other / "theirs.mp4").write_bytes(b"x")
    (folder / "evening").symlink_to(other, target_is_directory=True)
    assert find_clips(folder) == ()
    assert code_of(folder, "evening") == "outside_session_folder"
    files = look_through(folder)
    assert files.find_refusal("evening/theirs.mp4") == files.refused["evening"]
    assert [name for name, _ in list_reported(files)] == ["evening"]


def test_link_within_the_folder_is_the_file_it_leads_to(folder):
    (folder / "morning" / "a.mp4").write_bytes(b"x")
    (folder / "a.mp4").symlink_to("morning/a.mp4")
    (folder / "again").symlink_to("morning", target_is_directory=True)
    assert find_clips(folder) == ("a.mp4", "morning/a.mp4")


def test_session_folder_itself_may_be_a_link(folder):
    (folder / "a.mp4").touch()
    link = folder.parent / "link"
    link.symlink_to(folder, target_is_directory=True)
    assert find_clips(link) == ("a.mp4",)


def test_links_in_a_circle_end(folder):
    (folder / "a.mp4").symlink_to("b.mp4")
    (folder / "b.mp4").symlink_to("a.mp4")
    (folder / "round").symlink_to(".", target_is_directory=True)
    assert find_clips(folder) == ()
    assert code_of(folder, "a.mp4") == "broken_link"


def test_pipe_is_refused_and_not_waited_for(folder):
    os.mkfifo(folder / "a.mp4")
    assert code_of(folder, "a.mp4") == "not_a_file"


def test_folder_named_like_a_clip_is_refused_and_looked_into(folder):
    (folder / "a.mp4").mkdir()
    (folder / "a.mp4" / "b.mp4").touch()
    assert code_of(folder, "a.mp4") == "not_a_file"
    assert find_clips(folder) == ("a.mp4/b.mp4",)


@pytest.mark.parametrize(
    "name", ["a.mp4.part", "a.MP4.CRDOWNLOAD", "a.mov.filepart", ".a.mp4.Xy12Zq"]
)
def test_clip_under_a_copying_programs_name_is_unfinished(folder, name):
    (folder / name).touch()
    (folder / "notes.txt.part").touch()
    assert code_of(folder, name) == "still_being_copied"
    assert [found for found, _ in list_reported(look_through(folder))] == [name]


def test_folder_that_may_not_be_listed_is_one_refusal(folder):
    (folder / "a.mp4").touch()
    (folder / "morning").chmod(0)
    with without_privileges(folder):
        files = look_through(folder)
    (folder / "morning").chmod(0o755)
    assert files.clips == ["a.mp4"]
    assert files.refused["morning"].reason_code == "unreadable_folder"
    assert [name for name, _ in list_reported(files)] == ["morning"]
