"""``sportsgpt pose``: pose networks."""

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape

from orchestration.cli.console import CONSOLE
from orchestration.settings import load_settings

app = typer.Typer(no_args_is_help=True, help="Pose networks.")


@app.command()
def show() -> None:
    """Show the networks that the settings name, and which joints they cannot see."""
    from orchestration.pose_backend import build_detector, build_estimator

    settings = load_settings()
    detector, estimator = build_detector(settings), build_estimator(settings)
    for role, network in (("persons", detector), ("joints", estimator)):
        CONSOLE.print(
            f"{role}: {escape(network.model_name)}, weights {network.weights_sha256}",
            soft_wrap=True,
        )
    CONSOLE.print(
        f"cannot see: {describe_missing_keypoints(estimator.missing_keypoints)}"
    )


def describe_missing_keypoints(missing_keypoints: Sequence[str]) -> str:
    """Name the joints that a network never sees, in words."""
    names = [name.replace("_", " ") for name in missing_keypoints]
    return ", ".join(names) or "nothing, it sees all joints"


@app.command()
def export(
    config: Annotated[str, typer.Argument(help="Config: a path, or mmpose's name.")],
    checkpoint: Annotated[str, typer.Argument(help="Checkpoint of that config.")],
    target: Annotated[Path, typer.Argument(help="The .onnx file to write.")],
) -> None:
    """Export an RTMPose checkpoint to ONNX, and check that both agree."""
    from sportsgpt_lib.pose.rtmpose_export import (
        WORST_DISAGREEMENT_PX,
        export_rtmpose,
    )

    report = export_rtmpose(config, checkpoint, target)
    CONSOLE.print(
        f"Wrote {escape(str(target))}: {report.keypoints_compared_count} keypoints lie "
        f"at most {report.worst_disagreement_px:.2g} px from mmpose's (less than "
        f"{WORST_DISAGREEMENT_PX} px is asked), confidences differ by at most "
        f"{report.worst_confidence_difference:.2g}.\n"
        f"weights: {report.onnx_sha256}\n"
        f"from checkpoint: {report.checkpoint_sha256}\n"
        f"cannot see: {describe_missing_keypoints(report.missing_keypoints)}\n"
        "Use it: SPORTSGPT_POSE_BACKEND=rtmpose_onnx "
        f"SPORTSGPT_POSE_CHECKPOINT={escape(str(target.resolve()))}",
        soft_wrap=True,
    )
