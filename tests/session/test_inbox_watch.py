"""Folders that rest cost a look almost nothing, and a change is still seen."""

import os
from datetime import UTC, date, datetime, timedelta

import pytest

from sportsgpt_lib.session.inbox import Inbox
from sportsgpt_lib.session.inbox_watch import InboxWatch

QUIET_S = 120.0
BLUE_DAYS = [date(2026, 1, day) for day in (12, 13, 14)]
LONG_AGO_S = datetime(2026, 1, 14, tzinfo=UTC).timestamp()
# Folders are made by the tests as they run, whatever their files say: they are finished
# but do not rest yet half a day later, and rest a month later. Both leave hours for a
# slow run of the whole suite, which reads this clock once.
SOON = datetime.now(UTC) + timedelta(hours=12)
LATER = datetime.now(UTC) + timedelta(days=30)


class CountingInbox(Inbox):
    """Counts the folders whose files are listed."""

    listed_count = 0

    def look_into(self, name):
        self.listed_count += 1
        return super().look_into(name)


@pytest.fixture
def inbox(tmp_path):
    for day in BLUE_DAYS:
        folder = tmp_path / "inbox" / "blue" / day.isoformat()
        (folder / "morning").mkdir(parents=True)
        for name in ("session.toml", "a.mp4", "morning/b.mp4"):
            write(folder / name)
    return CountingInbox(tmp_path / "inbox", tmp_path / "copies")


@pytest.fixture
def rested(inbox):
    """A watch that has looked at all, after which everything rested."""
    watch = InboxWatch(inbox)
    assert len(look(watch, look_at_all=True)) == 3
    inbox.listed_count = 0
    return watch


def write(path, text="x"):
    path.write_text(text)
    os.utime(path, (LONG_AGO_S, LONG_AGO_S))


def look(watch, now=LATER, *, look_at_all=False):
    found = watch.find_changed(QUIET_S, now, look_at_all=look_at_all)
    return [session.partition.session_day for session in found]


def folder_of(inbox, day):
    return inbox.root / "blue" / day.isoformat()


def test_resting_folders_are_neither_listed_nor_given_again(inbox, rested):
    assert look(rested) == []
    assert inbox.listed_count == 0


@pytest.mark.parametrize("name", ["late.mp4", "morning/late.mp4"])
def test_late_clip_is_seen_even_if_its_times_are_old(inbox, rested, name):
    folder = folder_of(inbox, BLUE_DAYS[1])
    before = {path: path.stat().st_mtime for path in (folder, folder / "morning")}
    write(folder / name)
    for path, changed_at_s in before.items():  # as rsync --times leaves them
        os.utime(str(path), (changed_at_s, changed_at_s))
    assert look(rested) == [BLUE_DAYS[1]]
    assert inbox.listed_count == 1


def test_manifest_that_is_edited_in_place_is_seen(inbox, rested):
    write(folder_of(inbox, BLUE_DAYS[2]) / "session.toml", "edited")
    assert look(rested) == [BLUE_DAYS[2]]


def test_manifest_that_comes_last_is_seen(inbox, tmp_path):
    manifest = folder_of(inbox, BLUE_DAYS[0]) / "session.toml"
    manifest.unlink()
    watch = InboxWatch(inbox)
    assert look(watch, look_at_all=True) == BLUE_DAYS[1:]
    write(manifest)
    assert look(watch) == [BLUE_DAYS[0]]


def test_clip_that_is_overwritten_in_place_is_seen_by_the_full_look(inbox, rested):
    inbox_before = InboxWatch(inbox).find_changed(QUIET_S, LATER, look_at_all=True)
    write(folder_of(inbox, BLUE_DAYS[0]) / "a.mp4", "another clip")
    assert look(rested) == []
    after = rested.find_changed(QUIET_S, LATER, look_at_all=True)
    changed = [a.partition.session_day for a in after if a not in inbox_before]
    assert changed == [BLUE_DAYS[0]]


def test_recent_folder_is_listed_every_time(inbox):
    watch = InboxWatch(inbox)
    look(watch, SOON, look_at_all=True)
    write(folder_of(inbox, BLUE_DAYS[0]) / "a.mp4", "another clip")
    assert look(watch, SOON) == BLUE_DAYS


def test_new_session_and_one_that_was_taken_away(inbox, rested):
    gone, new = folder_of(inbox, BLUE_DAYS[0]), folder_of(inbox, date(2026, 1, 15))
    gone.rename(new)
    assert look(rested) == [date(2026, 1, 15)]


def test_finished_only_after_the_last_part_arrived(inbox, rested):
    folder = folder_of(inbox, BLUE_DAYS[0])
    write(folder / "late.mp4.part")
    assert look(rested) == []
    (folder / "late.mp4.part").rename(folder / "late.mp4")
    assert look(rested) == [BLUE_DAYS[0]]


def test_inbox_that_is_not_there_yet_is_watched(tmp_path):
    watch = InboxWatch(Inbox(tmp_path / "inbox", tmp_path / "copies"))
    assert look(watch, look_at_all=True) == []
    assert not watch.has_looked


def test_empty_folder_stops_no_other(inbox):
    (inbox.root / "blue" / "2026-01-16").mkdir()
    (inbox.root / "red" / "2026-01-16").mkdir(parents=True)
    assert look(InboxWatch(inbox), look_at_all=True) == BLUE_DAYS


def test_whatever_is_wrong_with_one_folder_the_others_are_found(
    inbox, monkeypatch, caplog
):
    def stumble(name):
        if name.day == BLUE_DAYS[1].isoformat():
            raise RuntimeError("max-mustermann.mp4")
        return Inbox.look_into(inbox, name)

    monkeypatch.setattr(inbox, "look_into", stumble)
    found = look(InboxWatch(inbox), look_at_all=True)
    assert found == [BLUE_DAYS[0], BLUE_DAYS[2]]
    assert "RuntimeError" in caplog.text
    assert "max-mustermann" not in caplog.text


@pytest.mark.parametrize("place", [".", "blue", "blue/2026-01-12"])
def test_link_that_leads_to_itself_stops_nothing(inbox, place):
    (inbox.root / place / "loop").symlink_to("loop")
    assert look(InboxWatch(inbox), look_at_all=True) == BLUE_DAYS
