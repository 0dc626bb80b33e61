import dataclasses

import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import given, settings

from sportsgpt_lib.errors import PoseInputError
from sportsgpt_lib.kinematics.quantities import (
    QUANTITY_UNITS,
    CameraReading,
    compute_quantities,
)
from sportsgpt_lib.pose.skeleton import KEYPOINT_INDEX
from tests.oracles.jumping import build_jump
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
    assert set(quantities.accelerations_per_s2) == set(QUANTITY_UNITS)
    for name, series in quantities.values.items():
        inner = slice(3, -3) if name.startswith("flight") else slice(None)
        assert np.isfinite(series[inner]).all(), name


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


@settings(deadline=None, max_examples=6)
@given(
    stride_s=st.floats(0.7, 1.4),
    rate_hz=st.sampled_from([25.0, 30.0, 60.0]),
    noise_px=st.floats(0.0, 4.0),
    phase=st.floats(0.0, 0.9),
)
def test_a_mirrored_recording_gives_the_same_numbers_with_sides_exchanged(
    stride_s, rate_hz, noise_px, phase
):
    sequence = build_walk(
        stride_s=stride_s, rate_hz=rate_hz, noise_px=noise_px, phase=phase
    ).sequence
    plain = compute_quantities(sequence)
    mirrored = compute_quantities(mirror_picture(sequence))
    assert mirrored.facing.sign == -plain.facing.sign
    for name in QUANTITY_UNITS:
        partner = _exchange_sides(name)
        np.testing.assert_allclose(
            mirrored.values[partner],
            plain.values[name],
            atol=1e-6,
            err_msg=name,
        )
        np.testing.assert_allclose(
            mirrored.rates_per_s[partner], plain.rates_per_s[name], atol=1e-4
        )
        np.testing.assert_allclose(
            mirrored.accelerations_per_s2[partner],
            plain.accelerations_per_s2[name],
            atol=1e-2,
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


def _swing_the_left_shank(rate_hz=60.0, seed=2):
    """A body that stands; its left shank swings like a pendulum, frames uneven."""
    rng = np.random.default_rng(seed)
    frames = np.arange(int(4.0 * rate_hz))
    times_s = (frames + rng.uniform(-0.3, 0.3, frames.size)) / rate_hz + 0.01
    omega = 2.0 * np.pi * 1.2
    angle_deg = -20.0 + 40.0 * np.sin(omega * times_s)
    rate_deg_s = 40.0 * omega * np.cos(omega * times_s)
    acceleration_deg_s2 = -(omega**2) * 40.0 * np.sin(omega * times_s)
    standing = build_drop().sequence
    positions_px = np.repeat(standing.positions_px[:1], frames.size, axis=0)
    knee_px = positions_px[:, KEYPOINT_INDEX["left_knee"]]
    turn = np.radians(angle_deg)
    positions_px[:, KEYPOINT_INDEX["left_ankle"]] = knee_px + 0.253 * 500.0 * np.stack(
        [np.sin(turn), np.cos(turn)], axis=1
    )
    sequence = dataclasses.replace(
        standing,
        times_s=times_s,
        positions_px=positions_px,
        confidence=np.ones(positions_px.shape[:2]),
    )
    return sequence, angle_deg, rate_deg_s, acceleration_deg_s2


@pytest.mark.parametrize("is_mirrored", [False, True])
def test_a_shank_that_swings_has_its_angle_rate_and_acceleration(is_mirrored):
    sequence, angle_deg, rate_deg_s, acceleration_deg_s2 = _swing_the_left_shank()
    sequence.positions_px[[70, 71, 130], KEYPOINT_INDEX["left_ankle"]] = np.nan
    side = "right" if is_mirrored else "left"
    found = compute_quantities(mirror_picture(sequence) if is_mirrored else sequence)
    name = f"{side}_shank_angle"
    seen = np.isfinite(found.values[name])
    assert np.flatnonzero(~seen).tolist() == [70, 71, 130]
    np.testing.assert_allclose(found.values[name][seen], angle_deg[seen], atol=1e-6)
    rates, accelerations = found.rates_per_s[name], found.accelerations_per_s2[name]
    known = np.isfinite(accelerations)
    assert known.mean() > 0.9
    assert np.abs(rates - rate_deg_s)[known].max() < 0.01 * rate_deg_s.max()
    off = np.abs(accelerations - acceleration_deg_s2)[known].max()
    assert off < 0.05 * acceleration_deg_s2.max()


def test_a_somersault_turns_the_trunk_on_without_a_jump():
    standing = build_drop().sequence
    times_s = np.arange(90) / 60.0
    turned_deg = np.interp(times_s, [0.4, 1.0], [0.0, 360.0])
    middle_px = standing.positions_px[0, KEYPOINT_INDEX["hip"]]
    turn = np.radians(turned_deg)[:, np.newaxis]
    offset_px = standing.positions_px[0] - middle_px
    positions_px = middle_px + np.stack(
        [
            offset_px[:, 0] * np.cos(turn) - offset_px[:, 1] * np.sin(turn),
            offset_px[:, 0] * np.sin(turn) + offset_px[:, 1] * np.cos(turn),
        ],
        axis=-1,
    )  # forwards: clockwise in the picture, y down
    sequence = dataclasses.replace(
        standing,
        times_s=times_s,
        positions_px=positions_px,
        confidence=np.ones(positions_px.shape[:2]),
    )
    found = compute_quantities(sequence)
    for name in ("trunk_lean", "left_thigh_angle", "right_shank_angle"):
        assert np.abs(np.diff(found.values[name])).max() < 15.0
    lean_deg = found.values["trunk_lean"]
    assert lean_deg[-1] - lean_deg[0] == pytest.approx(360.0, abs=1e-6)
    assert np.abs(np.diff(found.values["left_knee_flexion"])).max() < 1e-6
    assert found.rates_per_s["trunk_lean"][42] == pytest.approx(600.0, rel=1e-6)


def test_places_against_toe_and_centre_of_mass_are_those_of_the_pose():
    sequence = build_walk().sequence
    found = compute_quantities(sequence).values
    for side in ("left", "right"):
        toe_ahead = found[f"{side}_toe_forward"] + found["hip_forward"]
        centre = found["centre_of_mass_forward"]
        np.testing.assert_allclose(
            found[f"{side}_toe_forward_of_centre_of_mass"],
            toe_ahead - centre,
            atol=1e-9,
        )
        rise = found["centre_of_mass_height"] - found[f"{side}_toe_height"]
        lean_deg = np.degrees(np.arctan2(centre - toe_ahead, rise))
        np.testing.assert_allclose(found[f"{side}_body_lean"], lean_deg, atol=1e-6)
    middles = [
        0.5 * (found[f"{side}_heel_forward"] + found[f"{side}_toe_forward"])
        for side in ("left", "right")
    ]
    place = found["centre_of_mass_forward"] - found["hip_forward"]
    np.testing.assert_allclose(
        found["centre_of_mass_forward_of_feet"], place - np.mean(middles, axis=0)
    )


@pytest.mark.parametrize("is_rightward", [True, False])
def test_a_knee_past_the_toes_is_ahead_of_them_whatever_the_way(is_rightward):
    squat = build_jump(speed=0.0, push_s=0.9, is_rightward=is_rightward)
    found = compute_quantities(squat.sequence).values
    standing, low = 0, round(squat.crouch_s * 60.0)
    for side in ("left", "right"):
        knee = found[f"{side}_knee_forward_of_toe"]
        assert knee[low] > knee[standing] + 0.05
