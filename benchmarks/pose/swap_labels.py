"""On which side the limbs of the people in the real clips are, labelled by eye.

Rule of labelling: the pictures were looked at enlarged, left drawn in one colour and
right in another, every picture where limbs cross or labels change and every second to
fourteenth elsewhere. A :class:`Side` says where in the picture the person's left limb
really is: to the right (+1) or to the left (-1) of the right one. It is about the
picture, not the network's answer, so the labels outlive changes of tracking. What
nobody can tell by eye (limbs on each other, collapsed poses) is :class:`Unknown`. A
group without either was seen to be labelled right throughout the interval.
"""

from dataclasses import dataclass

from sportsgpt_lib.pose.swap_groups import SWAP_GROUPS

_UPPER = ("shoulders", "arms", "hips")


@dataclass(frozen=True)
class Side:
    """From frame ``first`` to ``last`` the left limb is on this side of the right."""

    first: int
    last: int
    groups: tuple[str, ...]
    sign: int


@dataclass(frozen=True)
class Unknown:
    """Frames and groups nobody can tell by eye, and why."""

    first: int
    last: int
    groups: tuple[str, ...]
    why: str


@dataclass(frozen=True)
class Interval:
    """Frames of a clip, and where the person's hips are in one of them."""

    name: str
    clip: str
    first: int
    last: int
    seen_at: tuple[int, float, float]
    sides: tuple[Side, ...] = ()
    undecidable: tuple[Unknown, ...] = ()


def _walk(first: int, *steps: tuple[int, int, int]) -> tuple[Side, ...]:
    """Sides of the legs step by step: first frame, last frame and sign of each."""
    return tuple(
        Side(start, end, ("legs",), sign) for start, end, sign in steps if end >= first
    )


_FLIP = "video_sports2d_flip/demo.mp4"
_BEAM = "video_pose2sim_beam/single_cam0{}.mp4"
INTERVALS = (
    # He faces the camera with limbs spread, then turns to the picture's right.
    Interval(
        "jumper",
        _FLIP,
        0,
        98,
        (30, 640, 250),
        sides=(
            Side(0, 84, ("head",), 1),
            Side(0, 98, _UPPER, 1),
            Side(0, 92, ("legs",), 1),
        ),
        undecidable=(
            Unknown(85, 98, ("head",), "in profile, ears on each other"),
            Unknown(19, 20, ("head", "shoulders", "arms"), "arms drawn to the head"),
            Unknown(93, 98, ("legs",), "crossing"),
        ),
    ),
    # She walks to the picture's left, her left side towards the camera.
    Interval(
        "walker",
        _FLIP,
        45,
        193,
        (100, 1020, 730),
        sides=_walk(
            45,
            (45, 51, -1),
            (53, 70, 1),
            (73, 89, -1),
            (92, 105, 1),
            (110, 125, -1),
            (128, 144, 1),
            (146, 162, -1),
            (166, 181, 1),
            (183, 193, -1),
        ),
        undecidable=(
            Unknown(106, 107, ("legs",), "both drawn on the front leg"),
            Unknown(126, 127, ("legs",), "crossing, one lies on the other"),
            Unknown(161, 165, ("legs",), "both drawn on the rear leg, crossing"),
            Unknown(189, 193, ("hips",), "on each other"),
            Unknown(191, 191, ("legs",), "collapsed"),
        ),
    ),
    Interval(
        "bystander, in front",
        _BEAM.format(1),
        0,
        99,
        (50, 60, 525),
        sides=(Side(0, 99, SWAP_GROUPS, 1),),
    ),
    Interval(
        "beam, half front",
        _BEAM.format(1),
        0,
        99,
        (50, 452, 792),
        sides=(
            Side(0, 99, _UPPER, 1),
            Side(0, 62, ("legs",), 1),
            Side(70, 86, ("legs",), -1),
            Side(91, 99, ("legs",), 1),
        ),
        undecidable=(
            Unknown(17, 81, ("head",), "in profile, ears on each other"),
            Unknown(63, 69, ("legs",), "crossing"),
            Unknown(87, 90, ("legs",), "crossing"),
        ),
    ),
    # From 42 to 71 the network exchanges the whole body in more than half the frames.
    Interval(
        "beam, in front",
        _BEAM.format(2),
        0,
        99,
        (50, 482, 784),
        sides=(
            Side(0, 99, ("head", *_UPPER), 1),
            Side(0, 13, ("legs",), -1),
            Side(21, 98, ("legs",), 1),
        ),
        undecidable=(
            Unknown(14, 20, ("legs",), "crossing"),
            Unknown(62, 62, ("legs", "hips"), "half exchanged, limbs mixed"),
            Unknown(64, 65, SWAP_GROUPS, "limbs mixed"),
            Unknown(68, 68, ("legs", "hips"), "limbs mixed"),
            Unknown(70, 70, ("legs", "hips"), "limbs mixed"),
        ),
    ),
    Interval(
        "beam, from behind",
        _BEAM.format(3),
        0,
        99,
        (50, 554, 830),
        sides=(
            Side(0, 99, _UPPER, -1),
            Side(0, 60, ("legs",), -1),
            Side(68, 86, ("legs",), 1),
            Side(94, 99, ("legs",), -1),
        ),
        undecidable=(
            Unknown(0, 99, ("head",), "in profile"),
            Unknown(61, 67, ("legs",), "the hidden right leg is drawn to the hand"),
            Unknown(87, 93, ("legs",), "crossing"),
        ),
    ),
    Interval(
        "beam, half behind",
        _BEAM.format(4),
        0,
        99,
        (50, 538, 839),
        sides=(
            Side(0, 99, _UPPER, -1),
            Side(0, 13, ("legs",), 1),
            Side(24, 99, ("legs",), -1),
        ),
        undecidable=(
            Unknown(14, 23, ("legs",), "crossing"),
            Unknown(20, 60, ("head",), "in profile"),
        ),
    ),
    # He faces the picture's right; the arm that is seen is always the right one.
    Interval("squat", "video_squat_mit/squat.mp4", 0, 560, (307, 225, 731)),
)
