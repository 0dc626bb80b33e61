"""Builds the plain objects that assets work with, from the settings.

A resource is a function that runs when a run starts: no password and no path enters
Dagster's configuration, which its page would show. A test passes plain objects instead.
"""

from collections.abc import Callable, Iterator
from contextlib import nullcontext
from typing import Any

import dagster as dg
from pydantic import SecretStr
from upath import UPath

from orchestration.environment import start_databases
from orchestration.knowledge_backend import build_ingest, build_retriever
from orchestration.pose_backend import build_detector, build_estimator
from orchestration.run_locks import hold_run
from orchestration.settings import Settings
from sportsgpt_lib.errors import SettingError
from sportsgpt_lib.guidance.prompt import PROMPT_VERSION
from sportsgpt_lib.guidance.report_text import Writer
from sportsgpt_lib.guidance.writer import DeterministicWriter
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
            lambda: SessionGuidance(
                lake,
                build_stage_cache(settings),
                build_retriever(settings),
                build_writer(settings),
                describe_writer(settings),
            ),
        ),
        "audit_log": _resource(
            settings,
            lambda: AuditLog(lake, lambda p: settings.report_folder(p) / "data_docs"),
        ),
        "session_pages": _resource(
            settings,
            lambda: SessionPages(
                lake,
                fetch,
                settings.report_folder,
                references=build_reference_library(settings),
            ),
        ),
        "duckdb_publisher": _resource(
            settings, lambda: DuckDbMarts(settings.duckdb_file, lake)
        ),
        "postgres_publisher": _resource(
            settings, lambda: PostgresMarts(start_databases(settings).pipeline_url)
        ),
    }


def knowledge_resources(settings: Settings) -> dict[str, dg.ResourceDefinition]:
    """Build the resources of the code location ``knowledge``."""
    return {"ingest": _resource(settings, lambda: build_ingest(settings))}


def build_inbox(settings: Settings) -> Inbox:
    """Build the inbox; clips of a remote one are copied below the data folder."""
    return Inbox(settings.inbox_root, settings.home / "footage")


def build_lake(settings: Settings) -> Lake:
    """Build the lake."""
    return Lake(settings.lake_root)


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


def build_writer(settings: Settings) -> Writer:
    """Build the writer of guidance: a language model where one is named.

    Raises
    ------
    SettingError
        A server is named without its model.
    """
    if settings.model_url is None:
        return DeterministicWriter()
    if settings.model_name is None:
        raise SettingError(
            "SPORTSGPT_MODEL_NAME",
            "it is not set, though SPORTSGPT_MODEL_URL is",
            "name the model that the server serves",
        )
    from sportsgpt_lib.guidance.model_writer import ModelSettings, ModelWriter

    key = settings.model_key or SecretStr("none")
    return ModelWriter(
        ModelSettings(settings.model_url, settings.model_name, key),
        DeterministicWriter(),
    )


def describe_writer(settings: Settings) -> str:
    """Name what decides a report's text, besides its facts."""
    if settings.model_url is None:
        return "deterministic"
    return f"{settings.model_name} {PROMPT_VERSION}"


def _resource(settings: Settings, build: Callable[[], Any]) -> dg.ResourceDefinition:
    """Build a resource that, while its run lasts, shows that the run is alive."""

    def provide(context: dg.InitResourceContext) -> Iterator[Any]:
        held = hold_run(settings.home, context.run.run_id) if context.run else None
        with held or nullcontext():
            yield build()

    return dg.ResourceDefinition(resource_fn=provide)
