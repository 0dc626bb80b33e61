"""The figure of docs/angles.md: zero line and positive sense of every quantity.

``python -m sportsgpt_lib.reporting.convention_figure`` writes it. Bodies are posed by
the angles they show, so that figure and formulas cannot part. No measurement is shown.
"""

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

FIGURE_PATH = Path(__file__).resolve().parents[2] / "docs" / "figures" / "angles.svg"

Point = tuple[float, float]  # forward and up, in body heights
Direction = Callable[[float], Point]

_WIDTH_PX, _HEIGHT_PX, _PANEL_PX = 1490, 740, 450
_STATURE_PX, _FLOOR_PX = 420.0, 560.0
# Lengths in body heights, chosen to look like a person.
_TRUNK, _HEAD, _HEAD_RADIUS = 0.30, 0.11, 0.055
_UPPER_ARM, _FOREARM, _THIGH, _SHANK, _FOOT = 0.17, 0.16, 0.24, 0.24, 0.14
_ANKLE_AHEAD, _ANKLE_UP = 0.035, 0.04
_ARC_STEPS = 24
_LEGEND = (
    "Seen from the side; forward, the way the athlete faces, is to the right. Dashed: "
    "zero. Arrow: the positive sense. Names of limbs begin with left_ or right_.",
    "ground_contact is 1 for the pale foot and 0 for the other; flight is 1, and "
    "flight_time its duration in seconds, where no foot stands and the body falls.",
    "Not drawn: elbow_forward, wrist_forward and wrist_height as those of the foot; "
    "toe_forward_of_centre_of_mass, knee_forward_of_toe and",
    "centre_of_mass_forward_of_feet, each ahead of the point named last; body_lean, of "
    "the line from toe to centre of mass, as trunk_lean.",
)
_STYLE = """
.page { fill: #ffffff } text { fill: #1f2328; font: 15px sans-serif }
.title { font-weight: bold; font-size: 18px }
.bone { stroke: #2b5d8a } .far { stroke: #a9bccd } .zero { stroke: #6e7781 }
.sense { stroke: #b4480f } .tip { fill: #b4480f } .name { fill: #a03c08 }
.bone, .far { stroke-width: 7; stroke-linecap: round; fill: none }
.zero { stroke-dasharray: 5 4; fill: none; stroke-width: 1.5 }
.sense { fill: none; stroke-width: 2.5 }
@media (prefers-color-scheme: dark) {
.page { fill: #0d1117 } text { fill: #e6edf3 }
.bone { stroke: #79b8ff } .far { stroke: #3d5266 } .zero { stroke: #8b949e }
.sense { stroke: #ffa657 } .tip { fill: #ffa657 } .name { fill: #ffa657 }
}"""


@dataclass(frozen=True)
class _Pose:
    """Segment angles in degrees, in the convention of docs/angles.md."""

    trunk_deg: float
    thigh_deg: float
    shank_deg: float
    foot_deg: float
    arm_deg: float
    forearm_deg: float


@dataclass(frozen=True)
class _Arc:
    """A positive angle at ``vertex``, from ``start_deg`` on by ``turn_deg``.

    Its name stands behind the zero line, or beside the arc.
    """

    name: str
    vertex: str
    direction: Direction
    start_deg: float
    turn_deg: float
    radius: float
    is_named_behind: bool = False


_SEGMENT_POSE = _Pose(20.0, 48.0, 24.0, 22.0, -30.0, 10.0)
_JOINT_POSE = _Pose(12.0, 62.0, -22.0, 0.0, 28.0, 100.0)
_STANCE_POSE = _Pose(8.0, -12.0, -20.0, 0.0, 20.0, 40.0)
_SWING_POSE = _Pose(8.0, 40.0, 15.0, 12.0, -30.0, 10.0)


def _hang(angle_deg: float) -> Point:
    turn = math.radians(angle_deg)
    return math.sin(turn), -math.cos(turn)


def _stand(angle_deg: float) -> Point:
    turn = math.radians(angle_deg)
    return math.sin(turn), math.cos(turn)


def _lie(angle_deg: float) -> Point:
    turn = math.radians(angle_deg)
    return math.cos(turn), math.sin(turn)


def _go(start: Point, direction: Point, length: float) -> Point:
    return start[0] + length * direction[0], start[1] + length * direction[1]


def _place(pose: _Pose, hip: Point) -> dict[str, Point]:
    """Place the joints of one side of the body."""
    shoulder = _go(hip, _stand(pose.trunk_deg), _TRUNK)
    elbow = _go(shoulder, _hang(pose.arm_deg), _UPPER_ARM)
    knee = _go(hip, _hang(pose.thigh_deg), _THIGH)
    ankle = _go(knee, _hang(pose.shank_deg), _SHANK)
    heel = _go(ankle, _lie(pose.foot_deg), -_ANKLE_AHEAD)
    heel = _go(heel, _stand(-pose.foot_deg), -_ANKLE_UP)
    return {
        "hip": hip,
        "shoulder": shoulder,
        "head": _go(shoulder, _stand(pose.trunk_deg), _HEAD),
        "elbow": elbow,
        "wrist": _go(elbow, _hang(pose.forearm_deg), _FOREARM),
        "knee": knee,
        "ankle": ankle,
        "heel": heel,
        "toe": _go(heel, _lie(pose.foot_deg), _FOOT),
    }


def _list_segment_arcs(pose: _Pose) -> list[_Arc]:
    return [
        _Arc(
            "trunk_lean", "hip", _stand, 0.0, pose.trunk_deg, 0.24, is_named_behind=True
        ),
        _Arc(
            "thigh_angle", "hip", _hang, 0.0, pose.thigh_deg, 0.17, is_named_behind=True
        ),
        _Arc(
            "shank_angle",
            "knee",
            _hang,
            0.0,
            pose.shank_deg,
            0.19,
            is_named_behind=True,
        ),
        _Arc("foot_angle", "heel", _lie, 0.0, pose.foot_deg, 0.18),
    ]


def _list_joint_arcs(pose: _Pose) -> list[_Arc]:
    """Zero lines lengthen the neighbor segment, or stand square to it."""
    shank, thigh, trunk = pose.shank_deg, pose.thigh_deg, pose.trunk_deg
    arm, forearm = pose.arm_deg, pose.forearm_deg
    return [
        _Arc(
            "hip_flexion",
            "hip",
            _hang,
            -trunk,
            thigh + trunk,
            0.17,
            is_named_behind=True,
        ),
        _Arc("knee_flexion", "knee", _hang, thigh, shank - thigh, 0.14),
        _Arc("ankle_dorsiflexion", "heel", _lie, shank, pose.foot_deg - shank, 0.19),
        _Arc(
            "shoulder_flexion",
            "shoulder",
            _hang,
            -trunk,
            arm + trunk,
            0.12,
            is_named_behind=True,
        ),
        _Arc("elbow_flexion", "elbow", _hang, arm, forearm - arm, 0.1),
    ]


@dataclass(frozen=True)
class _Panel:
    """Where a body's coordinates lie on the page."""

    left_px: float

    def to_page(self, point: Point) -> str:
        x_px = self.left_px + _STATURE_PX * point[0]
        return f"{x_px:.1f},{_FLOOR_PX - _STATURE_PX * point[1]:.1f}"

    def line(self, kind: str, *points: Point, marks: str = "") -> str:
        places = " ".join(map(self.to_page, points))
        return f'<polyline class="{kind}" points="{places}"{marks}/>'

    def words(
        self, at: Point, text: str, kind: str = "name", anchor: str = "start"
    ) -> str:
        x_px, y_px = self.to_page(at).split(",")
        return (
            f'<text class="{kind}" x="{x_px}" y="{y_px}" '
            f'text-anchor="{anchor}">{text}</text>'
        )


_TIP = ' marker-end="url(#tip)"'


def _draw_body(panel: _Panel, at: dict[str, Point], kind: str) -> Iterator[str]:
    yield panel.line(kind, at["hip"], at["knee"], at["ankle"])
    yield panel.line(kind, at["heel"], at["toe"])
    yield panel.line(kind, at["ankle"], at["heel"])
    yield panel.line(kind, at["hip"], at["shoulder"])
    yield panel.line(kind, at["shoulder"], at["elbow"], at["wrist"])
    x_px, y_px = panel.to_page(at["head"]).split(",")
    radius_px = _HEAD_RADIUS * _STATURE_PX
    yield f'<circle class="{kind}" cx="{x_px}" cy="{y_px}" r="{radius_px:.1f}"/>'


def _draw_arc(panel: _Panel, at: dict[str, Point], arc: _Arc) -> Iterator[str]:
    vertex = at[arc.vertex]
    end = _go(vertex, arc.direction(arc.start_deg), arc.radius + 0.06)
    yield panel.line("zero", vertex, end)
    turns_deg = [
        arc.start_deg + arc.turn_deg * step / _ARC_STEPS
        for step in range(_ARC_STEPS + 1)
    ]
    points = [_go(vertex, arc.direction(turn), arc.radius) for turn in turns_deg]
    yield panel.line("sense", *points, marks=_TIP)
    if arc.is_named_behind:
        beside = points[0][0] - 0.02, points[0][1]
        yield panel.words(beside, f"{arc.name} +", anchor="end")
    else:
        outward = arc.direction(arc.start_deg + 0.35 * arc.turn_deg)
        yield panel.words(_go(vertex, outward, arc.radius + 0.03), f"{arc.name} +")


def _draw_angles(
    panel: _Panel, title: str, pose: _Pose, arcs: list[_Arc]
) -> Iterator[str]:
    at = _place(pose, (0.36, 0.62))
    yield panel.words((0.05, 1.24), title, "title")
    yield from _draw_body(panel, at, "bone")
    for arc in arcs:
        yield from _draw_arc(panel, at, arc)


def _draw_distances(panel: _Panel) -> Iterator[str]:
    """Heights above the floor, places ahead of the hips and along the way."""
    hip, centre = (0.58, 0.5), (0.62, 0.56)
    stance = _place(_STANCE_POSE, hip)
    swing = _place(_SWING_POSE, hip)
    yield panel.words((0.05, 1.24), "Distances: up from the floor, ahead", "title")
    yield panel.line("zero", (0.0, 0.0), (1.25, 0.0))
    yield panel.line("zero", (0.0, 0.0), (0.0, 1.1))
    yield panel.line("zero", hip, (hip[0], -0.14))
    yield from _draw_body(panel, stance, "far")
    yield from _draw_body(panel, swing, "bone")
    x_px, y_px = panel.to_page(centre).split(",")
    yield f'<circle class="tip" cx="{x_px}" cy="{y_px}" r="6"/>'
    for name, point, along in (
        ("hip_height", hip, 0.3),
        ("centre_of_mass_height", centre, 0.1),
    ):
        yield panel.line("zero", point, (along, point[1]))
        yield panel.line("sense", (along, 0.0), (along, point[1]), marks=_TIP)
        yield panel.words((along - 0.05, point[1] + 0.02), name)
    yield from _draw_foot_distances(panel, swing)
    for name, point, level in (
        ("hip_forward", hip, 0.93),
        ("centre_of_mass_forward", centre, 1.03),
    ):
        yield panel.line("zero", point, (point[0], level))
        yield panel.line("sense", (0.0, level), (point[0], level), marks=_TIP)
        yield panel.words((0.01, level + 0.02), name)


def _draw_foot_distances(panel: _Panel, at: dict[str, Point]) -> Iterator[str]:
    for index, name in enumerate(("heel", "ankle", "toe")):
        point = at[name]
        yield panel.line("sense", (point[0], 0.0), point, marks=_TIP)
        level = -0.04 * (index + 1)
        yield panel.line("sense", (at["hip"][0], level), (point[0], level), marks=_TIP)
    yield panel.words((0.96, -0.05), "heel_forward")
    yield panel.words((0.96, -0.10), "foot_forward")
    yield panel.words((0.96, -0.15), "toe_forward")
    yield panel.words((1.0, 0.16), "heel_height")
    yield panel.words((1.0, 0.11), "ankle_height")
    yield panel.words((1.0, 0.06), "toe_height")


def _open_page() -> Iterator[str]:
    yield (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH_PX} '
        f'{_HEIGHT_PX}" role="img">'
    )
    yield "<title>Angles and distances seen from the side, forward to the right</title>"
    yield f"<style>{_STYLE}</style>"
    yield (
        '<defs><marker id="tip" viewBox="0 0 10 10" refX="9" refY="5" markerWidth="6" '
        'markerHeight="6" orient="auto-start-reverse">'
        '<path class="tip" d="M0 0 10 5 0 10z"/></marker></defs>'
    )
    yield f'<rect class="page" width="{_WIDTH_PX}" height="{_HEIGHT_PX}"/>'
    for line, words in enumerate(_LEGEND):
        yield f'<text x="20" y="{_HEIGHT_PX - 72 + 20 * line}">{words}</text>'


def build_convention_figure() -> str:
    """Build the figure as SVG text, readable on light and on dark pages."""
    first, second, third = (_Panel(20.0 + _PANEL_PX * n) for n in range(3))
    segments, joints = _SEGMENT_POSE, _JOINT_POSE
    body = [
        *_draw_angles(
            first,
            "Segments: from the vertical or the level",
            segments,
            _list_segment_arcs(segments),
        ),
        *_draw_angles(
            second, "Joints: from straight", joints, _list_joint_arcs(joints)
        ),
        *_draw_distances(third),
    ]
    return "\n".join([*_open_page(), *body, "</svg>", ""])


def main() -> None:
    """Write the figure into the source tree."""
    FIGURE_PATH.write_text(build_convention_figure(), encoding="utf-8")


if __name__ == "__main__":
    main()
