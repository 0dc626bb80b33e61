"""From clips to the athlete's pose, frame by frame."""

from collections.abc import Iterator
from typing import Any

import dagster as dg

from assets.describe import report_side_tables, report_stage, show_preview
from assets.partitions import partition_of
from assets.stage_asset import table_asset
from sportsgpt_lib.stages import athlete_poses as athlete_poses_stage
from sportsgpt_lib.stages import pose_tracks as pose_tracks_stage
from sportsgpt_lib.stages.catalog import StageCatalog
from sportsgpt_lib.stages.previews import preview_pose
from sportsgpt_lib.stages.runner import StageRunner
from sportsgpt_lib.storage.tables import (
    ATHLETE_POSES,
    CAMERA_GEOMETRY,
    PERSON_SIGHTS,
    POSE_QUALITY,
    POSE_REPAIRS,
    POSE_TRACKS,
    RECORDINGS,
)

POSE_DEVICE_POOL = "pose_device"


@table_asset(
    POSE_TRACKS,
    group="pose",
    reads=["recordings"],
    code_version=pose_tracks_stage.CODE_VERSION,
    pool=POSE_DEVICE_POOL,
    side_tables=[PERSON_SIGHTS],
)
def pose_tracks(
    context: dg.AssetExecutionContext,
    stage_runner: dg.ResourceParam[StageRunner],
    stage_catalog: dg.ResourceParam[StageCatalog],
) -> Iterator[dg.MaterializeResult[Any]]:
    """One row per frame, person and keypoint of a clip, as the network estimated it.

    Positions in pixels from the upper left corner, confidence from 0 to 1. Everybody
    in the picture is tracked; who is the athlete is decided in the next table.
    """
    report = stage_runner.run(stage_catalog.pose_tracks, partition_of(context))
    yield report_stage(report, table=POSE_TRACKS)
    yield from report_side_tables(report)


@table_asset(
    ATHLETE_POSES,
    group="pose",
    reads=["recordings", "pose_tracks", "person_sights"],
    code_version=athlete_poses_stage.CODE_VERSION,
    side_tables=[POSE_REPAIRS, CAMERA_GEOMETRY, POSE_QUALITY],
)
def athlete_poses(
    context: dg.AssetExecutionContext,
    stage_runner: dg.ResourceParam[StageRunner],
    stage_catalog: dg.ResourceParam[StageCatalog],
) -> Iterator[dg.MaterializeResult[Any]]:
    """One row per frame and keypoint of the athlete: repaired, filled and filtered.

    Positions in pixels, and in metres where the scale is known. The column ``repair``
    says what was done to each point; ``pose_repairs`` lists every repair.
    """
    partition = partition_of(context)
    report = stage_runner.run(stage_catalog.athlete_poses, partition)
    recordings = stage_runner.lake.read(RECORDINGS, partition)
    preview = show_preview(preview_pose(report.rows, recordings))
    yield report_stage(report, preview, ATHLETE_POSES)
    yield from report_side_tables(report)
