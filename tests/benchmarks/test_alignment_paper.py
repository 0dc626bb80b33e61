import numpy as np
import pytest

from benchmarks.alignment import same_answer
from benchmarks.alignment.faults import CLEAN
from benchmarks.alignment.paper_ablation import compute_errors_frames
from benchmarks.alignment.recordings import TUNING_SEEDS, TrialOptions, draw_trial
from sportsgpt_lib.alignment.paper_variant import (
    PaperSettings,
    align_in_one_stage,
    align_in_two_stages,
)


def test_one_stage_loses_what_two_stages_find():
    options = TrialOptions(duration_s=25.0)
    trials = tuple(draw_trial(seed, CLEAN, options) for seed in TUNING_SEEDS[:3])
    one = compute_errors_frames(trials, align_in_one_stage, PaperSettings())
    two = compute_errors_frames(trials, align_in_two_stages, PaperSettings())
    assert one.shape == two.shape == (3,)
    assert two.max() < 3.0
    assert one.mean() > 43.0 * two.mean()


@pytest.fixture
def rows():
    chance = np.random.default_rng(5)
    query = np.cumsum(chance.normal(size=(700, 6)), axis=0)
    return query[400:430] + 0.1, query


def test_the_classic_answer_is_dtaidistances(rows):
    pytest.importorskip("dtaidistance", reason="needs the bench extra")
    ours = same_answer.find_classic(*rows)
    peers = same_answer.find_classic_with_dtaidistance(*rows)
    assert ours.end == peers.end
    assert ours.cost == pytest.approx(peers.cost, rel=1e-4)


def test_the_asymmetric_answer_is_dtw_pythons(rows):
    pytest.importorskip("dtw", reason="needs the bench extra")
    ours = same_answer.find_asymmetric(*rows)
    peers = same_answer.find_asymmetric_with_dtw_python(*rows)
    assert ours.end == peers.end
    assert ours.cost == pytest.approx(peers.cost, rel=1e-4)
