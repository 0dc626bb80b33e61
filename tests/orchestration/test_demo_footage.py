import hashlib
import os
import shutil
import zipfile
from pathlib import Path

import pytest

from orchestration import demo_footage
from orchestration.demo_footage import CLIP_IN_WHEEL, lay_out_demo_session
from sportsgpt_lib.errors import SessionError
from sportsgpt_lib.session.manifest import load_manifest

_METADATA = "Metadata-Version: 2.1\nName: sports2d\nVersion: 0.8.34\n"
_WHEEL = (
    "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
)


@pytest.fixture
def shelf(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """All that pip finds: a folder, and no index."""
    folder = tmp_path / "shelf"
    folder.mkdir()
    for name in [name for name in os.environ if name.startswith("PIP_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(folder))
    return folder


@pytest.fixture
def wheel(shelf: Path) -> Path:
    """A package of the right name and version with another clip inside."""
    path = shelf / "sports2d-0.8.34-py3-none-any.whl"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(CLIP_IN_WHEEL, b"another clip")
        archive.writestr("sports2d-0.8.34.dist-info/METADATA", _METADATA)
        archive.writestr("sports2d-0.8.34.dist-info/WHEEL", _WHEEL)
        archive.writestr("sports2d-0.8.34.dist-info/RECORD", "")
    return path


@pytest.fixture
def inbox(tmp_path: Path) -> Path:
    return tmp_path / "inbox"


def list_files(inbox: Path) -> list[str]:
    return sorted(path.name for path in inbox.rglob("*") if path.is_file())


def accept(monkeypatch: pytest.MonkeyPatch, wheel: Path) -> None:
    digest = hashlib.sha256(wheel.read_bytes()).hexdigest()
    monkeypatch.setattr(demo_footage, "WHEEL_SHA256", digest)


def test_without_an_index_the_error_says_how_to_go_on(shelf, inbox):
    with pytest.raises(SessionError, match="could not be fetched") as caught:
        lay_out_demo_session(inbox)
    assert "No matching distribution" in caught.value.found
    assert "--footage" in caught.value.fix
    assert list_files(inbox) == []


def test_another_wheel_is_refused(wheel, inbox):
    with pytest.raises(SessionError, match="downloaded wheel is not the one"):
        lay_out_demo_session(inbox)
    assert list_files(inbox) == []


def test_another_clip_in_the_wheel_is_refused(wheel, inbox, monkeypatch):
    accept(monkeypatch, wheel)
    with pytest.raises(SessionError, match="clip in the wheel is not the one"):
        lay_out_demo_session(inbox)
    assert list_files(inbox) == []


def test_wheel_becomes_a_session_folder(wheel, inbox, monkeypatch):
    accept(monkeypatch, wheel)
    digest = hashlib.sha256(b"another clip").hexdigest()
    monkeypatch.setattr(demo_footage, "CLIP_SHA256", digest)
    folder = lay_out_demo_session(inbox)
    assert folder == inbox / "demo-club" / "2026-01-15"
    assert (folder / "demo.mp4").read_bytes() == b"another clip"
    assert load_manifest(folder).team == "demo-club"
    assert list_files(inbox) == ["demo.mp4", "session.toml"]


def test_good_session_is_left_untouched(shared_data, shelf, inbox):
    folder = inbox / "demo-club" / "2026-01-15"
    folder.mkdir(parents=True)
    source = shared_data / "video_sports2d_flip" / "demo.mp4"
    shutil.copyfile(source, folder / "demo.mp4")
    lay_out_demo_session(inbox)
    before = {path: path.stat().st_mtime_ns for path in folder.iterdir()}
    assert len(before) == 2
    lay_out_demo_session(inbox)
    assert {path: path.stat().st_mtime_ns for path in folder.iterdir()} == before


def test_damaged_clip_is_fetched_again_and_kept_where_that_fails(shelf, inbox):
    folder = inbox / "demo-club" / "2026-01-15"
    folder.mkdir(parents=True)
    (folder / "demo.mp4").write_bytes(b"half a cl")
    with pytest.raises(SessionError):
        lay_out_demo_session(inbox)
    assert list_files(inbox) == ["demo.mp4"]
