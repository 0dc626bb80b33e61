import pytest

from sportsgpt_lib.alignment.repetitions import join_instants
from sportsgpt_lib.kinematics.extrema import Instant


def test_two_agreeing_estimates_meet_between_them_and_are_surer():
    joined = join_instants(Instant(1.00, 0.02), Instant(1.01, 0.02))
    assert joined.time_s == pytest.approx(1.005)
    assert joined.error_s == pytest.approx(0.02 / 2**0.5)


def test_the_surer_estimate_weighs_more():
    joined = join_instants(Instant(1.0, 0.01), Instant(1.1, 0.1))
    assert joined.time_s == pytest.approx(1.001, abs=2e-4)


def test_disagreement_widens_the_error():
    agreeing = join_instants(Instant(1.0, 0.02), Instant(1.0, 0.02))
    torn = join_instants(Instant(1.0, 0.02), Instant(1.2, 0.02))
    assert torn.error_s > 5.0 * agreeing.error_s
