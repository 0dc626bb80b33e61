"""Two real persons who cross: the walker of the flip clip and her twin.

The camera stands still, so a strip around her, cut out of an earlier or later picture,
fits into any other. The twin is she herself in reversed time: she walks backwards, the
other way, over the same ground, in the same clothes or in other colours.
"""

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from benchmarks.pose.flip_labels import WALKER
from sportsgpt_lib.arrays import ByteImage
from sportsgpt_lib.media.clip import Frame, read_frames
from sportsgpt_lib.pose.people import PersonTrack
from sportsgpt_lib.pose.skeleton import KEYPOINT_INDEX

# She walks evenly in these pictures; below this line nobody else is in them.
_FRAMES = range(60, 181)
_TOP_PX = 480
_FRAME_RATE_HZ = 30.0
# Half of her longest stride, with her arms.
_HALF_WIDTH_PX = 150
_MAX_HIP_DISTANCE_PX = 80.0
_HIP = KEYPOINT_INDEX["hip"]


@dataclass(frozen=True)
class Crossing:
    """One of four crossings; ``name`` is for people."""

    name: str
    is_twin_in_front: bool
    has_other_clothes: bool


CROSSINGS = tuple(
    Crossing(
        f"twin in {'other' if has_other_clothes else 'the same'} clothes, "
        f"{'in front' if is_twin_in_front else 'behind'}",
        is_twin_in_front,
        has_other_clothes,
    )
    for has_other_clothes, is_twin_in_front in itertools.product(
        [False, True], repeat=2
    )
)


def read_crossing(clip: Path, crossing: Crossing) -> Iterator[Frame]:
    """Build the pictures of a crossing from the flip clip."""
    pictures = {
        frame.index: frame.image_rgb[_TOP_PX:].copy()
        for frame in itertools.islice(read_frames(clip), _FRAMES.stop)
        if frame.index in _FRAMES
    }
    for index in _FRAMES:
        mirrored = _mirror(index)
        picture = pictures[index].copy()
        twin = _strip(mirrored)
        piece = pictures[mirrored][:, twin]
        picture[:, twin] = piece[:, :, ::-1] if crossing.has_other_clothes else piece
        if not crossing.is_twin_in_front:
            picture[:, _strip(index)] = pictures[index][:, _strip(index)]
        yield build_frame(index - _FRAMES.start, picture)


def build_frame(number: int, picture: ByteImage) -> Frame:
    """Build a frame of the crossing."""
    return Frame(number, number / _FRAME_RATE_HZ, np.ascontiguousarray(picture))


def count_identity_changes(tracks: Sequence[PersonTrack]) -> int:
    """Count how often who carries a number changes, or a person's number changes.

    Pictures in which the two are within reach of each other do not count. Who is not
    found changes nothing: see :func:`compute_found_shares`.
    """
    sights = _find_sights(tracks)
    numbers = {name: [idx for _, idx in sorted(own)] for name, own in sights.items()}
    changes = sum(
        one != other
        for carried in numbers.values()
        for one, other in itertools.pairwise(carried)
    )
    shared = set.intersection(*map(set, numbers.values()))
    return changes + len(shared)


def compute_found_shares(tracks: Sequence[PersonTrack]) -> dict[str, float]:
    """Compute in which share of the pictures that count each of the two was found."""
    counted = sum(_are_apart(number) for number in range(len(_FRAMES)))
    return {
        name: len({number for number, _ in own}) / counted
        for name, own in _find_sights(tracks).items()
    }


def _find_sights(tracks: Sequence[PersonTrack]) -> dict[str, list[tuple[int, int]]]:
    """Find picture and track of each sight of the two, where they are apart."""
    sights: dict[str, list[tuple[int, int]]] = {"walker": [], "twin": []}
    for idx, track in enumerate(tracks):
        for frame, points in zip(track.frame_idx, track.points, strict=True):
            if not _are_apart(int(frame)):
                continue
            for name, place_px in _find_places_px(int(frame)).items():
                if abs(points[_HIP, 0] - place_px) <= _MAX_HIP_DISTANCE_PX:
                    sights[name].append((int(frame), idx))
    return sights


def _are_apart(number: int) -> bool:
    places_px = _find_places_px(number)
    return abs(places_px["walker"] - places_px["twin"]) > 2 * _MAX_HIP_DISTANCE_PX


def _find_places_px(number: int) -> dict[str, float]:
    """Find where in the picture's width the hips of the two are."""
    index = _FRAMES.start + number
    return {
        "walker": float(WALKER.find_hips_px(index)[0]),
        "twin": float(WALKER.find_hips_px(_mirror(index))[0]),
    }


def _mirror(index: int) -> int:
    return _FRAMES.start + _FRAMES.stop - 1 - index


def _strip(index: int) -> slice:
    x_px = int(WALKER.find_hips_px(index)[0])
    return slice(max(x_px - _HALF_WIDTH_PX, 0), x_px + _HALF_WIDTH_PX)
