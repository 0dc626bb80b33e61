import io
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sportsgpt_lib.media.clip import Frame
from sportsgpt_lib.pose.checkpoint import (
    CheckpointRhythm,
    TrackingState,
    pack_sights,
    pack_state,
    unpack_sights,
    unpack_state,
)
from sportsgpt_lib.pose.people import collect_people
from sportsgpt_lib.pose.regions import BodyCircle
from sportsgpt_lib.pose.sights import SIGHT_TYPE, SightArray
from sportsgpt_lib.pose.tracks import Track

EVERY_FRAME = CheckpointRhythm(min_frames=1, min_s=0.0)
FRAME_COUNT = 50
any_number = st.floats(allow_nan=True, allow_infinity=True, width=64)


class Memory:
    """A TrackingCheckpoint in memory, as it is left by a run killed after a frame."""

    def __init__(self) -> None:
        self.states: list[bytes] = []
        self.sights: list[bytes] = []

    def load(self) -> tuple[bytes, list[bytes]] | None:
        return (self.states[-1], list(self.sights)) if self.states else None

    def discard(self) -> None:
        self.sights = []

    def save(self, state: bytes, new_sights: bytes) -> None:
        self.states.append(state)
        self.sights.append(new_sights)


class Killed(BaseException):
    pass


@pytest.fixture
def collect(
    world: Any, world_detector: Any, world_estimator: Any
) -> Callable[..., tuple[list[SightArray], int]]:
    """One walks in, two cross, one hides behind a tree and one leaves."""

    def read(first_index: int, kill_after: int | None) -> Iterator[Frame]:
        for i in range(FRAME_COUNT):
            if i == kill_after:
                raise Killed
            if i < first_index:
                continue
            scene = {100: (40 + 5.0 * i, 100), 200: (340 - 5.0 * i, 110)}
            picture = world(scene if i > 6 else {200: scene[200]}).copy()
            picture[:, 250:300] = 12
            yield Frame(i, i / 30, picture)

    def run(
        checkpoint: Memory | None,
        kill_after: int | None = None,
        rhythm: CheckpointRhythm = EVERY_FRAME,
        report: Callable[[int], None] = lambda _: None,
    ) -> tuple[list[SightArray], int]:
        return collect_people(
            lambda first_index: read(first_index, kill_after),
            world_detector,
            world_estimator,
            checkpoint=checkpoint,
            rhythm=rhythm,
            report_frames=report,
        )

    return run


def to_bytes(people: list[SightArray]) -> list[bytes]:
    return [sights.tobytes() for sights in people]


@pytest.mark.slow
def test_a_run_killed_after_any_frame_gives_the_same_to_the_bit(collect: Any) -> None:
    whole, frame_count = collect(None)
    assert frame_count == FRAME_COUNT
    assert len(whole) >= 2
    assert {int(origin) for sights in whole for origin in sights["origin"]} == {0, 1, 2}
    for kill_after in range(1, FRAME_COUNT):
        checkpoint = Memory()
        with pytest.raises(Killed):
            collect(checkpoint, kill_after)
        done: list[int] = []
        again, again_count = collect(checkpoint, report=done.append)
        assert done[0] == kill_after + 1
        assert again_count == FRAME_COUNT
        assert to_bytes(again) == to_bytes(whole)


def test_a_state_of_another_version_leaves_no_sights_behind(collect: Any) -> None:
    whole, _ = collect(None)
    checkpoint = Memory()
    with pytest.raises(Killed):
        collect(checkpoint, 34)
    checkpoint.states[-1] = b"a state of another version"
    with pytest.raises(Killed):
        collect(checkpoint, 41)
    again, _ = collect(checkpoint)
    assert to_bytes(again) == to_bytes(whole)


def test_a_run_killed_again_and_again_gives_the_same(collect: Any) -> None:
    whole, _ = collect(None)
    checkpoint = Memory()
    for kill_after in (5, 18, 19, 34, 41):
        with pytest.raises(Killed):
            collect(checkpoint, kill_after, CheckpointRhythm(min_frames=4, min_s=0.0))
    again, _ = collect(checkpoint)
    assert to_bytes(again) == to_bytes(whole)


def test_each_sight_is_written_once(collect: Any) -> None:
    whole, _ = collect(None)
    checkpoint = Memory()
    collect(checkpoint)
    written = sum(len(unpack_sights(part)) for part in checkpoint.sights)
    assert 0 <= sum(map(len, whole)) - written <= 2


def test_before_its_time_nothing_is_written(collect: Any) -> None:
    checkpoint = Memory()
    collect(checkpoint, rhythm=CheckpointRhythm(min_frames=1, min_s=3600.0))
    assert checkpoint.states == []
    collect(checkpoint, rhythm=CheckpointRhythm(min_frames=30, min_s=0.0))
    assert len(checkpoint.states) == 1


@pytest.mark.parametrize(
    "state", [b"", b"not an archive", b"PK\x03\x04", pack_sights([])]
)
def test_a_state_of_another_version_is_ignored_with_a_warning(
    collect: Any, state: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    whole, _ = collect(None)
    checkpoint = Memory()
    checkpoint.states, checkpoint.sights = [state], []
    again, _ = collect(checkpoint)
    assert to_bytes(again) == to_bytes(whole)
    assert "ignored" in caplog.text


def test_nothing_in_a_checkpoint_is_run_as_code() -> None:
    buffer = io.BytesIO()
    np.savez(buffer, run=np.array([{"a": 1}], dtype=object), allow_pickle=True)
    with pytest.raises(ValueError, match="pickle"):
        unpack_state(buffer.getvalue())


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10**6), st.lists(st.lists(any_number, min_size=8, max_size=8)))
def test_any_state_comes_back_to_the_bit(
    frame_count: int, tracks: list[list[float]]
) -> None:
    state = TrackingState(
        frame_count,
        max(frame_count - 15, 0),
        len(tracks),
        -np.inf,
        tuple(build_track(idx, numbers) for idx, numbers in enumerate(tracks)),
    )
    packed = pack_state(state)
    again = unpack_state(packed)
    assert again.frame_count == frame_count
    assert again.searched_s == -np.inf
    assert len(again.tracks) == len(tracks)
    assert pack_state(again) == packed


def build_track(person_idx: int, numbers: list[float]) -> Track:
    a, b, c, d, *rest = numbers
    return Track(
        person_idx=person_idx,
        frame_idx=3,
        seen_s=a,
        circle=BodyCircle(a, b, c, d),
        points=np.full((26, 3), b),
        velocity=np.array(rest[:3]),
        drift=np.array(rest[1:4]),
        torso_lab=np.array([a, b, c]),
        thigh_lab=np.array([b, c, d]),
        trunk_px=d,
    )


def test_no_sights_are_an_array_without_rows() -> None:
    assert unpack_sights(pack_sights([])).dtype == SIGHT_TYPE
    assert len(unpack_sights(pack_sights([]))) == 0
