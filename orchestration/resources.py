"""Builds the plain objects that assets work with, from the settings.

A resource is a function that runs when a run starts: no password and no path enters
Dagster's configuration, which its page would show. A test passes plain objects instead.
"""

from collections.abc import Callable, Iterator
from contextlib import nullcontext
from typing import Any

import dagster as dg
from upath import UPath

from orchestration.environment import start_databases
from orchestration.knowledge_backend import (
    STARTER_FOLDER,
    build_ingest,
    build_retriever,
)
from orchestration.model_backend import (
    build_judge_model,
    build_writers,
    describe_writer,
)
from orchestration.pose_backend import build_detector, build_estimator
from orchestration.run_locks import hold_run
from orchestration.settings import Settings
from orchestration.verification_backend import build_means
from sportsgpt_lib.evaluation.guidance_evaluation import GuidanceEvaluation
from sportsgpt_lib.evaluation.judge import ModelJudge
from sportsgpt_lib.evaluation.results import EvaluationResults
from sportsgpt_lib.feedback.store import FeedbackStore
from sportsgpt_lib.model_service.token_budget import TokenBudget
from sportsgpt_lib.session.inbox import Inbox
from sportsgpt_lib.stages.catalog import StageCatalog
from sportsgpt_lib.stages.clip_checkpoints import ClipCheckpoints
from sportsgpt_lib.stages.pose_tracks import PoseTracksStage, ReportClipFrames
from sportsgpt_lib.stages.runner import StageRunner
from sportsgpt_lib.stages.session_guidance import SessionGuidance
from sportsgpt_lib.stages.session_intake import SessionIntake
from sportsgpt_lib.stages.session_pages import SessionPages
from sportsgpt_lib.stages.stage_cache import StageCache
from sportsgpt_lib.storage.audit_log import AuditLog
from sportsgpt_lib.storage.duckdb_marts import DuckDbMarts
from sportsgpt_lib.storage.lake import Lake
from sportsgpt_lib.storage.postgres_marts import PostgresMarts
from sportsgpt_lib.storage.tables import COACH_FEEDBACK
from sportsgpt_lib.target_models.library import ReferenceLibrary


def training_resources(settings: Settings) -> dict[str, dg.ResourceDefinition]:
    """Build the resources of the code location ``training``."""
    lake = build_lake(settings)
    fetch = build_inbox(settings).fetch
    return {
        "lake": _resource(settings, lambda: lake),
        "session_intake": _resource(settings, lambda: SessionIntake(lake, fetch)),
        "stage_runner": _resource(
            settings,
            lambda: StageRunner(
                lake, build_stage_cache(settings), fetch, settings.workers
            ),
        ),
        "stage_catalog": _resource(settings, lambda: build_stage_catalog(settings)),
        "session_guidance": _resource(
            settings,
            lambda: build_session_guidance(settings, lake),
        ),
        "audit_log": _resource(
            settings,
            lambda: AuditLog(lake, lambda p: settings.report_folder(p) / "data_docs"),
        ),
        "guidance_evaluation": _resource(
            settings, lambda: build_guidance_evaluation(settings)
        ),
        "session_pages": _resource(
            settings,
            lambda: SessionPages(
                lake,
                fetch,
                settings.report_folder,
                references=build_reference_library(settings),
                load_feedback=build_feedback_store(settings).load,
            ),
        ),
        "duckdb_publisher": _resource(
            settings, lambda: build_duckdb_publisher(settings)
        ),
        "postgres_publisher": _resource(
            settings, lambda: PostgresMarts(start_databases(settings).pipeline_url)
        ),
    }


def build_session_guidance(settings: Settings, lake: Lake) -> SessionGuidance:
    """Build what writes and verifies the guidance of a partition."""
    means = build_means(settings)
    return SessionGuidance(
        lake,
        build_stage_cache(settings),
        build_retriever(settings),
        build_writers(settings, means),
        describe_writer(settings),
        language=settings.language,
        workers=settings.model_concurrency if settings.model_url else 1,
        means=means,
    )


def knowledge_resources(settings: Settings) -> dict[str, dg.ResourceDefinition]:
    """Build the resources of the code location ``knowledge``."""
    return {"ingest": _resource(settings, lambda: build_ingest(settings))}


def build_inbox(settings: Settings) -> Inbox:
    """Build the inbox; clips of a remote one are copied below the data folder."""
    return Inbox(settings.inbox_root, settings.home / "footage")


def build_lake(settings: Settings) -> Lake:
    """Build the lake."""
    return Lake(settings.lake_root)


def build_feedback_store(settings: Settings) -> FeedbackStore:
    """Build the store of coaches' answers, which the pipeline's login works with."""
    return FeedbackStore(start_databases(settings).pipeline_url)


def build_duckdb_publisher(settings: Settings) -> DuckDbMarts:
    """Build what writes the analysts' database, coaches' answers included."""
    feedback = build_feedback_store(settings)
    return DuckDbMarts(
        settings.duckdb_file,
        build_lake(settings),
        lambda: {COACH_FEEDBACK.name: feedback.load()},
    )


def build_stage_cache(settings: Settings) -> StageCache:
    """Build the cache of stage results, beside the lake's tables."""
    return StageCache(UPath(settings.lake_root) / "stage_cache")


def build_stage_catalog(
    settings: Settings, progress: ReportClipFrames | None = None
) -> StageCatalog:
    """Build all stages; the pose network loads when it is first needed.

    ``progress`` hears of every frame that was estimated.
    """
    return StageCatalog(
        lambda: PoseTracksStage(
            build_detector(settings),
            build_estimator(settings),
            progress,
            ClipCheckpoints(settings.home / "checkpoints"),
        ),
        build_reference_library(settings),
    )


def build_reference_library(settings: Settings) -> ReferenceLibrary:
    """Build the library of target models: packaged ones and the federation's own."""
    return ReferenceLibrary(settings.references_folder)


def build_guidance_evaluation(settings: Settings) -> GuidanceEvaluation:
    """Build the evaluation of the writer that the settings choose."""
    judge = build_judge_model(settings)
    return GuidanceEvaluation(
        STARTER_FOLDER,
        build_writers(settings)(),
        EvaluationResults(settings.evaluation_folder),
        None
        if judge is None
        else ModelJudge(judge, TokenBudget(settings.model_token_budget)),
    )


def _resource(settings: Settings, build: Callable[[], Any]) -> dg.ResourceDefinition:
    """Build a resource that, while its run lasts, shows that the run is alive."""

    def provide(context: dg.InitResourceContext) -> Iterator[Any]:
        held = hold_run(settings.home, context.run.run_id) if context.run else None
        with held or nullcontext():
            yield build()

    return dg.ResourceDefinition(resource_fn=provide)
