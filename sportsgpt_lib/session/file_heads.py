"""Finds videos that go by another suffix, so that none is passed over silently.

Only the first bytes of a file are read; whether it can be decoded is not asked.
"""

from collections.abc import Collection, Iterator
from pathlib import Path, PurePosixPath

from sportsgpt_lib.errors import ClipError
from sportsgpt_lib.session.clips import open_ordinary
from sportsgpt_lib.session.folder_files import CLIP_SUFFIXES, FolderFiles, Refusal

_HEAD_BYTES = 400
# Source: ISO/IEC 13818-1 (packets of 188 bytes, 192 in m2ts, each begins with 0x47).
_SYNC = b"\x47"
_PACKETS = ((0, 188), (4, 192))
# Matroska; MPEG programme stream; ASF (wmv); Flash.
_STARTS = (
    b"\x1a\x45\xdf\xa3",
    b"\x00\x00\x01\xba",
    b"\x30\x26\xb2\x75\x8e\x66\xcf\x11",
    b"FLV\x01",
)
_MP4_BOXES = (b"ftyp", b"moov", b"mdat", b"wide")
# Brands of mp4 that are pictures or sound: HEIF, AVIF, Canon's raw pictures, M4A.
_OTHER_BRANDS = (
    b"hei",
    b"hev",
    b"mif",
    b"msf",
    b"avif",
    b"avis",
    b"crx",
    b"M4A",
    b"M4B",
)


def find_hidden_videos(
    folder: Path, files: FolderFiles, listed: Collection[str]
) -> Iterator[tuple[str, Refusal]]:
    """Find files that no entry names and that are videos by their first bytes.

    Parameters
    ----------
    folder
        The session folder.
    files
        What lies in it; files whose name begins with a point are passed over.
    listed
        Files that are recordings.
    """
    for name in files.others:
        path = PurePosixPath(name)
        if name in listed or path.name.startswith("."):
            continue
        if is_video_head(_read_head(folder / name)):
            suffixes = ", ".join(sorted(CLIP_SUFFIXES))
            yield (
                name,
                Refusal(
                    "QUARANTINE",
                    "not_in_manifest",
                    f"{name} is a video by its first bytes, but session.toml does not "
                    f"name it, and its suffix is none of {suffixes}",
                    "add a [[recordings]] entry for it to session.toml, export it once "
                    "more as H.264 mp4, or take it away",
                ),
            )


def is_video_head(head: bytes) -> bool:
    """Tell by the first 400 bytes of a file whether it is a video."""
    if head[4:8] in _MP4_BOXES:
        return not head[8:12].startswith(_OTHER_BRANDS)
    is_avi = head[:4] == b"RIFF" and head[8:12] == b"AVI "
    is_transport = any(
        head[start : start + 1] == head[start + step : start + step + 1] == _SYNC
        for start, step in _PACKETS
    )
    return is_avi or is_transport or head.startswith(_STARTS)


def _read_head(path: Path) -> bytes:
    try:
        with open_ordinary(path) as file:
            return file.read(_HEAD_BYTES)
    except (OSError, ClipError):
        return b""
