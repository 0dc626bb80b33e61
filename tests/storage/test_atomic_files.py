import os
import socket
import subprocess
import sys

import pytest
from upath import UPath

from sportsgpt_lib.storage.atomic_files import write_atomically


def test_a_write_that_fails_leaves_nothing_behind(tmp_path):
    (tmp_path / "taken").mkdir()
    with pytest.raises(IsADirectoryError):
        write_atomically(UPath(tmp_path / "taken"), b"content")
    assert [entry.name for entry in tmp_path.iterdir()] == ["taken"]


def test_leftovers_of_the_dead_are_swept_and_those_of_the_living_stay(tmp_path):
    dead = subprocess.Popen([sys.executable, "-c", ""])
    dead.wait()
    host = socket.gethostname()
    of_dead = tmp_path / f".rows.{host}.{dead.pid}.00.tmp"
    of_living = tmp_path / f".rows.{host}.{os.getpid()}.00.tmp"
    of_other_file = tmp_path / f".other.{host}.{dead.pid}.00.tmp"
    for path in (of_dead, of_living, of_other_file):
        path.touch()
    write_atomically(UPath(tmp_path / "rows"), b"content")
    assert not of_dead.exists()
    assert of_living.exists()
    assert of_other_file.exists()


def test_the_mode_holds_from_the_first_byte(tmp_path):
    path = UPath(tmp_path / "secret")
    write_atomically(path, b"content", mode=0o600)
    assert path.stat().st_mode & 0o777 == 0o600
