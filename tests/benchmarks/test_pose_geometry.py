from pathlib import Path

import pytest

from benchmarks.pose.geometry import measure

DATA = Path(__file__).resolve().parents[3] / "shared" / "data" / "events_bmc_grf"


@pytest.mark.skipif(not DATA.is_dir(), reason="no shared data beside the checkout")
def test_stated_errors_of_scale_and_roll_cover_the_true_ones() -> None:
    figures = measure()
    covered = [figure for figure in figures if "within 2 stated errors" in figure.name]
    assert len(covered) == 5
    assert all("partly circular" in figure.note for figure in covered)
    assert [figure.name for figure in figures if figure.holds is False] == []
