import shutil

import numpy as np
import pytest

from sportsgpt_lib.alignment.reference import (
    SPORTS_FOLDER,
    load_reference,
    load_reference_file,
)
from sportsgpt_lib.errors import MovementFileError

STORED = SPORTS_FOLDER / "walking_stride" / "references"


@pytest.fixture
def copied(tmp_path):
    for suffix in (".toml", ".csv"):
        shutil.copy(STORED / f"schwartz2008_free{suffix}", tmp_path / f"mine{suffix}")
    return tmp_path / "mine.toml"


def _edit(path, old, new):
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def test_the_published_landmarks_of_walking_are_in_the_curves(reference):
    shares = np.linspace(0.0, 1.0, 101)
    thigh, knee, ankle = reference.sample_deg(shares)[:, :3].T
    assert knee.max() == pytest.approx(59.1, abs=0.3)
    assert np.argmax(knee) == pytest.approx(72, abs=1)
    assert np.argmin(thigh) == pytest.approx(53, abs=2)
    assert np.argmin(ankle) == pytest.approx(64, abs=1)
    places = {(k.name, k.leg): k.cycle_pct for k in reference.file.keyframes}
    assert places["toe_off", "own"] == 59.0


def test_every_reference_names_its_source_and_licence(reference):
    assert reference.file.doi.startswith("10.")
    assert reference.file.citation
    assert reference.file.licence
    assert reference.file.how_built


def test_thigh_angle_is_hip_flexion_less_pelvic_tilt():
    rows = np.genfromtxt(STORED / "schwartz2008_free.csv", delimiter=",", names=True)
    np.testing.assert_allclose(
        rows["thigh_angle_deg"],
        rows["source_hip_flexion_deg"] - rows["source_pelvic_tilt_deg"],
        atol=0.051,
    )


def test_the_cycle_repeats_and_the_other_leg_is_half_a_cycle_away(reference):
    shares = np.linspace(0.0, 0.9, 10)
    first, later = reference.sample_deg(shares), reference.sample_deg(shares + 3.0)
    np.testing.assert_allclose(first, later, atol=1e-9)
    np.testing.assert_allclose(
        first[:, 3:], reference.sample_deg(shares + 0.5)[:, :3], atol=1e-9
    )


def test_a_missing_column_is_named(copied):
    _edit(copied, '"knee_flexion_deg"', '"knee_bend_deg"')
    with pytest.raises(MovementFileError, match="knee_bend_deg"):
        load_reference_file(copied)


def test_every_schema_problem_is_listed_at_once(copied):
    _edit(copied, "cycle_duration_s = 1.026", "cycle_duration_s = -1.0")
    _edit(copied, 'title = "Level', 'headline = "Level')
    with pytest.raises(MovementFileError) as caught:
        load_reference_file(copied)
    assert len(caught.value.problems) == 3


def test_half_a_cycle_is_refused(copied):
    csv_path = copied.with_suffix(".csv")
    lines = csv_path.read_text(encoding="utf-8").splitlines()
    csv_path.write_text("\n".join(lines[:20]), encoding="utf-8")
    with pytest.raises(MovementFileError, match="does not run from 0 to 100"):
        load_reference_file(copied)


def test_an_unknown_reference_says_which_file_is_missing():
    with pytest.raises(MovementFileError, match=r"nobody\.toml"):
        load_reference("walking_stride", "nobody")
