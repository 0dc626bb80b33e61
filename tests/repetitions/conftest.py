import numpy as np
import pytest

from sportsgpt_lib.alignment.features import build_scaling
from sportsgpt_lib.alignment.reference import load_reference


@pytest.fixture(scope="session")
def reference():
    return load_reference("walking_stride", "schwartz2008_free")


@pytest.fixture(scope="session")
def scaling(reference):
    return build_scaling(reference, {})


@pytest.fixture
def walk_angles(reference):
    """Angles (T, F) of a walk whose left strikes are at (k - 0.3) * stride_s."""

    def make(*, stride_s=1.1, rate_hz=30.0, noise_deg=0.0, duration_s=5.0, seed=0):
        times_s = np.arange(0.0, duration_s, 1.0 / rate_hz)
        angles_deg = reference.sample_deg(times_s / stride_s + 0.3)
        rng = np.random.default_rng(seed)
        return times_s, angles_deg + noise_deg * rng.standard_normal(angles_deg.shape)

    return make
