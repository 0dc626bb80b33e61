"""Draws everybody of a scene on one picture: athletes, repairs, others, the floor.

Words and keyframes of the overlay video are in ``overlay.py``.
"""

import numpy as np

from sportsgpt_lib.arrays import ByteImage, FloatArray
from sportsgpt_lib.pose.skeleton import BONES, keypoint_indices
from sportsgpt_lib.reporting.repair_marks import draw_repair_marks
from sportsgpt_lib.reporting.scene import (
    FloorMark,
    Scene,
    SceneAthlete,
    View,
    find_frame_at,
    find_pose_at,
)
from sportsgpt_lib.reporting.skeleton_drawing import (
    MIDDLE_RGB,
    Colour,
    draw_lines,
    draw_skeleton,
    draw_words,
    measure_words,
)

OTHERS_RGB: Colour = (176, 180, 186)
_OTHER_BONES = np.array(
    [keypoint_indices(bone) for bone in BONES if "nose" not in bone]
)
# Chosen by eye: half the width of a mark, in widths of a bone.
_MARK_BONES = 2.0
_SMALLEST_MARK_PX = 3.5
_LINE_HEIGHT = 1.8
_FLOOR_LABEL_GAP_PX = 3


def draw_scene(
    image_rgb: ByteImage,
    scene: Scene,
    time_s: float,
    view: View,
    bone_px: float,
) -> None:
    """Draw floor lines, the others, and the athletes on top, in place.

    Parameters
    ----------
    image_rgb
        Picture ``(H, W, 3)``, faces hidden; changed.
    scene
        Who is in the clip.
    time_s
        Time of the picture in the clip.
    view
        Which part of the clip's picture it shows.
    bone_px
        Width of an athlete's bones.
    """
    for athlete in scene.athletes:
        if athlete.floor is not None:
            _draw_floor(image_rgb, athlete.floor, view)
    for person in scene.others:
        pose = find_pose_at(person.poses, time_s)
        if pose is not None:
            draw_lines(image_rgb, view.place(pose)[_OTHER_BONES], OTHERS_RGB, 1)
    for athlete in scene.athletes:
        idx = find_frame_at(athlete.poses, time_s)
        if idx is not None:
            _draw_athlete(image_rgb, athlete, idx, view, bone_px)


def label_others(
    image_rgb: ByteImage, scene: Scene, time_s: float, view: View, letters_px: int
) -> None:
    """Write each other person's number over their head, in place."""
    for person in scene.others:
        pose = find_pose_at(person.poses, time_s)
        if pose is not None and np.isfinite(pose).any():
            draw_words(
                image_rgb,
                person.label,
                find_label_corner(view.place(pose), letters_px),
                letters_px,
                OTHERS_RGB,
            )


def label_floors(
    image_rgb: ByteImage, scene: Scene, view: View, letters_px: int
) -> None:
    """Write whose floor each line is below its end, in place; ends take turns."""
    floors = [athlete.floor for athlete in scene.athletes if athlete.floor is not None]
    for place, floor in enumerate(floors):
        left, right = _place_floor(floor, view)
        width_px, _ = measure_words(floor.label, letters_px)
        corner = left if place % 2 == 0 else right - (width_px, 0)
        below = (float(corner[0]), float(corner[1]) + _FLOOR_LABEL_GAP_PX)
        draw_words(image_rgb, floor.label, below, letters_px)


def find_label_corner(
    placed_px: FloatArray, letters_px: int, line_idx: int = 0
) -> tuple[float, float]:
    """Find where a label begins over somebody's head; lines count upwards."""
    left, upper = np.nanmin(placed_px, axis=0)
    return float(left), float(upper) - (line_idx + 2) * _LINE_HEIGHT * letters_px


def _draw_athlete(
    image_rgb: ByteImage, athlete: SceneAthlete, idx: int, view: View, bone_px: float
) -> None:
    pose = view.place(athlete.poses.positions_px[idx])
    draw_skeleton(image_rgb, pose, bone_px)
    if athlete.trail is not None:
        size_px = max(_MARK_BONES * bone_px, _SMALLEST_MARK_PX)
        draw_repair_marks(image_rgb, athlete.trail, idx, view, size_px)


def _draw_floor(image_rgb: ByteImage, floor: FloorMark, view: View) -> None:
    draw_lines(image_rgb, _place_floor(floor, view)[np.newaxis], MIDDLE_RGB, 1)


def _place_floor(floor: FloorMark, view: View) -> FloatArray:
    """Place the ends ``(2, 2)`` of a floor line in a picture, the left one first."""
    ends_px = (floor.start_px, floor.end_px)
    return view.place(
        np.array([[x, floor.level_px + floor.slope * x] for x in ends_px])
    )
