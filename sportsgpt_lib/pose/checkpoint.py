"""What a tracking run must remember to go on after it was killed, as bytes.

Numbers are kept in full precision, so that a run that goes on gives the same result as
one that was never stopped, to the bit. Where the bytes lie is decided by the stage; no
file is touched here.
"""

import io
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from sportsgpt_lib.pose.regions import BodyCircle
from sportsgpt_lib.pose.sights import SIGHT_TYPE, SightArray
from sportsgpt_lib.pose.skeleton import KEYPOINTS
from sportsgpt_lib.pose.tracks import Track

_TRACK_TYPE = np.dtype(
    [
        ("person_idx", np.int64),
        ("frame_idx", np.int64),
        ("seen_s", np.float64),
        ("circle", np.float64, (4,)),
        ("points", np.float64, (len(KEYPOINTS), 3)),
        ("velocity", np.float64, (3,)),
        ("drift", np.float64, (3,)),
        ("torso_lab", np.float64, (3,)),
        ("thigh_lab", np.float64, (3,)),
        ("trunk_px", np.float64),
    ]
)
_ARRAY_SUFFIX = ".npy"
_RUN_TYPE = np.dtype(
    [
        ("frame_count", np.int64),
        ("ring_first_index", np.int64),
        ("next_person_idx", np.int64),
        ("searched_s", np.float64),
    ]
)


@dataclass(frozen=True)
class CheckpointRhythm:
    """When a state is kept: after this many frames and this much time.

    Chosen, see docs/adr/0006-pose.md: ten seconds are what a killed run loses; a fast
    computer need not write more often than every 30 frames.
    """

    min_frames: int = 30
    min_s: float = 10.0


class TrackingCheckpoint(Protocol):
    """Keeps the state of one clip's tracking; sights are added, never written twice."""

    def load(self) -> tuple[bytes, list[bytes]] | None:
        """Load the last state and all sights before it; None where there is none."""
        ...

    def discard(self) -> None:
        """Forget what was loaded: the next state stands alone."""
        ...

    def save(self, state: bytes, new_sights: bytes) -> None:
        """Keep a state, and the sights since the state before it."""
        ...


@dataclass(frozen=True)
class TrackingState:
    """A tracking run between two frames.

    ``frame_count`` frames are done; ``ring_first_index`` is the earliest of them that
    is still looked at.
    """

    frame_count: int
    ring_first_index: int
    next_person_idx: int
    searched_s: float
    tracks: tuple[Track, ...]


def pack_state(state: TrackingState) -> bytes:
    """Write a state as bytes."""
    run = (
        state.frame_count,
        state.ring_first_index,
        state.next_person_idx,
        state.searched_s,
    )
    return _pack(
        run=np.array([run], dtype=_RUN_TYPE),
        tracks=np.array([_track_row(t) for t in state.tracks], dtype=_TRACK_TYPE),
    )


def unpack_state(content: bytes) -> TrackingState:
    """Read a state; the inverse of ``pack_state``.

    Raises
    ------
    ValueError
        The bytes are no state of this version.
    """
    arrays = _unpack(content, {"run": _RUN_TYPE, "tracks": _TRACK_TYPE})
    run = arrays["run"][0]
    return TrackingState(
        frame_count=int(run["frame_count"]),
        ring_first_index=int(run["ring_first_index"]),
        next_person_idx=int(run["next_person_idx"]),
        searched_s=float(run["searched_s"]),
        tracks=tuple(_track_from_row(row) for row in arrays["tracks"]),
    )


def pack_sights(chunks: Sequence[SightArray]) -> bytes:
    """Write sights as bytes."""
    return _pack(sights=np.concatenate([np.empty(0, SIGHT_TYPE), *chunks]))


def unpack_sights(content: bytes) -> SightArray:
    """Read sights; the inverse of ``pack_sights``.

    Raises
    ------
    ValueError
        The bytes are no sights of this version.
    """
    return _unpack(content, {"sights": SIGHT_TYPE})["sights"]


def _pack(**arrays: npt.NDArray[Any]) -> bytes:
    buffer = io.BytesIO()
    np.savez(buffer, allow_pickle=False, **arrays)
    return buffer.getvalue()


def _unpack(
    content: bytes, expected: dict[str, "np.dtype[Any]"]
) -> dict[str, npt.NDArray[Any]]:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            arrays = {
                name.removesuffix(_ARRAY_SUFFIX): np.load(
                    io.BytesIO(archive.read(name)), allow_pickle=False
                )
                for name in archive.namelist()
            }
    except (zipfile.BadZipFile, EOFError) as error:
        raise ValueError(str(error)) from error
    found = {name: array.dtype for name, array in arrays.items()}
    if found != expected:
        message = f"arrays {found} are not {expected}"
        raise ValueError(message)
    return arrays


def _track_row(track: Track) -> tuple[Any, ...]:
    circle = track.circle
    return (
        track.person_idx,
        track.frame_idx,
        track.seen_s,
        (circle.x_px, circle.y_px, circle.radius_px, circle.turn_rad),
        track.points,
        track.velocity,
        track.drift,
        track.torso_lab,
        track.thigh_lab,
        track.trunk_px,
    )


def _track_from_row(row: Any) -> Track:
    return Track(
        person_idx=int(row["person_idx"]),
        frame_idx=int(row["frame_idx"]),
        seen_s=float(row["seen_s"]),
        circle=BodyCircle(*(float(value) for value in row["circle"])),
        points=row["points"].copy(),
        velocity=row["velocity"].copy(),
        drift=row["drift"].copy(),
        torso_lab=row["torso_lab"].copy(),
        thigh_lab=row["thigh_lab"].copy(),
        trunk_px=float(row["trunk_px"]),
    )
