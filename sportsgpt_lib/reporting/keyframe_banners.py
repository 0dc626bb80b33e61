"""Announces keyframes in the overlay: a banner and a border, beside the skeletons."""

import numpy as np

from sportsgpt_lib.arrays import ByteImage
from sportsgpt_lib.reporting.scene import (
    Scene,
    SceneAthlete,
    View,
    find_pose_at,
    group_keyframes,
)
from sportsgpt_lib.reporting.skeleton_drawing import (
    HIGHLIGHT_RGB,
    draw_words,
    measure_words,
    shorten,
)

# Chosen by eye: a keyframe is announced from just before it to a little after.
_BEFORE_S = 0.04
_AFTER_S = 0.36
_BORDER_PX = 4
# In sizes of the letters: lines, space to the side, to the time code, to the legend.
_LINE, _SIDE, _TOP, _BOTTOM = 1.8, 1.0, 2.6, 2.6
# And the usual size of the label over an athlete's head.
_LABEL_WIDE, _LABEL_TALL = 11.0, 4.0

Box = tuple[float, float, float, float]


class KeyframeBanners:
    """Announces the keyframes of one clip, frame by frame.

    Of each athlete the newest one is announced. The banners stand at the top right,
    or in another corner where somebody is there; they stay where they are as long as
    nobody comes there.

    Parameters
    ----------
    scene
        Who is in the clip.
    """

    def __init__(self, scene: Scene) -> None:
        self._scene = scene
        self._shown = [
            (athlete, group_keyframes(athlete)) for athlete in scene.athletes
        ]
        self._corner_idx = 0

    def draw(
        self, image_rgb: ByteImage, time_s: float, view: View, letters_px: int
    ) -> None:
        """Announce what is to be announced at a time, in place.

        Parameters
        ----------
        image_rgb
            Picture ``(H, W, 3)``; changed.
        time_s
            Time of the picture in the clip.
        view
            Which part of the clip's picture it shows.
        letters_px
            Size of the letters.
        """
        lines = [
            line
            for athlete, shown in self._shown
            if (line := _choose_words(athlete, shown, time_s)) is not None
        ]
        if not lines:
            return
        for edge in (
            image_rgb[:_BORDER_PX],
            image_rgb[-_BORDER_PX:],
            image_rgb[:, :_BORDER_PX],
            image_rgb[:, -_BORDER_PX:],
        ):
            edge[:] = HIGHLIGHT_RGB
        left, top, right, _ = self._choose_box(
            image_rgb, lines, self._place_people(time_s, view, letters_px), letters_px
        )
        is_right = left > image_rgb.shape[1] - right
        for line_idx, line in enumerate(lines):
            start = right - measure_words(line, letters_px)[0] if is_right else left
            corner = (start, top + line_idx * _LINE * letters_px)
            draw_words(image_rgb, line, corner, letters_px, HIGHLIGHT_RGB)

    def _place_people(self, time_s: float, view: View, letters_px: int) -> list[Box]:
        """Place boxes around everybody in the picture and the labels over them."""
        boxes = []
        tracked = [athlete.poses for athlete in self._scene.athletes]
        tracked += [person.poses for person in self._scene.others]
        for poses in tracked:
            pose = find_pose_at(poses, time_s)
            if pose is not None and np.isfinite(pose).any():
                left, top = np.nanmin(view.place(pose), axis=0)
                right, bottom = np.nanmax(view.place(pose), axis=0)
                right = max(right, left + _LABEL_WIDE * letters_px)
                boxes.append((left, top - _LABEL_TALL * letters_px, right, bottom))
        return boxes

    def _choose_box(
        self,
        image_rgb: ByteImage,
        lines: list[str],
        people: list[Box],
        letters_px: int,
    ) -> Box:
        """Choose where the banners stand: left, top, right and bottom."""
        boxes = _list_boxes(image_rgb, lines, letters_px)
        hidden = [_measure_hidden(box, people) for box in boxes]
        if hidden[self._corner_idx] > 0:
            self._corner_idx = int(np.argmin(hidden))
        return boxes[self._corner_idx]


def _choose_words(
    athlete: SceneAthlete, shown: list[tuple[float, tuple[str, ...]]], time_s: float
) -> str | None:
    """Choose the newest keyframe of an athlete; None where there is none just now."""
    for start_s, words in reversed(shown):
        if -_BEFORE_S <= time_s - start_s <= _AFTER_S:
            return shorten(f"{', '.join(words)} · {athlete.label}")
    return None


def _list_boxes(image_rgb: ByteImage, lines: list[str], letters_px: int) -> list[Box]:
    """List where the banners could stand, the best place first."""
    height, width = image_rgb.shape[:2]
    sizes = [measure_words(line, letters_px) for line in lines]
    wide = max(size[0] for size in sizes)
    tall = (len(lines) - 1) * _LINE * letters_px + sizes[0][1]
    lefts = (width - _SIDE * letters_px - wide, _SIDE * letters_px)
    tops = (_TOP * letters_px, height - _BOTTOM * letters_px - tall)
    return [
        (left, top, left + wide, top + tall)
        for top in (tops[0], (tops[0] + tops[1]) / 2, tops[1])
        for left in lefts
    ]


def _measure_hidden(box: Box, people: list[Box]) -> float:
    """Measure the area that a box shares with the boxes around the people."""
    area = 0.0
    for person in people:
        wide = min(box[2], person[2]) - max(box[0], person[0])
        tall = min(box[3], person[3]) - max(box[1], person[1])
        area += max(0.0, float(wide)) * max(0.0, float(tall))
    return area
