"""Body segments: mass shares, mass centres and lengths of an adult body.

The numbers are the means of the female and the male column of Table 4 in
de Leva P. (1996) Adjustments to Zatsiorsky-Seluyanov's segment inertia parameters,
J Biomech 29(9):1223-1230, doi:10.1016/0021-9290(95)00178-6, because an athlete's sex
is neither known nor needed here. What is computed from them lives in
``centre_of_mass.py`` and ``body_scale.py``.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Segment:
    """One segment between two keypoints.

    ``mass_ratio`` is the share of body mass; ``centre_ratio`` the distance of the mass
    centre from ``proximal``, as a share of the segment's length.
    """

    name: str
    proximal: str
    distal: str
    mass_ratio: float
    centre_ratio: float


def _mean(female: float, male: float) -> float:
    return (female + male) / 2.0


def _paired(
    name: str, ends: tuple[str, str], mass: float, centre: float
) -> list[Segment]:
    return [
        Segment(
            f"{side}_{name}", f"{side}_{ends[0]}", f"{side}_{ends[1]}", mass, centre
        )
        for side in ("left", "right")
    ]


# Rows VERT-CERV, MIDS-MIDH, SJC-EJC, EJC-WJC, HJC-KJC, KJC-AJC and HEEL-TTIP. The hand
# has no second keypoint; its mass is added to the forearm's, which moves the forearm's
# mass centre towards the wrist.
_HAND_MASS = _mean(0.0056, 0.0061)
_FOREARM_MASS = _mean(0.0138, 0.0162)
_FOREARM_CENTRE = _mean(0.4559, 0.4574)

SEGMENTS: tuple[Segment, ...] = (
    Segment("head", "head", "neck", _mean(0.0668, 0.0694), _mean(0.4841, 0.5002)),
    Segment("trunk", "neck", "hip", _mean(0.4257, 0.4346), _mean(0.3782, 0.4310)),
    *_paired(
        "upper_arm", ("shoulder", "elbow"), _mean(0.0255, 0.0271), _mean(0.5754, 0.5772)
    ),
    *_paired(
        "forearm_and_hand",
        ("elbow", "wrist"),
        _FOREARM_MASS + _HAND_MASS,
        (_FOREARM_MASS * _FOREARM_CENTRE + _HAND_MASS) / (_FOREARM_MASS + _HAND_MASS),
    ),
    *_paired("thigh", ("hip", "knee"), _mean(0.1478, 0.1416), _mean(0.3612, 0.4095)),
    *_paired("shank", ("knee", "ankle"), _mean(0.0481, 0.0433), _mean(0.4352, 0.4395)),
    *_paired("foot", ("heel", "big_toe"), _mean(0.0129, 0.0137), _mean(0.4014, 0.4415)),
)

# Lengths of thigh (HJC-KJC) and shank (KJC-AJC) as shares of stature, same table.
_FEMALE_STATURE_MM = 1735.0
_MALE_STATURE_MM = 1741.0
THIGH_BODY_HEIGHTS = _mean(368.5 / _FEMALE_STATURE_MM, 422.2 / _MALE_STATURE_MM)
SHANK_BODY_HEIGHTS = _mean(438.6 / _FEMALE_STATURE_MM, 440.3 / _MALE_STATURE_MM)
