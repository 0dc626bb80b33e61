import dataclasses

import numpy as np
import pytest

from sportsgpt_lib.errors import PoseInputError
from sportsgpt_lib.kinematics.quantities import (
    QUANTITY_UNITS,
    CameraReading,
    compute_quantities,
)
from sportsgpt_lib.pose.skeleton import KEYPOINT_INDEX
from tests.oracles.landing import build_drop
from tests.oracles.walking import TRUNK_LEAN_DEG, build_walk, mirror_picture


def _exchange_sides(name):
    if name.startswith("left_"):
        return name.replace("left_", "right_")
    return name.replace("right_", "left_")


def test_every_named_quantity_is_there_with_value_and_rate():
    quantities = compute_quantities(
        build_walk().sequence, CameraReading(m_per_px=0.003)
    )
    assert set(quantities.values) == set(QUANTITY_UNITS)
    assert set(quantities.rates_per_s) == set(QUANTITY_UNITS)
    assert all(np.isfinite(series).all() for series in quantities.values.values())


def test_the_angles_put_in_come_out():
    quantities = compute_quantities(build_walk().sequence).values
    assert quantities["left_knee_flexion"].max() == pytest.approx(59.1, abs=0.2)
    assert quantities["left_thigh_angle"].min() == pytest.approx(-17.7, abs=0.3)
    assert quantities["right_ankle_dorsiflexion"].max() == pytest.approx(11.8, abs=0.2)
    np.testing.assert_allclose(quantities["trunk_lean"], TRUNK_LEAN_DEG, atol=1e-6)
    np.testing.assert_allclose(
        quantities["left_hip_flexion"],
        quantities["left_thigh_angle"] + TRUNK_LEAN_DEG,
        atol=1e-6,
    )


def test_a_mirrored_recording_gives_the_same_numbers_with_sides_exchanged():
    sequence = build_walk(noise_px=2.0).sequence
    plain = compute_quantities(sequence)
    mirrored = compute_quantities(mirror_picture(sequence))
    assert mirrored.facing.sign == -plain.facing.sign
    for name in QUANTITY_UNITS:
        partner = _exchange_sides(name)
        shift = 0.0
        if name in ("hip_forward", "centre_of_mass_forward"):
            shift = sequence.width_px / plain.stature_px
        np.testing.assert_allclose(
            mirrored.values[partner] + shift,
            plain.values[name],
            atol=1e-6,
            err_msg=name,
        )
        np.testing.assert_allclose(
            mirrored.rates_per_s[partner], plain.rates_per_s[name], atol=1e-4
        )


def test_the_body_falls_at_the_speed_of_free_fall():
    drop = build_drop(rate_hz=120.0)
    quantities = compute_quantities(drop.sequence)
    before = np.searchsorted(drop.sequence.times_s, drop.contact_s - 0.06)
    fallen_s = drop.sequence.times_s[before] - drop.take_off_s
    expected = -9.81 / 1.75 * fallen_s
    found = quantities.rates_per_s["centre_of_mass_height"][before]
    assert found == pytest.approx(expected, rel=0.05)


def test_a_missing_knee_silences_what_needs_it_and_nothing_else():
    sequence = build_walk().sequence
    positions_px = sequence.positions_px.copy()
    positions_px[10:20, KEYPOINT_INDEX["left_knee"]] = np.nan
    values = compute_quantities(
        dataclasses.replace(sequence, positions_px=positions_px)
    ).values
    for name in ("knee_flexion", "hip_flexion", "ankle_dorsiflexion", "shank_angle"):
        assert np.isnan(values[f"left_{name}"][10:20]).all()
        assert np.isfinite(values[f"right_{name}"]).all()
    assert np.isfinite(values["left_foot_angle"]).all()
    assert np.isfinite(values["trunk_lean"]).all()


def test_a_backend_without_small_toes_is_enough():
    sequence = build_walk().sequence
    positions_px = sequence.positions_px.copy()
    for side in ("left", "right"):
        positions_px[:, KEYPOINT_INDEX[f"{side}_small_toe"]] = np.nan
    values = compute_quantities(
        dataclasses.replace(sequence, positions_px=positions_px)
    ).values
    assert np.isfinite(values["left_toe_height"]).all()


@pytest.mark.parametrize(
    ("spoil", "word"),
    [
        (lambda positions_px: np.full_like(positions_px, np.nan), "neither leg"),
        (lambda positions_px: np.full_like(positions_px, np.inf), "infinity"),
    ],
)
def test_poses_without_information_are_refused_in_words(spoil, word):
    sequence = build_walk().sequence
    spoiled = dataclasses.replace(sequence, positions_px=spoil(sequence.positions_px))
    with pytest.raises(PoseInputError, match=word):
        compute_quantities(spoiled)


def test_a_handful_of_frames_is_refused():
    sequence = build_walk(duration_s=0.1).sequence
    with pytest.raises(PoseInputError, match="only 3 frames"):
        compute_quantities(sequence)


def test_no_metre_is_given_without_a_scale():
    values = compute_quantities(build_walk().sequence).values
    in_metres = [name for name, unit in QUANTITY_UNITS.items() if unit == "m"]
    assert in_metres
    assert all(np.isnan(values[name]).all() for name in in_metres)


def test_speed_in_metres_follows_from_the_scale():
    quantities = compute_quantities(
        build_walk().sequence, CameraReading(m_per_px=0.003)
    )
    metres_per_body_height = 0.003 * quantities.stature_px
    np.testing.assert_allclose(
        quantities.rates_per_s["hip_forward_m"],
        quantities.rates_per_s["hip_forward"] * metres_per_body_height,
    )


def test_an_unknown_roll_changes_nothing():
    sequence = build_walk(noise_px=2.0).sequence
    plain, told = (
        compute_quantities(sequence),
        compute_quantities(sequence, CameraReading(roll_deg=None, m_per_px=0.003)),
    )
    for name in plain.values:
        if QUANTITY_UNITS[name] != "m":
            np.testing.assert_array_equal(told.values[name], plain.values[name])
