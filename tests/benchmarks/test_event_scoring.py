import numpy as np
import pytest

from benchmarks.alignment.event_recordings import (
    FOOT_STRIKE,
    TOE_OFF,
    TrueEvent,
    find_free_fall,
    read_plate_events,
)
from benchmarks.alignment.event_scoring import (
    compare_steps,
    compute_covered_share,
    compute_found_share,
    compute_rms_ms,
    pick_found_s,
)
from benchmarks.pose.motions import load_motions
from sportsgpt_lib.kinematics.extrema import Instant
from sportsgpt_lib.kinematics.gait_events import FootEvents
from sportsgpt_lib.kinematics.step_events import StepEvents


@pytest.fixture(scope="module")
def motions(shared_data):
    return {motion.name: motion for motion in load_motions(shared_data)}


def test_deviations_belong_to_the_nearest_event_of_the_same_foot(motions):
    events = [
        TrueEvent("left", FOOT_STRIKE, 0.50),
        TrueEvent("right", FOOT_STRIKE, 0.30),
        TrueEvent("left", TOE_OFF, 0.60),
    ]
    strikes = (Instant(0.46, 0.03), Instant(0.52, 0.005), Instant(0.80, 0.01))
    found = StepEvents(
        FootEvents(strikes, (Instant(0.61, 0.02),)), FootEvents((), ()), ()
    )
    deviations = compare_steps(
        [(motions["bmc_run"], events)], 30.0, find=lambda _: found
    )
    assert pick_found_s(deviations, FOOT_STRIKE) == pytest.approx([0.02])
    assert pick_found_s(deviations, TOE_OFF) == pytest.approx([0.01])
    assert compute_found_share(deviations, FOOT_STRIKE) == 0.5
    assert compute_covered_share(deviations) == 0.5


def test_events_beside_the_end_are_not_asked_for(motions):
    motion = motions["bmc_run"]
    late = TrueEvent("left", TOE_OFF, float(motion.times_s[-1]) - 0.05)
    assert compare_steps([(motion, [late])], 30.0) == []


def test_root_mean_squares_are_in_milliseconds():
    assert compute_rms_ms(np.array([0.003, -0.004])) == pytest.approx(np.sqrt(12.5))
    assert np.isnan(compute_rms_ms(np.array([])))


def test_plate_events_are_those_of_the_recording(shared_data):
    events = read_plate_events(shared_data, "bmc_run")
    named = {(event.side, event.name): event.time_s for event in events}
    assert named["right", FOOT_STRIKE] == pytest.approx(0.0567)
    assert len(events) == 4


def test_a_recorded_jump_falls_freely_for_as_long_as_it_rises_by(motions):
    take_off_s, landing_s = find_free_fall(motions["cmu_train_jumping_jumping_1"])
    assert take_off_s == pytest.approx(1.957, abs=0.02)
    assert landing_s - take_off_s == pytest.approx(0.45, abs=0.03)
