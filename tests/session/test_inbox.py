"""The inbox hands out finished sessions only, from a folder or an object store."""

import os
from datetime import UTC, date, datetime

import pytest
from upath import UPath

from sportsgpt_lib.errors import SessionError
from sportsgpt_lib.session.inbox import Inbox
from sportsgpt_lib.storage.partition import PartitionKey
from tests.privileges import without_privileges

NOW = datetime(2026, 1, 16, 2, 0, tzinfo=UTC)
LONG_AGO_S = NOW.timestamp() - 3600
BLUE = PartitionKey("blue", date(2026, 1, 15))


def put_session(root, *names, changed_at_s=LONG_AGO_S):
    folder = root / "blue" / "2026-01-15"
    folder.mkdir(parents=True, exist_ok=True)
    for name in names:
        (folder / name).write_bytes(b"x")
        os.utime(folder / name, (changed_at_s, changed_at_s))
    return folder


def test_finished_session_is_found(tmp_path):
    put_session(tmp_path, "session.toml", "a.mp4")
    (found,) = Inbox(tmp_path, tmp_path / "copies").find_finished(120, NOW)
    assert found.partition == BLUE


@pytest.mark.parametrize(
    "names", [("a.mp4",), ("session.toml", "a.mp4.part"), ("session.toml", "b.tmp")]
)
def test_unfinished_session_waits(tmp_path, names):
    put_session(tmp_path, *names)
    assert Inbox(tmp_path, tmp_path / "copies").find_finished(120, NOW) == []


def test_session_that_changed_just_now_waits(tmp_path):
    put_session(tmp_path, "session.toml", "a.mp4", changed_at_s=NOW.timestamp() - 5)
    inbox = Inbox(tmp_path, tmp_path / "copies")
    assert inbox.find_finished(120, NOW) == []
    assert len(inbox.find_finished(1, NOW)) == 1


def test_signature_changes_with_the_files_only(tmp_path):
    put_session(tmp_path, "session.toml", "a.mp4")
    inbox = Inbox(tmp_path, tmp_path / "copies")
    (first,) = inbox.find_finished(120, NOW)
    (again,) = inbox.find_finished(120, NOW)
    assert first.signature == again.signature
    put_session(tmp_path, "b.mp4")
    (changed,) = inbox.find_finished(120, NOW)
    assert changed.signature != first.signature


def test_folders_that_are_no_sessions_are_passed_over(tmp_path):
    (tmp_path / "blue" / "notes").mkdir(parents=True)
    (tmp_path / "blue" / "notes" / "session.toml").write_text("x")
    (tmp_path / "readme.txt").write_text("x")
    assert Inbox(tmp_path, tmp_path / "copies").find_finished(0, NOW) == []


def test_missing_inbox_holds_nothing(tmp_path):
    inbox = Inbox(tmp_path / "nowhere", tmp_path / "copies")
    assert inbox.find_finished(0, NOW) == []
    with pytest.raises(SessionError, match="no such session folder"):
        inbox.fetch(BLUE)


def test_local_session_is_used_where_it_lies(tmp_path):
    folder = put_session(tmp_path, "session.toml")
    assert Inbox(tmp_path, tmp_path / "copies").fetch(BLUE) == folder.resolve()


def test_remote_session_is_copied_whole(tmp_path):
    root = UPath("memory://inbox-test")
    folder = root / "blue" / "2026-01-15"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "session.toml").write_text("manifest")
    (folder / "a.mp4").write_bytes(b"clip")
    inbox = Inbox(str(root), tmp_path / "copies")
    assert [s.partition for s in inbox.find_finished(0, NOW)] == [BLUE]
    local = inbox.fetch(BLUE)
    assert (local / "a.mp4").read_bytes() == b"clip"
    assert sorted(p.name for p in local.iterdir()) == ["a.mp4", "session.toml"]


def test_folders_that_no_run_is_requested_for_say_why(tmp_path):
    put_session(tmp_path, "a.mp4")
    (tmp_path / "blue" / "monday").mkdir()
    put_session(tmp_path / "fresh", "session.toml", changed_at_s=NOW.timestamp())
    (tmp_path / "red" / "2026-01-15").mkdir(parents=True)
    (tmp_path / "red" / "2026-01-15" / "session.toml").write_text("x")
    os.utime(tmp_path / "red" / "2026-01-15" / "session.toml", (LONG_AGO_S,) * 2)
    found = dict(Inbox(tmp_path, tmp_path / "copies").find_unfinished(120, NOW))
    assert "session.toml" in found["blue/2026-01-15"]
    assert "YYYY-MM-DD" in found["blue/monday"]
    assert "red/2026-01-15" not in found


@pytest.mark.parametrize("name", ["team", "day", "manifest"])
def test_links_are_never_followed_by_the_look(tmp_path, name):
    elsewhere = put_session(tmp_path / "elsewhere", "session.toml", "a.mp4")
    root = tmp_path / "inbox"
    root.mkdir()
    if name == "team":
        (root / "blue").symlink_to(elsewhere.parent, target_is_directory=True)
    else:
        (root / "blue").mkdir()
        (root / "blue" / "2026-01-15").symlink_to(elsewhere, target_is_directory=True)
    if name == "manifest":
        (root / "blue" / "2026-01-15").unlink()
        (root / "blue" / "2026-01-15").mkdir()
        (root / "blue" / "2026-01-15" / "notes").symlink_to(elsewhere)
    inbox = Inbox(root, tmp_path / "copies")
    assert inbox.find_finished(120, NOW) == []
    ((_, reason),) = inbox.find_unfinished(120, NOW)
    assert ("link" in reason) == (name != "manifest")


def test_manifest_in_a_subfolder_makes_no_session(tmp_path):
    folder = put_session(tmp_path, "a.mp4")
    (folder / "sub").mkdir()
    (folder / "session.toml").mkdir()
    (folder / "sub" / "session.toml").touch()
    os.utime(folder / "sub" / "session.toml", (LONG_AGO_S,) * 2)
    inbox = Inbox(tmp_path, tmp_path / "copies")
    assert inbox.find_finished(0, NOW) == []
    assert "session.toml" in dict(inbox.find_unfinished(0, NOW))["blue/2026-01-15"]


def test_day_in_another_spelling_is_no_session(tmp_path):
    folder = put_session(tmp_path, "session.toml")
    folder.rename(folder.with_name("20260115"))
    inbox = Inbox(tmp_path, tmp_path / "copies")
    assert inbox.find_finished(0, NOW) == []
    assert "YYYY-MM-DD" in dict(inbox.find_unfinished(0, NOW))["blue/20260115"]


def test_name_that_is_no_text_does_not_stop_the_look(tmp_path):
    put_session(tmp_path, "session.toml", "raw\udcff.mp4")
    assert len(Inbox(tmp_path, tmp_path / "copies").find_finished(120, NOW)) == 1


def test_folder_that_may_not_be_read_does_not_stop_the_look(tmp_path):
    put_session(tmp_path, "session.toml")
    (tmp_path / "closed").mkdir(mode=0)
    inbox = Inbox(tmp_path, tmp_path / "copies")
    with without_privileges(tmp_path):
        found = inbox.find_finished(120, NOW)
        waiting = dict(inbox.find_unfinished(120, NOW))
    assert [session.partition for session in found] == [BLUE]
    assert "right to read" in waiting["closed"]


def test_clip_that_left_the_remote_inbox_leaves_the_copy(tmp_path):
    folder = UPath("memory://inbox-gone") / "blue" / "2026-01-15"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "session.toml").write_text("manifest")
    (folder / "a.mp4").write_bytes(b"clip")
    inbox = Inbox("memory://inbox-gone", tmp_path / "copies")
    assert (inbox.fetch(BLUE) / "a.mp4").is_file()
    (folder / "a.mp4").unlink()
    assert [path.name for path in inbox.fetch(BLUE).iterdir()] == ["session.toml"]


def test_link_that_leads_to_itself_is_told_and_stops_nothing(tmp_path):
    put_session(tmp_path, "session.toml", "a.mp4")
    (tmp_path / "loop").symlink_to("loop")
    (tmp_path / "blue" / "loop").symlink_to("loop")
    inbox = Inbox(tmp_path, tmp_path / "copies")
    assert [session.partition for session in inbox.find_finished(120, NOW)] == [BLUE]
    told = dict(inbox.find_unfinished(120, NOW))
    assert sorted(told) == ["blue/loop", "loop"]
    assert all("it is a link" in reason for reason in told.values())


def test_subfolder_that_may_not_be_listed_does_not_stop_its_session(tmp_path):
    folder = put_session(tmp_path, "session.toml", "a.mp4")
    (folder / "closed").mkdir(mode=0)
    inbox = Inbox(tmp_path, tmp_path / "copies")
    with without_privileges(tmp_path):
        (closed,) = inbox.find_finished(120, NOW)
        assert inbox.find_unfinished(120, NOW) == []
    (folder / "closed").chmod(0o755)
    (opened,) = inbox.find_finished(120, NOW)
    assert closed.partition == opened.partition == BLUE
    assert closed.signature != opened.signature


def test_subfolder_whose_path_is_too_long_does_not_stop_its_session(tmp_path):
    folder = put_session(tmp_path, "session.toml", "a.mp4")
    place = os.open(folder, os.O_RDONLY)
    for _ in range(20):
        os.mkdir("a" * 250, dir_fd=place)
        inner = os.open("a" * 250, os.O_RDONLY, dir_fd=place)
        os.close(place)
        place = inner
    os.close(place)
    inbox = Inbox(tmp_path, tmp_path / "copies")
    assert [session.partition for session in inbox.find_finished(120, NOW)] == [BLUE]
