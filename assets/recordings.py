"""The door of the training graph: what lies in a session folder."""

from typing import Any

import dagster as dg

from assets.describe import report_stage
from assets.partitions import partition_of
from assets.stage_asset import table_asset
from sportsgpt_lib.errors import SessionError
from sportsgpt_lib.stages.recordings import CODE_VERSION
from sportsgpt_lib.stages.session_intake import SessionIntake
from sportsgpt_lib.storage.tables import RECORDINGS


@table_asset(RECORDINGS, group="recordings", reads=[], code_version=CODE_VERSION)
def recordings(
    context: dg.AssetExecutionContext, session_intake: dg.ResourceParam[SessionIntake]
) -> dg.MaterializeResult[Any]:
    """One row per recording: one athlete performing one movement in one clip.

    Opens every clip of the session folder, says what it is (codec, size in pixels,
    true frame rate in hertz, duration in seconds) and whether it may go on. Clips that
    the manifest does not name get a verdict too.
    """
    partition = partition_of(context)
    try:
        intake = session_intake.take_in(partition)
    except SessionError as error:
        # Dagster keeps errors for ever, and the manifest may hold names of people.
        raise error.without_values(f"session folder of {partition}") from None
    return report_stage(intake)
