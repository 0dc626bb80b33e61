"""Marker recordings with force-plate events, as pose sequences seen from the side.

Reads ``events_bmc_grf`` of the shared data; its events come from the vertical force.
"""

import csv

import numpy as np

from sportsgpt_lib.pose.sequence import PoseSequence
from sportsgpt_lib.pose.skeleton import KEYPOINT_INDEX, KEYPOINTS

MARKERS = {
    "hip": "GTR",
    "knee": "Knee",
    "ankle": "Ankle",
    "heel": "Heel",
    "big_toe": "MT2",
}
SIDE_LETTERS = {"left": "L", "right": "R"}


def read_walk(folder, trial, *, every=1):
    """Millimetres stand for pixels; the picture is 6 m wide and 2 m high."""
    times_s, markers = _read_trc(folder / f"{trial}.trc")
    positions_px = np.full((times_s.size, len(KEYPOINTS), 2), np.nan)
    for side, letter in SIDE_LETTERS.items():
        for keypoint, marker in MARKERS.items():
            place = markers[f"{letter}.{marker}"]
            column = KEYPOINT_INDEX[f"{side}_{keypoint}"]
            positions_px[:, column, 0] = 1000.0 + place[:, 0]
            positions_px[:, column, 1] = 2000.0 - place[:, 1]
    return PoseSequence(
        times_s=times_s[::every],
        positions_px=positions_px[::every],
        confidence=np.isfinite(positions_px[::every, :, 0]).astype(float),
        positions_m=None,
        width_px=6000,
        height_px=2000,
    )


def read_events(folder, trial, side, event):
    with (folder / "events.csv").open(newline="") as stream:
        rows = list(csv.DictReader(stream))
    return [
        float(row["time_s"])
        for row in rows
        if (row["trial"], row["foot"], row["event"])
        == (trial, SIDE_LETTERS[side], event)
    ]


def _read_trc(path):
    lines = path.read_text().splitlines()
    names = [name for name in lines[3].split("\t")[2:] if name.strip()]
    width = 2 + 3 * len(names)
    rows = [
        [float(cell) if cell else np.nan for cell in line.split("\t")[:width]]
        for line in lines[6:]
        if line.strip()
    ]
    table = np.array([row + [np.nan] * (width - len(row)) for row in rows])
    places = table[:, 2:].reshape(len(rows), len(names), 3)
    return table[:, 1], {name: places[:, i] for i, name in enumerate(names)}
