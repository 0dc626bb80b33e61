import tomllib

import numpy as np
import pytest

from sportsgpt_lib.sports.loader import REFERENCES_FOLDER, SPORTS_FOLDER
from sportsgpt_lib.target_models.digest import compute_content_sha256
from sportsgpt_lib.target_models.library import load_reference

STORED = SPORTS_FOLDER / "walking_stride" / REFERENCES_FOLDER
SPEEDS = ("slow", "free", "fast")


@pytest.mark.parametrize(
    ("speed", "knee_deg", "knee_pct", "thigh_pct", "toe_off_pct"),
    [
        ("slow", 55.2, 72, 54, 62.0),
        ("free", 59.1, 72, 53, 59.0),
        ("fast", 61.0, 72, 52, 58.0),
    ],
)
def test_the_published_landmarks_of_walking_are_in_the_curves(
    speed, knee_deg, knee_pct, thigh_pct, toe_off_pct
):
    reference = load_reference("walking_stride", f"schwartz2008_{speed}")
    shares = np.linspace(0.0, 1.0, 101)
    thigh, knee, _ = reference.sample_deg(shares)[:, :3].T
    assert knee.max() == pytest.approx(knee_deg, abs=0.3)
    assert np.argmax(knee) == pytest.approx(knee_pct, abs=1)
    assert np.argmin(thigh) == pytest.approx(thigh_pct, abs=2)
    places = {(k.name, k.leg): k.cycle_pct for k in reference.file.keyframes}
    assert places["toe_off", "own"] == toe_off_pct


def test_faster_walking_bends_the_knee_more_and_takes_less_time():
    references = [
        load_reference("walking_stride", f"schwartz2008_{speed}") for speed in SPEEDS
    ]
    durations_s = [reference.file.cycle_duration_s for reference in references]
    assert durations_s == sorted(durations_s, reverse=True)
    peaks_deg = [reference.curves_deg[:, 1].max() for reference in references]
    assert peaks_deg == sorted(peaks_deg)


@pytest.mark.parametrize("speed", SPEEDS)
def test_every_reference_names_its_source_licence_and_version(speed):
    reference = load_reference("walking_stride", f"schwartz2008_{speed}")
    assert reference.file.doi.startswith("10.")
    assert reference.file.right_to_use == "published_facts"
    assert reference.versioned_id == f"schwartz2008_{speed}@1"
    path = STORED / f"schwartz2008_{speed}.toml"
    tables = tomllib.loads(path.read_text(encoding="utf-8"))
    rows = path.with_suffix(".csv").read_text(encoding="utf-8")
    assert reference.sha256 == compute_content_sha256(tables, rows)


@pytest.mark.parametrize(
    ("speed", "dimensionless"), [("slow", 0.290), ("free", 0.429), ("fast", 0.560)]
)
def test_stride_times_are_as_the_files_say_they_were_estimated(speed, dimensionless):
    """Cadence goes with the square root of speed, from 117 steps a minute."""
    reference = load_reference("walking_stride", f"schwartz2008_{speed}")
    expected_s = 2 * 60 / 117 * (0.429 / dimensionless) ** 0.5
    assert reference.file.cycle_duration_s == pytest.approx(expected_s, abs=0.001)


@pytest.mark.parametrize("speed", SPEEDS)
def test_thigh_angle_is_hip_flexion_less_pelvic_tilt(speed):
    path = STORED / f"schwartz2008_{speed}.csv"
    rows = np.genfromtxt(path, delimiter=",", names=True)
    np.testing.assert_allclose(
        rows["thigh_angle_deg"],
        rows["source_hip_flexion_deg"] - rows["source_pelvic_tilt_deg"],
        atol=0.051,
    )


@pytest.mark.parametrize("speed", SPEEDS)
def test_no_number_of_a_published_curve_stands_out(speed):
    """A digit copied wrongly would make a kink that no joint makes."""
    path = STORED / f"schwartz2008_{speed}.csv"
    rows = np.genfromtxt(path, delimiter=",", skip_header=1)[:, 1:]
    assert np.abs(np.diff(rows, n=4, axis=0)).max() < 2.5


def test_the_cycle_repeats_and_the_other_leg_is_half_a_cycle_away(reference):
    shares = np.linspace(0.0, 0.9, 10)
    first, later = reference.sample_deg(shares), reference.sample_deg(shares + 3.0)
    np.testing.assert_allclose(first, later, atol=1e-9)
    np.testing.assert_allclose(
        first[:, 3:], reference.sample_deg(shares + 0.5)[:, :3], atol=1e-9
    )
