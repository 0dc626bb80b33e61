from pathlib import Path

import pytest

from orchestration.cli.demo import link_session, print_results
from orchestration.settings import Settings
from sportsgpt_lib.errors import SessionError
from sportsgpt_lib.storage.duckdb_marts import DuckDbMarts
from sportsgpt_lib.storage.lake import Lake
from sportsgpt_lib.storage.partition import PartitionKey
from tests.reporting.session_rows import DAY, TEAM, build_tables

MANIFEST = """\
team = "blue"
day = 2026-01-15
lawful_basis = "consent"
athletes = [{id = "a-1"}]
[[recordings]]
file = "a.mp4"
athlete = "a-1"
movement = "walking_stride"
"""


@pytest.fixture
def inbox(tmp_path: Path) -> Path:
    return tmp_path / "inbox"


def put_footage(folder: Path) -> Path:
    folder.mkdir(parents=True)
    (folder / "session.toml").write_text(MANIFEST)
    (folder / "a.mp4").write_bytes(b"x")
    return folder


def test_session_from_elsewhere_is_linked_and_not_copied(tmp_path, inbox):
    footage = put_footage(tmp_path / "elsewhere")
    folder = link_session(footage, inbox)
    assert folder == inbox / "blue" / "2026-01-15"
    assert folder.is_symlink()
    assert folder.resolve() == footage


def test_second_call_changes_nothing(tmp_path, inbox):
    footage = put_footage(tmp_path / "elsewhere")
    first = link_session(footage, inbox).lstat().st_ctime_ns
    assert link_session(footage, inbox).lstat().st_ctime_ns == first


def test_relative_path_is_linked_so_that_it_holds(tmp_path, inbox, monkeypatch):
    put_footage(tmp_path / "elsewhere")
    monkeypatch.chdir(tmp_path)
    folder = link_session(Path("elsewhere"), inbox)
    monkeypatch.chdir("/")
    assert (folder / "a.mp4").is_file()


def test_link_to_another_or_a_lost_folder_is_replaced(tmp_path, inbox):
    link_session(put_footage(tmp_path / "first"), inbox)
    second = put_footage(tmp_path / "second")
    assert link_session(second, inbox).resolve() == second
    assert (tmp_path / "first" / "a.mp4").is_file()


def test_session_that_lies_in_the_inbox_is_taken_where_it_lies(inbox):
    footage = put_footage(inbox / "blue" / "2026-01-15")
    assert link_session(footage, inbox) == footage
    assert not footage.is_symlink()


def test_other_session_of_that_day_is_never_replaced(tmp_path, inbox):
    present = put_footage(inbox / "blue" / "2026-01-15")
    with pytest.raises(SessionError, match="another session of blue") as caught:
        link_session(put_footage(tmp_path / "elsewhere"), inbox)
    assert str(present) in caught.value.fix
    assert (present / "a.mp4").is_file()


def test_footage_without_a_manifest_ends_before_anything_is_started(
    call, tmp_path, home
):
    (tmp_path / "bare").mkdir()
    result = call("demo", "--footage", str(tmp_path / "bare"))
    assert result.exit_code == 1
    assert "Fix: write one with" in result.stderr
    assert not (home / "postgres").exists()


def test_footage_that_is_not_there_is_a_mistake_of_usage(call, tmp_path):
    assert call("demo", "--footage", str(tmp_path / "nowhere")).exit_code == 2


def test_results_name_every_file_and_answer_one_query(settings: Settings, capsys):
    partition = PartitionKey(TEAM, DAY)
    folder = settings.report_folder(partition)
    folder.mkdir(parents=True)
    for name in ("index.html", "overlay-1.mp4", ".made-from"):
        (folder / name).touch()
    lake = Lake(settings.lake_root)
    DuckDbMarts(settings.duckdb_file, lake).publish(partition, build_tables())
    print_results(settings, partition)
    shown = capsys.readouterr().out
    assert f"html   {folder / 'index.html'}" in shown
    assert f"mp4    {folder / 'overlay-1.mp4'}" in shown
    assert ".made-from" not in shown
    assert str(settings.duckdb_file) in shown
    assert "swing_knee_flexion" in shown.partition("One query")[2]
