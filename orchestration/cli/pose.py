"""``sportsgpt pose``: pose networks."""

from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape

from orchestration.cli.console import CONSOLE

app = typer.Typer(no_args_is_help=True, help="Pose networks.")


@app.callback()
def pose() -> None:
    """Keep ``export`` a command of its own, whatever joins it later."""


@app.command()
def export(
    config: Annotated[str, typer.Argument(help="Config: a path, or mmpose's name.")],
    checkpoint: Annotated[str, typer.Argument(help="Checkpoint of that config.")],
    target: Annotated[Path, typer.Argument(help="The .onnx file to write.")],
) -> None:
    """Export an RTMPose checkpoint to ONNX, and check that both agree."""
    from sportsgpt_lib.pose.rtmpose_export import export_rtmpose

    report = export_rtmpose(config, checkpoint, target)
    CONSOLE.print(
        f"Wrote {escape(str(target))}; it differs from mmpose by at most "
        f"{report.worst_disagreement_px:.2g} px over "
        f"{report.keypoints_compared_count} keypoints."
    )
