"""Motion capture as 3D keypoints: markers or joint angles turned into the skeleton.

``load_motions(find_shared_data())`` gives every recording as a :class:`Motion`: walks
and a run with force plates (BMC), runs and jumps (CMU), runs, a walk and a jump of a
jointed figure (DeepMimic). Points that a recording does not hold are NaN. What a
camera would see of them is in ``side_camera.py``.

Source of the data: the ``SOURCE.txt`` in each folder of the shared data.
"""

import gzip
import json
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np
import numpy.typing as npt

from sportsgpt_lib.arrays import FloatArray
from sportsgpt_lib.pose.skeleton import KEYPOINT_INDEX, KEYPOINTS, MIDPOINTS

_SIDES = MappingProxyType({"left": "L", "right": "R"})
_MM = 0.001


@dataclass(frozen=True)
class Motion:
    """One recording of a body in space.

    ``times_s`` ``(T,)`` ascend from 0; ``points_m`` ``(T, J, 3)`` are x, up and z of
    the skeleton's keypoints in metres, right-handed, NaN = not recorded.
    """

    name: str
    times_s: FloatArray
    points_m: FloatArray

    def resample(self, frame_rate_hz: float) -> "Motion":
        """Sample at another rate, by cubic splines through the recorded points."""
        from scipy.interpolate import CubicSpline

        count = int(self.times_s[-1] * frame_rate_hz) + 1
        times_s = np.arange(count) / frame_rate_hz
        points_m = np.full((count, *self.points_m.shape[1:]), np.nan)
        is_known = np.isfinite(self.points_m).all(axis=(0, 2))
        points_m[:, is_known] = CubicSpline(self.times_s, self.points_m[:, is_known])(
            times_s
        )
        return Motion(self.name, times_s, points_m)


def find_shared_data() -> Path:
    """Find the shared data beside the checkout, or where the tests are told it is.

    Raises
    ------
    FileNotFoundError
        There is none.
    """
    beside = Path(__file__).resolve().parents[3] / "shared" / "data"
    folder = Path(os.environ.get("SPORTSGPT_SHARED_DATA") or beside)
    if not folder.is_dir():
        raise FileNotFoundError(
            f"{folder}: no shared data; allowed: a folder with events_bmc_grf, "
            "mocap_cmu_run_jump and mocap_deepmimic_mit. Fix: put them there"
        )
    return folder


def load_motions(data: Path) -> list[Motion]:
    """Load every recording of motion capture in the shared data."""
    bmc, cmu = (data / name for name in ("events_bmc_grf", "mocap_cmu_run_jump"))
    return [
        _load_markers(bmc / "walk1.trc", "bmc_walk1", _WALK_MARKERS),
        _load_markers(bmc / "walk2.trc", "bmc_walk2", _WALK_MARKERS),
        _load_markers(bmc / "motion_capture_run.trc", "bmc_run", _RUN_MARKERS),
        *(_load_cmu(path) for path in sorted(cmu.glob("*.txt.gz"))),
        *load_figures(data, ("run", "jog", "walk", "jump")),
    ]


def load_figures(data: Path, names: Sequence[str]) -> list[Motion]:
    """Load recordings of the jointed figure (DeepMimic) by the names of their files."""
    figures = data / "mocap_deepmimic_mit"
    skeleton = figures / "humanoid3d_character.txt"
    paths = (figures / f"humanoid3d_{name}.txt" for name in names)
    return [_load_figure(path, skeleton) for path in paths]


# For each keypoint of a side the markers whose middle it is.
_WALK_MARKERS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "knee": ("{side}.Knee", "{side}.Knee.Medial"),
        "ankle": ("{side}.Ankle", "{side}.Ankle.Medial"),
        "heel": ("{side}.Heel",),
        "big_toe": ("{side}.MT1",),
        "small_toe": ("{side}.MT5",),
        "front_pelvis": ("{side}.ASIS",),
        "rear_pelvis": ("{side}.PSIS",),
    }
)
_RUN_MARKERS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "shoulder": ("{side}ASHv", "{side}PSHv"),
        "elbow": ("{side}LEL", "{side}MEL"),
        "wrist": ("{side}FAradius", "{side}FAulna"),
        "knee": ("{side}LFCv", "{side}MFCv"),
        "ankle": ("{side}LMALv", "{side}MMALv"),
        "heel": ("{side}CAL",),
        "big_toe": ("{side}TOE",),
        "small_toe": ("{side}MT5",),
        "front_pelvis": ("{side}ASI",),
        "rear_pelvis": ("{side}PSI",),
    }
)
# Hip joint from the middle of the front iliac spines, in widths of the pelvis: behind,
# below and aside. Source: Bell et al. (1990), A comparison of the accuracy of several
# hip center location prediction methods, Journal of Biomechanics 23, 617-621,
# doi:10.1016/0021-9290(90)90054-7.
_HIP_BEHIND, _HIP_BELOW, _HIP_ASIDE = 0.19, 0.30, 0.36
# Chosen: the walks hold no marker above the pelvis; a trunk of this height and breadth
# stands upright on the hips.
_TRUNK_M, _SHOULDER_HALF_M = 0.5, 0.18


def _load_markers(
    path: Path, name: str, markers: Mapping[str, tuple[str, ...]]
) -> Motion:
    times_s, places = _read_trc(path)
    points: dict[str, FloatArray] = {}
    for side, letter in _SIDES.items():
        for keypoint, parts in markers.items():
            members = [places[part.format(side=letter)] for part in parts]
            points[f"{side}_{keypoint}"] = np.mean(members, axis=0) * _MM
    _add_hip_joints(points)
    if "left_shoulder" not in points:
        _add_upright_trunk(points)
    return _build_motion(name, times_s, points)


def _read_trc(path: Path) -> tuple[FloatArray, dict[str, FloatArray]]:
    lines = path.read_text(encoding="latin-1").splitlines()
    names = [name for name in lines[3].split("\t")[2:] if name.strip()]
    width = 2 + 3 * len(names)
    rows = [line.split("\t")[:width] for line in lines[6:] if line.strip()]
    table = np.full((len(rows), width), np.nan)
    for number, cells in enumerate(rows):
        table[number, : len(cells)] = [float(cell or "nan") for cell in cells]
    rate_hz = float(lines[2].split("\t")[0])  # the column of times is rounded
    places = table[:, 2:].reshape(len(rows), len(names), 3)
    return (
        np.arange(len(rows)) / rate_hz,
        {name: places[:, index] for index, name in enumerate(names)},
    )


def _add_hip_joints(points: dict[str, FloatArray]) -> None:
    left, right = points.pop("left_front_pelvis"), points.pop("right_front_pelvis")
    rear = (points.pop("left_rear_pelvis") + points.pop("right_rear_pelvis")) / 2
    front = (left + right) / 2
    width_m = np.linalg.norm(left - right, axis=1, keepdims=True)
    aside = (left - right) / width_m
    up = np.cross(front - rear, right - left)
    up *= np.sign(up[:, 1:2]) / np.linalg.norm(up, axis=1, keepdims=True)
    ahead = front - rear
    ahead -= np.sum(ahead * aside, axis=1, keepdims=True) * aside
    ahead /= np.linalg.norm(ahead, axis=1, keepdims=True)
    middle = front - width_m * (_HIP_BEHIND * ahead + _HIP_BELOW * up)
    points["left_hip"] = middle + _HIP_ASIDE * width_m * aside
    points["right_hip"] = middle - _HIP_ASIDE * width_m * aside


def _add_upright_trunk(points: dict[str, FloatArray]) -> None:
    across = points["left_hip"] - points["right_hip"]
    across[:, 1] = 0.0
    across /= np.linalg.norm(across, axis=1, keepdims=True)
    top = (points["left_hip"] + points["right_hip"]) / 2 + [0.0, _TRUNK_M, 0.0]
    points["left_shoulder"] = top + _SHOULDER_HALF_M * across
    points["right_shoulder"] = top - _SHOULDER_HALF_M * across


# Start of each bone: its parent and the offset from it, in the units of the recording.
# Source: the CMU skeleton as in the repository that the data's SOURCE.txt names
# (src/forward_kinematics_cmu.py); only bones that lead to a keypoint are listed.
_CMU_BONES: Mapping[int, tuple[int, tuple[float, float, float]]] = MappingProxyType(
    {
        1: (0, (0.0, 0.0, 0.0)),
        2: (1, (1.65674, -1.80282, 0.62477)),
        3: (2, (2.59720, -7.13576, 0.0)),
        4: (3, (2.49236, -6.84770, 0.0)),
        5: (4, (0.19704, -0.54136, 2.14581)),
        7: (0, (0.0, 0.0, 0.0)),
        8: (7, (-1.61070, -1.80282, 0.62476)),
        9: (8, (-2.59502, -7.12977, 0.0)),
        10: (9, (-2.46780, -6.78024, 0.0)),
        11: (10, (-0.23024, -0.63258, 2.13368)),
        13: (0, (0.0, 0.0, 0.0)),
        14: (13, (0.01961, 2.05450, -0.14112)),
        15: (14, (0.01021, 2.06436, -0.05921)),
        16: (15, (0.0, 0.0, 0.0)),
        17: (16, (0.00713, 1.56711, 0.14968)),
        18: (17, (0.03429, 1.56041, -0.10006)),
        19: (18, (0.01305, 1.62560, -0.05265)),
        20: (15, (0.0, 0.0, 0.0)),
        21: (20, (3.54205, 0.90436, -0.17364)),
        22: (21, (4.86513, 0.0, 0.0)),
        23: (22, (3.35554, 0.0, 0.0)),
        29: (15, (0.0, 0.0, 0.0)),
        30: (29, (-3.49802, 0.75994, -0.32616)),
        31: (30, (-5.02649, 0.0, 0.0)),
        32: (31, (-3.36431, 0.0, 0.0)),
    }
)
_CMU_KEYPOINTS: Mapping[str, int] = MappingProxyType(
    {
        "left_hip": 2,
        "left_knee": 3,
        "left_ankle": 4,
        "left_big_toe": 5,
        "right_hip": 8,
        "right_knee": 9,
        "right_ankle": 10,
        "right_big_toe": 11,
        "head": 19,
        "left_shoulder": 21,
        "left_elbow": 22,
        "left_wrist": 23,
        "right_shoulder": 30,
        "right_elbow": 31,
        "right_wrist": 32,
    }
)
_CMU_RATE_HZ = 120.0
# Source: mocap.cs.cmu.edu, frequently asked questions: lengths are inches times 0.45.
_CMU_UNIT_M = 0.0254 / 0.45


def _load_cmu(path: Path) -> Motion:
    with gzip.open(path, "rt", encoding="utf-8") as stream:
        table = np.loadtxt(stream, delimiter=",")[1:]  # the first row stands still
    rotations = {0: _rotate_by_vector(table[:, 3:6])}
    starts = {0: table[:, :3]}
    for bone, (parent, offset) in _CMU_BONES.items():
        starts[bone] = starts[parent] + np.einsum(
            "i,tij->tj", offset, rotations[parent]
        )
        own = _rotate_by_vector(table[:, 3 + 3 * bone : 6 + 3 * bone])
        rotations[bone] = own @ rotations[parent]
    points = {name: starts[bone] * _CMU_UNIT_M for name, bone in _CMU_KEYPOINTS.items()}
    name = "cmu_" + path.name.removesuffix(".txt.gz")
    return _build_motion(name, np.arange(len(table)) / _CMU_RATE_HZ, points)


def _rotate_by_vector(vectors: FloatArray) -> FloatArray:
    from scipy.spatial.transform import Rotation

    return np.asarray(Rotation.from_rotvec(vectors).as_matrix())


_HINGE_AXIS = (0.0, 0.0, 1.0)
_FIGURE_KEYPOINTS: Mapping[str, tuple[str, tuple[float, float, float]]] = (
    MappingProxyType(
        {
            "nose": ("neck", (0.1, 0.175, 0.0)),
            "head": ("neck", (0.0, 0.28, 0.0)),
            **{
                f"{side}_{keypoint}": (f"{side}_{joint}", offset_m)
                for side in _SIDES
                for keypoint, joint, offset_m in (
                    ("shoulder", "shoulder", (0.0, 0.0, 0.0)),
                    ("elbow", "elbow", (0.0, 0.0, 0.0)),
                    ("wrist", "wrist", (0.0, 0.0, 0.0)),
                    ("hip", "hip", (0.0, 0.0, 0.0)),
                    ("knee", "knee", (0.0, 0.0, 0.0)),
                    ("ankle", "ankle", (0.0, 0.0, 0.0)),
                    # Ends of the box that is the figure's foot.
                    ("heel", "ankle", (-0.0435, -0.05, 0.0)),
                    ("big_toe", "ankle", (0.1335, -0.05, 0.0)),
                )
            },
        }
    )
)
_CYCLE_COUNT = 3  # steps of under a second are walked on


def _load_figure(path: Path, skeleton_path: Path) -> Motion:
    joints = json.loads(skeleton_path.read_text(encoding="utf-8"))["Skeleton"]["Joints"]
    recording = json.loads(path.read_text(encoding="utf-8"))
    table = np.array(recording["Frames"])
    name = path.stem.removeprefix("humanoid3d_")
    if name in {"run", "jog", "walk"}:
        table = _repeat_cycle(table)
    times_s = np.concatenate([[0.0], np.cumsum(table[:-1, 0])])
    starts, rotations = _turn_joints(table, joints)
    points = {
        keypoint: starts[joint] + rotations[joint].apply(offset_m)
        for keypoint, (joint, offset_m) in _FIGURE_KEYPOINTS.items()
    }
    return _build_motion(f"deepmimic_{name}", times_s, points)


def _turn_joints(
    table: FloatArray, joints: list[dict[str, Any]]
) -> tuple[dict[str, FloatArray], dict[str, Any]]:
    from scipy.spatial.transform import Rotation

    names = [joint["Name"] for joint in joints]
    starts: dict[str, FloatArray] = {"root": table[:, 1:4]}
    rotations = {"root": Rotation.from_quat(table[:, 4:8], scalar_first=True)}
    column = 8
    turn: Mapping[str, tuple[int, Callable[[FloatArray], Any]]] = {
        "spherical": (4, lambda q: Rotation.from_quat(q, scalar_first=True)),
        "revolute": (1, lambda a: Rotation.from_rotvec(a * _HINGE_AXIS)),
        "fixed": (0, lambda a: Rotation.from_rotvec(np.zeros((len(a), 3)))),
    }
    for joint in joints[1:]:
        parent = names[joint["Parent"]]
        offset_m = [joint[f"Attach{axis}"] for axis in "XYZ"]
        width, build = turn[joint["Type"]]
        starts[joint["Name"]] = starts[parent] + rotations[parent].apply(offset_m)
        own = build(table[:, column : column + width])
        rotations[joint["Name"]] = rotations[parent] * own
        column += width
    return starts, rotations


def _repeat_cycle(table: FloatArray) -> FloatArray:
    travelled = (table[-1, 1:4] - table[0, 1:4]) * [1.0, 0.0, 1.0]
    cycles = []
    for number in range(_CYCLE_COUNT):
        cycle = table[:-1].copy()
        cycle[:, 1:4] += number * travelled
        cycles.append(cycle)
    return np.concatenate(cycles)


def _build_motion(
    name: str, times_s: FloatArray, points: Mapping[str, npt.NDArray[np.float64]]
) -> Motion:
    points_m = np.full((times_s.size, len(KEYPOINTS), 3), np.nan)
    for keypoint, places in points.items():
        points_m[:, KEYPOINT_INDEX[keypoint]] = places
    for keypoint, (first, second) in MIDPOINTS.items():
        points_m[:, KEYPOINT_INDEX[keypoint]] = (points[first] + points[second]) / 2
    return Motion(name, times_s, points_m)
