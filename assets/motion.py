"""From poses to movement: angles over time, and the instants that matter."""

from collections.abc import Iterator
from typing import Any

import dagster as dg

from assets.describe import report_side_tables, report_stage, show_preview
from assets.partitions import partition_of
from assets.stage_asset import table_asset
from sportsgpt_lib.stages import joint_kinematics as joint_kinematics_stage
from sportsgpt_lib.stages import keyframes as keyframes_stage
from sportsgpt_lib.stages.catalog import StageCatalog
from sportsgpt_lib.stages.previews import preview_alignment, preview_curve
from sportsgpt_lib.stages.runner import StageRunner
from sportsgpt_lib.storage.tables import (
    ALIGNMENT_COSTS,
    ALIGNMENT_PATHS,
    JOINT_KINEMATICS,
    KEYFRAMES,
)


@table_asset(
    JOINT_KINEMATICS,
    group="motion",
    reads=["recordings", "athlete_poses", "camera_geometry"],
    code_version=joint_kinematics_stage.CODE_VERSION,
)
def joint_kinematics(
    context: dg.AssetExecutionContext,
    stage_runner: dg.ResourceParam[StageRunner],
    stage_catalog: dg.ResourceParam[StageCatalog],
) -> dg.MaterializeResult[Any]:
    """One row per frame and quantity: angles in degrees, positions in body heights.

    The convention of every angle (zero, sign, view) is in ``docs/angles.md``.
    """
    stage = stage_catalog.joint_kinematics
    return report_stage(stage_runner.run(stage, partition_of(context)))


@table_asset(
    KEYFRAMES,
    group="motion",
    reads=["recordings", "joint_kinematics"],
    code_version=keyframes_stage.CODE_VERSION,
    side_tables=[ALIGNMENT_COSTS, ALIGNMENT_PATHS],
)
def keyframes(
    context: dg.AssetExecutionContext,
    stage_runner: dg.ResourceParam[StageRunner],
    stage_catalog: dg.ResourceParam[StageCatalog],
) -> Iterator[dg.MaterializeResult[Any]]:
    """One row per repetition and keyframe: its sub-frame time and uncertainty.

    Times in seconds in the clip, found by alignment to target models (MotionDTW), by
    kinematic events, or by both, which then check each other.
    """
    partition = partition_of(context)
    report = stage_runner.run(stage_catalog.keyframes, partition)
    preview = preview_alignment(report.side_rows[ALIGNMENT_PATHS.name], report.rows)
    if preview is None:
        kinematics = stage_runner.lake.read(JOINT_KINEMATICS, partition)
        preview = preview_curve(kinematics, report.rows)
    yield report_stage(report, show_preview(preview), KEYFRAMES)
    yield from report_side_tables(report)
