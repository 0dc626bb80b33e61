"""How far the angles, heights and distances of a recording can be believed."""

from sportsgpt_lib.kinematics.floor import STEEPEST_SLOPE_DEG, FloorLine
from sportsgpt_lib.kinematics.quantities import CameraReading, Quantities
from sportsgpt_lib.stages.contract import PASS, Subject, Verdict

# Chosen, see docs/angles.md: with fewer frames on its side a facing is a guess.
_CLEAR_FACING_RATIO = 0.75
# Chosen, see docs/adr/0006-pose.md: twice the roll of a camera aimed by eye.
_NOTABLE_SLOPE_DEG = 5.0
_FILM_FROM_THE_SIDE = (
    "film from the side, the camera square to the direction of movement, "
    'and set view = "sagittal" in session.toml'
)


def judge_kinematics(
    subject: Subject, quantities: Quantities, camera: CameraReading
) -> Verdict:
    """Judge view, facing, camera and floor; the first doubt is the verdict."""
    return (
        _judge_view(subject, quantities)
        or _judge_motion(quantities)
        or _judge_floor(quantities.floor, camera)
        or PASS
    )


def refuse_view(found: str) -> Verdict:
    """Set a recording aside, as angles cannot be seen from where the camera stood."""
    return Verdict(
        "QUARANTINE",
        "view_not_supported",
        f"{found}; angles are measured from the side only",
        _FILM_FROM_THE_SIDE,
    )


def _judge_view(subject: Subject, quantities: Quantities) -> Verdict | None:
    facing = quantities.facing
    if subject.camera_view == "unknown" and facing.evidence == "none":
        return refuse_view("the view is not stated and the feet point at no side")
    if subject.camera_view in ("oblique", "unknown"):
        found = {
            "oblique": "the camera stood at an angle to the movement",
            "unknown": "the view is not stated; it looks like a view from the side",
        }[subject.camera_view]
        return Verdict(
            "WARN",
            "view_not_sagittal",
            f"{found}; angles may be off by more than the stated errors",
            _FILM_FROM_THE_SIDE,
        )
    if facing.evidence == "none" or facing.strength_ratio < _CLEAR_FACING_RATIO:
        return Verdict(
            "WARN",
            "facing_unclear",
            f"only {facing.strength_ratio:.0%} of frames agree on the side the athlete "
            "faces, so forward and backward may be exchanged",
            "choose a time window in which the athlete keeps one direction",
        )
    return None


def _judge_motion(quantities: Quantities) -> Verdict | None:
    if not quantities.motion.is_moving:
        return None
    return Verdict(
        "WARN",
        "camera_moves",
        "feet that stand move across the picture, by "
        f"{abs(quantities.motion.speed_body_heights_s):.1f} body heights a second: "
        "the camera moved, or a belt under the feet; places along the way and "
        "ground contact are missing",
        "keep the camera still, on a stand",
    )


def _judge_floor(floor: FloorLine | None, camera: CameraReading) -> Verdict | None:
    if floor is None:
        return Verdict(
            "WARN",
            "floor_not_found",
            "no foot was seen standing, so heights and ground contact are missing",
            "film the feet and the floor; keep the camera still",
        )
    if floor.is_too_steep:
        return Verdict(
            "WARN",
            "floor_too_steep",
            f"the feet stood along a line of {abs(floor.slope_deg):.0f} degrees; "
            f"allowed: at most {STEEPEST_SLOPE_DEG:g}; heights and ground contact are "
            "missing",
            "set the camera level; choose a time window on one floor",
        )
    roll_deg = camera.roll_deg
    if roll_deg is None and abs(floor.slope_deg) > _NOTABLE_SLOPE_DEG:
        return _warn_of_slope(
            "floor_slopes", floor.slope_deg, "the camera's roll is not known, so"
        )
    if camera.is_roll_from_floor and abs(roll_deg or 0.0) > _NOTABLE_SLOPE_DEG:
        return _warn_of_slope(
            "camera_rolled",
            roll_deg or 0.0,
            "that was taken for the camera's roll and taken out; where the ground "
            "itself climbs,",
        )
    return None


def _warn_of_slope(reason_code: str, slope_deg: float, words: str) -> Verdict:
    return Verdict(
        "WARN",
        reason_code,
        f"the floor line slopes by {abs(slope_deg):.1f} degrees in the picture, above "
        f"{_NOTABLE_SLOPE_DEG:g}; {words} angles against the vertical may be off by as "
        "much",
        "set the camera level, or mark an object that stands plumb (calibration with "
        "is_plumb = true)",
    )
