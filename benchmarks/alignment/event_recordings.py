"""Recordings whose events are known: from force plates, from annotations, from gravity.

What is found in them is compared in ``events.py``. Markers are filmed by a camera at
the side; times are those of the recording.
"""

import csv
import tempfile
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType

import numpy as np

from benchmarks.pose.motions import Motion
from benchmarks.pose.side_camera import (
    SideCamera,
    SightRules,
    film_from_side,
    see_with_network,
)
from sportsgpt_lib.arrays import FloatArray
from sportsgpt_lib.kinematics.centre_of_mass import compute_centre_of_mass
from sportsgpt_lib.kinematics.rates import compute_rates
from sportsgpt_lib.pose.sequence import PoseSequence
from sportsgpt_lib.pose.skeleton import KEYPOINT_INDEX, KEYPOINTS, MIDPOINTS

FOOT_STRIKE, TOE_OFF = "foot_strike", "toe_off"
_SIDES = MappingProxyType({"left": "L", "right": "R"})
_MM = 0.001
_TRIALS = MappingProxyType(
    {"bmc_run": "run", "bmc_walk1": "walk1", "bmc_walk2": "walk2"}
)
# Far and wide, so that every frame shows the whole body and time 0 stays time 0.
_CAMERA = SideCamera(distance_m=14.0, width_px=4200, height_px=1600)
# Left and right exchanged and points far off are mended before kinematics.
_JITTER_AND_GAPS = SightRules(swaps_per_s=0.0, outlier_share=0.0)
_DOUBTED = 0.2
# Keypoint: its marker in the C3D files; joint centres are those of the laboratory.
_C3D_MARKERS = MappingProxyType(
    {"hip": "FEP", "knee": "FEO", "ankle": "TIO", "heel": "HEE", "big_toe": "TOE"}
)
_C3D_EVENTS = MappingProxyType({"Foot Strike": FOOT_STRIKE, "Foot Off": TOE_OFF})
_PLATE_FORCE_N = 20.0
_SAME_S = 0.002
_GRAVITY_M_S2 = 9.81
_FREE_FALL_HALF_WIDTH_S = 0.03
# Chosen: arms that swing in the air seem to carry up to half of the weight.
_CARRIED_SHARE = 0.75


@dataclass(frozen=True)
class TrueEvent:
    """One event of one foot; ``is_measured`` by a force plate, not by eye."""

    side: str
    name: str
    time_s: float
    is_measured: bool = True


def read_plate_events(data: Path, motion_name: str) -> list[TrueEvent]:
    """Read the force-plate events of a BMC recording."""
    trial = _TRIALS[motion_name]
    sides = {letter: side for side, letter in _SIDES.items()}
    with (data / "events_bmc_grf" / "events.csv").open(newline="") as stream:
        return [
            TrueEvent(sides[row["foot"]], row["event"], float(row["time_s"]))
            for row in csv.DictReader(stream)
            if row["trial"] == trial
        ]


def load_annotated_walks(data: Path) -> list[tuple[Motion, list[TrueEvent]]]:
    """Load the walks of two more people with force plates and annotations (C3D).

    Raises
    ------
    ModuleNotFoundError
        ezc3d, of the ``bench`` extra, is not installed.
    """
    folder = data / "events_c3d_samples"
    with tempfile.TemporaryDirectory() as unpacked:
        with zipfile.ZipFile(folder / "ktk_walk.c3d.zip") as archive:
            archive.extractall(unpacked)
        (walk,) = Path(unpacked).rglob("*.c3d")
        return [
            _load_c3d(walk, "ktk_walk"),
            _load_c3d(folder / "c3dorg_pyCGM2_walk.c3d", "c3dorg_walk"),
        ]


def _load_c3d(path: Path, name: str) -> tuple[Motion, list[TrueEvent]]:
    import ezc3d

    recording = ezc3d.c3d(str(path), extract_forceplat_data=True)
    parameters = recording["parameters"]
    labels = list(parameters["POINT"]["LABELS"]["value"])
    rate_hz = float(parameters["POINT"]["RATE"]["value"][0])
    places = recording["data"]["points"][:3].transpose(2, 1, 0) * _MM  # (T, P, 3)
    points_m = np.full((len(places), len(KEYPOINTS), 3), np.nan)
    for side, letter in _SIDES.items():
        for keypoint, marker in _C3D_MARKERS.items():
            forward, across, up = places[:, labels.index(letter + marker)].T
            column = KEYPOINT_INDEX[f"{side}_{keypoint}"]
            points_m[:, column] = np.stack([forward, up, -across], axis=1)
    for middle, ends in MIDPOINTS.items():
        columns = [KEYPOINT_INDEX[end] for end in ends]
        points_m[:, KEYPOINT_INDEX[middle]] = points_m[:, columns].mean(axis=1)
    motion = Motion(name, np.arange(len(places)) / rate_hz, points_m)
    events = parameters["EVENT"]
    first_s = recording["header"]["points"]["first_frame"] / rate_hz
    analog_hz = float(parameters["ANALOG"]["RATE"]["value"][0])
    changes_s = _find_plate_changes_s(recording["data"]["platform"], analog_hz)
    annotated = zip(
        events["CONTEXTS"]["value"],
        events["LABELS"]["value"],
        events["TIMES"]["value"][1] - first_s,
        strict=True,
    )
    return motion, [
        TrueEvent(
            side.lower(),
            _C3D_EVENTS[label],
            float(time_s),
            bool(np.abs(changes_s - time_s).min() < _SAME_S),
        )
        for side, label, time_s in annotated
        if label in _C3D_EVENTS
    ]


def _find_plate_changes_s(
    platforms: Sequence[Mapping[str, FloatArray]], rate_hz: float
) -> FloatArray:
    """Find when the force on any plate rises or falls through the threshold."""
    changes = []
    for platform in platforms:
        force_n = np.linalg.norm(platform["force"], axis=0)
        is_loaded = force_n - np.percentile(force_n, 20) > _PLATE_FORCE_N
        changes.append((np.flatnonzero(np.diff(is_loaded.astype(int))) + 1) / rate_hz)
    return np.concatenate(changes)


def film(motion: Motion, frame_rate_hz: float) -> PoseSequence:
    """Film a whole motion from the side, without noise."""
    return film_from_side(motion, frame_rate_hz, _CAMERA)


def see(truth: PoseSequence, seed: int) -> PoseSequence:
    """Add a network's jitter and gaps; points it doubts are missing."""
    seen = see_with_network(truth, seed=seed, rules=_JITTER_AND_GAPS).sequence
    positions_px = seen.positions_px.copy()
    positions_px[seen.confidence < _DOUBTED] = np.nan
    return replace(seen, positions_px=positions_px)


def find_free_fall(motion: Motion) -> tuple[float, float]:
    """Find when the body's fall in a jump begins and ceases to be free, in space.

    From the centre of mass at the recording's own rate: where the floor carries three
    quarters of the weight, some 10 ms inside contact. No foot is looked at, so that it
    checks events found from feet.
    """
    side_m = np.ascontiguousarray(motion.points_m[:, :, :2])
    height_m = compute_centre_of_mass(side_m)[:, 1:]
    half_width_s = max(
        _FREE_FALL_HALF_WIDTH_S, 2.5 * float(np.median(np.diff(motion.times_s)))
    )
    speed = compute_rates(motion.times_s, height_m, half_width_s=half_width_s)
    fall = compute_rates(motion.times_s, speed, half_width_s=half_width_s)[:, 0]
    is_carried = fall > (_CARRIED_SHARE - 1.0) * _GRAVITY_M_S2
    top = int(np.argmax(height_m[:, 0]))
    before = int(np.flatnonzero(is_carried[:top])[-1])
    after = top + int(np.flatnonzero(is_carried[top:])[0])
    return (
        float(motion.times_s[before : before + 2].mean()),
        float(motion.times_s[after - 1 : after + 1].mean()),
    )
