"""From keyframes to indicators, findings and a score (KISMAM, TechCoach)."""

from typing import Any

import dagster as dg

from assets.describe import report_stage
from assets.partitions import partition_of
from assets.stage_asset import table_asset
from sportsgpt_lib.stages import findings as findings_stage
from sportsgpt_lib.stages import kismam_metrics as kismam_metrics_stage
from sportsgpt_lib.stages import technique_scores as technique_scores_stage
from sportsgpt_lib.stages.catalog import StageCatalog
from sportsgpt_lib.stages.finding_margins import (
    CODE_VERSION as FINDING_MARGINS_CODE_VERSION,
)
from sportsgpt_lib.stages.finding_margins import READS as FINDING_MARGINS_READS
from sportsgpt_lib.stages.finding_margins import write_finding_margins
from sportsgpt_lib.stages.runner import StageRunner
from sportsgpt_lib.stages.session_findings import (
    CODE_VERSION as SESSION_FINDINGS_CODE_VERSION,
)
from sportsgpt_lib.stages.session_findings import READS as SESSION_FINDINGS_READS
from sportsgpt_lib.stages.session_findings import write_session_findings
from sportsgpt_lib.storage.lake import Lake
from sportsgpt_lib.storage.tables import (
    FINDING_MARGINS,
    FINDINGS,
    KISMAM_METRICS,
    SESSION_FINDINGS,
    TECHNIQUE_SCORES,
)


@table_asset(
    KISMAM_METRICS,
    group="assessment",
    reads=[
        "recordings",
        "athlete_poses",
        "camera_geometry",
        "joint_kinematics",
        "keyframes",
    ],
    code_version=kismam_metrics_stage.CODE_VERSION,
)
def kismam_metrics(
    context: dg.AssetExecutionContext,
    stage_runner: dg.ResourceParam[StageRunner],
    stage_catalog: dg.ResourceParam[StageCatalog],
) -> dg.MaterializeResult[Any]:
    """One row per repetition and indicator: value ± error, target and deviation.

    Each value has its own unit. What the camera view or the data cannot support is
    ``not_measurable`` with the reason, never a number.
    """
    stage = stage_catalog.kismam_metrics
    return report_stage(stage_runner.run(stage, partition_of(context)))


@table_asset(
    FINDINGS,
    group="assessment",
    reads=["recordings", "kismam_metrics"],
    code_version=findings_stage.CODE_VERSION,
)
def findings(
    context: dg.AssetExecutionContext,
    stage_runner: dg.ResourceParam[StageRunner],
    stage_catalog: dg.ResourceParam[StageCatalog],
) -> dg.MaterializeResult[Any]:
    """One row per repetition and technique issue: probability, severity and rank.

    The evidence column names the indicators behind it and what each contributed.
    """
    stage = stage_catalog.findings
    return report_stage(stage_runner.run(stage, partition_of(context)))


@table_asset(
    TECHNIQUE_SCORES,
    group="assessment",
    reads=["recordings", "kismam_metrics", "findings"],
    code_version=technique_scores_stage.CODE_VERSION,
)
def technique_scores(
    context: dg.AssetExecutionContext,
    stage_runner: dg.ResourceParam[StageRunner],
    stage_catalog: dg.ResourceParam[StageCatalog],
) -> dg.MaterializeResult[Any]:
    """One row per repetition: a score of 0 to 10 points, strengths and weaknesses.

    Seven dimensions, from head and eyes to feet and heels; one that was not seen says
    so.
    """
    stage = stage_catalog.technique_scores
    return report_stage(stage_runner.run(stage, partition_of(context)))


@table_asset(
    SESSION_FINDINGS,
    group="assessment",
    reads=SESSION_FINDINGS_READS,
    code_version=SESSION_FINDINGS_CODE_VERSION,
)
def session_findings(
    context: dg.AssetExecutionContext, lake: dg.ResourceParam[Lake]
) -> dg.MaterializeResult[Any]:
    """One row per athlete, movement and issue: all repetitions of the session together.

    Says whether the issue is a habit or a slip, on which leg, and how sure that is.
    """
    report = write_session_findings(lake, partition_of(context))
    return dg.MaterializeResult(metadata={"dagster/row_count": report.rows.height})


@table_asset(
    FINDING_MARGINS,
    group="assessment",
    reads=FINDING_MARGINS_READS,
    code_version=FINDING_MARGINS_CODE_VERSION,
)
def finding_margins(
    context: dg.AssetExecutionContext, lake: dg.ResourceParam[Lake]
) -> dg.MaterializeResult[Any]:
    """One row per reported issue of a session and threshold that it rests on.

    Says how far the threshold would have to move, alone, for the issue not to be
    reported. It stands beside what coaches answer; nothing moves by itself.
    """
    report = write_finding_margins(lake, partition_of(context))
    return dg.MaterializeResult(metadata={"dagster/row_count": report.rows.height})
