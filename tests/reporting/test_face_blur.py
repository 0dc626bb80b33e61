from dataclasses import replace

import numpy as np
import pytest

from sportsgpt_lib.pose.skeleton import KEYPOINT_INDEX
from sportsgpt_lib.reporting.face_blur import (
    HOLD_S,
    blur_heads,
    track_head,
    veil_picture,
)
from tests.reporting.walking_figure import build_noise, build_poses

NOSE = KEYPOINT_INDEX["nose"]
FACE = [
    KEYPOINT_INDEX[name]
    for name in ("nose", "left_eye", "right_eye", "left_ear", "right_ear", "head")
]


def hide(poses, frames, keypoints):
    positions = poses.positions_px.copy()
    positions[np.ix_(frames, keypoints)] = np.nan
    return replace(poses, positions_px=positions)


def find(poses, time_s):
    head = track_head(poses).find_head(time_s)
    assert head is not None
    return head


def test_head_covers_every_face_point():
    poses = build_poses()
    x, y, radius = find(poses, 0.0)
    distances = np.linalg.norm(poses.positions_px[0, FACE] - (x, y), axis=1)
    assert distances.max() <= radius


def test_head_without_face_points_lies_beyond_the_neck():
    poses = build_poses()
    hidden = hide(poses, range(poses.frame_count), FACE)
    seen, guessed = find(poses, 0.0), find(hidden, 0.0)
    assert np.hypot(seen[0] - guessed[0], seen[1] - guessed[1]) < seen[2]


def test_gap_in_a_track_is_bridged():
    poses = build_poses()
    everything = range(poses.positions_px.shape[1])
    gappy = hide(poses, range(5, 15), everything)
    time_s = float(poses.times_s[10])
    assert find(gappy, time_s)[0] == pytest.approx(find(poses, time_s)[0], abs=1.0)


def test_head_is_held_a_while_after_the_track_and_then_let_go():
    head = track_head(build_poses())
    last_s = float(head.times_s[-1])
    assert head.find_head(last_s + 0.9 * HOLD_S) is not None
    assert head.find_head(last_s + 1.1 * HOLD_S) is None


def test_trunk_seen_end_on_does_not_shrink_the_head():
    poses = build_poses()
    positions = poses.positions_px.copy()
    neck, hip = KEYPOINT_INDEX["neck"], KEYPOINT_INDEX["hip"]
    positions[3, neck] = positions[3, hip] + (0.0, -5.0)
    foreshortened = replace(poses, positions_px=positions)
    time_s = float(poses.times_s[3])
    assert find(foreshortened, time_s)[2] == pytest.approx(find(poses, time_s)[2])


def test_person_never_seen_has_no_head():
    poses = build_poses()
    nobody = hide(poses, range(poses.frame_count), range(26))
    assert track_head(nobody).find_head(0.0) is None


@pytest.mark.parametrize("scale", [1.0, 0.5])
def test_blur_flattens_the_face_and_leaves_the_rest(scale):
    poses = build_poses()
    image = build_noise()[: int(240 * scale), : int(320 * scale)].copy()
    before = image.copy()
    head = track_head(poses)
    x, y, radius = (scale * number for number in find(poses, 0.0))
    blur_heads(image, [head], 0.0, scale)
    inner = np.s_[int(y - radius / 2) : int(y + radius / 2), int(x - 3) : int(x + 3)]
    assert image[inner].std() < before[inner].std() / 2
    rows, columns = np.indices(image.shape[:2])
    is_far = np.hypot(columns - x, rows - y) > radius + 1
    assert np.array_equal(image[is_far], before[is_far])


def test_face_at_the_edge_or_outside_is_no_error():
    for start_x_px in (0.0, -10.0, 318.0, 5_000.0):
        image = build_noise()
        blur_heads(image, [track_head(build_poses(start_x_px=start_x_px))], 0.0, 1.0)


def test_circle_grows_where_nobody_saw_the_head():
    poses = build_poses()
    everything = range(poses.positions_px.shape[1])
    gappy = hide(poses, range(4, 16), everything)
    seen, middle = find(gappy, float(poses.times_s[3])), find(gappy, 0.38)
    assert middle[2] > 1.5 * seen[2]
    assert find(poses, 0.38)[2] == pytest.approx(seen[2], rel=0.05)


def test_head_does_not_drift_through_a_long_absence():
    poses = build_poses()
    times_s = poses.times_s + np.where(np.arange(20) < 10, 0.0, 30.0)
    head = track_head(replace(poses, times_s=times_s))
    left_s, back_s = float(times_s[9]), float(times_s[10])
    assert head.find_head(left_s + 0.3) is not None
    assert head.find_head(back_s - 0.3) is not None
    assert head.find_head((left_s + back_s) / 2) is None
    x, _, _ = head.find_head(back_s - 0.3)
    assert x == pytest.approx(head.find_head(back_s)[0])


def test_veiled_picture_keeps_no_detail():
    image = build_noise()
    veil_picture(image)
    squares = np.unique(image.reshape(-1, 3), axis=0)
    assert len(squares) <= 40 * 30
