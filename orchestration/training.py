"""The code location ``training``: definitions of the training graph."""

from collections.abc import Mapping

import dagster as dg

import assets.assessment
import assets.checks
import assets.evaluation
import assets.guidance
import assets.motion
import assets.pose
import assets.publish
import assets.quality
import assets.recordings
import assets.season
from orchestration.jobs import EVALUATION_JOB, TRAINING_JOB
from orchestration.resources import training_resources
from orchestration.schedules import build_nightly_schedule
from orchestration.sensors import build_inbox_sensor
from orchestration.settings import Settings, load_settings

ASSET_MODULES = (
    assets.recordings,
    assets.pose,
    assets.motion,
    assets.assessment,
    assets.guidance,
    assets.season,
    assets.quality,
    assets.publish,
    assets.evaluation,
)


def build_defs(
    settings: Settings,
    *,
    loggers: Mapping[str, dg.LoggerDefinition] | None = None,
    **overrides: object,
) -> dg.Definitions:
    """Assemble the location; ``overrides`` replaces resources by name, for tests."""
    return dg.Definitions(
        assets=[
            *dg.load_assets_from_modules(ASSET_MODULES),
            assets.guidance.KNOWLEDGE_INDEX,
        ],
        asset_checks=assets.checks.CHECKS,
        jobs=[TRAINING_JOB, EVALUATION_JOB],
        schedules=[build_nightly_schedule(settings)],
        sensors=[build_inbox_sensor(settings)],
        loggers=loggers,
        resources={**training_resources(settings), **overrides},
    )


@dg.definitions
def defs() -> dg.Definitions:
    """Definitions as the code server loads them."""
    return build_defs(load_settings())
