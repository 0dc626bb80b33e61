from pathlib import Path

import pytest

from benchmarks.pose.networks import RTMPOSE_T, RandomNetwork, save_random_network
from orchestration.cli.pose import describe_missing_keypoints


@pytest.fixture(scope="module")
def network(tmp_path_factory: pytest.TempPathFactory) -> RandomNetwork:
    pytest.importorskip("mmpose", reason="the extra mmpose is not installed")
    pytest.importorskip("onnxruntime", reason="the extra onnx is not installed")
    return save_random_network(RTMPOSE_T, tmp_path_factory.mktemp("network"))


def test_joints_that_a_network_lacks_are_named_in_words() -> None:
    assert describe_missing_keypoints(("head", "left_small_toe")) == (
        "head, left small toe"
    )
    assert describe_missing_keypoints(()) == "nothing, it sees all joints"


def test_the_default_networks_are_shown_with_their_weights(call):
    shown = call("pose", "show")
    assert shown.exit_code == 0
    assert "mediapipe-blazepose-full, weights e9a5c5cb17f7" in shown.output
    assert "cannot see: head, left small toe, right small toe" in shown.output


@pytest.mark.mmpose
@pytest.mark.onnx
@pytest.mark.slow
def test_an_export_says_how_well_both_agree_and_how_to_use_it(
    call, network: RandomNetwork, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    target = tmp_path / "network.onnx"
    done = call("pose", "export", RTMPOSE_T, str(network.checkpoint), str(target))
    assert done.exit_code == 0, done.output
    assert "104 keypoints" in done.output
    assert "less than 0.01 px" in done.output
    assert f"SPORTSGPT_POSE_CHECKPOINT={target}" in done.output
    monkeypatch.setenv("SPORTSGPT_POSE_BACKEND", "rtmpose_onnx")
    monkeypatch.setenv("SPORTSGPT_POSE_CHECKPOINT", str(target))
    shown = call("pose", "show")
    assert "rtmpose_onnx/rtmpose-t" in shown.output
    assert "cannot see: nothing" in shown.output


@pytest.mark.mmpose
@pytest.mark.onnx
def test_an_export_that_does_not_hold_fails_and_writes_nothing(
    call, network: RandomNetwork, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    from sportsgpt_lib.pose import rtmpose_export

    monkeypatch.setattr(rtmpose_export, "WORST_DISAGREEMENT_PX", -1.0)
    target = tmp_path / "network.onnx"
    done = call("pose", "export", RTMPOSE_T, str(network.checkpoint), str(target))
    assert done.exit_code == 1
    assert "disagree" in done.output
    assert not target.exists()
