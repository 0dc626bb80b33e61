"""A Dagster logger that tells a listener which step starts, ends and fails.

The words are ``started``, ``finished``, ``kept`` (all of its results are of an earlier
run) and ``failed``. The command line uses it in place of Dagster's console logger; the
event log in the database is not touched by it.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass
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
        self._kept: set[str] = set()

    def emit(self, record: logging.LogRecord) -> None:
        event = getattr(record, "dagster_meta", {}).get("dagster_event")
        if event is None or not event.step_key:
            return
        if is_kept(event):
            self._kept.add(event.step_key)
        if event.event_type in _WORDS:
            word = _WORDS[event.event_type]
            is_news = word != "finished" or event.step_key not in self._kept
            self._report_step(event.step_key, word if is_news else "kept")


def is_kept(event: dg.DagsterEvent) -> bool:
    """Whether an event says that a stage took every result from an earlier run."""
    counts = count_subjects(event)
    return counts is not None and counts.computed == 0 < counts.reused


@dataclass(frozen=True)
class SubjectCounts:
    """How many subjects a stage computed, and how many results it took over."""

    table: str
    computed: int
    reused: int


def count_subjects(event: dg.DagsterEvent) -> SubjectCounts | None:
    """Read the counts of a stage's table; None where an event tells none."""
    if event.event_type is not dg.DagsterEventType.ASSET_MATERIALIZATION:
        return None
    made = event.step_materialization_data.materialization
    computed, reused = (
        made.metadata.get(name) for name in ("computed_subjects", "reused_subjects")
    )
    if computed is None or reused is None:
        return None
    return SubjectCounts(
        made.asset_key.path[-1], int(str(computed.value)), int(str(reused.value))
    )


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
