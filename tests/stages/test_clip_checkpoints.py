import logging
from pathlib import Path

import pytest

from sportsgpt_lib.stages.clip_checkpoints import ClipCheckpoint, ClipCheckpoints

CLIP = "c" * 64


@pytest.fixture
def checkpoints(tmp_path: Path) -> ClipCheckpoints:
    return ClipCheckpoints(tmp_path / "checkpoints")


@pytest.fixture
def kept(checkpoints: ClipCheckpoints) -> ClipCheckpoint:
    checkpoint = checkpoints.open(CLIP, "version 1")
    checkpoint.save(b"state 1", b"sights 1")
    checkpoint.save(b"state 2", b"sights 2")
    return checkpoint


def test_the_next_run_finds_the_last_state_and_all_sights(
    checkpoints: ClipCheckpoints, kept: ClipCheckpoint
) -> None:
    again = checkpoints.open(CLIP, "version 1")
    assert again.load() == (b"state 2", [b"sights 1", b"sights 2"])
    again.save(b"state 3", b"sights 3")
    assert checkpoints.open(CLIP, "version 1").load() == (
        b"state 3",
        [b"sights 1", b"sights 2", b"sights 3"],
    )


def test_a_new_clip_has_none(checkpoints: ClipCheckpoints) -> None:
    assert checkpoints.open(CLIP, "version 1").load() is None


def test_another_version_finds_none_and_the_old_one_is_gone(
    checkpoints: ClipCheckpoints, kept: ClipCheckpoint
) -> None:
    assert checkpoints.open(CLIP, "version 2").load() is None
    assert not kept.folder.exists()


def test_another_clip_is_left_alone(
    checkpoints: ClipCheckpoints, kept: ClipCheckpoint
) -> None:
    other = checkpoints.open("d" * 64, "version 1")
    other.save(b"other", b"")
    other.remove()
    assert checkpoints.open(CLIP, "version 1").load() is not None


def test_when_the_clip_is_done_nothing_is_left(
    checkpoints: ClipCheckpoints, kept: ClipCheckpoint
) -> None:
    kept.remove()
    assert list(checkpoints.root.iterdir()) == []
    kept.remove()


def test_sights_that_no_state_names_are_written_over(
    checkpoints: ClipCheckpoints, kept: ClipCheckpoint
) -> None:
    (kept.folder / "sights-000002").write_bytes(b"of a run killed before its state")
    again = checkpoints.open(CLIP, "version 1")
    assert again.load() == (b"state 2", [b"sights 1", b"sights 2"])
    again.save(b"state 3", b"sights 3")
    assert checkpoints.open(CLIP, "version 1").load() == (
        b"state 3",
        [b"sights 1", b"sights 2", b"sights 3"],
    )


@pytest.mark.parametrize("name", ["state", "sights-000000", "sights-000001"])
@pytest.mark.parametrize("damage", ["cut", "changed", "gone", "empty"])
def test_a_damaged_one_is_not_used(
    checkpoints: ClipCheckpoints,
    kept: ClipCheckpoint,
    name: str,
    damage: str,
    caplog: pytest.LogCaptureFixture,
) -> None:
    path = kept.folder / name
    content = path.read_bytes()
    if damage == "gone":
        path.unlink()
    else:
        damaged = {"cut": content[:-1], "changed": content[:-1] + b"!", "empty": b""}
        path.write_bytes(damaged[damage])
    with caplog.at_level(logging.WARNING):
        again = checkpoints.open(CLIP, "version 1")
        assert again.load() is None
    assert ("damaged" in caplog.text) == (name != "state" or damage != "gone")
    again.save(b"state 1", b"sights 1")
    assert checkpoints.open(CLIP, "version 1").load() == (b"state 1", [b"sights 1"])


def test_a_clip_named_like_a_path_is_refused(checkpoints: ClipCheckpoints) -> None:
    with pytest.raises(ValueError, match="not a SHA-256"):
        checkpoints.open("../../etc", "version 1")


def test_what_a_run_refuses_is_not_named_by_the_state_it_keeps_itself(
    checkpoints: ClipCheckpoints, kept: ClipCheckpoint
) -> None:
    again = checkpoints.open(CLIP, "version 1")
    assert again.load() is not None
    again.discard()
    again.save(b"state 3", b"sights 3")
    assert checkpoints.open(CLIP, "version 1").load() == (b"state 3", [b"sights 3"])
