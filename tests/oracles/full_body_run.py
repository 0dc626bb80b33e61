"""A run with markers on the whole body and force plates, as poses and as a 3-D body.

Reads ``events_bmc_grf`` of the shared data. Nobody marked the head: it is put where the
trunk would carry it.
"""

import dataclasses
from dataclasses import dataclass

import numpy as np

from sportsgpt_lib.pose.sequence import PoseSequence
from sportsgpt_lib.pose.skeleton import KEYPOINT_INDEX, KEYPOINTS
from tests.oracles.force_plate_walks import SIDE_LETTERS, _read_trc

GRAVITY_M_S2 = 9.81
WIDTH_PX = 5000
# Bell, Pedersen and Brand 1990: hip centre from the front pelvis marker, as shares of
# the distance between both, towards the middle, backwards and down.
HIP_INWARD, HIP_BACK, HIP_DOWN = 0.14, 0.19, 0.30
# de Leva 1996, Table 4, men: head length, and per segment the ends, the mass share, and
# the mass centre from the first end.
HEAD_MM = 242.9
SIDED_SEGMENTS = (
    ("shoulder", "elbow", 0.0271, 0.5772),
    ("elbow", "wrist", 0.0162, 0.4574),
    ("wrist", "wrist", 0.0061, 0.0),
    ("hip", "knee", 0.1416, 0.4095),
    ("knee", "ankle", 0.0433, 0.4395),
    ("heel", "big_toe", 0.0137, 0.4415),
)
MALE_SEGMENTS = (
    ("suprasternale", "hip", 0.4346, 0.4486),
    ("head", "cervicale", 0.0694, 0.5002),
    *(
        (f"{side}_{first}", f"{side}_{second}", mass, centre)
        for side in SIDE_LETTERS
        for first, second, mass, centre in SIDED_SEGMENTS
    ),
)


@dataclass(frozen=True)
class FullBodyRun:
    times_s: np.ndarray
    points_m: dict  # name: (T, 3), forward, up, to the right

    @property
    def centre_of_mass_m(self):
        points = self.points_m
        weighted = [
            mass * (points[first] + centre * (points[second] - points[first]))
            for first, second, mass, centre in MALE_SEGMENTS
        ]
        return sum(weighted) / sum(mass for *_, mass, _ in MALE_SEGMENTS)

    def as_poses(self, *, every=1, noise_mm=0.0, seed=0):
        """Millimetres stand for pixels; the picture is 5 m wide and 2.5 m high."""
        positions_px = np.full((self.times_s.size, len(KEYPOINTS), 2), np.nan)
        for name in set(self.points_m) & set(KEYPOINTS):
            place_mm = 1000.0 * self.points_m[name]
            column = KEYPOINT_INDEX[name]
            positions_px[:, column, 0] = 1500.0 + place_mm[:, 0]
            positions_px[:, column, 1] = 2300.0 - place_mm[:, 1]
        rng = np.random.default_rng(seed)
        positions_px += noise_mm * rng.standard_normal(positions_px.shape)
        return PoseSequence(
            times_s=self.times_s[::every],
            positions_px=positions_px[::every],
            confidence=np.isfinite(positions_px[::every, :, 0]).astype(float),
            positions_m=None,
            width_px=WIDTH_PX,
            height_px=2500,
        )


def film_from_the_other_side(poses):
    """The same body, left and right its own, running the other way in the picture."""
    positions_px = poses.positions_px.copy()
    positions_px[..., 0] = WIDTH_PX - positions_px[..., 0]
    return dataclasses.replace(poses, positions_px=positions_px)


def read_run(folder):
    times_s, markers = _read_trc(folder / "motion_capture_run.trc")
    points = _place_hips(markers)
    for side, letter in SIDE_LETTERS.items():
        pairs = {
            "shoulder": ("ASHv", "PSHv"),
            "elbow": ("EJC", "EJC"),
            "wrist": ("FAradius", "FAulna"),
            "knee": ("LFCv", "MFCv"),
            "ankle": ("LMALv", "MMALv"),
            "heel": ("CAL", "CAL"),
            "big_toe": ("TOE", "TOE"),
            "small_toe": ("MT5", "MT5"),
        }
        for name, (one, other) in pairs.items():
            both = markers[letter + one], markers[letter + other]
            points[f"{side}_{name}"] = sum(both) / 2.0
    points["neck"] = (markers["CLAV"] + markers["C7"]) / 2.0
    points["hip"] = (points["left_hip"] + points["right_hip"]) / 2.0
    points["suprasternale"], points["cervicale"] = markers["CLAV"], markers["C7"]
    upward = points["neck"] - points["hip"]
    upward /= np.linalg.norm(upward, axis=1, keepdims=True)
    points["head"] = markers["C7"] + HEAD_MM * upward
    return FullBodyRun(times_s, {name: at / 1000.0 for name, at in points.items()})


def _place_hips(markers):
    front = (markers["RASI"] + markers["LASI"]) / 2.0
    back = (markers["RPSI"] + markers["LPSI"]) / 2.0
    across = markers["RASI"] - markers["LASI"]  # to the right
    width = np.linalg.norm(across, axis=1, keepdims=True)
    across = across / width
    ahead = front - back
    ahead -= across * np.sum(ahead * across, axis=1, keepdims=True)
    ahead /= np.linalg.norm(ahead, axis=1, keepdims=True)
    up = np.cross(across, ahead)
    centre = front - HIP_BACK * width * ahead - HIP_DOWN * width * up
    aside = (0.5 - HIP_INWARD) * width * across
    return {"left_hip": centre - aside, "right_hip": centre + aside}


def read_forces(folder):
    """Times ``(N,)`` and the ground's force ``(N, 3)``: forward, up, right, newtons."""
    lines = (folder / "grf_run.mot").read_text().splitlines()
    start = next(i for i, line in enumerate(lines) if line.split()[:1] == ["time"])
    names = lines[start].split()
    rows = [line.split() for line in lines[start + 1 :] if line.strip()]
    table = np.array(rows, dtype=float)
    force = sum(
        table[:, [names.index(f"{side}_ground_force_v{axis}") for axis in "xyz"]]
        for side in SIDE_LETTERS.values()
    )
    return table[:, 0], force
