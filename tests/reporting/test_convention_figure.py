import numpy as np
import pytest

from sportsgpt_lib.kinematics import angles
from sportsgpt_lib.kinematics.quantities import QUANTITY_UNITS
from sportsgpt_lib.reporting import convention_figure as figure

LIMB_ENDS = {
    "trunk_lean": "shoulder",
    "thigh_angle": "knee",
    "hip_flexion": "knee",
    "shank_angle": "ankle",
    "knee_flexion": "ankle",
    "foot_angle": "toe",
    "ankle_dorsiflexion": "toe",
    "shoulder_flexion": "elbow",
    "elbow_flexion": "wrist",
}


def test_the_figure_in_the_documents_is_up_to_date():
    assert (
        figure.FIGURE_PATH.read_text(encoding="utf-8")
        == figure.build_convention_figure()
    ), "run `python -m sportsgpt_lib.reporting.convention_figure`"


@pytest.mark.parametrize("quantity", QUANTITY_UNITS)
def test_every_quantity_is_drawn(quantity):
    stem = quantity.removeprefix("left_").removeprefix("right_").removesuffix("_m")
    assert stem in figure.build_convention_figure()


def _measure(pose):
    """The angles of a drawn body by the formulas that measure athletes."""
    at = {
        name: np.array([place]) for name, place in figure._place(pose, (0, 0)).items()
    }
    trunk = angles.compute_standing_angle_deg(at["hip"], at["shoulder"])
    thigh = angles.compute_hanging_angle_deg(at["hip"], at["knee"])
    shank = angles.compute_hanging_angle_deg(at["knee"], at["ankle"])
    foot = angles.compute_level_angle_deg(at["heel"], at["toe"])
    arm = angles.compute_hanging_angle_deg(at["shoulder"], at["elbow"])
    forearm = angles.compute_hanging_angle_deg(at["elbow"], at["wrist"])
    return {
        "trunk_lean": trunk,
        "thigh_angle": thigh,
        "shank_angle": shank,
        "foot_angle": foot,
        "hip_flexion": angles.compute_hip_flexion_deg(thigh, trunk),
        "knee_flexion": angles.compute_knee_flexion_deg(thigh, shank),
        "ankle_dorsiflexion": angles.compute_ankle_dorsiflexion_deg(shank, foot),
        "shoulder_flexion": angles.compute_shoulder_flexion_deg(arm, trunk),
        "elbow_flexion": angles.compute_elbow_flexion_deg(arm, forearm),
    }


@pytest.mark.parametrize(
    ("pose", "list_arcs"),
    [
        (figure._SEGMENT_POSE, figure._list_segment_arcs),
        (figure._JOINT_POSE, figure._list_joint_arcs),
    ],
    ids=["segments", "joints"],
)
def test_every_arc_goes_from_zero_to_the_limb_and_is_as_wide_as_measured(
    pose, list_arcs
):
    at = figure._place(pose, (0.0, 0.0))
    measured = _measure(pose)
    for arc in list_arcs(pose):
        assert measured[arc.name] == pytest.approx([abs(arc.turn_deg)])
        drawn = arc.direction(arc.start_deg + arc.turn_deg)
        limb = np.subtract(at[LIMB_ENDS[arc.name]], at[arc.vertex])
        assert drawn == pytest.approx(limb / np.linalg.norm(limb))


def test_it_is_readable_on_dark_pages():
    assert "prefers-color-scheme: dark" in figure.build_convention_figure()
