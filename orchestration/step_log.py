"""A Dagster logger that tells a listener which step starts, ends and fails.

The command line uses it in place of Dagster's console logger; the event log in the
database is not touched by it.
"""

import logging
from collections.abc import Callable
from typing import Any

import dagster as dg

STEP_LOGGER = "steps"
RUN_CONFIG: dict[str, Any] = {"loggers": {STEP_LOGGER: {}}}

ReportStep = Callable[[str, str], None]

_WORDS = {
    dg.DagsterEventType.STEP_START: "started",
    dg.DagsterEventType.STEP_SUCCESS: "finished",
    dg.DagsterEventType.STEP_FAILURE: "failed",
}


class _StepListener(logging.Handler):
    def __init__(self, report_step: ReportStep) -> None:
        super().__init__(logging.DEBUG)
        self._report_step = report_step

    def emit(self, record: logging.LogRecord) -> None:
        event = getattr(record, "dagster_meta", {}).get("dagster_event")
        if event is not None and event.step_key and event.event_type in _WORDS:
            self._report_step(event.step_key, _WORDS[event.event_type])


def build_step_logger(report_step: ReportStep) -> dg.LoggerDefinition:
    """Build the logger; ``report_step`` gets a step's name and what it did."""

    @dg.logger
    def steps(_context: dg.InitLoggerContext) -> logging.Logger:
        logger = logging.getLogger("sportsgpt.steps")
        logger.handlers = [_StepListener(report_step)]
        logger.propagate = False
        logger.setLevel(logging.DEBUG)
        return logger

    return steps
