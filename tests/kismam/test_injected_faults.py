"""Made-up athletes: a known fault must come out first, a clean one clean."""

from typing import Any

import numpy as np
import pytest

from sportsgpt_lib.kismam.batch import assess_batch
from sportsgpt_lib.kismam.indicators import assess_repetition
from sportsgpt_lib.kismam.repetition import Repetition
from sportsgpt_lib.sports.loader import load_movement
from sportsgpt_lib.sports.measurement_errors import load_measurement_errors
from tests.kismam.landing_athlete import build_landing

LANDING = load_movement("drop_landing")
FAULTS: dict[str, dict[str, Any]] = {
    "stiff_landing": {"deepest_knee_deg": 62.0, "absorption_s": 0.10},
    "straight_knees_at_contact": {"contact_knee_deg": 3.0},
    "upright_trunk": {"deepest_trunk_deg": -8.0},
    "collapsing_trunk": {"deepest_trunk_deg": 85.0},
    "flat_footed_contact": {"contact_foot_deg": 28.0},
}


def find_reported(repetition: Repetition) -> list[str]:
    results = assess_repetition(
        LANDING, repetition, "sagittal", load_measurement_errors()
    )
    found = assess_batch(
        LANDING,
        np.array([[result.value for result in results]]),
        np.array([[result.error for result in results]]),
        np.array(
            [[0.5 if result.validity == "limited" else 1.0 for result in results]]
        ),
    )
    (ranks,), (is_reported,) = found.rank, np.asarray(found.issues.is_reported)
    return [
        LANDING.issues[column].name
        for column in np.argsort(ranks)
        if is_reported[column]
    ]


def test_a_clean_landing_has_no_reported_finding() -> None:
    assert find_reported(build_landing()) == []


@pytest.mark.parametrize("fault", FAULTS)
def test_an_injected_fault_ranks_first(fault: str) -> None:
    assert find_reported(build_landing(**FAULTS[fault]))[0] == fault


def test_hardly_any_clean_landing_is_blamed_at_realistic_noise() -> None:
    blamed = [
        bool(find_reported(build_landing(noise_deg=5.0, seed=seed)))
        for seed in range(200)
    ]
    assert np.mean(blamed) <= 0.05


@pytest.mark.parametrize("fault", FAULTS)
def test_an_injected_fault_ranks_first_at_realistic_noise(fault: str) -> None:
    hits = [
        find_reported(build_landing(**FAULTS[fault], noise_deg=5.0, seed=seed))[:1]
        == [fault]
        for seed in range(100)
    ]
    assert np.mean(hits) >= 0.9
