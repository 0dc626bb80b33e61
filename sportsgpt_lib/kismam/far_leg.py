"""Which leg is away from the camera, in a recording from the side."""

from sportsgpt_lib.arrays import FloatArray
from sportsgpt_lib.kinematics.body_scale import estimate_stature_px, find_facing


def find_far_side(positions_px: FloatArray) -> str | None:
    """Find the side of the body that is away from a camera at the athlete's side.

    Parameters
    ----------
    positions_px
        Image positions ``(T, J, 2)``. NaN = not seen.

    Returns
    -------
    ``left`` for an athlete who faces right in the picture, ``right`` for one who faces
    left; None where the poses do not tell the facing.
    """
    facing = find_facing(positions_px, estimate_stature_px(positions_px))
    if facing.evidence == "none":
        return None
    return "left" if facing.sign > 0 else "right"
